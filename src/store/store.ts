/**
 * The store: etcd v3's model, whichever database lies under it.
 *
 * One revision counter for the whole store; each key has create revision, mod
 * revision, version and lease. Ranges may be read at a past revision until it
 * is compacted. Nothing is published (read, watched, answered) before it is
 * committed. Asynchronous, because one implementation is a real etcd.
 */
export interface KeyValue {
  key: string;
  value: Uint8Array;
  createRevision: number;
  modRevision: number;
  version: number;
  /** 0: none. */
  lease: number;
}

export interface RangeRequest {
  key: string;
  /** Exclusive. Absent: the one key. '\0': from `key` to the end of the store (etcd's own convention). */
  end?: string;
  /** 0 or absent: now. */
  revision?: number;
  limit?: number;
  keysOnly?: boolean;
  countOnly?: boolean;
  /** Absent: by key, ascending. */
  sort?: { by: 'key' | 'version' | 'create' | 'mod' | 'value'; order: 'ascend' | 'descend' };
  minModRevision?: number;
  maxModRevision?: number;
  minCreateRevision?: number;
  maxCreateRevision?: number;
}

export interface RangeResult {
  /** The store's revision when the range was read. */
  revision: number;
  kvs: KeyValue[];
  /** How many keys are in the range, whatever the limit. */
  count: number;
  more: boolean;
}

export type Compare =
  | { key: string; end?: string; target: 'version' | 'create' | 'mod' | 'lease'; op: '=' | '!=' | '<' | '>'; operand: number }
  | { key: string; end?: string; target: 'value'; op: '=' | '!=' | '<' | '>'; operand: Uint8Array };

export type Op =
  | { type: 'put'; key: string; value: Uint8Array; lease?: number; previous?: boolean; ignoreLease?: boolean }
  | { type: 'delete'; key: string; end?: string; previous?: boolean }
  | { type: 'range'; range: RangeRequest }
  | { type: 'txn'; txn: Txn };

export interface Txn {
  compare: readonly Compare[];
  success: readonly Op[];
  failure: readonly Op[];
}

export type OpResult =
  | { type: 'put'; previous?: KeyValue }
  | { type: 'delete'; deleted: number; previous: KeyValue[] }
  | { type: 'range'; range: RangeResult }
  | { type: 'txn'; txn: TxnResult };

export interface TxnResult {
  /** The revision after the transaction; unchanged when it wrote nothing. */
  revision: number;
  succeeded: boolean;
  results: OpResult[];
}

/** 'durable': on disk before it is answered. 'grouped': committed with the next group; a machine that loses power may lose it. */
export type Durability = 'durable' | 'grouped';

export interface StoreEvent {
  type: 'put' | 'delete';
  /** For a delete: key, modRevision, and an empty value. */
  kv: KeyValue;
  previous?: KeyValue;
}

export interface WatchRequest {
  key: string;
  end?: string;
  /** First revision to deliver; absent: from now on. */
  startRevision?: number;
  /** Adds the value before each event. */
  previous?: boolean;
}

export interface Watcher {
  /** The revision after which events are delivered, once the watch is registered. */
  readonly created: Promise<number>;
  cancel(): void;
}

export interface WatchListener {
  /** Events of one revision are never split over two calls. */
  events(events: readonly StoreEvent[], revision: number): void;
  /** No event for this watcher up to `revision`: told after every commit and when a watch from the past has caught up. */
  progress?(revision: number): void;
  /** The last call. 'compacted': start again from a newer list; carries the compact revision. */
  ended(reason: { compacted: number } | { error: Error } | 'cancelled'): void;
}

export interface Lease {
  id: number;
  grantedTtlSeconds: number;
  /** Milliseconds since the epoch, by the store's clock. */
  expiresMs: number;
  keys: readonly string[];
}

export interface StoreStatus {
  revision: number;
  compactRevision: number;
  /** Bytes on disk, or in memory. */
  size: number;
  sizeInUse: number;
  keys: number;
  /** What a compaction at `revision` would drop: revisions, and their bytes. */
  deadRevisions: number;
  deadBytes: number;
}

export interface Store {
  range(request: RangeRequest): Promise<RangeResult>;
  txn(txn: Txn, durability?: Durability): Promise<TxnResult>;
  watch(request: WatchRequest, listener: WatchListener): Watcher;
  leaseGrant(ttlSeconds: number, id?: number): Promise<Lease>;
  leaseRevoke(id: number): Promise<void>;
  /** Resolves to the new expiry, or undefined where there is no such lease. */
  leaseKeepAlive(id: number): Promise<Lease | undefined>;
  leases(): Promise<Lease[]>;
  /** Drops history below `revision`; reads and watches from below it are refused with a CompactedError. */
  compact(revision: number): Promise<void>;
  status(): Promise<StoreStatus>;
  /** The whole store at one revision, as bytes that `restore` of any implementation takes. */
  snapshot(): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** The revision asked for was compacted away. */
export class CompactedError extends Error {
  override name = 'CompactedError';
  readonly compactRevision: number;
  constructor(compactRevision: number) {
    super('etcdserver: mvcc: required revision has been compacted');
    this.compactRevision = compactRevision;
  }
}

/** The revision asked for has not happened yet. */
export class FutureRevisionError extends Error {
  override name = 'FutureRevisionError';
  constructor() {
    super('etcdserver: mvcc: required revision is a future revision');
  }
}

/** The end of the range of all keys that begin with `prefix`, in the order of code points (which is that of UTF-8 bytes). */
export function prefixEnd(prefix: string): string {
  const letters = [...prefix];
  while (letters.length > 0) {
    const code = letters.pop()!.codePointAt(0)!;
    if (code === 0x10ffff) continue;
    // No character has a number between D800 and DFFF: UTF-16 uses them as halves of a pair.
    return letters.join('') + String.fromCodePoint(code === 0xd7ff ? 0xe000 : code + 1);
  }
  return '\0';
}
