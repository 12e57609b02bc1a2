/** What a simulated runtime is made of, and what it offers beyond CRI. */
import type { ImageService, RuntimeService } from '../../cri/runtime.js';
import type { Clock } from '../../platform/clock.js';
import type { Files } from '../../platform/files.js';
import type { Quiescence } from '../../platform/quiescence.js';
import type { Random } from '../../platform/random.js';
import type { ImageCatalog } from '../images/catalogue.js';
import type { SimNetwork } from '../network/network.js';
import type { HostedPrograms } from './hosted.js';
import type { SimState } from './records.js';

export interface SimRuntimeOptions {
  node: { name: string; addresses: readonly string[]; podCidr: string; cpus?: number; memoryBytes?: number };
  network: SimNetwork;
  /** The node's disk. */
  files: Files;
  clock: Clock;
  random: Random;
  quiescence: Quiescence;
  images: ImageCatalog;
  hosts?: HostedPrograms;
}

export interface SimRuntime {
  readonly runtime: RuntimeService;
  readonly images: ImageService;
  /** Everything that must outlive the process, as JSON. The machine goes on meanwhile. */
  freeze(): SimState;
  /** Goes on from a frozen state; for a runtime that has run nothing yet. */
  thaw(state: SimState): Promise<void>;
  /** SIGKILL to the first process of a container or of a sandbox, by nobody the kubelet knows of. Unknown ids are none of its. */
  kill(id: string): void;
  /** Lets go of clock, network and hosted programs; containers neither end nor run. */
  close(): Promise<void>;
}

export interface RuntimeParts extends Omit<SimRuntimeOptions, 'hosts'> {
  owners: Record<string, [number, number]>;
  bootedAt: number;
  newId(): string;
}
