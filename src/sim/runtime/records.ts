/** What the runtime knows of sandboxes and containers, as JSON: this is what is saved. */
import type { ContainerConfig, ContainerState, PodSandboxConfig, PodSandboxState } from '../../cri/runtime.js';
import type { MachineState } from '../machine/types.js';
import type { LogState } from './logs.js';

export interface SandboxRecord {
  id: string;
  config: PodSandboxConfig;
  state: PodSandboxState;
  createdAt: number;
  /** '' on the host's network. */
  ip: string;
}

export interface ContainerRecord {
  id: string;
  sandbox: string;
  config: ContainerConfig;
  state: ContainerState;
  createdAt: number;
  startedAt: number;
  finishedAt: number;
  exitCode: number;
  signal: number;
  reason: string;
  message: string;
  imageName: string;
  imageRef: string;
  imageId: string;
  uid: number;
  gid: number;
  groups: number[];
  log: LogState;
  /** 'machine': its processes are in `machine`; 'light': it only waits; 'hosted:<name>': the cluster runs it. */
  kind: string;
  /** Exit code on TERM, of a light one. */
  onTerm: number;
  /** When a light one with work to do is done; 0: never. */
  endsAt: number;
  machine?: MachineState;
  /** Writes made before the machine ran are in the machine's changes; kept after it ended, for its log of changes. */
  identity: string;
  stdinClosed?: boolean;
  /** Number of its first process, where it is not the first of its process namespace. */
  root?: number;
}

export interface SimState {
  version: 1;
  node: string;
  bootedAt: number;
  sandboxes: SandboxRecord[];
  containers: ContainerRecord[];
  /** Names pulled on this node. */
  images: string[];
  owners: Record<string, [number, number]>;
}
