/**
 * What a database has to offer to be a store: the present state by key, the
 * history by revision, leases, and a transaction around writes. Synchronous and
 * without opinions: revisions, watches and grouping are the engine's (engine.ts).
 */
import type { Durability, KeyValue } from './store.js';
import type { KeyRange } from './keys.js';

export interface Head {
  revision: number;
  compactRevision: number;
}

/** Where a change is kept: its revision and its place within that revision. */
export interface Place {
  modRevision: number;
  sub: number;
}

/** All of a key's present state but the value. */
export interface KeyMeta extends Place {
  key: string;
  createRevision: number;
  version: number;
  lease: number;
  /** Bytes of key and value. */
  bytes: number;
}

/** One change as history keeps it; version 0 is a delete. */
export interface Change extends KeyValue, Place {
  /** The change of the same key that this one replaced; undefined where there was no such key. */
  previous: Place | undefined;
}

export interface LeaseRow {
  id: number;
  ttlSeconds: number;
  expiresMs: number;
}

/** A consistent copy of everything, read while writes go on. */
export interface Dump {
  head: Head;
  leases: LeaseRow[];
  /** By key. */
  kvs: Iterable<KeyValue & Place>;
  close(): void;
}

export interface Sizes {
  size: number;
  sizeInUse: number;
  keys: number;
  deadRevisions: number;
  deadBytes: number;
}

export interface ScanOptions {
  limit?: number;
  keysOnly?: boolean;
  /** Leaves out what was last changed before. */
  minModRevision?: number;
}

export interface Rows {
  /** Named in errors. */
  readonly path: string;
  readonly writable: boolean;
  /** The last committed state; inside a transaction of writes, what it began from. */
  head(): Head;
  /** Begins reading. True: another process has written since the last time, so head() has moved. Ended by rollback(). */
  beginRead(): boolean;
  /** Begins writing at most that many revisions; answers as beginRead does. */
  beginWrite(write: { durability: Durability; revisions: number }): boolean;
  /** Ends writing; `revision` is the last one used. */
  commit(revision: number): void;
  rollback(): void;

  meta(key: string): KeyMeta | undefined;
  get(key: string): KeyValue | undefined;
  /** The present state, by key, ascending. */
  scan(range: KeyRange, options: ScanOptions): KeyValue[];
  count(range: KeyRange): number;
  /** Changes from revision `from` on, in order: whole revisions, at least one, and about `limit` changes. */
  history(range: KeyRange, from: number, limit: number): Change[];
  /** A change by its place; undefined where compaction has dropped it. */
  load(place: Place): KeyValue | undefined;

  /** Appends to history and replaces the present state. */
  write(change: Change, replaced: KeyMeta | undefined): void;
  /** Drops what is not needed to read at `revision` or later. */
  compact(revision: number): void;

  lease(id: number): LeaseRow | undefined;
  leases(): LeaseRow[];
  /** When the next lease ends; undefined where there is none. */
  leaseDue(): number | undefined;
  leaseKeys(id: number): string[];
  leasePut(lease: LeaseRow): void;
  leaseDelete(id: number): void;

  sizes(): Sizes;
  dump(): Dump;
  /** Calls `changed` when another process may have committed. Absent: there is no other process. */
  onForeign?(changed: () => void): void;
  close(): void;
}
