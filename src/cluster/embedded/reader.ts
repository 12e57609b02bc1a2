/**
 * A cluster that is only read: the API server over the store as it is, no
 * lock, no loops. For commands that print and exit while nothing is due.
 */
import type { Session } from '../../cli/host.js';
import { InProcessIdentity } from '../../apimachinery/request.js';
import { NeedsWholeCluster } from '../../platform/reading.js';
import { silentLog } from '../../platform/component.js';
import { systemClock, type Clock } from '../../platform/clock.js';
import { Quiescence } from '../../platform/quiescence.js';
import { systemRandom } from '../../platform/random.js';
import { openSqliteStoreReadonly, type StoreReader } from '../../store/sqlite/reader.js';
import type { Store } from '../../store/store.js';
import { createControlPlane } from '../controlplane.js';
import type { ClusterPaths } from '../home.js';
import { clusterKeys } from '../keys.js';
import { packageManifests } from '../manifests.js';
import { SERVER_NAME } from '../topology.js';
import { readDue, unchanged } from './due.js';

/** Who types at an embedded cluster: its administrator. */
export const ADMIN = new InProcessIdentity({ name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] });

/** undefined: the loops have something to do first, or there is no cluster yet. */
export function readSession(paths: ClusterPaths, root: string): Session | undefined {
  const due = readDue(paths);
  if (
    due === undefined ||
    (due.next !== null && due.next <= systemClock.now() + (due.aheadMs ?? 0)) ||
    !due.live.includes('kube-apiserver') ||
    !due.live.includes('etcd') ||
    !unchanged(paths, due)
  )
    return undefined;
  const reader = openSqliteStoreReadonly(paths.store);
  if (reader === undefined) return undefined;
  if (reader.revision !== due.revision) {
    reader.close();
    return undefined;
  }
  const clock: Clock = { ...systemClock, now: () => Math.max(systemClock.now() + (due.aheadMs ?? 0), due.timeMs) };
  const server = createControlPlane({
    store: readOnly(reader),
    clock,
    random: systemRandom,
    quiescence: new Quiescence(),
    keys: clusterKeys(paths, systemClock),
    manifests: packageManifests(root),
    log: silentLog,
    frozen: true,
    isLive: (program) => due.live.includes(program),
    // The nodes themselves must be asked for these.
    nodes: { connect: () => nodesNeeded() },
    dialer: { dial: async () => nodesNeeded() },
    metrics: { nodes: async () => nodesNeeded(), pods: async () => nodesNeeded() },
  });
  return {
    handler: server,
    credentials: { type: 'inProcess', identity: ADMIN },
    clock,
    namespace: 'default',
    server: SERVER_NAME,
    embedded: true,
    settle: async () => {},
    async close() {
      reader.close();
    },
  };
}

function nodesNeeded(): never {
  throw new NeedsWholeCluster('the nodes must be asked');
}

/** A reader as a Store: ranges are answered; for everything else the whole cluster is needed. */
function readOnly(reader: StoreReader): Store {
  const refuse = (what: string) => async (): Promise<never> => {
    throw new NeedsWholeCluster(`this command reads only, and asked the store to ${what}`);
  };
  return {
    range: async (request) => reader.range(request),
    txn: refuse('write'),
    // One revision, and nothing after it while this command lasts.
    watch: () => ({ created: Promise.resolve(reader.revision), cancel() {} }),
    leaseGrant: refuse('grant a lease'),
    leaseRevoke: refuse('revoke a lease'),
    leaseKeepAlive: refuse('renew a lease'),
    leases: async () => [],
    compact: refuse('compact'),
    status: async () => ({ revision: reader.revision, compactRevision: 0, size: 0, sizeInUse: 0, keys: 0, deadRevisions: 0, deadBytes: 0 }),
    snapshot: () => {
      throw new Error('this command reads only, and asked the store for a snapshot');
    },
    close: async () => reader.close(),
  };
}
