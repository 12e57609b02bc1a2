/**
 * The nodes of a cluster: for each a disk, a container runtime and a kubelet,
 * all on one simulated network. They begin together, when a pod of theirs
 * changes, something on them falls due, or someone asks for a log or a shell;
 * until then they stay as they were saved.
 */
import { InProcessIdentity } from '../apimachinery/request.js';
import { internalError } from '../apimachinery/status.js';
import type { NodeConnection } from '../apiserver/nodeconnector.js';
import { createEventRecorder } from '../client/events.js';
import { createInformerFactory } from '../client/informerfactory.js';
import { createClient } from '../client/resource.js';
import { Pod as PodKind, type Pod } from '../api/core/pod.js';
import { createKubelet, type Kubelet } from '../kubelet/kubelet.js';
import { createMetricsServer, type MetricsServer } from '../kubelet/metrics/metricsserver.js';
import { sharedPods, type PodSource } from '../kubelet/podsource.js';
import { Quiescence } from '../platform/quiescence.js';
import { trackedClock, type TrackedClock } from '../platform/trackedclock.js';
import { createImageCatalog, type ImageCatalog } from '../sim/images/catalogue.js';
import { createSimNetwork, type SimNetwork } from '../sim/network/network.js';
import type { HostedPrograms } from '../sim/runtime/hosted.js';
import type { SimState } from '../sim/runtime/records.js';
import { COMPLETES_ANNOTATION } from '../sim/constants.js';
import { createSimRuntime, type SimRuntime } from '../sim/runtime/runtime.js';
import type { InformerFactory } from '../client/client.js';
import type { Change } from './activation.js';
import { cutPods, unreachable, type CutPods } from './cutoff.js';
import type { ClusterConfig } from './home.js';
import { hostedPrograms } from './hosted.js';
import { nodeFiles, NODES_WITH_FOLDERS_MAX } from './nodefiles.js';
import { nodeProber } from './prober.js';
import type { Machinery, Part } from './running.js';
import { nodeAddress, NODE_SIZE, podCidr } from './topology.js';

interface Saved {
  nodes: Record<string, { sim: SimState; kubelet: unknown }>;
  /** Milliseconds since the epoch of the next thing to happen on a node by itself; null: nothing. */
  due: number | null;
  /** Pods that nodes go on with which are cut off. */
  known?: Record<string, readonly Pod[]>;
}

interface Running {
  saved(): Saved;
  connection(node: string): NodeConnection;
  metrics: MetricsServer;
  stop(): Promise<void>;
}

export function nodesPart(machinery: Machinery): Part {
  const { config, clock, changes, kubelets, log } = machinery;
  let kept: Saved | undefined;
  let running: Promise<Running> | undefined;
  let begun: Running | undefined;
  let cancels: (() => void)[] = [];

  const wake = (): Promise<Running> => {
    if (running === undefined) {
      for (const cancel of cancels.splice(0)) cancel();
      running = begin(machinery, kept).then((nodes) => (begun = nodes));
      running.catch((error: Error) => log.error(`nodes: ${error.stack ?? error.message}`));
    }
    return running;
  };

  return {
    name: 'nodes',
    restore: (saved) => (kept = saved as Saved),
    saved: () => begun?.saved() ?? kept,
    due: () => (begun === undefined ? kept?.due : begun.saved().due) ?? undefined,
    async start() {
      machinery.wakeNodes = async () => void (await wake());
      machinery.metrics.source = async () => (await wake()).metrics;
      config.nodes.forEach((node, at) => kubelets.set(node, waking(async () => (isCutOff(config, node) ? lost(at) : (await wake()).connection(node)))));
      if (machinery.everything || machinery.manifestsChanged || kept === undefined) {
        await wake();
        return;
      }
      cancels = [changes.listen((change) => concerns(change) && void wake())];
      if (kept.due !== null) cancels.push(clock.after(kept.due - clock.now(), () => void wake()));
    },
    async stop() {
      for (const cancel of cancels.splice(0)) cancel();
      for (const node of config.nodes) kubelets.set(node, undefined);
      await (await running?.catch(() => undefined))?.stop();
    },
  };
}

const KUBELET_PORT = 10_250;
const BOUND = Buffer.from('"nodeName":"');

/** Pods that are on a node, or were; what running pods may have mounted. */
function concerns({ resource, type, value, fresh }: Change): boolean {
  if (resource === 'pods') return type === 'delete' || (value !== undefined && Buffer.from(value.buffer, value.byteOffset, value.byteLength).includes(BOUND));
  return (resource === 'configmaps' || resource === 'secrets') && !fresh;
}

function lost(at: number): never {
  throw internalError(`error dialing backend: dial tcp ${nodeAddress(at)}:${KUBELET_PORT}: i/o timeout`);
}

/** A kubelet's doors, which let the nodes begin first. */
function waking(connection: () => Promise<NodeConnection>): NodeConnection {
  return {
    async *log(request) {
      yield* (await connection()).log(request);
    },
    exec: async (request) => (await connection()).exec(request),
    attach: async (request) => (await connection()).attach(request),
    portForward: async (request) => (await connection()).portForward(request),
  };
}

interface Shared {
  machinery: Machinery;
  clock: TrackedClock;
  network: SimNetwork;
  images: ImageCatalog;
  hosts: HostedPrograms;
  informers: InformerFactory;
  podsOf(node: string): PodSource;
  known: Readonly<Record<string, readonly Pod[]>>;
}

interface Node {
  name: string;
  sim: SimRuntime;
  kubelet: Kubelet;
  /** Where the node is cut off. */
  cut: CutPods | undefined;
  /** The kubelet's own; it says here that all it could begin has begun. */
  quiet: StartQuiescence;
}

/** Held from outside while a kubelet starts, and let go when the kubelet itself waits for quiet: what is left then needs an API server, or time. */
class StartQuiescence extends Quiescence {
  readonly #whole: Quiescence;
  waits: () => void = () => {};
  constructor(whole: Quiescence) {
    super();
    this.#whole = whole;
  }
  override hold(): () => void {
    return this.#whole.hold();
  }
  override get busy(): boolean {
    return this.#whole.busy;
  }
  override settled(): Promise<void> {
    this.waits();
    return this.#whole.settled();
  }
}

async function startNode({ kubelet, quiet }: Node, quiescence: Quiescence): Promise<void> {
  const done = quiescence.hold();
  quiet.waits = done;
  await kubelet.start().finally(done);
}

async function begin(machinery: Machinery, kept: Saved | undefined): Promise<Running> {
  const { config, random, quiescence, handler } = machinery;
  const thawing = quiescence.hold();
  const clock = trackedClock(machinery.clock);
  const network = createSimNetwork({ clock, quiescence, random });
  const images = createImageCatalog({ mode: config.images === 'generic' ? 'generic' : 'known' });
  const hosts = hostedPrograms(Object.assign(machinery, { network }));
  // One watch of all pods serves every kubelet of the process; each is told of its own.
  const identity = new InProcessIdentity({ name: 'system:nodes-of-this-process', groups: ['system:masters', 'system:authenticated'] });
  const informers = createInformerFactory({ client: createClient({ handler, credentials: { type: 'inProcess', identity }, userAgent: 'kubelet/v1.36.3', durability: 'background' }), clock, quiescence, random });
  const shared: Shared = { machinery, clock, network, images, hosts, informers, podsOf: sharedPods(informers), known: kept?.known ?? {} };
  const nodes = config.nodes.map((name, at) => makeNode(shared, name, at));
  // All at once: a connection whose other end does not come back is reset.
  for (const { name, sim, kubelet } of nodes) {
    const saved = kept?.nodes[name];
    if (saved === undefined) continue;
    await sim.thaw(saved.sim);
    kubelet.restore(saved.kubelet as never);
  }
  // Not waited for: on a new cluster it is these nodes that start the API server.
  informers.start().catch((error: Error) => machinery.log.error(`nodes: ${error.message}`));
  setImmediate(thawing); // by then the first kubelets hold it themselves
  // New nodes one after the other, so that they register in their order and get their ranges of addresses in it.
  if (kept === undefined) for (const node of nodes) await startNode(node, quiescence);
  else await Promise.all(nodes.map((node) => startNode(node, quiescence)));
  const labelsOf = informers.of<Pod>(PodKind).lister;
  const metrics = createMetricsServer({
    clock,
    quiescence,
    log: machinery.log,
    connector: {
      nodes: () => config.nodes.map((name) => ({ name })),
      pod: (key) => labelsOf.get(key)?.metadata,
      stats: (node) => nodes.find(({ name, cut }) => name === node && cut === undefined)?.kubelet.api.stats(),
    },
  });
  return {
    metrics,
    saved: () => ({ nodes: Object.fromEntries(nodes.map(({ name, sim, kubelet }) => [name, { sim: sim.freeze(), kubelet: kubelet.saved() }])), due: clock.nextDue() ?? null, ...knownOf(nodes) }),
    connection: (node) => nodes.find(({ name }) => name === node)!.kubelet.api as unknown as NodeConnection,
    async stop() {
      for (const { kubelet } of nodes) await kubelet.stop();
      for (const { sim } of nodes) await sim.close();
      informers.stop();
    },
  };
}

/** Where every image is the same one that stays, what has an end by its nature gets one: init containers, and the pods of a Job. */
const genericEnd = ({ spec, metadata }: Pod, container: { name: string; restartPolicy?: string }): Record<string, string> => {
  const ends = spec.initContainers?.some(({ name }) => name === container.name) || metadata.ownerReferences?.some(({ kind, controller }) => kind === 'Job' && controller === true);
  return ends === true && container.restartPolicy !== 'Always' ? { [COMPLETES_ANNOTATION]: 'true' } : {};
};

const isCutOff = ({ disconnected }: ClusterConfig, node: string): boolean => disconnected?.[node] !== undefined;

function knownOf(nodes: readonly Node[]): Pick<Saved, 'known'> {
  const known = nodes.flatMap(({ name, cut }) => (cut?.known() === undefined ? [] : [[name, cut.known()!] as const]));
  return known.length === 0 ? {} : { known: Object.fromEntries(known) };
}

const CONTROL_PLANE = { registerWithTaints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] };

function makeNode({ machinery, clock, network, images, hosts, informers, podsOf, known }: Shared, name: string, at: number): Node {
  const { config, paths, random, quiescence, handler, log } = machinery;
  const files = nodeFiles(paths, config, name);
  const address = nodeAddress(at);
  const sim = createSimRuntime({ node: { name, addresses: [address], podCidr: podCidr(at) }, network, files, clock, random, quiescence, images, hosts });
  const identity = new InProcessIdentity({ name: `system:node:${name}`, groups: ['system:nodes', 'system:authenticated'] });
  const cut = isCutOff(config, name) ? cutPods(podsOf(name), known[name]) : undefined;
  const client = createClient({ handler: cut === undefined ? handler : unreachable, credentials: { type: 'inProcess', identity }, userAgent: 'kubelet/v1.36.3 (linux/amd64) kubernetes', durability: 'background' });
  const quiet = new StartQuiescence(quiescence);
  const kubelet = createKubelet({
    nodeName: name,
    addresses: [{ type: 'InternalIP', address }],
    capacity: { cpu: NODE_SIZE.cpu, memory: NODE_SIZE.memory, pods: NODE_SIZE.pods, 'ephemeral-storage': NODE_SIZE.ephemeralStorage },
    client,
    informers,
    pods: cut ?? podsOf(name),
    runtime: sim.runtime,
    images: sim.images,
    files,
    clock,
    random,
    quiescence: quiet,
    recorder: createEventRecorder({ client, clock, quiescence, log, component: 'kubelet', host: name }),
    log,
    prober: nodeProber(network, { name, address }),
    ...(at === 0 ? CONTROL_PLANE : {}),
    ...(config.images === 'generic' ? { containerAnnotations: genericEnd } : {}),
    ...(config.nodes.length > NODES_WITH_FOLDERS_MAX ? { disk: 'none' as const } : {}),
  });
  return { name, sim, kubelet, cut, quiet };
}
