/**
 * A cluster that runs in this process: the lock taken, the store open, the
 * control plane over it, and the parts that its configuration names. Made when
 * it is not there yet, brought up to now when it slept. Used by `serve` and by
 * every command that changes something or waits.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CreateOptions } from '../cli/host.js';
import type { ApiServer } from '../apiserver/apiserver.js';
import type { ApiHandler } from '../apimachinery/request.js';
import { formatTime } from '../apimachinery/time.js';
import { aheadOf, systemClock, VirtualClock } from '../platform/clock.js';
import type { Component, Log } from '../platform/component.js';
import { Quiescence } from '../platform/quiescence.js';
import { seededRandom, systemRandom, type Random } from '../platform/random.js';
import { lock, type Lock } from '../store/lock.js';
import { openSqliteDraft, openSqliteStore } from '../store/sqlite/sqlite.js';
import type { SimNetwork } from '../sim/network/network.js';
import type { MetricsServer } from '../kubelet/metrics/metricsserver.js';
import type { Store } from '../store/store.js';
import { observed, type Changes } from './activation.js';
import { catchUp } from './catchup.js';
import { clusterDialer } from './dialer.js';
import { createKubeletRegister, type KubeletRegister } from './connector.js';
import { createControlPlane } from './controlplane.js';
import { forgetDue, readDue, unchanged, watchedManifests, writeDue } from './embedded/due.js';
import { clusterPaths, ClusterError, makeFolder, newConfig, readConfig, STATE_FORMAT, writeConfig, type ClusterConfig, type ClusterPaths } from './home.js';
import { clusterKeys, type ClusterKeys } from './keys.js';
import type { Elections } from './elected.js';
import { createLive, gatedHandler, gatedStore, type Live, type Program } from './live.js';
import { clusterLog } from './log.js';
import { measured } from './measured.js';
import { packageManifests, type Manifests } from './manifests.js';
import { createProgramLogs, type ProgramLogs } from './programlog.js';
import type { EtcdOptions, Membership } from './shared.js';
import { readState, writeState, type SavedState } from './state.js';

export interface OpenOptions {
  root: string;
  home: string;
  name: string;
  create?: CreateOptions;
  /** How long to wait for whoever has the cluster now. */
  waitMs?: number;
  /** Run all loops from the start. */
  everything?: boolean;
  /** The cluster is in an etcd, which other servers may share. */
  etcd?: EtcdOptions & { hostname: string; says(line: string): void };
}

/** What the parts of a cluster share. */
export interface Machinery {
  config: ClusterConfig;
  paths: ClusterPaths;
  clock: VirtualClock;
  quiescence: Quiescence;
  random: Random;
  store: Store;
  /** Puts a new cluster's store on disk; before that a killed process leaves none. */
  publish(): void;
  /** The store's, whether etcd is live or not. */
  revision(): Promise<number>;
  server: ApiServer;
  /** As any client finds the API server: refusing connections while it is not live. */
  handler: ApiHandler;
  keys: ClusterKeys;
  manifests: Manifests;
  live: Live;
  /** Where kubelets say how the API server reaches them. */
  kubelets: KubeletRegister;
  /** Every write, as it is committed. */
  changes: Changes;
  /** All loops run, whether they have something to do or not: the cluster is new, is served, or nobody knows what changed. */
  everything: boolean;
  /** A manifest folder of a node, or a file in it, is not as it was when the cluster was saved. */
  manifestsChanged: boolean;
  logs: ProgramLogs;
  /** This process lets go of the cluster; what runs in it goes on in the next. */
  closing: boolean;
  /** Where metrics-server's figures come from, once there are nodes. */
  metrics: { source: (() => Promise<MetricsServer>) | undefined };
  /** Lets the nodes begin, where there are any. */
  wakeNodes?: () => Promise<void>;
  /** The nodes' own, once they have begun. */
  network?: SimNetwork;
  /** Where other servers may have the cluster too. */
  shared?: Membership;
  elections?: Elections;
  log: Log;
}

/** A part of the cluster that remembers something from one process to the next. */
export interface Part extends Component {
  saved?(): unknown;
  /** What was saved is on disk, and what it took the place of is not needed any more. */
  published?(): void;
  /** Milliseconds since the epoch of the next thing it will do by itself; undefined: nothing. */
  due?(): number | undefined;
  /** Before start. */
  restore?(saved: unknown): void;
}

export interface RunningCluster extends Machinery {
  /** Time passes by itself from now on. */
  follow(): Promise<void>;
  /** Moves time by hand, for good: from then on the cluster is so much ahead of the machine. */
  advance(ms: number): Promise<void>;
  /** Cuts a node off from the control plane, or connects it again; the nodes go on from where they were. Rejects with a ClusterError. */
  setConnected(node: string, connected: boolean): Promise<void>;
  /** Nothing is under way, and nothing is due by now. */
  settled(): Promise<void>;
  /** Settles, saves, and gives the lock back. */
  close(): Promise<void>;
}

const LOCK_WAIT_MS = 60_000;
/** A new cluster comes up in the past, on its own clock, and is up by now. */
const CREATION_SPAN_MS = 90_000;

/** Waits for the lock first; refuses after a minute. */
export async function openCluster(options: OpenOptions): Promise<RunningCluster> {
  const paths = clusterPaths(options.home, options.name);
  makeFolder(paths);
  const held = await lock(paths.lock, { waitMs: options.waitMs ?? LOCK_WAIT_MS, clock: systemClock });
  return runCluster({ ...options, paths, held });
}

/** For whoever holds the lock already; gives it back when the cluster closes, or cannot be opened. */
export async function runCluster(options: OpenOptions & { paths: ClusterPaths; held: Lock }): Promise<RunningCluster> {
  try {
    return await open(options, options.paths, options.held);
  } catch (error) {
    options.held.release();
    throw error;
  }
}

async function open(options: OpenOptions, paths: ClusterPaths, held: Lock): Promise<RunningCluster> {
  const known = readConfig(paths);
  if (options.etcd === undefined && known?.etcd === undefined) return run(options, { paths, held, known, joined: undefined });
  const joined = await (await import('./shared.js')).joinFrom(options, paths, known);
  try {
    return await run(options, { paths, held, known, joined });
  } catch (error) {
    await joined.close();
    throw error;
  }
}

interface Opening {
  paths: ClusterPaths;
  held: Lock;
  known: ClusterConfig | undefined;
  joined: Membership | undefined;
}

async function run({ root, name, create, everything: eager }: OpenOptions, { paths, held, known, joined }: Opening): Promise<RunningCluster> {
  const log = clusterLog(paths);
  const isNew = joined?.isNew ?? known === undefined;
  if (joined === undefined && known !== undefined && create !== undefined && differs(known, create))
    throw new ClusterError(`cluster ${JSON.stringify(name)} exists and was made with other settings; delete it, or name another with --cluster`);
  const state = known === undefined || isNew ? undefined : readState(paths);
  let aheadMs = state?.aheadMs ?? 0;
  const time = aheadOf(systemClock, () => aheadMs);
  const now = time.now();
  const config = joined?.config ?? known ?? newConfig(name, create ?? {}, formatTime(now));
  const due = readDue(paths);
  forgetDue(paths);
  const startMs = joined !== undefined && !isNew ? now : (state?.timeMs ?? (hasNodes(config) ? now - CREATION_SPAN_MS : now));
  const machinery = await assemble({ isNew, config, paths, root, log, startMs, live: firstLive(config, state, joined), joined });
  const { clock, quiescence, server, store, revision, publish } = machinery;
  // What the last process saved is still all there is: parts may sleep until something changes.
  machinery.manifestsChanged = due === undefined || !unchanged(paths, due);
  machinery.everything = eager === true || state === undefined || state.revision !== (await revision());
  if (isNew) await (await import('./create.js')).createObjects(machinery);
  // A server that takes the nodes over has no folders of theirs yet.
  else if (joined !== undefined && hasNodes(config) && !existsSync(join(paths.nodes, config.nodes[0]!)))
    (await import('./create.js')).createNodeFiles(machinery);
  const parts = await startParts(machinery, state);
  if (isNew) {
    await (await import('./create.js')).finishCreation(machinery);
  }
  await catchUp(clock, now);
  if (joined !== undefined) await (await import('./elected.js')).beginElections(machinery.elections!);
  await joined?.finished();
  joined?.onNodesLost(() => void loseNodes());
  if (isNew) publish();
  if (isNew || joined !== undefined) writeConfig(paths, config);
  let unfollow: (() => void) | undefined;
  let closed = false;
  return { ...machinery, follow, advance, setConnected, settled, close };

  async function advance(ms: number): Promise<void> {
    if (joined !== undefined) throw new ClusterError('the time of a cluster in an etcd is the time of the machines that share it: it cannot be moved');
    await clock.advance(ms);
    aheadMs += ms;
  }

  async function setConnected(node: string, connected: boolean): Promise<void> {
    const { checkNode, withNode } = await import('./cutoff.js');
    checkNode(machinery.config, node);
    const nodes = parts.find(({ name: part }) => part === 'nodes');
    if (joined !== undefined && nodes === undefined) throw new ClusterError('the nodes of this cluster are run by another of its servers; say it there');
    machinery.config = withNode(machinery.config, node, connected ? undefined : formatTime(clock.now()));
    writeConfig(paths, machinery.config);
    if (nodes !== undefined) await begunAnew(nodes);
    await settled();
  }

  async function loseNodes(): Promise<void> {
    log.error('the nodes are run by another server now');
    await parts.find(({ name: part }) => part === 'nodes')?.stop();
  }

  /** As if another process went on: what the part remembers is all that it keeps. */
  async function begunAnew(part: Part): Promise<void> {
    const saved = part.saved?.();
    machinery.closing = true;
    await part.stop();
    machinery.closing = false;
    part.restore?.(saved);
    await part.start();
  }

  async function follow(): Promise<void> {
    unfollow = clock.follow(time);
  }

  async function settled(): Promise<void> {
    await quiescence.settled();
    if (unfollow === undefined) await catchUp(clock, time.now());
  }

  async function close(): Promise<void> {
    if (closed) return;
    closed = true;
    try {
      await settled();
      unfollow?.();
      await save(machinery, parts, aheadMs);
      if (machinery.live.has('etcd') && joined === undefined) await compact(store);
    } finally {
      machinery.closing = true;
      joined?.hurry();
      for (const part of [...parts].reverse()) await part.stop();
      await server.stop();
      await store.close();
      await joined?.close();
      held.release();
    }
  }
}

async function assemble({
  isNew,
  config,
  paths,
  root,
  log,
  startMs,
  live: first,
  joined,
}: {
  isNew: boolean;
  config: ClusterConfig;
  paths: ClusterPaths;
  root: string;
  log: Log;
  startMs: number;
  live: Program[];
  joined: Membership | undefined;
}): Promise<Machinery> {
  const quiescence = new Quiescence();
  const clock = new VirtualClock(startMs, () => quiescence.settled());
  const random = config.seed === undefined ? systemRandom : seededRandom(config.seed);
  const manifests = packageManifests(root);
  const keys = clusterKeys(paths, systemClock);
  const live = createLive(first);
  const storeOptions = { path: paths.store, clock, random, quiescence };
  const { store: opened, publish } =
    joined !== undefined
      ? { store: await joined.openStore(quiescence), publish: () => {} }
      : isNew
        ? await openSqliteDraft(storeOptions)
        : { store: await openSqliteStore(storeOptions), publish: () => {} };
  if (isNew && (joined !== undefined || (await opened.status()).revision <= EMPTY_REVISION)) clearLeftovers(paths);
  const { store, changes } = observed(gatedStore(opened, live));
  const kubelets = createKubeletRegister((node) => (config.nodes.includes(node) ? joined?.peers.connect(node) : undefined));
  const logs = createProgramLogs(clock, log);
  const metrics: Machinery['metrics'] = { source: undefined };
  const dialer = clusterDialer(config.nodes, keys, async () => {
    await machinery.wakeNodes?.();
    return machinery.network;
  });
  const server = createControlPlane({
    store,
    clock,
    random,
    quiescence,
    keys,
    manifests,
    log: logs.of('kube-apiserver'),
    nodes: kubelets,
    dialer,
    isLive: (program) => live.has(program),
    ...(config.addons.includes('metrics-server') ? { metrics: joined !== undefined && !hasNodes(config) ? joined.peers.metrics : measured(metrics) } : {}),
  });
  // Its definitions are in the store: it starts with etcd, whenever that comes.
  const startServer = (): void => void server.start().catch((error: Error) => log.error(`kube-apiserver: ${error.message}`));
  if (live.has('etcd')) await server.start();
  else live.onChange((program, on) => program === 'etcd' && on && startServer());
  const revision = async (): Promise<number> => (await opened.status()).revision;
  const machinery: Machinery = {
    config,
    paths,
    clock,
    quiescence,
    random,
    store,
    publish,
    revision,
    server,
    handler: gatedHandler(server, live),
    keys,
    manifests,
    live,
    kubelets,
    logs,
    closing: false,
    metrics,
    changes,
    everything: true,
    manifestsChanged: true,
    log,
    ...(joined === undefined ? {} : { shared: joined, elections: { identity: joined.identity, alone: isNew, waiting: [] } }),
  };
  return machinery;
}

/** As etcd's, a store begins at 1. */
const EMPTY_REVISION = 1;

/** A process that was killed while it made this cluster has left its nodes' folders. */
function clearLeftovers({ nodes, state }: ClusterPaths): void {
  for (const path of [nodes, state]) rmSync(path, { recursive: true, force: true });
}

export const hasNodes = ({ nodes, components }: ClusterConfig): boolean => nodes.length > 0 && components.includes('kubelets');

/** Whether the control plane runs as static pods, whose containers are its switches. */
export const hasStaticPods = (config: ClusterConfig): boolean => hasNodes(config) && config.addons.length > 0;

/** An etcd elsewhere is no program of ours: it is there, whatever was saved. */
function firstLive(config: ClusterConfig, state: SavedState | undefined, joined: Membership | undefined): Program[] {
  if (joined === undefined) return (state?.live as Program[] | undefined) ?? (hasStaticPods(config) ? [] : programsOf(config));
  if (!hasStaticPods(config)) return programsOf(config);
  // The static pods of a server that takes the nodes over are there in a moment; nobody should be refused until then.
  return joined.isNew ? ['etcd'] : [...new Set<Program>(['etcd', ...((state?.live as Program[] | undefined) ?? programsOf(config))])];
}

function programsOf(config: ClusterConfig): Program[] {
  const parts: [Program, boolean][] = [
    ['etcd', true],
    ['kube-apiserver', true],
    ['kube-controller-manager', config.components.includes('controllers')],
    ['kube-scheduler', config.components.includes('scheduler')],
  ];
  return parts.filter(([, on]) => on).map(([program]) => program);
}

async function startParts(machinery: Machinery, state: SavedState | undefined): Promise<Part[]> {
  const { components } = machinery.config;
  const parts: Part[] = [];
  if (components.includes('controllers')) parts.push((await import('./controllermanager.js')).controllerManager(machinery));
  if (components.includes('scheduler')) parts.push((await import('./scheduler.js')).schedulerPart(machinery));
  if (hasNodes(machinery.config)) parts.push((await import('./nodes.js')).nodesPart(machinery));
  for (const part of parts) {
    const saved = state?.parts[part.name];
    // What loops put off is not remembered where another server has gone on with them.
    if (saved !== undefined && (machinery.shared === undefined || part.name === 'nodes')) part.restore?.(saved);
    await part.start();
  }
  return parts;
}

async function save({ paths, clock, revision: revisionOf, live, config, shared }: Machinery, parts: readonly Part[], aheadMs: number): Promise<void> {
  // Where others write too it says nothing, and an etcd that is gone must not keep the nodes from being saved.
  const revision = shared === undefined ? await revisionOf() : 0;
  const saved = Object.fromEntries(parts.flatMap((part) => (part.saved === undefined ? [] : [[part.name, part.saved()]])));
  writeState(paths, { format: STATE_FORMAT, timeMs: clock.now(), aheadMs, revision, live: live.names(), parts: saved });
  for (const part of parts) part.published?.();
  // Without it every command asks whoever serves the cluster.
  if (shared !== undefined) return;
  const dues = parts.flatMap((part) => part.due?.() ?? []);
  writeDue(paths, {
    revision,
    timeMs: clock.now(),
    aheadMs,
    next: dues.length === 0 ? null : Math.min(...dues),
    manifests: watchedManifests(paths, config.nodes),
    live: live.names(),
  });
}

/** History that nobody will ask for again; what was saved stands at the newest revision. */
async function compact(store: Store): Promise<void> {
  const { compactIfNeeded } = await import('../store/compaction.js');
  await compactIfNeeded(store, { clock: systemClock });
}

function differs(config: ClusterConfig, create: CreateOptions): boolean {
  const given = Object.entries(create).filter(([, value]) => value !== undefined);
  if (given.length === 0) return false;
  const wanted = newConfig(config.name, create, config.created);
  return (
    JSON.stringify([wanted.nodes, wanted.addons, wanted.images, wanted.components, wanted.bare]) !==
    JSON.stringify([config.nodes, config.addons, config.images, config.components, config.bare])
  );
}
