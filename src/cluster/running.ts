/**
 * A cluster that runs in this process: the lock taken, the store open, the
 * control plane over it, and the parts that its configuration names. Made when
 * it is not there yet. Used by `serve` and by every command that changes
 * something or waits.
 */
import type { CreateOptions } from '../cli/host.js';
import { KINDS } from '../api/kinds.js';
import type { ApiServer } from '../apiserver/apiserver.js';
import type { ApiHandler } from '../apimachinery/request.js';
import { formatTime } from '../apimachinery/time.js';
import { systemClock, VirtualClock, type Clock } from '../platform/clock.js';
import type { Component, Log } from '../platform/component.js';
import { Quiescence } from '../platform/quiescence.js';
import { seededRandom, systemRandom, type Random } from '../platform/random.js';
import { lock, type Lock } from '../store/lock.js';
import { openSqliteStore } from '../store/sqlite/sqlite.js';
import type { Store } from '../store/store.js';
import { createControlPlane } from './controlplane.js';
import { clusterPaths, ClusterError, makeFolder, newConfig, readConfig, writeConfig, type ClusterConfig, type ClusterPaths } from './home.js';
import { clusterKeys, type ClusterKeys } from './keys.js';
import { packageManifests, type Manifests } from './manifests.js';
import { API_PORT, CONTROL_PLANE_IP, SERVICE_IP } from './topology.js';

export interface OpenOptions {
  root: string;
  home: string;
  name: string;
  create?: CreateOptions;
  log: Log;
  /** How long to wait for whoever has the cluster now. */
  waitMs?: number;
}

/** What the parts of a cluster share. */
export interface Machinery {
  config: ClusterConfig;
  paths: ClusterPaths;
  clock: VirtualClock;
  quiescence: Quiescence;
  random: Random;
  store: Store;
  server: ApiServer;
  handler: ApiHandler;
  keys: ClusterKeys;
  manifests: Manifests;
  log: Log;
}

export interface RunningCluster extends Machinery {
  /** Time passes by itself from now on, as `clock` says. */
  follow(clock: Clock): Promise<void>;
  /** Nothing is under way. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

const LOCK_WAIT_MS = 60_000;

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

async function open({ root, name, create, log }: OpenOptions, paths: ClusterPaths, held: Lock): Promise<RunningCluster> {
  const known = readConfig(paths);
  if (known !== undefined && create !== undefined && differs(known, create)) throw new ClusterError(`cluster ${JSON.stringify(name)} exists and was made with other settings; delete it, or name another with --cluster`);
  const config = known ?? newConfig(name, create ?? {}, formatTime(systemClock.now()));
  const quiescence = new Quiescence();
  const clock = new VirtualClock(systemClock.now(), () => quiescence.settled());
  const random = config.seed === undefined ? systemRandom : seededRandom(config.seed);
  const manifests = packageManifests(root);
  const keys = clusterKeys(paths, systemClock);
  const store = await openSqliteStore({ path: paths.store, clock: systemClock, random, quiescence });
  const server = createControlPlane({ store, clock, random, quiescence, keys, manifests, log });
  const machinery: Machinery = { config, paths, clock, quiescence, random, store, server, handler: server, keys, manifests, log };
  await server.start();
  if (known === undefined) {
    await bootstrap(machinery);
    writeConfig(paths, config);
  }
  const parts = await startParts(machinery);
  let unfollow = (): void => {};
  let closed = false;
  return {
    ...machinery,
    settled: () => quiescence.settled(),
    async follow(other) {
      unfollow = clock.follow(other);
    },
    async close() {
      if (closed) return;
      closed = true;
      unfollow();
      for (const part of [...parts].reverse()) await part.stop();
      await server.stop();
      await store.close();
      held.release();
    },
  };
}

async function bootstrap({ config, server, clock, keys, manifests }: Machinery): Promise<void> {
  const { ensureBootstrap } = await import('../apiserver/bootstrap/bootstrap.js');
  const { cert } = await keys.authority();
  await ensureBootstrap({
    handler: server,
    kinds: KINDS,
    clock,
    objects: [...manifests.bootstrap(), ...(config.components.includes('controllers') ? manifests.controllerAccounts() : [])],
    advertise: { address: CONTROL_PLANE_IP, port: API_PORT },
    serviceIp: SERVICE_IP,
    clientCa: cert,
    frontProxyCa: cert,
    withDefaultAccount: !config.components.includes('controllers'),
  });
}

async function startParts(machinery: Machinery): Promise<Component[]> {
  const { components } = machinery.config;
  const parts: Component[] = [];
  if (components.includes('controllers')) parts.push((await import('./controllermanager.js')).controllerManager(machinery));
  for (const part of parts) await part.start();
  return parts;
}

function differs(config: ClusterConfig, create: CreateOptions): boolean {
  const given = Object.entries(create).filter(([, value]) => value !== undefined);
  if (given.length === 0) return false;
  const wanted = newConfig(config.name, create, config.created);
  return JSON.stringify([wanted.nodes, wanted.addons, wanted.images, wanted.components, wanted.bare]) !== JSON.stringify([config.nodes, config.addons, config.images, config.components, config.bare]);
}
