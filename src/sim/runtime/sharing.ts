/**
 * Containers among each other's processes: all of a pod that shares its process
 * namespace, with the pause program as process 1, and a container that was made
 * to look into another. Elsewhere each has a namespace of its own.
 */
import type { Neighbour } from '../machine/machine.js';
import type { Process } from '../machine/types.js';
import type { Container } from './container.js';

/** Whose namespace it is in. */
const leaderOf = ({ record, sandbox }: Container): string => (sandbox.config.linux.sharePid ? sandbox.id : (record.config.linux.securityContext.targetId ?? record.id));

const others = (container: Container, all: Iterable<Container>): Container[] =>
  [...all].filter((other) => other !== container && other.running && other.record.sandbox === container.record.sandbox && leaderOf(other) === leaderOf(container));

export function neighboursOf(container: Container, all: Iterable<Container>): Neighbour[] {
  return [...(container.sandbox.config.linux.sharePid ? [pause(container)] : []), ...others(container, all).map(({ neighbour }) => neighbour)];
}

/** Most containers share with nobody, and need not look who there is. */
export function markSharing(container: Container, all: ReadonlyMap<string, Container>): void {
  const target = all.get(container.record.config.linux.securityContext.targetId ?? '');
  container.shares = container.sandbox.config.linux.sharePid || target !== undefined;
  if (target !== undefined) target.shares = true;
}

/** The number of its first process: the next that is free. */
export function setRoot(container: Container, all: Iterable<Container>): void {
  if (!container.shares) return;
  const taken = neighboursOf(container, all).flatMap((other) => other.processes().map(({ pid }) => pid));
  if (taken.length > 0) container.record.root = Math.max(...taken) + 1;
}

function pause({ sandbox }: Container): Neighbour {
  const first: Process = { pid: 1, ppid: 0, pgid: 1, argv: ['/pause'], env: {}, cwd: '/', uid: 65_535, gid: 65_535, groups: [], umask: 0o022, fds: {}, program: 'waiting', state: null, out: [], signals: [], caught: [], ignored: [], startedAt: sandbox.createdAt, memory: 0 };
  return { processes: () => [first], signal: (pid) => pid === 1, files: () => undefined };
}
