/**
 * The store on disk, the default: one SQLite file that survives its process,
 * and its machine for everything that was answered as durable. Other processes
 * may read it meanwhile and see each commit soon after it is made.
 */
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { Clock } from '../../platform/clock.js';
import type { Quiescence } from '../../platform/quiescence.js';
import type { Random } from '../../platform/random.js';
import type { Store } from '../store.js';
import type { Snapshot } from '../snapshot.js';
import { Engine } from '../engine.js';
import { StoreError } from '../errors.js';
import { collect, decodeSnapshot } from '../snapshot.js';
import { createDatabase } from './database.js';
import { idOf, toText } from './ids.js';
import { SqliteRows } from './rows.js';
import { Wake } from './wake.js';

export interface SqliteStoreOptions {
  /** Made where it is not there, unless `readonly`. */
  path: string;
  clock: Clock;
  /** For the numbers of leases; absent: they follow from the clock. */
  random?: Random;
  quiescence?: Quiescence;
  /** Refuses writes, and follows those of other processes. */
  readonly?: boolean;
  /** Follows the writes of other processes, and writes too. */
  shared?: boolean;
  /** As etcd's quota: a write that would make the file larger is refused as 'full'. */
  sizeMaxBytes?: number;
  /** false: look for other processes' commits by the clock alone. */
  fileEvents?: boolean;
}

export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  return open(options, false).store;
}

/**
 * A store whose first contents appear whole or not at all: until `publish`,
 * writes are answered and watched as ever, are one transaction that nobody
 * else sees, and are gone if the process dies.
 */
export async function openSqliteDraft(options: SqliteStoreOptions): Promise<{ store: Store; publish(): void }> {
  const { store, rows } = open(options, true);
  return { store, publish: () => rows.publish() };
}

function open(options: SqliteStoreOptions, draft: boolean): { store: Store; rows: SqliteRows } {
  const { path, clock, random, quiescence, sizeMaxBytes } = options;
  const readonly = options.readonly === true;
  if (!readonly) createDatabase(path);
  const wake = new Wake({ path, clock, fileEvents: options.fileEvents !== false });
  const rows = new SqliteRows({ path, readonly, shared: readonly || options.shared === true, sizeMaxBytes, wake, draft });
  return { rows, store: new Engine({ rows, clock, random, quiescence, defer: setImmediate }) };
}

/** Makes a store from a snapshot. Refuses damaged bytes, and a path where there is something: restoring never replaces. */
export async function restoreSnapshot(path: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
  const snapshot = decodeSnapshot(await collect(chunks), 'the snapshot');
  if (createDatabase(path, (db) => fillFrom(db, snapshot))) return;
  throw new StoreError('exists', path, `${path} exists already: restore to a path where there is nothing`);
}

// As SQL text: prepared statements would keep the file open after its connection is closed, until they are collected.
function fillFrom(db: DatabaseSyncInstance, snapshot: Snapshot): void {
  const next = new Map<number, number>();
  for (const kv of snapshot.kvs) {
    const sub = next.get(kv.modRevision) ?? 0;
    next.set(kv.modRevision, sub + 1);
    const id = idOf({ modRevision: kv.modRevision, sub });
    const key = `'${toText(kv.key).replaceAll("'", "''")}'`;
    const bytes = kv.key.length + kv.value.byteLength;
    db.exec(`INSERT INTO change VALUES (${id}, ${key}, ${kv.createRevision}, ${kv.version}, ${kv.lease}, 0, 0, x'${Buffer.from(kv.value).toString('hex')}')`);
    db.exec(`INSERT INTO current VALUES (${key}, ${id}, ${kv.createRevision}, ${kv.version}, ${kv.lease}, ${bytes})`);
  }
  for (const { id, ttlSeconds, expiresMs } of snapshot.leases) db.exec(`INSERT INTO lease VALUES (${id}, ${ttlSeconds}, ${expiresMs})`);
  db.exec(`UPDATE head SET floor = ${snapshot.revision}, compacted = ${snapshot.revision}`);
}
