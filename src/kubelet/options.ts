/**
 * What a kubelet is given: its node, the runtime behind CRI, the node's disk,
 * a client of the API server, and time. It asks for nothing else.
 */
import type { ImageService, RuntimeService } from '../cri/runtime.js';
import type { Client, InformerFactory } from '../client/client.js';
import type { EventRecorder } from '../client/events.js';
import type { Clock } from '../platform/clock.js';
import type { Log } from '../platform/component.js';
import type { Files } from '../platform/files.js';
import type { Quiescence } from '../platform/quiescence.js';
import type { Random } from '../platform/random.js';
import type { KubeletConfiguration } from './config.js';
import type { Container, Pod, Taint } from './kinds.js';
import type { PodSource } from './podsource.js';

export interface KubeletOptions {
  nodeName: string;
  /** InternalIP first; a Hostname is added where there is none. */
  addresses: readonly { type: string; address: string }[];
  /** cpu, memory, pods, ephemeral-storage: quantities. */
  capacity: Readonly<Record<string, string>>;
  allocatable?: Readonly<Record<string, string>>;
  client: Client;
  /** Shared caches of the process; without them Services are listed when a container is made. */
  informers?: InformerFactory;
  /** Pods of this node; absent: the kubelet watches them itself. */
  pods?: PodSource;
  runtime: RuntimeService;
  images: ImageService;
  /** The node's disk. */
  files: Files;
  clock: Clock;
  random: Random;
  quiescence: Quiescence;
  recorder: EventRecorder;
  log: Log;
  prober: Prober;
  /** Wins over var/lib/kubelet/config.yaml. */
  config?: Partial<KubeletConfiguration>;
  /** As --register-with-taints. */
  registerWithTaints?: readonly Taint[];
  /** What else the runtime is told of a container. */
  containerAnnotations?: (pod: Pod, container: Container) => Readonly<Record<string, string>>;
  nodeLabels?: Readonly<Record<string, string>>;
  nodeInfo?: { osImage?: string; kernelVersion?: string; architecture?: string };
  /**
   * 'none': no files of volumes, hosts or termination messages, and no tokens, are written; containers get no mounts.
   * For nodes by the thousand whose programs read no files.
   */
  disk?: 'files' | 'none';
}

export interface HttpProbeRequest {
  /** A pod's address, or the host the probe names. */
  host: string;
  port: number;
  scheme: 'HTTP' | 'HTTPS';
  path: string;
  headers: readonly { name: string; value: string }[];
  timeoutMs: number;
}

/** How probes and hooks reach into the node's network. */
export interface Prober {
  /** Rejects with Go's text of what failed: "dial tcp 10.0.0.1:80: connect: connection refused". */
  http(request: HttpProbeRequest): Promise<{ status: number; body: string }>;
  /** Resolves when something accepts; rejects with Go's text. */
  tcp(request: { host: string; port: number; timeoutMs: number }): Promise<void>;
  /** Rejects with the text of what failed. */
  grpc(request: {
    host: string;
    port: number;
    service: string;
    timeoutMs: number;
  }): Promise<{ status: 'SERVING' | 'NOT_SERVING' | 'UNKNOWN' | 'SERVICE_UNKNOWN' }>;
}
