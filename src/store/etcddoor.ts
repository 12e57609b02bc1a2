/**
 * What etcdctl asks of an etcd, answered by a store: flags' meanings in, plain
 * data out. Parsing of flags and printing are the CLI's, to which cluster/ hands
 * this; it reads and writes the store itself, as etcdctl does, past the API server.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../platform/clock.js';
import type { Durability, KeyValue, Lease, RangeRequest, Store, StoreEvent, Txn, TxnResult } from './store.js';
import { prefixEnd } from './store.js';
import { RequestError, emptyKey, keyNotFound } from './errors.js';
import { collect, decodeSnapshot } from './snapshot.js';

export interface EtcdHeader {
  clusterId: bigint;
  memberId: bigint;
  revision: number;
  raftTerm: number;
}

/** One key, or a range of keys, as etcdctl names it. At most one of the three ways to name an end. */
export interface EtcdKeys {
  key: string;
  rangeEnd?: string;
  prefix?: boolean;
  fromKey?: boolean;
}

export interface EtcdGet extends EtcdKeys, Pick<RangeRequest, 'limit' | 'keysOnly' | 'countOnly' | 'revision'>, RevisionFilters {
  sortBy?: 'CREATE' | 'KEY' | 'MODIFY' | 'VALUE' | 'VERSION';
  order?: 'ASCEND' | 'DESCEND';
}

type RevisionFilters = Pick<RangeRequest, 'minModRevision' | 'maxModRevision' | 'minCreateRevision' | 'maxCreateRevision'>;

export interface EtcdPut {
  key: string;
  value: Uint8Array;
  lease?: number;
  previous?: boolean;
  /** Keeps the value that is there, and changes the lease alone. */
  ignoreValue?: boolean;
  ignoreLease?: boolean;
}

export interface EtcdWatch extends EtcdKeys {
  revision?: number;
  previous?: boolean;
}

export interface EtcdWatchListener {
  events(response: { header: EtcdHeader; events: readonly StoreEvent[] }): void;
  /** The last call: cancelled, or the watch began below what is compacted. */
  ended(reason: { compactRevision?: number; error?: Error }): void;
}

export interface EtcdLeaseInfo {
  header: EtcdHeader;
  id: number;
  /** Whole seconds left; -1 where there is no such lease. */
  ttl: number;
  grantedTtl: number;
  keys: readonly string[];
}

export interface EtcdMember {
  id: bigint;
  name: string;
  peerUrls: readonly string[];
  clientUrls: readonly string[];
  isLearner: boolean;
}

export interface EtcdEndpointStatus {
  header: EtcdHeader;
  endpoint: string;
  version: string;
  dbSize: number;
  dbSizeInUse: number;
  leader: bigint;
  raftIndex: number;
  raftTerm: number;
  raftAppliedIndex: number;
  isLearner: boolean;
  errors: readonly string[];
}

export interface EtcdSnapshotStatus {
  hash: number;
  revision: number;
  totalKeys: number;
  totalSize: number;
}

export interface EtcdDoor {
  get(request: EtcdGet): Promise<{ header: EtcdHeader; kvs: KeyValue[]; more: boolean; count: number }>;
  put(request: EtcdPut): Promise<{ header: EtcdHeader; previous?: KeyValue }>;
  del(request: EtcdKeys & { previous?: boolean }): Promise<{ header: EtcdHeader; deleted: number; previous: KeyValue[] }>;
  txn(txn: Txn): Promise<TxnResult & { header: EtcdHeader }>;
  /** Returns what ends it. */
  watch(request: EtcdWatch, listener: EtcdWatchListener): () => void;
  compact(revision: number): Promise<{ header: EtcdHeader }>;
  leaseGrant(ttlSeconds: number, id?: number): Promise<{ header: EtcdHeader; id: number; ttl: number }>;
  leaseRevoke(id: number): Promise<{ header: EtcdHeader }>;
  leaseKeepAliveOnce(id: number): Promise<{ header: EtcdHeader; id: number; ttl: number }>;
  leaseTimeToLive(id: number): Promise<EtcdLeaseInfo>;
  leaseList(): Promise<{ header: EtcdHeader; leases: number[] }>;
  snapshotSave(): AsyncIterable<Uint8Array>;
  /** Throws a StoreError that names `name` where the bytes are no snapshot. */
  snapshotStatus(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, name: string): Promise<EtcdSnapshotStatus>;
  /** Makes a store at a path where there is nothing yet. */
  snapshotRestore(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, path: string): Promise<void>;
  endpointStatus(): Promise<EtcdEndpointStatus>;
  endpointHealth(): Promise<{ endpoint: string; health: boolean; tookMs: number; error?: string }>;
  memberList(): Promise<{ header: EtcdHeader; members: EtcdMember[] }>;
}

export interface EtcdDoorOptions {
  store: Store;
  clock: Clock;
  /** The member's name, the node's in a kubeadm cluster. */
  name: string;
  peerUrls: readonly string[];
  clientUrls: readonly string[];
  version: string;
  /** How a snapshot becomes a store on disk. */
  restore(path: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void>;
}

export function etcdDoor(options: EtcdDoorOptions): EtcdDoor {
  return new Door(options);
}

/** As etcd's --max-txn-ops. */
const TXN_OPS_MAX = 128;
/** A put that keeps its value is tried again when another changes it meanwhile. */
const SWAP_TRIES_MAX = 100;
const CLUSTER_TOKEN = 'etcd-cluster';
/** One member elects itself once: the first term is the empty log's. */
const RAFT_TERM = 2;
const DURABILITY: Durability = 'durable';

const SORT_BY = { CREATE: 'create', KEY: 'key', MODIFY: 'mod', VALUE: 'value', VERSION: 'version' } as const;

class Door implements EtcdDoor {
  readonly #options: EtcdDoorOptions;
  readonly #store: Store;
  readonly #memberId: bigint;
  readonly #clusterId: bigint;

  constructor(options: EtcdDoorOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#memberId = idOf(Buffer.from(options.peerUrls.toSorted().join('') + CLUSTER_TOKEN));
    const member = Buffer.alloc(8);
    member.writeBigUInt64BE(this.#memberId);
    this.#clusterId = idOf(member);
  }

  async get(request: EtcdGet): ReturnType<EtcdDoor['get']> {
    const { kvs, more, count, revision } = await this.#store.range(rangeRequest(request));
    return { header: this.#header(revision), kvs, more, count };
  }

  async put(request: EtcdPut): ReturnType<EtcdDoor['put']> {
    if (request.ignoreValue === true) return this.#putKeepingValue(request);
    return this.#putAnswer(await this.#store.txn(putTxn(request, request.value), DURABILITY));
  }

  async del(request: EtcdKeys & { previous?: boolean }): ReturnType<EtcdDoor['del']> {
    const op = { type: 'delete' as const, ...keysOf(request), previous: request.previous === true };
    const { revision, results } = await this.#store.txn({ compare: [], success: [op], failure: [] }, DURABILITY);
    const [result] = results;
    const { deleted, previous } = result?.type === 'delete' ? result : { deleted: 0, previous: [] };
    return { header: this.#header(revision), deleted, previous };
  }

  async txn(txn: Txn): ReturnType<EtcdDoor['txn']> {
    if (Math.max(txn.compare.length, txn.success.length, txn.failure.length) > TXN_OPS_MAX) {
      throw new RequestError('etcdserver: too many operations in txn request');
    }
    const result = await this.#store.txn(txn, DURABILITY);
    return { ...result, header: this.#header(result.revision) };
  }

  watch(request: EtcdWatch, listener: EtcdWatchListener): () => void {
    const startRevision = request.revision ?? 0;
    const watcher = this.#store.watch(
      { ...keysOf(request), ...(startRevision > 0 && { startRevision }), previous: request.previous === true },
      {
        events: (events, revision) => listener.events({ header: this.#header(revision), events }),
        ended(reason) {
          if (reason === 'cancelled') listener.ended({});
          else if ('compacted' in reason) listener.ended({ compactRevision: reason.compacted });
          else listener.ended({ error: reason.error });
        },
      },
    );
    return () => watcher.cancel();
  }

  async compact(revision: number): ReturnType<EtcdDoor['compact']> {
    await this.#store.compact(revision);
    return { header: await this.#headerNow() };
  }

  async leaseGrant(ttlSeconds: number, id?: number): ReturnType<EtcdDoor['leaseGrant']> {
    const lease = await this.#store.leaseGrant(ttlSeconds, id);
    return { header: await this.#headerNow(), id: lease.id, ttl: lease.grantedTtlSeconds };
  }

  async leaseRevoke(id: number): ReturnType<EtcdDoor['leaseRevoke']> {
    await this.#store.leaseRevoke(id);
    return { header: await this.#headerNow() };
  }

  /** As etcd does: a time to live of 0 where there is no such lease. */
  async leaseKeepAliveOnce(id: number): ReturnType<EtcdDoor['leaseKeepAliveOnce']> {
    const lease = await this.#store.leaseKeepAlive(id);
    return { header: await this.#headerNow(), id, ttl: lease?.grantedTtlSeconds ?? 0 };
  }

  async leaseTimeToLive(id: number): Promise<EtcdLeaseInfo> {
    const header = await this.#headerNow();
    const lease = (await this.#store.leases()).find((one) => one.id === id);
    if (lease === undefined) return { header, id, ttl: -1, grantedTtl: 0, keys: [] };
    return { header, id, ttl: this.#secondsLeft(lease), grantedTtl: lease.grantedTtlSeconds, keys: lease.keys };
  }

  async leaseList(): ReturnType<EtcdDoor['leaseList']> {
    return { header: await this.#headerNow(), leases: (await this.#store.leases()).map(({ id }) => id) };
  }

  snapshotSave(): AsyncIterable<Uint8Array> {
    return this.#store.snapshot();
  }

  async snapshotStatus(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, name: string): Promise<EtcdSnapshotStatus> {
    const { hash, revision, kvs, size } = decodeSnapshot(await collect(chunks), name);
    return { hash, revision, totalKeys: kvs.length, totalSize: size };
  }

  snapshotRestore(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, path: string): Promise<void> {
    return this.#options.restore(path, chunks);
  }

  async endpointStatus(): Promise<EtcdEndpointStatus> {
    const { revision, size, sizeInUse } = await this.#store.status();
    return {
      header: this.#header(revision),
      endpoint: this.#endpoint,
      version: this.#options.version,
      dbSize: size,
      dbSizeInUse: sizeInUse,
      leader: this.#memberId,
      // There is no log beside the revisions themselves.
      raftIndex: revision,
      raftTerm: RAFT_TERM,
      raftAppliedIndex: revision,
      isLearner: false,
      errors: [],
    };
  }

  /** As etcdctl does: healthy is who answers a read. */
  async endpointHealth(): ReturnType<EtcdDoor['endpointHealth']> {
    const startMs = this.#options.clock.now();
    const error = await this.#store.range({ key: 'health' }).then(
      () => undefined,
      (reason: unknown) => (reason instanceof Error ? reason.message : String(reason)),
    );
    const answer = { endpoint: this.#endpoint, health: error === undefined, tookMs: this.#options.clock.now() - startMs };
    return error === undefined ? answer : { ...answer, error };
  }

  async memberList(): ReturnType<EtcdDoor['memberList']> {
    const { name, peerUrls, clientUrls } = this.#options;
    return { header: await this.#headerNow(), members: [{ id: this.#memberId, name, peerUrls, clientUrls, isLearner: false }] };
  }

  get #endpoint(): string {
    return this.#options.clientUrls[0] ?? '';
  }

  #header(revision: number): EtcdHeader {
    return { clusterId: this.#clusterId, memberId: this.#memberId, revision, raftTerm: RAFT_TERM };
  }

  async #headerNow(): Promise<EtcdHeader> {
    return this.#header((await this.#store.range({ key: '\0', countOnly: true })).revision);
  }

  #secondsLeft(lease: Lease): number {
    return Math.max(0, Math.floor((lease.expiresMs - this.#options.clock.now()) / 1_000));
  }

  #putAnswer({ revision, results }: TxnResult): Awaited<ReturnType<EtcdDoor['put']>> {
    const [result] = results;
    const header = this.#header(revision);
    return result?.type === 'put' && result.previous !== undefined ? { header, previous: result.previous } : { header };
  }

  async #putKeepingValue(request: EtcdPut): ReturnType<EtcdDoor['put']> {
    if (request.value.byteLength > 0) throw new RequestError('etcdserver: value is provided');
    for (let tries = 0; tries < SWAP_TRIES_MAX; tries++) {
      const [found] = (await this.#store.range({ key: request.key })).kvs;
      if (found === undefined) throw keyNotFound();
      const compare: Txn['compare'] = [{ key: request.key, target: 'mod', op: '=', operand: found.modRevision }];
      const result = await this.#store.txn({ ...putTxn(request, found.value), compare }, DURABILITY);
      if (result.succeeded) return this.#putAnswer(result);
    }
    throw new RequestError(`etcdserver: ${request.key} was changed ${SWAP_TRIES_MAX} times while its value was to be kept`);
  }
}

function putTxn({ key, lease, previous, ignoreLease }: EtcdPut, value: Uint8Array): Txn {
  const op = { type: 'put' as const, key, value, ...(lease && { lease }), previous: previous === true, ignoreLease: ignoreLease === true };
  return { compare: [], success: [op], failure: [] };
}

/** The key and end that etcdctl makes of its arguments. */
function keysOf({ key, rangeEnd, prefix, fromKey }: EtcdKeys): { key: string; end?: string } {
  if (prefix === true && fromKey === true) throw new RequestError('`--prefix` and `--from-key` cannot be set at the same time, choose one');
  if (rangeEnd !== undefined && rangeEnd !== '' && (prefix === true || fromKey === true)) {
    throw new RequestError('too many arguments, only accept one argument when `--prefix` or `--from-key` is set');
  }
  if (prefix === true) return key === '' ? { key: '\0', end: '\0' } : { key, end: prefixEnd(key) };
  if (fromKey === true) return { key: key === '' ? '\0' : key, end: '\0' };
  if (key === '') throw emptyKey();
  return rangeEnd === undefined || rangeEnd === '' ? { key } : { key, end: rangeEnd };
}

function rangeRequest(request: EtcdGet): RangeRequest {
  if (request.keysOnly === true && request.countOnly === true) {
    throw new RequestError('`--keys-only` and `--count-only` cannot be set at the same time, choose one');
  }
  const { limit, keysOnly, countOnly, revision, minModRevision, maxModRevision, minCreateRevision, maxCreateRevision } = request;
  return { ...keysOf(request), limit, keysOnly, countOnly, revision, minModRevision, maxModRevision, minCreateRevision, maxCreateRevision, ...sortOf(request) };
}

function sortOf({ sortBy, order }: EtcdGet): Pick<RangeRequest, 'sort'> {
  if (sortBy === undefined && order === undefined) return {};
  return { sort: { by: SORT_BY[sortBy ?? 'KEY'], order: order === 'DESCEND' ? 'descend' : 'ascend' } };
}

/** As etcd makes its ids: the first eight bytes of a SHA-1. */
function idOf(bytes: Uint8Array): bigint {
  return createHash('sha1').update(bytes).digest().readBigUInt64BE(0);
}
