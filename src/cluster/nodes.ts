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
import type { Container as KubeletContainer } from '../kubelet/kinds.js';
import { sharedPods, type PodSource } from '../kubelet/podsource.js';
import type { Log } from '../platform/component.js';
import { Quiescence } from '../platform/quiescence.js';
import { trackedClock, type TrackedClock } from '../platform/trackedclock.js';
import { createImageCatalog, type ImageCatalog } from '../sim/images/catalogue.js';
import { createSimNetwork, type SimNetwork } from '../sim/network/network.js';
import type { HostedPrograms } from '../sim/runtime/hosted.js';
import type { SimState } from '../sim/runtime/records.js';
import { COMPLETES_ANNOTATION, PORTS_ANNOTATION } from '../sim/constants.js';
import { createSimRuntime, type SimRuntime } from '../sim/runtime/runtime.js';
import type { InformerFactory } from '../client/client.js';
import type { ServiceRule } from '../cri/network.js';
import type { Change } from './activation.js';
import { cutPods, unreachable, type CutPods } from './cutoff.js';
import { isCutOff, NODES_WITH_FOLDERS_MAX } from './home.js';
import { hostedPrograms } from './hosted.js';
import { nodeFiles } from './nodefiles.js';
import { nodeProber } from './prober.js';
import type { Machinery, Part } from './running.js';
import { readNodeState, sweepNodeStates, writeNodeState } from './state.js';
import { nodeAddress, NODE_SIZE, podCidr } from './topology.js';

interface Saved {
  nodes: Record<string, SavedNode>;
  /** Pods that nodes go on with which are cut off. */
  known?: Record<string, readonly Pod[]>;
  /** What the kernels of such nodes do with Services. */
  rules?: Record<string, readonly ServiceRule[]>;
}

interface SavedNode {
  /** Where its NodeState is (state.ts). */
  file: string;
  /** Milliseconds since the epoch of the next thing to happen on it by itself; null: nothing. */
  due: number | null;
}

interface NodeState {
  sim: SimState;
  kubelet: unknown;
}

/** Nodes that began together. */
interface Running {
  saved(): Saved;
  dues(): number[];
  connection(node: string): NodeConnection;
  metrics: MetricsServer;
  stop(): Promise<void>;
}

export function nodesPart(machinery: Machinery): Part {
  const { clock, changes, kubelets, log } = machinery;
  let kept: Saved | undefined;
  const running = new Map<string, Promise<Running>>();
  const begun = new Set<Running>();
  let cancels: (() => void)[] = [];
  let common: Common | undefined;
  /** The files of what was saved last. */
  let named: readonly string[] = [];

  /** A program on one node may speak to any other, so nodes begin together, but where every image is the generic one, which speaks to nobody. */
  const together = (node: string): readonly string[] =>
    machinery.config.images === 'generic' && machinery.config.addons.length === 0 && kept !== undefined ? [node] : machinery.config.nodes;

  const wake = (node: string): Promise<Running> => {
    const known = running.get(node);
    if (known !== undefined) return known;
    const names = together(node);
    common ??= commonTo(machinery);
    const starting = begin(common, kept, names).then((nodes) => {
      begun.add(nodes);
      return nodes;
    });
    starting.catch((error: Error) => log.error(`nodes: ${error.stack ?? error.message}`));
    for (const name of names) running.set(name, starting);
    return starting;
  };
  const wakeAll = async (): Promise<Running[]> => Promise.all(machinery.config.nodes.map(wake));
  const asleep = (): [string, SavedNode][] => Object.entries(kept?.nodes ?? {}).filter(([name]) => !running.has(name));

  return {
    name: 'nodes',
    restore: (saved) => (kept = saved as Saved),
    saved: () => {
      const parts = [...begun].map((nodes) => nodes.saved());
      // A node that has begun says itself what it still goes on with.
      const sleeping = <T>(of: Record<string, T> | undefined): Record<string, T> =>
        Object.fromEntries(Object.entries(of ?? {}).filter(([name]) => !running.has(name)));
      const known = Object.assign(sleeping(kept?.known), ...parts.map((part) => part.known));
      const rules = Object.assign(sleeping(kept?.rules), ...parts.map((part) => part.rules));
      const nodes: Record<string, SavedNode> = Object.assign(Object.fromEntries(asleep()), ...parts.map((part) => part.nodes));
      named = Object.values(nodes).map(({ file }) => file);
      return { nodes, ...(Object.keys(known).length === 0 ? {} : { known, rules }) } satisfies Saved;
    },
    published: () => sweepNodeStates(machinery.paths, new Set(named)),
    due() {
      const dues = [...asleep().flatMap(([, { due }]) => due ?? []), ...[...begun].flatMap((nodes) => nodes.dues())];
      return dues.length === 0 ? undefined : Math.min(...dues);
    },
    async start() {
      machinery.wakeNodes = async () => void (await wakeAll());
      machinery.metrics.source = async () => (await wakeAll())[0]!.metrics;
      machinery.config.nodes.forEach((node, at) =>
        kubelets.set(
          node,
          waking(async () => (isCutOff(machinery.config, node) ? lost(at) : (await wake(node)).connection(node))),
        ),
      );
      if (machinery.everything || machinery.manifestsChanged || kept === undefined) {
        await wakeAll();
        return;
      }
      cancels = [changes.listen((change) => concerned(change, machinery.config.nodes).forEach((node) => void wake(node)))];
      for (const [name, { due }] of asleep()) if (due !== null) cancels.push(clock.after(due - clock.now(), () => void wake(name)));
    },
    async stop() {
      for (const cancel of cancels.splice(0)) cancel();
      for (const node of machinery.config.nodes) kubelets.set(node, undefined);
      await Promise.all([...new Set(running.values())].map(async (starting) => (await starting.catch(() => undefined))?.stop()));
      common?.informers.stop();
      running.clear();
      begun.clear();
      common = undefined;
    },
  };
}

/** Longer than a kubelet waits before it tries to register again. */
const JOIN_AFTER_MS = 1_000;
const KUBELET_PORT = 10_250;
const BOUND = Buffer.from('"nodeName":"');

/** The nodes that a change is about: a pod's own, and all where nobody can tell: what is gone, and what running pods may have mounted. */
function concerned({ resource, type, value, fresh }: Change, nodes: readonly string[]): readonly string[] {
  if (resource === 'configmaps' || resource === 'secrets') return fresh ? [] : nodes;
  if (resource !== 'pods') return [];
  if (type === 'delete' || value === undefined) return nodes;
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const at = bytes.indexOf(BOUND);
  if (at < 0) return [];
  const start = at + BOUND.length;
  const name = bytes.toString('utf8', start, bytes.indexOf(0x22, start));
  return nodes.includes(name) ? [name] : [];
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
    http: async (request) => (await connection()).http!(request),
    upgrade: async (request) => (await connection()).upgrade!(request),
  };
}

/** As a journal has it: whose line it is comes first. */
function logOfNode(log: Log, node: string): Log {
  const from = (line: string): string => `${node} kubelet: ${line}`;
  return { info: (line) => log.info(from(line)), warning: (line) => log.warning(from(line)), error: (line) => log.error(from(line)) };
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

/** One watch of all pods serves every kubelet of the process; each is told of its own. */
interface Common {
  machinery: Machinery;
  informers: InformerFactory;
  podsOf(node: string): PodSource;
}

function commonTo(machinery: Machinery): Common {
  const { handler, clock, quiescence, random } = machinery;
  const identity = new InProcessIdentity({ name: 'system:nodes-of-this-process', groups: ['system:masters', 'system:authenticated'] });
  const client = createClient({ handler, credentials: { type: 'inProcess', identity }, userAgent: 'kubelet/v1.36.3', durability: 'background' });
  const informers = createInformerFactory({ client, clock, quiescence, random });
  return { machinery, informers, podsOf: sharedPods(informers) };
}

interface Node {
  name: string;
  clock: TrackedClock;
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

async function begin({ machinery, informers, podsOf }: Common, kept: Saved | undefined, names: readonly string[]): Promise<Running> {
  const { config, random, quiescence } = machinery;
  const thawing = quiescence.hold();
  const clock = trackedClock(machinery.clock);
  const network = createSimNetwork({ clock, quiescence, random });
  for (const name of names) {
    if (!isCutOff(config, name)) continue;
    network.setReachable(name, false);
    network.rules(name).sync(kept?.rules?.[name] ?? []);
  }
  const images = createImageCatalog({ mode: config.images === 'generic' ? 'generic' : 'known' });
  const hosts = hostedPrograms(Object.assign(machinery, { network }));
  const shared: Shared = { machinery, clock, network, images, hosts, informers, podsOf, known: kept?.known ?? {} };
  const nodes = names.map((name) => makeNode(shared, name, config.nodes.indexOf(name)));
  // All at once: a connection whose other end does not come back is reset.
  for (const { name, sim, kubelet, cut } of nodes) {
    const record = kept?.nodes[name];
    const saved = record && (readNodeState(machinery.paths, record.file) as NodeState | undefined);
    if (saved === undefined) continue;
    await sim.thaw(saved.sim);
    // The kubelet of a node that comes back begins anew as far as its Node goes: it registers where that is gone.
    const isBack = cut === undefined && shared.known[name] !== undefined;
    kubelet.restore((isBack ? { ...(saved.kubelet as object), isRegistered: false } : saved.kubelet) as never);
  }
  // Not waited for: on a new cluster it is these nodes that start the API server.
  informers.start().catch((error: Error) => machinery.log.error(`nodes: ${error.message}`));
  setImmediate(thawing); // by then the first kubelets hold it themselves
  // New nodes one after the other, so that they register in their order and get their ranges of addresses in it.
  const inTurn = async (some: readonly Node[]): Promise<void> => {
    for (const node of some) await startNode(node, quiescence);
  };
  if (kept !== undefined) await Promise.all(nodes.map((node) => startNode(node, quiescence)));
  else if (machinery.live.has('kube-apiserver')) await inTurn(nodes);
  else {
    // The first one's static pods bring the API server; the others join when it has registered, as kubeadm's do.
    const unlisten = machinery.live.onChange((program, on) => {
      if (program !== 'kube-apiserver' || !on) return;
      unlisten();
      clock.after(JOIN_AFTER_MS, () => void inTurn(nodes.slice(1)).catch((error: Error) => machinery.log.error(`nodes: ${error.message}`)));
    });
    await inTurn(nodes.slice(0, 1));
  }
  const labelsOf = informers.of<Pod>(PodKind).lister;
  const metrics = createMetricsServer({
    clock,
    quiescence,
    log: machinery.log,
    connector: {
      nodes: () => nodes.map(({ name }) => ({ name })),
      pod: (key) => labelsOf.get(key)?.metadata,
      stats: (node) => nodes.find(({ name, cut }) => name === node && cut === undefined)?.kubelet.api.stats(),
    },
  });
  return {
    metrics,
    dues: () => [clock, ...nodes.map((node) => node.clock)].flatMap((one) => one.nextDue() ?? []),
    saved: () => ({ nodes: Object.fromEntries(nodes.map((node) => [node.name, saveNode(machinery, node)])), ...knownOf(nodes, network) }),
    connection: (node) => {
      const { kubelet } = nodes.find(({ name }) => name === node)!;
      const pods = () => labelsOf.list().filter(({ spec }) => spec.nodeName === node);
      return {
        ...(kubelet.api as unknown as NodeConnection),
        http: async (request) => (await import('./kubelethttp.js')).kubeletHttp({ node, kubelet, pods }, request),
        upgrade: async (request) => (await import('./kubeletupgrade.js')).kubeletUpgrade({ kubelet, pods }, request),
      };
    },
    async stop() {
      for (const { kubelet } of nodes) await kubelet.stop();
      for (const { sim } of nodes) await sim.close();
    },
  };
}

function saveNode({ paths, clock }: Machinery, { name, sim, kubelet, clock: own }: Node): SavedNode {
  const state: NodeState = { sim: sim.freeze(), kubelet: kubelet.saved() };
  return { file: writeNodeState(paths, name, { timeMs: clock.now(), state }), due: own.nextDue() ?? null };
}

/**
 * What a program that nobody knows from within is told, since it can be nothing but what its container asks of it: that it has an end, where that is
 * in the nature of the thing (init containers, and the pods of a Job), and where it answers: on the ports that are named, or probed.
 */
function genericProgram({ spec, metadata }: Pod, container: KubeletContainer): Record<string, string> {
  const ends =
    spec.initContainers?.some(({ name }) => name === container.name) ||
    metadata.ownerReferences?.some(({ kind, controller }) => kind === 'Job' && controller === true);
  if (ends === true && container.restartPolicy !== 'Always') return { [COMPLETES_ANNOTATION]: 'true' };
  const ports = new Set(
    (container.ports ?? []).filter(({ protocol }) => protocol === undefined || protocol === 'TCP').map(({ containerPort }) => Number(containerPort)),
  );
  for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) {
    const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port ?? probe?.grpc?.port;
    if (port !== undefined && Number(port) > 0) ports.add(Number(port));
  }
  return ports.size === 0 ? {} : { [PORTS_ANNOTATION]: [...ports].join(',') };
}

function knownOf(nodes: readonly Node[], network: SimNetwork): Pick<Saved, 'known' | 'rules'> {
  const known = nodes.flatMap(({ name, cut }) => (cut?.known() === undefined ? [] : [[name, cut.known()!] as const]));
  return known.length === 0 ? {} : { known: Object.fromEntries(known), rules: Object.fromEntries(known.map(([name]) => [name, network.rules(name).current])) };
}

const CONTROL_PLANE = { registerWithTaints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] };

function makeNode({ machinery, clock: whole, network, images, hosts, informers, podsOf, known }: Shared, name: string, at: number): Node {
  const { config, paths, random, quiescence, handler } = machinery;
  const log = logOfNode(machinery.log, name);
  const clock = trackedClock(whole);
  const files = nodeFiles(paths, config, name);
  const address = nodeAddress(at);
  const sim = createSimRuntime({ node: { name, addresses: [address], podCidr: podCidr(at) }, network, files, clock, random, quiescence, images, hosts });
  const identity = new InProcessIdentity({ name: `system:node:${name}`, groups: ['system:nodes', 'system:authenticated'] });
  const cut = isCutOff(config, name) ? cutPods(podsOf(name), known[name]) : undefined;
  const client = createClient({
    handler: cut === undefined ? handler : unreachable,
    credentials: { type: 'inProcess', identity },
    userAgent: 'kubelet/v1.36.3 (linux/amd64) kubernetes',
    durability: 'background',
  });
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
    containerAnnotations: genericProgram,
    ...(config.nodes.length > NODES_WITH_FOLDERS_MAX ? { disk: 'none' as const } : {}),
  });
  return { name, clock, sim, kubelet, cut, quiet };
}
