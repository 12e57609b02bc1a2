/**
 * A node's agent: registers the node, runs the pods that are bound to it and
 * those in its folder through the runtime behind CRI, and tells the API how
 * they fare. What it knows it reads again when it starts; only delays and
 * counts of probes are its own, and can be saved.
 */
import { createInformerFactory } from '../client/informerfactory.js';
import type { InformerFactory } from '../client/client.js';
import type { SavedEvents } from '../client/events.js';
import type { Component } from '../platform/component.js';
import { nodeApi, type NodeApi } from './api/nodeapi.js';
import { loadConfig, type KubeletConfiguration } from './config.js';
import { createConfigReader } from './configreader.js';
import type { SavedBackoff } from './containers/backoff.js';
import { PulledRecords } from './containers/pulledrecords.js';
import { containerEvent, newBackoff, type Context } from './context.js';
import type { KubeletOptions } from './options.js';
import { watchedPods, type PodSource } from './podsource.js';
import { PodManager } from './podmanager.js';
import { allocatableOf } from './node/nodeobject.js';
import { nodeKeeper, type NodeKeeper } from './node/registration.js';
import { StatusManager } from './pods/statusmanager.js';
import { byTurn, type SavedResize } from './pods/resize.js';
import type { SavedTurn } from './pods/worker.js';
import type { KnownManifest } from './staticpods/manifests.js';
import { ProbeManager, type SavedProbe } from './probes/probemanager.js';
import { Housekeeper } from './housekeeper.js';

export type { KubeletOptions, Prober, HttpProbeRequest } from './options.js';
export { sharedPods, watchedPods, type PodSource } from './podsource.js';
export type { NodeApi } from './api/nodeapi.js';
export type { KubeletConfiguration } from './config.js';

/** What a kubelet knows that is nowhere else, as plain JSON. */
export interface SavedKubelet {
  restarts: SavedBackoff;
  pulls: SavedBackoff;
  probes: SavedProbe[];
  resizes: Record<string, SavedResize>;
  turns?: Record<string, SavedTurn>;
  events?: SavedEvents;
  /** What the files of static pods said. */
  manifests?: Record<string, KnownManifest>;
  /** Its Node has been made; without it, it is made where there is none. */
  isRegistered?: boolean;
}

export interface Kubelet extends Component {
  readonly nodeName: string;
  /** What the API server asks of a node. */
  readonly api: NodeApi;
  /** The settings in force; undefined: it has not started. */
  readonly config: KubeletConfiguration | undefined;
  saved(): SavedKubelet;
  /** Before start: goes on from what an earlier process saved. */
  restore(saved: SavedKubelet): void;
  /** Looks at the folder of static pods now, whatever its watch says. */
  readManifests(): Promise<void>;
}

export function createKubelet(options: KubeletOptions): Kubelet {
  return new RunningKubelet(options);
}

class RunningKubelet implements Kubelet {
  readonly name: string;
  readonly #options: KubeletOptions;
  #restored: SavedKubelet | undefined;
  #parts: Parts | undefined;
  #isStopped = false;

  constructor(options: KubeletOptions) {
    this.#options = options;
    this.name = `kubelet ${options.nodeName}`;
  }

  get nodeName(): string {
    return this.#options.nodeName;
  }

  get api(): NodeApi {
    const { options, parts } = { options: this.#options, parts: () => this.#parts };
    return nodeApi({
      options,
      worker: (namespace, name) => parts()?.pods.byName(namespace, name),
      isWaiting: (namespace, name) => parts()?.pods.isWaiting(namespace, name) === true,
    });
  }

  get config(): KubeletConfiguration | undefined {
    return this.#parts?.context.config;
  }

  async start(): Promise<void> {
    const options = this.#options;
    const config = await loadConfig(options.files, options.config ?? {}, options.log);
    const parts = assemble(options, config);
    this.#parts = parts;
    if (this.#restored !== undefined) restoreInto(parts, this.#restored);
    // What the parts read of shared caches; they do without until it is there.
    void options.informers?.start();
    await parts.pods.start();
    await parts.node.start({ isResumed: this.#restored !== undefined, isRegistered: this.#restored?.isRegistered === true });
    parts.pods.ensureMirrors();
    parts.house.start();
    // An API server that cannot be reached must not keep static pods waiting: its pods come when it does.
    void parts.informers?.start();
    const ready = parts.source.whenSynced().then(() => (this.#isStopped ? undefined : parts.pods.loaded()));
    await Promise.race([ready, options.quiescence.settled()]);
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    const parts = this.#parts;
    if (parts === undefined) return;
    parts.end();
    parts.house.stop();
    parts.node.stop();
    await parts.pods.stop();
    parts.context.probes.stop();
    parts.context.status.stop();
    parts.informers?.stop();
  }

  saved(): SavedKubelet {
    const parts = this.#parts;
    if (parts === undefined) return this.#restored ?? { restarts: {}, pulls: {}, probes: [], resizes: {} };
    const resizes: Record<string, SavedResize> = {};
    const turns: Record<string, SavedTurn> = {};
    for (const worker of parts.pods.workers) {
      const saved = worker.resize.saved();
      if (saved !== undefined) resizes[worker.uid] = saved;
      if (worker.savedTurn !== undefined) turns[worker.uid] = worker.savedTurn;
    }
    const events = this.#options.recorder.saved?.() ?? [];
    return {
      restarts: parts.context.restarts.saved(),
      pulls: parts.context.pulls.saved(),
      probes: parts.context.probes.saved(),
      resizes,
      ...(Object.keys(turns).length > 0 ? { turns } : {}),
      ...(events.length > 0 ? { events } : {}),
      ...(parts.context.manifests.size > 0 ? { manifests: Object.fromEntries(parts.context.manifests) } : {}),
      ...(parts.node.isRegistered ? { isRegistered: true } : {}),
    };
  }

  restore(saved: SavedKubelet): void {
    this.#restored = saved;
  }

  async readManifests(): Promise<void> {
    await this.#parts?.pods.readStatic();
  }
}

interface Parts {
  context: Context;
  source: PodSource;
  pods: PodManager;
  node: NodeKeeper;
  house: Housekeeper;
  /** The kubelet's own watch, where it was not given its pods. */
  informers: InformerFactory | undefined;
  /** No more events of the runtime. */
  end(): void;
}

function restoreInto({ context }: Parts, { restarts, pulls, probes, resizes, turns = {}, events = [], manifests = {} }: SavedKubelet): void {
  for (const [uid, turn] of Object.entries(turns)) context.turns.set(uid, turn);
  context.options.recorder.restore?.(events);
  for (const [path, manifest] of Object.entries(manifests)) context.manifests.set(path, manifest);
  for (const [uid, resize] of Object.entries(resizes)) context.resizes.set(uid, resize);
  context.restarts.restore(restarts);
  context.pulls.restore(pulls);
  context.probes.restore(probes);
}

function assemble(options: KubeletOptions, config: KubeletConfiguration): Parts {
  const { client, clock, quiescence, random, runtime, recorder, prober, log } = options;
  const informers = options.pods === undefined ? createInformerFactory({ client, clock, quiescence, random }) : undefined;
  const source: PodSource = options.pods ?? watchedPods(informers!, options.nodeName);
  const status = new StatusManager({ client, clock, quiescence, log, shownBy: (pod) => pods.shownBy(pod) });
  const probes = new ProbeManager({
    runtime,
    prober,
    clock,
    unhealthy: (pod, container, message) => containerEvent(recorder, pod, container, 'Warning', 'Unhealthy', message),
    changed: (pod, container, kind, ok) => {
      // As Kubernetes: that it has started is told at once, and alone.
      if (kind === 'startup' && ok) status.patch(pod, (shown) => ({ ...shown, ...startedNow(shown, container) }));
      const uid = pod.metadata.uid!;
      void status.flush(uid).then(() => context.wake(uid));
    },
  });
  const context: Context = {
    options,
    config,
    reader: createConfigReader(client, options.informers),
    status,
    probes,
    restarts: newBackoff(config.maxContainerRestartPeriodMs),
    pulls: newBackoff(),
    pulled: new PulledRecords(options.disk === 'none' ? undefined : options.files),
    resizes: new Map(),
    turns: new Map(),
    manifests: new Map(),
    hostIps: options.addresses.filter(({ type }) => type === 'InternalIP').map(({ address }) => address),
    allocatable: allocatableOf(options, config),
    keepsFiles: options.disk !== 'none',
    admitted: () => pods.admitted(),
    pressure: () => house.pressure,
    async preempt(victims, verdict) {
      const workers = victims.map(({ metadata }) => pods.worker(metadata.uid!)).filter((worker) => worker !== undefined);
      for (const worker of workers) worker.evict(verdict);
      await Promise.all(workers.map((worker) => worker.whenTerminated()));
    },
    roomFreed: () => context.retryResizes(undefined),
    retryResizes(uid) {
      for (const worker of byTurn([...pods.workers].filter(({ takesRoom, resize, pod }) => takesRoom && resize.isAsked(pod)))) {
        if (worker.resize.decide(worker.pod, context) && worker.uid !== uid) worker.wake();
      }
    },
    wake: (uid) => pods.worker(uid)?.wake(),
  };
  const house: Housekeeper = new Housekeeper(context, () => pods.workers);
  const node = nodeKeeper(options, config, { pressure: () => house.pressure });
  const pods: PodManager = new PodManager({ context, source, nodeUid: () => node.uid });
  const end = runtime.events(({ podUid, type }) => {
    if (type !== 'CONTAINER_DELETED_EVENT') context.wake(podUid);
  });
  return { context, source, pods, node, house, informers, end };
}

function startedNow(status: Pick<import('./kinds.js').PodStatus, 'containerStatuses' | 'initContainerStatuses'>, name: string) {
  const started = (list: typeof status.containerStatuses) => list?.map((item) => (item.name === name ? { ...item, started: true } : item));
  return {
    ...(status.containerStatuses === undefined ? {} : { containerStatuses: started(status.containerStatuses)! }),
    ...(status.initContainerStatuses === undefined ? {} : { initContainerStatuses: started(status.initContainerStatuses)! }),
  };
}
