/**
 * Containers among each other's processes: all of a pod that shares its process
 * namespace, with the pause program as process 1, and a container that was made
 * to look into another. A pod in the node's own namespace sees all that runs there,
 * under the node's numbers. Elsewhere each has a namespace of its own.
 */
import type { Neighbour } from '../machine/machine.js';
import type { Process } from '../machine/types.js';
import type { Container } from './container.js';

/** Whose namespace it is in. */
const leaderOf = ({ record, sandbox }: Container): string =>
  sandbox.config.linux.sharePid ? sandbox.id : (record.config.linux.securityContext.targetId ?? record.id);

const others = (container: Container, all: Iterable<Container>): Container[] =>
  [...all].filter(
    (other) => other !== container && other.running && other.record.sandbox === container.record.sandbox && leaderOf(other) === leaderOf(container),
  );

const isOnHost = ({ sandbox }: Container): boolean => sandbox.config.linux.hostPid;

export function neighboursOf(container: Container, all: Iterable<Container>): Neighbour[] {
  if (isOnHost(container))
    return [
      machineItself(container),
      ...[...all]
        .filter((other) => other !== container && other.running)
        .map((other, at) => (isOnHost(other) ? other.neighbour : numberedAnew(other.neighbour, (at + 1) * HOST_NUMBERS))),
    ];
  return [...(container.sandbox.config.linux.sharePid ? [pause(container)] : []), ...others(container, all).map(({ neighbour }) => neighbour)];
}

/** Most containers share with nobody, and need not look who there is. */
export function markSharing(container: Container, all: ReadonlyMap<string, Container>): void {
  const target = all.get(container.record.config.linux.securityContext.targetId ?? '');
  container.shares = container.sandbox.config.linux.sharePid || isOnHost(container) || target !== undefined;
  if (target !== undefined) target.shares = true;
}

/** The number of its first process: the next that is free. */
export function setRoot(container: Container, all: Iterable<Container>): void {
  if (!container.shares) return;
  const taken = neighboursOf(container, all).flatMap((other) => other.processes().map(({ pid }) => pid));
  if (taken.length > 0) container.record.root = Math.max(...taken) + 1;
}

/** So many numbers of the node each container has for its own. */
const HOST_NUMBERS = 1_000;

function numberedAnew(other: Neighbour, base: number): Neighbour {
  return {
    processes: () =>
      other
        .processes()
        .map((process) => ({ ...process, pid: base + process.pid, pgid: base + process.pgid, ppid: process.ppid === 0 ? 1 : base + process.ppid })),
    signal: (pid, name) => pid > base && pid < base + HOST_NUMBERS && other.signal(pid - base, name),
    files: other.files,
  };
}

const waiting = (pid: number, command: string, { uid = 0, startedAt }: { uid?: number; startedAt: number }): Process => ({
  pid,
  ppid: pid === 1 ? 0 : 1,
  pgid: pid,
  argv: command.split(' '),
  env: {},
  cwd: '/',
  uid,
  gid: uid,
  groups: [],
  umask: 0o022,
  fds: {},
  program: 'waiting',
  state: null,
  out: [],
  signals: [],
  caught: [],
  ignored: [],
  startedAt,
  memory: 0,
});

/** What runs of a node beside its containers; none of it is to be ended from a container. */
function machineItself({ sandbox }: Container): Neighbour {
  const own = { startedAt: sandbox.createdAt };
  const processes = [
    waiting(1, '/sbin/init', own),
    waiting(420, '/usr/bin/containerd', own),
    waiting(640, '/usr/bin/kubelet --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml', own),
  ];
  return { processes: () => processes, signal: (pid) => processes.some((process) => process.pid === pid), files: () => undefined };
}

function pause({ sandbox }: Container): Neighbour {
  const first = waiting(1, '/pause', { uid: 65_535, startedAt: sandbox.createdAt });
  return { processes: () => [first], signal: (pid) => pid === 1, files: () => undefined };
}
