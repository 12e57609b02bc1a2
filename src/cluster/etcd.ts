/**
 * The door to an embedded cluster's etcd, for etcdctl: the store itself, shared
 * with whoever runs the cluster. Nothing is started for it, but a cluster that
 * has something to do first does that.
 */
import type { EtcdSession } from '../cli/host.js';
import { systemClock } from '../platform/clock.js';
import { etcdDoor } from '../store/etcddoor.js';
import { tryLock } from '../store/lock.js';
import { openSqliteStore, restoreSnapshot } from '../store/sqlite/sqlite.js';
import { readDue, unchanged } from './embedded/due.js';
import { clusterPaths, ClusterError, makeFolder, readConfig, type ClusterPaths } from './home.js';
import { createLive, gatedStore } from './live.js';
import { runCluster } from './running.js';
import { readState } from './state.js';
import { CONTROL_PLANE_IP } from './topology.js';

/** The version of etcd whose ways are followed. */
const ETCD_VERSION = '3.6.6';
const CLIENT_URL = `https://${CONTROL_PLANE_IP}:2379`;

export async function openEtcd(place: { root: string; home: string; name: string }): Promise<EtcdSession> {
  const paths = clusterPaths(place.home, place.name);
  await bringUp(place, paths);
  const config = readConfig(paths);
  if (config === undefined) throw new ClusterError(`cluster ${JSON.stringify(place.name)} is being made by another process`);
  if (config.etcd !== undefined)
    throw new ClusterError(`cluster ${JSON.stringify(place.name)} is kept in the etcd at ${config.etcd.servers.join(',')}; ask it with etcdctl --endpoints`);
  const due = readDue(paths);
  // While another process runs the cluster nobody else knows; what it saved last is the best there is.
  const live = createLive((due?.live ?? readState(paths)?.live ?? ['etcd']) as ['etcd']);
  const opened = await openSqliteStore({ path: paths.store, clock: systemClock, shared: true });
  const door = etcdDoor({
    store: gatedStore(opened, live),
    clock: systemClock,
    name: config.nodes[0] ?? 'default',
    peerUrls: [`https://${CONTROL_PLANE_IP}:2380`],
    clientUrls: [CLIENT_URL],
    version: ETCD_VERSION,
    restore: restoreSnapshot,
  });
  return { door, endpoint: '127.0.0.1:2379', close: () => opened.close() };
}

/** Makes a cluster that is not there, and lets one that slept past what was due do that. Nothing where another process has it. */
async function bringUp(place: { root: string; home: string; name: string }, paths: ClusterPaths): Promise<void> {
  const due = readDue(paths);
  if (due !== undefined && (due.next === null || due.next > systemClock.now()) && unchanged(paths, due)) return;
  makeFolder(paths);
  const held = tryLock(paths.lock);
  if (held === undefined) return;
  await (await runCluster({ ...place, paths, held })).close();
}
