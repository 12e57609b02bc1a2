/**
 * What a store's file is asked: statements made when first used, and rows as
 * key values. No write, no state: the reader of `get` needs nothing else.
 */
import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import type { KeyValue } from '../store.js';
import type { Change, Head, KeyMeta, Place, ScanOptions } from '../rows.js';
import type { KeyRange } from '../keys.js';
import { CHANGES_MAX, fromText, idOf, placeOf, toText } from './ids.js';
import { named } from './database.js';

type Cell = number | string | Uint8Array;
type Cells = Cell[];

const NO_BYTES = new Uint8Array(0);
/** SQLite's own way to say: no limit. */
const NO_LIMIT = -1;

export class Reads {
  readonly path: string;
  readonly db: DatabaseSyncInstance;
  readonly #statements = new Map<string, StatementSyncInstance>();

  constructor(db: DatabaseSyncInstance, path: string) {
    this.db = db;
    this.path = path;
  }

  head(): Head & { reserved: number; boot: string } {
    const last = 'coalesce((SELECT max(id) FROM change), 0)';
    const row = this.one(`SELECT max(floor, ${last} / ${CHANGES_MAX}), compacted, reserved, boot FROM head`)!;
    return { revision: row[0] as number, compactRevision: row[1] as number, reserved: row[2] as number, boot: row[3] as string };
  }

  /** Differs from the last time where another connection has committed. */
  dataVersion(): number {
    return this.one('PRAGMA data_version')![0] as number;
  }

  meta(key: string): KeyMeta | undefined {
    const row = this.one('SELECT id, created, version, lease, bytes FROM current WHERE key = ?', toText(key));
    if (row === undefined) return undefined;
    const [id, createRevision, version, lease, bytes] = row as number[];
    return { key, ...placeOf(id!), createRevision: createRevision!, version: version!, lease: lease!, bytes: bytes! };
  }

  get(key: string): KeyValue | undefined {
    const row = this.one(`SELECT ${KV_COLUMNS} FROM current c JOIN change h ON h.id = c.id WHERE c.key = ?`, toText(key));
    return row && keyValueOf(row);
  }

  scan(range: KeyRange, { limit = NO_LIMIT, keysOnly = false, minModRevision }: ScanOptions): KeyValue[] {
    const { where, bounds } = inRange(range, minModRevision);
    const sql = keysOnly
      ? `SELECT c.key, c.created, c.id, c.version, c.lease FROM current c WHERE ${where} ORDER BY c.key LIMIT ?`
      : `SELECT ${KV_COLUMNS} FROM current c CROSS JOIN change h ON h.id = c.id WHERE ${where} ORDER BY c.key LIMIT ?`;
    return this.all(sql, ...bounds, limit).map(keyValueOf);
  }

  count(range: KeyRange): number {
    const { where, bounds } = whereKey('key', range);
    return this.one(`SELECT count(*) FROM current WHERE ${where}`, ...bounds)![0] as number;
  }

  history(range: KeyRange, from: number, limit: number): Change[] {
    const { where, bounds } = whereKey('h.key', range);
    const sql = `SELECT ${KV_COLUMNS_OF_HISTORY}, h.prev FROM change h WHERE h.id >= ? AND h.id < ? AND ${where} ORDER BY h.id LIMIT ?`;
    const first = this.all(sql, idOf({ modRevision: from, sub: 0 }), Number.MAX_SAFE_INTEGER, ...bounds, Number.isFinite(limit) ? limit : NO_LIMIT);
    const last = first.at(-1);
    if (last === undefined || first.length < limit) return first.map(changeOf);
    // The limit may have cut the last revision in two.
    const at = last[2] as number;
    const rest = this.all(sql, at + 1, idOf({ modRevision: placeOf(at).modRevision + 1, sub: 0 }), ...bounds, NO_LIMIT);
    return [...first, ...rest].map(changeOf);
  }

  load(place: Place): KeyValue | undefined {
    const row = this.one(`SELECT ${KV_COLUMNS_OF_HISTORY} FROM change h WHERE h.id = ?`, idOf(place));
    return row && keyValueOf(row);
  }

  one(sql: string, ...values: Cell[]): Cells | undefined {
    return named(this.path, () => this.#statement(sql).get(...values) as Cells | undefined);
  }

  all(sql: string, ...values: Cell[]): Cells[] {
    return named(this.path, () => this.#statement(sql).all(...values) as Cells[]);
  }

  each(sql: string, ...values: Cell[]): IterableIterator<Cells> {
    return named(this.path, () => this.#statement(sql).iterate(...values) as IterableIterator<Cells>);
  }

  run(sql: string, ...values: Cell[]): void {
    named(this.path, () => this.#statement(sql).run(...values));
  }

  exec(sql: string): void {
    named(this.path, () => this.db.exec(sql));
  }

  // SQLite keeps the file open until the last statement is collected; a transaction left open would stand in the writer's way till then.
  close(): void {
    named(this.path, () => {
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
      this.#statements.clear();
      this.db.close();
    });
  }

  #statement(sql: string): StatementSyncInstance {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.db.prepare(sql);
      statement.setReturnArrays(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

export const KV_COLUMNS = 'c.key, c.created, c.id, c.version, c.lease, h.value';
const KV_COLUMNS_OF_HISTORY = 'h.key, h.created, h.id, h.version, h.lease, h.value';

export function keyValueOf(row: Cells): KeyValue {
  return {
    key: fromText(row[0] as string),
    value: (row[5] as Uint8Array | undefined) ?? NO_BYTES,
    createRevision: row[1] as number,
    modRevision: placeOf(row[2] as number).modRevision,
    version: row[3] as number,
    lease: row[4] as number,
  };
}

function changeOf(row: Cells): Change {
  const prev = row[6] as number;
  return { ...keyValueOf(row), sub: placeOf(row[2] as number).sub, previous: prev === 0 ? undefined : placeOf(prev) };
}

function inRange(range: KeyRange, minModRevision: number | undefined): { where: string; bounds: (string | number)[] } {
  const { where, bounds } = whereKey('c.key', range);
  return minModRevision === undefined
    ? { where, bounds }
    : { where: `${where} AND c.id >= ?`, bounds: [...bounds, idOf({ modRevision: minModRevision, sub: 0 })] };
}

function whereKey(column: string, range: KeyRange): { where: string; bounds: string[] } {
  const start = toText(range.start);
  return range.end === undefined
    ? { where: `${column} >= ?`, bounds: [start] }
    : { where: `${column} >= ? AND ${column} < ?`, bounds: [start, toText(range.end)] };
}
