/**
 * Runs one transaction on rows: all compares first (nested ones too, as etcd
 * does), then what could still refuse it, then the writes, which only a failing
 * database can stop. All writes of one transaction share one revision.
 */
import type { Compare, KeyValue, Op, OpResult, RangeResult, Txn, TxnResult } from './store.js';
import type { Change, Head, KeyMeta, Rows } from './rows.js';
import { compareBytes, rangeOf } from './keys.js';
import { checkRevision, readRange } from './range.js';
import { rangesOf } from './check.js';
import { keyNotFound, leaseNotFound } from './errors.js';

const NO_BYTES = new Uint8Array(0);

/** The branches chosen, as a tree with the shape of the transaction. */
interface Path {
  succeeded: boolean;
  ops: readonly Op[];
  /** By index of the op; only nested transactions have one. */
  nested: ReadonlyMap<number, Path>;
}

const NOT_NESTED: ReadonlyMap<number, Path> = new Map();

export interface Outcome {
  result: TxnResult;
  changes: Change[];
}

export function runTxn(rows: Rows, txn: Txn, head: Head): Outcome {
  const path = choose(rows, txn);
  for (const range of rangesOf(txn)) checkRevision(range.revision, head);
  checkPuts(rows, path);
  const writer = new Writer(rows, head);
  const { succeeded, results } = writer.run(path);
  return { result: { revision: writer.revision, succeeded, results }, changes: writer.changes };
}

/** Deletes keys in one revision of their own, as the end of a lease does. */
export function runDeletes(rows: Rows, keys: readonly string[], head: Head): { changes: Change[] } {
  const writer = new Writer(rows, head);
  for (const key of keys) writer.delete(key);
  return { changes: writer.changes };
}

function choose(rows: Rows, txn: Txn): Path {
  const succeeded = txn.compare.every((compare) => holds(rows, compare));
  const ops = succeeded ? txn.success : txn.failure;
  if (!ops.some(({ type }) => type === 'txn')) return { succeeded, ops, nested: NOT_NESTED };
  const nested = new Map<number, Path>();
  for (const [at, op] of ops.entries()) if (op.type === 'txn') nested.set(at, choose(rows, op.txn));
  return { succeeded, ops, nested };
}

function holds(rows: Rows, compare: Compare): boolean {
  const range = rangeOf(compare);
  if (range === undefined && compare.target !== 'value') return satisfies(compare, rows.meta(compare.key));
  const found = range === undefined ? [rows.get(compare.key)].filter((kv) => kv !== undefined) : rows.scan(range, { keysOnly: compare.target !== 'value' });
  // As etcd does: of a key that is not there, every number is 0 and the value equals nothing.
  if (found.length === 0) return compare.target !== 'value' && satisfies(compare, undefined);
  return found.every((kv) => satisfies(compare, kv));
}

function satisfies(compare: Compare, kv: KeyValue | KeyMeta | undefined): boolean {
  const difference = compare.target === 'value' ? compareBytes((kv as KeyValue).value, compare.operand) : numberOf(compare.target, kv) - compare.operand;
  switch (compare.op) {
    case '=':
      return difference === 0;
    case '!=':
      return difference !== 0;
    case '<':
      return difference < 0;
    case '>':
      return difference > 0;
  }
}

function numberOf(target: 'version' | 'create' | 'mod' | 'lease', kv: KeyValue | KeyMeta | undefined): number {
  if (kv === undefined) return 0;
  return target === 'version' ? kv.version : target === 'create' ? kv.createRevision : target === 'mod' ? kv.modRevision : kv.lease;
}

function checkPuts(rows: Rows, path: Path): void {
  for (const op of path.ops) {
    if (op.type !== 'put') continue;
    if (op.lease && rows.lease(op.lease) === undefined) throw leaseNotFound();
    if (op.ignoreLease === true && rows.meta(op.key) === undefined) throw keyNotFound();
  }
  for (const nested of path.nested.values()) checkPuts(rows, nested);
}

class Writer {
  readonly changes: Change[] = [];
  readonly #rows: Rows;
  readonly #head: Head;

  constructor(rows: Rows, head: Head) {
    this.#rows = rows;
    this.#head = head;
  }

  /** Moves with the first write. */
  get revision(): number {
    return this.changes.length > 0 ? this.#head.revision + 1 : this.#head.revision;
  }

  run(path: Path): { succeeded: boolean; results: OpResult[] } {
    const results = path.ops.map((op, at): OpResult => {
      if (op.type === 'put') return this.#put(op);
      if (op.type === 'delete') return this.#deleteRange(op);
      if (op.type === 'range') return { type: 'range', range: this.#range(op) };
      const txn = this.run(path.nested.get(at)!);
      return { type: 'txn', txn: { revision: this.revision, ...txn } };
    });
    return { succeeded: path.succeeded, results };
  }

  #range(op: Op & { type: 'range' }): RangeResult {
    return readRange(this.#rows, op.range, { revision: this.revision, compactRevision: this.#head.compactRevision });
  }

  #put(op: Op & { type: 'put' }): OpResult {
    const replaced = this.#rows.meta(op.key);
    const previous = op.previous === true && replaced ? this.#rows.load(replaced) : undefined;
    this.#write(
      {
        key: op.key,
        value: op.value,
        createRevision: replaced?.createRevision ?? this.#head.revision + 1,
        version: (replaced?.version ?? 0) + 1,
        lease: op.ignoreLease === true ? (replaced?.lease ?? 0) : (op.lease ?? 0),
      },
      replaced,
    );
    return previous === undefined ? { type: 'put' } : { type: 'put', previous };
  }

  #deleteRange(op: Op & { type: 'delete' }): OpResult {
    const range = rangeOf(op);
    if (range === undefined) return this.#deleteOne(op);
    const found = this.#rows.scan(range, { keysOnly: op.previous !== true });
    for (const kv of found) this.delete(kv.key);
    return { type: 'delete', deleted: found.length, previous: op.previous === true ? found : [] };
  }

  #deleteOne(op: Op & { type: 'delete' }): OpResult {
    const found = op.previous === true ? this.#rows.get(op.key) : undefined;
    const deleted = this.delete(op.key) ? 1 : 0;
    return { type: 'delete', deleted, previous: found === undefined ? [] : [found] };
  }

  /** False where there is no such key. */
  delete(key: string): boolean {
    const replaced = this.#rows.meta(key);
    if (replaced === undefined) return false;
    this.#write({ key, value: NO_BYTES, createRevision: 0, version: 0, lease: 0 }, replaced);
    return true;
  }

  #write(state: Omit<Change, 'modRevision' | 'sub' | 'previous'>, replaced: KeyMeta | undefined): void {
    const change: Change = {
      key: state.key,
      value: state.value,
      createRevision: state.createRevision,
      modRevision: this.#head.revision + 1,
      version: state.version,
      lease: state.lease,
      sub: this.changes.length,
      previous: replaced === undefined ? undefined : { modRevision: replaced.modRevision, sub: replaced.sub },
    };
    this.#rows.write(change, replaced);
    this.changes.push(change);
  }
}
