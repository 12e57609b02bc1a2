/**
 * A store in an etcd that others have used before, seen as if it were new: its
 * revisions are counted from where it was handed over. Only for tests, whose
 * expectations name revisions.
 */
import type { Compare, KeyValue, Op, OpResult, RangeRequest, RangeResult, Store, StoreEvent, Txn, TxnResult } from '../../src/store/store.js';
import { CompactedError } from '../../src/store/store.js';

/** `first`: the revision that is 1 from now on. */
export function rebased(store: Store, first: number): Store {
  const up = <T extends number | undefined>(revision: T): T => (revision === undefined || revision <= 0 ? revision : revision + first - 1) as T;
  const down = (revision: number): number => Math.max(0, revision - first + 1);
  const compacted = (revision: number): number => (revision <= first ? 0 : down(revision));

  const kvDown = (kv: KeyValue): KeyValue => ({ ...kv, createRevision: down(kv.createRevision), modRevision: down(kv.modRevision) });
  const rangeUp = (range: RangeRequest): RangeRequest => ({
    ...range,
    ...(range.revision === undefined ? {} : { revision: up(range.revision) }),
    ...(range.minModRevision === undefined ? {} : { minModRevision: up(range.minModRevision) }),
    ...(range.maxModRevision === undefined ? {} : { maxModRevision: up(range.maxModRevision) }),
    ...(range.minCreateRevision === undefined ? {} : { minCreateRevision: up(range.minCreateRevision) }),
    ...(range.maxCreateRevision === undefined ? {} : { maxCreateRevision: up(range.maxCreateRevision) }),
  });
  const rangeDown = (range: RangeResult): RangeResult => ({ ...range, revision: down(range.revision), kvs: range.kvs.map(kvDown) });
  const compareUp = (compare: Compare): Compare =>
    compare.target === 'create' || compare.target === 'mod' ? { ...compare, operand: up(compare.operand) } : compare;
  const opUp = (op: Op): Op => (op.type === 'range' ? { ...op, range: rangeUp(op.range) } : op.type === 'txn' ? { ...op, txn: txnUp(op.txn) } : op);
  const txnUp = ({ compare, success, failure }: Txn): Txn => ({ compare: compare.map(compareUp), success: success.map(opUp), failure: failure.map(opUp) });
  const resultDown = (result: OpResult): OpResult => {
    if (result.type === 'put') return result.previous === undefined ? result : { ...result, previous: kvDown(result.previous) };
    if (result.type === 'delete') return { ...result, previous: result.previous.map(kvDown) };
    if (result.type === 'range') return { ...result, range: rangeDown(result.range) };
    return { ...result, txn: txnDown(result.txn) };
  };
  const txnDown = (txn: TxnResult): TxnResult => ({ ...txn, revision: down(txn.revision), results: txn.results.map(resultDown) });
  const eventDown = (event: StoreEvent): StoreEvent => ({
    ...event,
    kv: kvDown(event.kv),
    ...(event.previous === undefined ? {} : { previous: kvDown(event.previous) }),
  });
  const asHere = (error: unknown): never => {
    throw error instanceof CompactedError ? new CompactedError(compacted(error.compactRevision)) : error;
  };

  return {
    range: (request) => store.range(rangeUp(request)).then(rangeDown, asHere),
    txn: (txn, durability) => store.txn(txnUp(txn), durability).then(txnDown, asHere),
    watch(request, listener) {
      const watcher = store.watch(
        { ...request, ...(request.startRevision === undefined ? {} : { startRevision: up(request.startRevision) }) },
        {
          events: (events, revision) => listener.events(events.map(eventDown), down(revision)),
          progress: (revision) => listener.progress?.(down(revision)),
          ended: (reason) => listener.ended(typeof reason === 'object' && 'compacted' in reason ? { compacted: compacted(reason.compacted) } : reason),
        },
      );
      return { created: watcher.created.then(down), cancel: () => watcher.cancel() };
    },
    leaseGrant: (ttlSeconds, id) => store.leaseGrant(ttlSeconds, id),
    leaseRevoke: (id) => store.leaseRevoke(id),
    leaseKeepAlive: (id) => store.leaseKeepAlive(id),
    leases: () => store.leases(),
    compact: (revision) => store.compact(up(revision)).catch(asHere),
    async status() {
      const { revision, compactRevision, ...status } = await store.status();
      return { ...status, revision: down(revision), compactRevision: compacted(compactRevision) };
    },
    snapshot: () => store.snapshot(),
    close: () => store.close(),
  };
}
