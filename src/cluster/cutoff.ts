/**
 * Nodes that are cut off from the control plane, as by a pulled cable: their
 * kubelets reach no API server and hear of no pods, and go on with those they
 * knew. Kept in cluster.json.
 */
import type { ApiHandler } from '../apimachinery/request.js';
import { formatTime } from '../apimachinery/time.js';
import type { Pod } from '../api/core/pod.js';
import type { PodListener, PodSource } from '../kubelet/podsource.js';
import { systemClock } from '../platform/clock.js';
import { lock } from '../store/lock.js';
import { askOwner } from './control.js';
import { clusterPaths, ClusterError, readConfig, writeConfig, type ClusterConfig } from './home.js';
import { runCluster } from './running.js';
import { readState } from './state.js';
import { API_PORT, CONTROL_PLANE_IP } from './topology.js';

export interface CutPods extends PodSource {
  /** What the kubelet goes on with; undefined while it has not been told yet. */
  known(): readonly Pod[] | undefined;
}

/** Packets to the API server are lost. */
class UnreachableError extends Error {
  override name = 'ConnectionError';
  readonly code = 'ETIMEDOUT';
  constructor() {
    super(`dial tcp ${CONTROL_PLANE_IP}:${API_PORT}: i/o timeout`);
  }
}

export const unreachable: ApiHandler = { handle: () => Promise.reject(new UnreachableError()) };

/** The pods that a node knew when it was cut off: what it was left with before, or what `source` lists first. */
export function cutPods(source: PodSource, before: readonly Pod[] | undefined): CutPods {
  let known = before;
  const listeners = new Set<PodListener>();
  const tell = (listener: PodListener): void => known?.forEach((pod) => listener.changed(pod));
  const learn = (): void => {
    if (known !== undefined) return;
    known = source.list();
    for (const listener of listeners) tell(listener);
  };
  return {
    known: () => known,
    get synced() {
      return known !== undefined;
    },
    whenSynced: () => (known === undefined ? source.whenSynced().then(learn) : Promise.resolve()),
    get: ({ namespace, name }) => known?.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
    list: () => [...(known ?? [])],
    listen(listener) {
      listeners.add(listener);
      tell(listener);
      return () => void listeners.delete(listener);
    },
  };
}

const LOCK_WAIT_MS = 2_000;

/** `cluster disconnect` and `cluster connect`, here or in the process that runs the cluster. */
export async function setConnected({ root, home }: { root: string; home: string }, name: string, node: string, connected: boolean): Promise<void> {
  const paths = clusterPaths(home, name);
  const config = readConfig(paths);
  if (config === undefined) throw new ClusterError(`there is no cluster ${JSON.stringify(name)}`);
  checkNode(config, node);
  if ((await askOwner(paths, 'connect', { node, connected })) !== undefined) return;
  const held = await lock(paths.lock, { waitMs: LOCK_WAIT_MS, clock: systemClock }).catch(() => {
    throw new ClusterError(`cluster ${JSON.stringify(name)} is in use by another process; end that first`);
  });
  const now = Math.max(systemClock.now(), readState(paths)?.timeMs ?? 0);
  writeConfig(paths, withNode(config, node, connected ? undefined : formatTime(now)));
  // The node begins as it now is: one that is back says so, one that is gone keeps what it knows.
  const cluster = await runCluster({ root, home, name, paths, held });
  try {
    await cluster.wakeNodes?.();
  } finally {
    await cluster.close();
  }
}

export function checkNode(config: ClusterConfig, node: string): void {
  if (!config.nodes.includes(node)) throw new ClusterError(`cluster ${JSON.stringify(config.name)} has no node ${JSON.stringify(node)}`);
  if (node === config.nodes[0]) throw new ClusterError(`node ${JSON.stringify(node)} is the control plane: it cannot be cut off from itself`);
}

/** The configuration with that node cut off since then (RFC 3339), or connected. */
export function withNode(config: ClusterConfig, node: string, since: string | undefined): ClusterConfig {
  const { [node]: already, ...others } = config.disconnected ?? {};
  const { disconnected: _before, ...rest } = config;
  const disconnected = since === undefined ? others : { ...others, [node]: already ?? since };
  return Object.keys(disconnected).length === 0 ? rest : { ...rest, disconnected };
}
