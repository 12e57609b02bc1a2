/**
 * Programs that the cluster itself runs behind a container: kube-apiserver, etcd,
 * coredns and the like. The container is the switch; the program is handed in.
 */
import type { ContainerConfig } from '../../cri/runtime.js';
import type { Files } from '../../platform/files.js';

export interface HostedStart {
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  node: string;
  podIp: string;
  pod: { namespace: string; name: string; uid: string };
  container: { id: string; name: string };
  /** Milliseconds since the epoch at which the container started; a new process hosting it is no restart. */
  startedAt: number;
  resumed: boolean;
  /** Survives the process: a Lease holder's name, for one. */
  identity: string;
  /** Writes one line to the container's log (standard error, where components log). */
  log(line: string): void;
  /** The node's disk. */
  files: Files;
  /** The path on the node's disk of a path in the container: through its mounts; undefined outside of them. */
  hostPath(path: string): string | undefined;
  /** The program ended by itself. */
  exited(code: number): void;
}

export interface HostedProcess {
  /** "SIGTERM", "SIGKILL": resolves to the exit code once it has ended. */
  stop(signal: string): Promise<number>;
}

export interface HostedProgram {
  start(options: HostedStart): HostedProcess;
}

export interface HostedPrograms {
  /** undefined: not hosted here; the container then runs and does nothing. */
  program(name: string): HostedProgram | undefined;
}

export const noHostedPrograms: HostedPrograms = { program: () => undefined };

/** Where a path in the container lies on the node; undefined: nothing is mounted there. */
export function hostPathOf(config: ContainerConfig, path: string): string | undefined {
  const mount = [...config.mounts]
    .sort((a, b) => b.containerPath.length - a.containerPath.length)
    .find(({ containerPath }) => path === containerPath || path.startsWith(`${containerPath}/`));
  return mount === undefined ? undefined : mount.hostPath + path.slice(mount.containerPath.length);
}
