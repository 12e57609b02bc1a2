/**
 * Rows in one SQLite file, which other processes may read and, one at a time,
 * write. A durable commit is on disk before it returns; a grouped one may be
 * lost with the machine, but its revisions are never used again: they were
 * reserved on disk before.
 */
import { readFileSync, statSync } from 'node:fs';
import type { Durability, KeyValue } from '../store.js';
import type { Change, Dump, Head, KeyMeta, LeaseRow, Place, Rows, ScanOptions, Sizes } from '../rows.js';
import type { KeyRange } from '../keys.js';
import { StoreError } from '../errors.js';
import { openDatabase } from './database.js';
import { CHANGES_MAX, fromText, idOf, placeOf, toText } from './ids.js';
import { KV_COLUMNS, Reads, keyValueOf } from './reads.js';
import type { Wake } from './wake.js';

/** Revisions that grouped commits may use before the next one is made durable. */
const RESERVED_REVISIONS = 2_000;

/** A log that is left as it is when the store closes: read in well under a millisecond. */
const LOG_LEFT_MAX_BYTES = 256 * 1024;

export interface SqliteRowsOptions {
  path: string;
  readonly: boolean;
  /** Other processes write while this one reads: every read looks for their commits first. */
  shared: boolean;
  sizeMaxBytes: number | undefined;
  wake: Wake;
  /** Nothing is on disk, or seen by anyone else, before `publish`. */
  draft?: boolean;
}

export class SqliteRows implements Rows {
  readonly path: string;
  readonly writable: boolean;
  readonly #reads: Reads;
  readonly #options: SqliteRowsOptions;
  #head: Head;
  /** The last revision that grouped commits may use. */
  #reserved = 0;
  #dataVersion: number;
  #synchronous: 'FULL' | 'NORMAL' | undefined;
  #wrote = false;
  #compacted: number | undefined;
  /** What the transaction under way has made superfluous. */
  #dead = 0;
  #deadBytes = 0;
  /** Written with the commit that is under way. */
  #toReserve: number | undefined;
  #draft: boolean;
  /** A write of the draft failed, and took all of it along. */
  #isLost = false;

  constructor(options: SqliteRowsOptions) {
    this.#options = options;
    this.path = options.path;
    this.writable = !options.readonly;
    this.#draft = options.draft === true;
    this.#reads = new Reads(openDatabase(options.path, options), options.path);
    if (options.sizeMaxBytes !== undefined) this.#limitSize(options.sizeMaxBytes);
    const head = this.#reads.head();
    this.#dataVersion = this.#reads.dataVersion();
    this.#head = { revision: head.revision, compactRevision: head.compactRevision };
    if (this.writable && head.reserved > 0) this.#recover(head);
  }

  head(): Head {
    return this.#head;
  }

  beginRead(): boolean {
    if (!this.#options.shared) return false;
    this.#reads.exec('BEGIN');
    return this.#look();
  }

  beginWrite({ durability, revisions }: { durability: Durability; revisions: number }): boolean {
    this.#wrote = false;
    this.#compacted = undefined;
    this.#dead = 0;
    this.#deadBytes = 0;
    if (this.#draft) return this.#beginInDraft();
    let moved = this.#beginWith(this.#mustSync(durability, revisions));
    // Another process may have used up, or given back, what was reserved; how to commit cannot be changed once begun.
    if (this.#synchronous === 'NORMAL' && this.#mustSync(durability, revisions)) {
      this.rollback();
      moved = this.#beginWith(true) || moved;
    }
    if (durability === 'grouped' && this.#synchronous === 'FULL') this.#toReserve = this.#head.revision + revisions + RESERVED_REVISIONS;
    return moved;
  }

  commit(revision: number): void {
    if (!this.#wrote) return this.rollback();
    const reserved = this.#toReserve;
    if (this.#dead > 0) this.#reads.run('UPDATE head SET dead = dead + ?, dead_bytes = dead_bytes + ?', this.#dead, this.#deadBytes);
    if (reserved !== undefined) this.#reads.run('UPDATE head SET reserved = ?, boot = ?', reserved, bootId());
    if (!this.#draft) this.#reads.exec('COMMIT');
    this.#wrote = false;
    this.#toReserve = undefined;
    this.#reserved = reserved ?? this.#reserved;
    this.#head = { revision, compactRevision: this.#compacted ?? this.#head.compactRevision };
    if (!this.#draft) this.#options.wake.touch();
  }

  /** Ends a draft: all of it is on disk, for everyone, or none of it is. */
  publish(): void {
    if (!this.#draft) return;
    if (this.#reads.db.isTransaction) this.#reads.exec('COMMIT');
    this.#draft = false;
    this.#options.wake.touch();
  }

  rollback(): void {
    this.#toReserve = undefined;
    if (this.#draft) return this.#rollbackInDraft();
    // SQLite has already taken back what a full disk or an I/O error stopped.
    if (this.#reads.db.isTransaction) this.#reads.exec('ROLLBACK');
  }

  meta(key: string): KeyMeta | undefined {
    return this.#reads.meta(key);
  }

  get(key: string): KeyValue | undefined {
    return this.#reads.get(key);
  }

  scan(range: KeyRange, options: ScanOptions): KeyValue[] {
    return this.#reads.scan(range, options);
  }

  count(range: KeyRange): number {
    return this.#reads.count(range);
  }

  history(range: KeyRange, from: number, limit: number): Change[] {
    return this.#reads.history(range, from, limit);
  }

  load(place: Place): KeyValue | undefined {
    return this.#reads.load(place);
  }

  write(change: Change, replaced: KeyMeta | undefined): void {
    this.#wrote = true;
    const { createRevision, version, lease, value } = change;
    const key = toText(change.key);
    const id = idOf(change);
    const prev = replaced === undefined ? 0 : idOf(replaced);
    this.#dead += (replaced === undefined ? 0 : 1) + (version === 0 ? 1 : 0);
    this.#deadBytes += replaced?.bytes ?? 0;
    this.#reads.run('INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, ?, ?)', id, key, createRevision, version, lease, prev, replaced?.bytes ?? 0, value);
    if (version === 0) this.#reads.run('DELETE FROM current WHERE key = ?', key);
    else this.#reads.run('REPLACE INTO current VALUES (?, ?, ?, ?, ?, ?)', key, id, createRevision, version, lease, change.key.length + value.byteLength);
  }

  compact(revision: number): void {
    this.#wrote = true;
    const from = idOf({ modRevision: this.#compacted ?? this.#head.compactRevision, sub: 0 });
    const kept = idOf({ modRevision: revision, sub: 0 });
    this.#reads.run('DELETE FROM change WHERE id IN (SELECT prev FROM change WHERE id >= ? AND id < ? AND prev > 0)', from, kept + CHANGES_MAX);
    // As etcd does: a delete at the compacted revision itself stays, for watches that begin there.
    this.#reads.run('DELETE FROM change WHERE id >= ? AND id < ? AND version = 0', from, kept);
    const replacing = 'FILTER (WHERE prev > 0 AND id >= ?)';
    const dead = `SELECT count(*) ${replacing} + count(*) FILTER (WHERE version = 0), coalesce(sum(dead) ${replacing}, 0) FROM change WHERE id >= ?`;
    const [left, leftBytes] = this.#reads.one(dead, kept + CHANGES_MAX, kept + CHANGES_MAX, kept) as number[];
    const sql = 'UPDATE head SET compacted = ?, floor = max(floor, ?), dead = ?, dead_bytes = ?';
    // What this transaction has written so far is in that count.
    this.#reads.run(sql, revision, this.#head.revision, left!, leftBytes!);
    this.#dead = 0;
    this.#deadBytes = 0;
    this.#compacted = revision;
  }

  lease(id: number): LeaseRow | undefined {
    const row = this.#reads.one('SELECT id, ttl, expires FROM lease WHERE id = ?', id);
    return row && leaseOf(row);
  }

  leases(): LeaseRow[] {
    return this.#reads.all('SELECT id, ttl, expires FROM lease ORDER BY id').map(leaseOf);
  }

  leaseDue(): number | undefined {
    return (this.#reads.one('SELECT min(expires) FROM lease')![0] as number | null) ?? undefined;
  }

  leaseKeys(id: number): string[] {
    return this.#reads.all('SELECT key FROM current WHERE lease = ? AND lease <> 0 ORDER BY key', id).map((row) => fromText(row[0] as string));
  }

  leasePut(lease: LeaseRow): void {
    this.#wrote = true;
    this.#reads.run('REPLACE INTO lease VALUES (?, ?, ?)', lease.id, lease.ttlSeconds, Math.round(lease.expiresMs));
  }

  leaseDelete(id: number): void {
    this.#wrote = true;
    this.#reads.run('DELETE FROM lease WHERE id = ?', id);
  }

  sizes(): Sizes {
    const [pages, free, pageSize, keys, deadRevisions, deadBytes] = this.#reads.one(
      `SELECT page_count, freelist_count, page_size, (SELECT count(*) FROM current), dead, dead_bytes
        FROM head, pragma_page_count, pragma_freelist_count, pragma_page_size`,
    ) as number[];
    return { size: pages! * pageSize!, sizeInUse: (pages! - free!) * pageSize!, keys: keys!, deadRevisions: deadRevisions!, deadBytes: deadBytes! };
  }

  /** Reads through a connection of its own, so that the copy stays one state while writes go on. */
  dump(): Dump {
    const reads = new Reads(openDatabase(this.path, { readonly: true }), this.path);
    reads.exec('BEGIN');
    const { revision, compactRevision } = reads.head();
    const leases = reads.all('SELECT id, ttl, expires FROM lease ORDER BY id').map(leaseOf);
    return { head: { revision, compactRevision }, leases, kvs: dumped(reads), close: () => reads.close() };
  }

  onForeign(changed: () => void): void {
    if (this.#options.shared) this.#options.wake.listen(changed);
  }

  close(): void {
    this.#options.wake.close();
    // A draft that was not published is nothing.
    this.#draft = false;
    this.rollback();
    try {
      // Within one run of the machine the next process goes on with what is reserved, and need not wait for the disk either.
      if (this.writable && this.#reserved > 0 && bootId() === '') this.#closeReserve();
      if (this.writable) this.#checkpoint();
    } finally {
      this.#reads.close();
    }
  }

  /** Adopts what other processes have committed; says whether there was anything. */
  #look(): boolean {
    const dataVersion = this.#reads.dataVersion();
    if (dataVersion === this.#dataVersion) return false;
    this.#dataVersion = dataVersion;
    const { revision, compactRevision, reserved } = this.#reads.head();
    this.#reserved = reserved;
    this.#head = { revision, compactRevision };
    return true;
  }

  #mustSync(durability: Durability, revisions: number): boolean {
    return durability === 'durable' || this.#head.revision + revisions > this.#reserved;
  }

  #beginWith(sync: boolean): boolean {
    const synchronous = sync ? 'FULL' : 'NORMAL';
    if (synchronous !== this.#synchronous) this.#reads.exec(`PRAGMA synchronous = ${synchronous}`);
    this.#synchronous = synchronous;
    this.#reads.exec('BEGIN IMMEDIATE');
    return this.#look();
  }

  // One transaction without savepoints, which would copy each page that a write touches.
  #beginInDraft(): boolean {
    if (this.#isLost) throw new StoreError('full', this.path, `${this.path} could not be made: the disk is full, or reports an error`);
    return this.#reads.db.isTransaction ? false : this.#beginWith(true);
  }

  #rollbackInDraft(): void {
    if (!this.#wrote) return;
    this.#isLost = true;
    this.#wrote = false;
    if (this.#reads.db.isTransaction) this.#reads.exec('ROLLBACK');
  }

  #limitSize(bytes: number): void {
    const pageSize = this.#reads.one('PRAGMA page_size')![0] as number;
    this.#reads.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(bytes / pageSize))}`);
  }

  // If only the process that wrote last has ended, however it ended, the system has kept every commit; if the machine stopped,
  // grouped commits may be gone that somebody has seen, so their revisions are passed over.
  #recover({ reserved, boot }: { reserved: number; boot: string }): void {
    this.#reserved = reserved;
    if (boot !== '' && boot === bootId()) return;
    this.#beginWith(true);
    if (this.#reserved > this.#head.revision) this.#endReserve(this.#reserved);
    else this.rollback();
  }

  #endReserve(floor: number): void {
    this.#reads.run(`UPDATE head SET floor = max(floor, ?), reserved = 0, boot = ''`, floor);
    this.#reads.exec('COMMIT');
    this.#reserved = 0;
    this.#head = { ...this.#head, revision: Math.max(this.#head.revision, floor) };
  }

  /** Everything is on disk, and nothing is reserved: the next start need not jump. */
  #closeReserve(): void {
    this.#beginWith(true);
    this.#endReserve(this.#head.revision);
  }

  /** Writes a long log back, since whoever opens the file next reads all of it; not where somebody is reading. */
  #checkpoint(): void {
    const log = statSync(`${this.path}-wal`, { throwIfNoEntry: false });
    if (log === undefined || log.size < LOG_LEFT_MAX_BYTES) return;
    this.#reads.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)');
  }
}

function* dumped(reads: Reads): Iterable<KeyValue & Place> {
  for (const row of reads.each(`SELECT ${KV_COLUMNS} FROM current c CROSS JOIN change h ON h.id = c.id ORDER BY c.key`)) {
    yield { ...keyValueOf(row), sub: placeOf(row[2] as number).sub };
  }
}

function leaseOf(row: (number | string | Uint8Array)[]): LeaseRow {
  return { id: row[0] as number, ttlSeconds: row[1] as number, expiresMs: row[2] as number };
}

/** Names one run of the machine; '' where the system has no name for it, and then every unclean end counts as the machine's. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch (error) {
    // Only Linux has this file.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return '';
  }
}
