/** What the API server asks of a node: logs, streams into containers, statistics. */
import type { PortForwardSession, StreamSession } from '../../apimachinery/request.js';
import { badRequest, failure, notFound } from '../../apimachinery/status.js';
import type { ContainerStats } from '../../cri/runtime.js';
import { SYSTEM_BYTES } from '../eviction/evictor.js';
import type { KubeletOptions } from '../options.js';
import { readPodRuntime, readySandbox } from '../pods/podruntime.js';
import type { PodWorker } from '../pods/worker.js';
import { containerLog, type LogOptions } from './logs.js';
import { portForwardSession, runningContainer, streamSession } from './streams.js';

export interface PodContainerRequest {
  namespace: string;
  pod: string;
  uid: string;
  container: string;
}
export interface StreamRequest extends PodContainerRequest {
  command: readonly string[];
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  tty: boolean;
}

export interface NodeStats {
  node: { timestamp: number; cpuNanoCores: number; memoryBytes: number };
  pods: { namespace: string; name: string; uid: string; timestamp: number; containers: { name: string; cpuNanoCores: number; memoryBytes: number }[] }[];
}

/** Every refusal is a StatusError in the kubelet's words. */
export interface NodeApi {
  log(request: PodContainerRequest & LogOptions): AsyncIterable<Uint8Array>;
  exec(request: StreamRequest): Promise<StreamSession>;
  attach(request: StreamRequest): Promise<StreamSession>;
  portForward(request: Omit<PodContainerRequest, 'container'>): Promise<PortForwardSession>;
  stats(): Promise<NodeStats>;
}

export interface NodeApiDeps {
  options: KubeletOptions;
  worker(namespace: string, name: string): PodWorker | undefined;
  /** A pod that has not begun. */
  isWaiting(namespace: string, name: string): boolean;
}

export function nodeApi({ options, worker, isWaiting }: NodeApiDeps): NodeApi {
  const find = ({ namespace, pod }: { namespace: string; pod: string }): PodWorker => {
    const found = worker(namespace, pod);
    if (found === undefined) throw notFound({ group: '', resource: 'pods' }, pod);
    return found;
  };
  const logged = (request: PodContainerRequest): PodWorker => {
    const { namespace, pod, container } = request;
    if (worker(namespace, pod) === undefined && isWaiting(namespace, pod))
      throw badRequest(`container ${JSON.stringify(container)} in pod ${JSON.stringify(pod)} is not available`);
    return find(request);
  };
  return {
    log: (request) => containerLog(() => logged(request), request, options),
    async exec(request) {
      const id = await runningContainer(options.runtime, find(request), { container: request.container, verb: 'exec' });
      return streamSession((io) => options.runtime.exec(id, { command: request.command, tty: request.tty, stdin: request.stdin }, io));
    },
    async attach(request) {
      const id = await runningContainer(options.runtime, find(request), { container: request.container, verb: 'attach' });
      // Whoever attaches is not told the exit code: it is in the pod's status.
      return streamSession((io) => options.runtime.attach(id, { tty: request.tty, stdin: request.stdin }, { ...io, exit: () => io.exit(0) }));
    },
    async portForward(request) {
      const found = find(request);
      const sandbox = readySandbox(await readPodRuntime(options.runtime, found.uid));
      if (sandbox === undefined) throw failure({ code: 500, reason: 'InternalError', message: `unable to do port forwarding: pod is not running` });
      return portForwardSession(options.runtime, sandbox.id);
    },
    stats: () => statsOf(options),
  };
}

async function statsOf({ runtime, clock }: KubeletOptions): Promise<NodeStats> {
  const pods = new Map<string, NodeStats['pods'][number]>();
  let cpuNanoCores = 0;
  let memoryBytes = 0;
  for (const stats of await runtime.listContainerStats()) {
    cpuNanoCores += stats.cpu.usageNanoCores;
    memoryBytes += stats.memory.workingSetBytes;
    podOf(pods, stats).containers.push({ name: stats.metadata.name, cpuNanoCores: stats.cpu.usageNanoCores, memoryBytes: stats.memory.workingSetBytes });
  }
  return {
    node: { timestamp: clock.now(), cpuNanoCores: cpuNanoCores + SYSTEM_NANO_CORES, memoryBytes: memoryBytes + SYSTEM_BYTES },
    pods: [...pods.values()],
  };
}

/** What the node itself uses beside its containers: the kubelet, the runtime, the kernel. */
const SYSTEM_NANO_CORES = 30_000_000;

function podOf(pods: Map<string, NodeStats['pods'][number]>, { labels, timestamp }: ContainerStats): NodeStats['pods'][number] {
  const uid = labels['io.kubernetes.pod.uid'] ?? '';
  const known = pods.get(uid) ?? {
    namespace: labels['io.kubernetes.pod.namespace'] ?? '',
    name: labels['io.kubernetes.pod.name'] ?? '',
    uid,
    timestamp,
    containers: [],
  };
  pods.set(uid, known);
  return known;
}
