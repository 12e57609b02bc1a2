/**
 * The store over a real etcd, for more than one machine: the same answers as
 * the one on disk, from whichever endpoint is there. A writer is answered when
 * the watches of its own process have been told; those of other processes, and
 * what others write, are told when etcd tells it.
 *
 * Two figures etcd does not give: what a compaction would drop is told as the
 * most it can be, and its bytes as 0.
 */
import type { Clock } from '../../platform/clock.js';
import type { Quiescence } from '../../platform/quiescence.js';
import { systemRandom, type Random } from '../../platform/random.js';
import { readMessage } from '../../apimachinery/wire.js';
import type { Lease, Op, OpResult, RangeRequest, RangeResult, Store, StoreStatus, Txn, TxnResult, WatchListener, WatchRequest, Watcher } from '../store.js';
import { CompactedError } from '../store.js';
import { checkTxn } from '../check.js';
import { compareKeys } from '../keys.js';
import { encodeSnapshot } from '../snapshot.js';
import { openConnection, type Connection, type ConnectionOptions } from './connection.js';
import { encode } from './encode.js';
import { Keyspace } from './keyspace.js';
import { Leases } from './leases.js';
import { decodeRange, decodeTxn, encodeRange, encodeTxn, numberOf } from './messages.js';
import { Watches } from './watches.js';

export interface EtcdStoreOptions extends ConnectionOptions {
  /** Keys that begin with the first are those in etcd that begin with the second. */
  keyspace: { own: string; theirs: string };
  clock: Clock;
  /** For the numbers of leases. */
  random?: Random;
  quiescence?: Quiescence;
}

/** Read at a time for a snapshot. */
const PAGE = 1_000;
const LEARN_WAIT_MS = 2_000;

/** Rejects with a StoreError 'unreachable', which says why, where no endpoint answers. */
export async function openEtcdStore(options: EtcdStoreOptions): Promise<Store> {
  const connection = await openConnection(options);
  try {
    await connection.reach();
    const store = new EtcdStore(connection, options);
    await store.range({ key: '\0', end: '\0', countOnly: true });
    return store;
  } catch (error) {
    connection.close();
    throw error;
  }
}

class EtcdStore implements Store {
  readonly #connection: Connection;
  readonly #keys: Keyspace;
  readonly #leases: Leases;
  readonly #watches: Watches;
  readonly #clock: Clock;
  readonly #quiescence: Quiescence | undefined;
  /** The newest that an answer has told of. */
  #revision = 1;
  /** As far as is known. */
  #compacted = 0;

  constructor(connection: Connection, { keyspace, clock, random = systemRandom, quiescence }: EtcdStoreOptions) {
    this.#connection = connection;
    this.#keys = new Keyspace(keyspace.own, keyspace.theirs);
    this.#clock = clock;
    this.#quiescence = quiescence;
    this.#leases = new Leases({ connection, keys: this.#keys, clock, random });
    this.#watches = new Watches({ connection, keys: this.#keys, clock, quiescence, revision: () => this.#revision });
  }

  range(request: RangeRequest): Promise<RangeResult> {
    return this.#held(async () => {
      const answer = await this.#ask('KV/Range', encodeRange(request, this.#keys), { repeatable: true });
      return this.#heard(decodeRange(answer, this.#keys));
    });
  }

  txn(txn: Txn): Promise<TxnResult> {
    return this.#held(async () => {
      const { writes } = checkTxn(txn);
      const answer = await this.#ask('KV/Txn', encodeTxn(txn, this.#keys), { repeatable: !writes });
      const result = this.#heard(decodeTxn(answer, this.#keys));
      if (writes) await this.#watches.told({ revision: result.revision, keys: writtenKeys(result.succeeded ? txn.success : txn.failure, result.results) });
      return result;
    });
  }

  watch(request: WatchRequest, listener: WatchListener): Watcher {
    return this.#watches.watch(request, listener);
  }

  leaseGrant(ttlSeconds: number, id = 0): Promise<Lease> {
    return this.#held(() => this.#leases.grant(ttlSeconds, id));
  }

  leaseRevoke(id: number): Promise<void> {
    return this.#held(() => this.#leases.revoke(id));
  }

  leaseKeepAlive(id: number): Promise<Lease | undefined> {
    return this.#held(() => this.#leases.keepAlive(id));
  }

  leases(): Promise<Lease[]> {
    return this.#held(() => this.#leases.list());
  }

  compact(revision: number): Promise<void> {
    return this.#held(async () => {
      await this.#ask('KV/Compact', encode([[1, revision]]), { repeatable: false });
      this.#compacted = Math.max(this.#compacted, revision);
    });
  }

  status(): Promise<StoreStatus> {
    return this.#held(async () => {
      const [status, { revision, count }] = await Promise.all([
        this.#connection.unary('/etcdserverpb.Maintenance/Status', new Uint8Array(0), { repeatable: true }),
        this.range({ key: '\0', end: '\0', countOnly: true }),
        this.#lookForCompaction(),
      ]);
      let [size, sizeInUse] = [0, 0];
      readMessage(status, (number, wire) => {
        if (number === 3) size = numberOf(wire);
        else if (number === 9) sizeInUse = numberOf(wire);
      });
      return {
        revision,
        compactRevision: this.#compacted,
        size,
        sizeInUse,
        keys: count,
        deadRevisions: Math.max(0, revision - Math.max(1, this.#compacted)),
        deadBytes: 0,
      };
    });
  }

  async *snapshot(): AsyncIterable<Uint8Array> {
    const first = await this.range({ key: '\0', end: '\0', limit: PAGE });
    const { revision, kvs } = first;
    const leases = await this.leases();
    for (let page = first; page.more; kvs.push(...page.kvs)) page = await this.range({ key: `${page.kvs.at(-1)!.key}\0`, end: '\0', limit: PAGE, revision });
    const named = new Set(kvs.map(({ lease }) => lease));
    const rows = leases.filter(({ id }) => named.has(id)).map(({ id, grantedTtlSeconds, expiresMs }) => ({ id, ttlSeconds: grantedTtlSeconds, expiresMs }));
    kvs.sort((a, b) => compareKeys(a.key, b.key));
    yield* encodeSnapshot({ head: { revision, compactRevision: this.#compacted }, leases: rows, kvs: kvs.map((kv, sub) => ({ ...kv, sub })), close() {} });
  }

  async close(): Promise<void> {
    if (this.#connection.closed) return;
    this.#watches.close();
    this.#connection.close();
  }

  async #ask(method: string, request: Uint8Array, how: { repeatable: boolean }): Promise<Uint8Array> {
    try {
      return await this.#connection.unary(`/etcdserverpb.${method}`, request, how);
    } catch (error) {
      throw error instanceof CompactedError ? new CompactedError(await this.#learnCompaction()) : error;
    }
  }

  #heard<T extends { revision: number }>(answer: T): T {
    this.#revision = Math.max(this.#revision, answer.revision);
    return answer;
  }

  /** Others compact, too: whether a read at what is known still succeeds tells. */
  async #lookForCompaction(): Promise<void> {
    const request = encodeRange({ key: '\0', end: '\0', countOnly: true, revision: Math.max(1, this.#compacted) }, this.#keys);
    await this.#ask('KV/Range', request, { repeatable: true }).catch((error: unknown) => {
      if (!(error instanceof CompactedError)) throw error;
    });
  }

  /** A watch that begins before what is compacted is ended with the number that no error tells. */
  #learnCompaction(): Promise<number> {
    return new Promise((resolve) => {
      const watcher = this.#watches.watch(
        { key: '\0', end: '\0', startRevision: 1 },
        {
          events: () => {},
          ended: (reason) => {
            cancel();
            if (typeof reason === 'object' && 'compacted' in reason) this.#compacted = Math.max(this.#compacted, reason.compacted);
            resolve(this.#compacted);
          },
        },
      );
      // Where it is not ended after all, what is known will do.
      const cancel = this.#clock.after(LEARN_WAIT_MS, () => watcher.cancel());
    });
  }

  #held<T>(work: () => Promise<T>): Promise<T> {
    const release = this.#quiescence?.hold();
    return work().finally(() => release?.());
  }
}

/** The keys that surely changed: of a range that was deleted nobody knows, where its keys were not asked for. */
function writtenKeys(ops: readonly Op[], results: readonly OpResult[]): string[] {
  return ops.flatMap((op, at): string[] => {
    const result = results[at];
    if (op.type === 'put') return [op.key];
    if (op.type === 'delete' && result?.type === 'delete') return op.end === undefined && result.deleted > 0 ? [op.key] : result.previous.map(({ key }) => key);
    if (op.type === 'txn' && result?.type === 'txn') return writtenKeys(result.txn.succeeded ? op.txn.success : op.txn.failure, result.txn.results);
    return [];
  });
}
