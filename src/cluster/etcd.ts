/** The door to an embedded cluster's etcd, for etcdctl: whoever runs the cluster has the store, so this process becomes the one who does. */
import type { EtcdSession } from '../cli/host.js';
import { etcdDoor } from '../store/etcddoor.js';
import { restoreSnapshot } from '../store/sqlite/sqlite.js';
import { ClusterError } from './home.js';
import { openCluster } from './running.js';
import { CONTROL_PLANE_IP } from './topology.js';

/** The version of etcd whose ways are followed. */
const ETCD_VERSION = '3.6.6';
const CLIENT_URL = `https://${CONTROL_PLANE_IP}:2379`;

export async function openEtcd(place: { root: string; home: string; name: string }): Promise<EtcdSession> {
  const cluster = await openCluster({ ...place });
  if (!cluster.live.names().includes('etcd')) {
    await cluster.close();
    throw new ClusterError('dial tcp 127.0.0.1:2379: connect: connection refused');
  }
  const { store, clock } = cluster;
  const door = etcdDoor({
    store,
    clock,
    name: cluster.config.nodes[0] ?? 'default',
    peerUrls: [`https://${CONTROL_PLANE_IP}:2380`],
    clientUrls: [CLIENT_URL],
    version: ETCD_VERSION,
    restore: restoreSnapshot,
  });
  return { door, endpoint: '127.0.0.1:2379', close: () => cluster.close() };
}
