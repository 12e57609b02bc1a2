/**
 * Reads a range from rows, now or at a past revision, with etcd's filters,
 * sorting and limit. The past is the present with the changes since undone:
 * history needs no index by key, and a write stays cheap.
 */
import type { KeyValue, RangeRequest, RangeResult } from './store.js';
import { CompactedError, FutureRevisionError } from './store.js';
import type { Change, Head, Rows } from './rows.js';
import type { KeyRange } from './keys.js';
import { compareBytes, compareKeys, rangeOf } from './keys.js';
import { emptyKey } from './errors.js';

type Reads = Pick<Rows, 'get' | 'scan' | 'count' | 'history' | 'load'>;

/** `head` is the state to answer from, which in a transaction includes its own writes. */
export function readRange(rows: Reads, request: RangeRequest, head: Head): RangeResult {
  if (request.key === '') throw emptyKey();
  checkRevision(request.revision, head);
  const past = request.revision !== undefined && request.revision > 0 && request.revision < head.revision;
  const plain = !past && isPlain(request);
  const range = rangeOf(request);
  if (plain && range === undefined) return oneKey(rows, request, head);
  if (plain && request.countOnly === true) return { revision: head.revision, kvs: [], count: rows.count(range!), more: false };
  if (plain) return limited(rows, request, { range: range!, head });
  if (!past && range !== undefined && isPlain({ ...request, minModRevision: undefined })) return changedSince(rows, request, { range, head });
  return filtered(request, { all: past ? pastState(rows, request, request.revision!) : presentState(rows, request), head });
}

/** As etcd does: a read below the compacted revision, or of the future, is refused. */
export function checkRevision(revision: number | undefined, head: Head): void {
  if (revision === undefined || revision <= 0) return;
  if (revision > head.revision) throw new FutureRevisionError();
  if (revision < head.compactRevision) throw new CompactedError(head.compactRevision);
}

function isPlain(request: RangeRequest): boolean {
  const { sort } = request;
  const byKey = sort === undefined || (sort.by === 'key' && sort.order === 'ascend');
  return byKey && !request.minModRevision && !request.maxModRevision && !request.minCreateRevision && !request.maxCreateRevision;
}

function oneKey(rows: Reads, request: RangeRequest, head: Head): RangeResult {
  const found = rows.get(request.key);
  if (found === undefined) return { revision: head.revision, kvs: [], count: 0, more: false };
  return { revision: head.revision, kvs: request.countOnly ? [] : [request.keysOnly ? withoutValue(found) : found], count: 1, more: false };
}

function limited(rows: Reads, request: RangeRequest, from: { range: KeyRange; head: Head }): RangeResult {
  const limit = request.limit ?? 0;
  const kvs = rows.scan(from.range, { ...(limit > 0 && { limit: limit + 1 }), keysOnly: request.keysOnly === true });
  const more = limit > 0 && kvs.length > limit;
  if (more) kvs.pop();
  return { revision: from.head.revision, kvs, count: more ? rows.count(from.range) : kvs.length, more };
}

/** Asked by every list from a cache: the rows that were not changed are counted, and stay where they are. */
function changedSince(rows: Reads, request: RangeRequest, { range, head }: { range: KeyRange; head: Head }): RangeResult {
  const [count, revision] = [rows.count(range), head.revision];
  if (request.countOnly === true) return { revision, kvs: [], count, more: false };
  const limit = request.limit ?? 0;
  const kvs = rows.scan(range, { ...(limit > 0 && { limit: limit + 1 }), keysOnly: request.keysOnly === true, minModRevision: request.minModRevision! });
  const more = limit > 0 && kvs.length > limit;
  if (more) kvs.pop();
  return { revision, kvs, count, more };
}

function presentState(rows: Reads, request: RangeRequest): KeyValue[] {
  const range = rangeOf(request);
  if (range !== undefined) return rows.scan(range, { keysOnly: request.keysOnly === true && request.sort?.by !== 'value' });
  const found = rows.get(request.key);
  return found === undefined ? [] : [found];
}

function pastState(rows: Reads, request: RangeRequest, revision: number): KeyValue[] {
  // One key is the range up to the next possible key.
  const range = rangeOf(request) ?? { start: request.key, end: `${request.key}\0` };
  const firstChanges = new Map<string, Change>();
  for (const change of rows.history(range, revision + 1, Infinity)) {
    if (!firstChanges.has(change.key)) firstChanges.set(change.key, change);
  }
  const state = rows.scan(range, {}).filter((kv) => !firstChanges.has(kv.key));
  for (const { previous } of firstChanges.values()) {
    const before = previous && rows.load(previous);
    if (before !== undefined) state.push(before);
  }
  return state.sort((a, b) => compareKeys(a.key, b.key));
}

// As etcd does: the count is of the whole range, before filters and limit; the limit falls after filters and sorting.
function filtered(request: RangeRequest, from: { all: KeyValue[]; head: Head }): RangeResult {
  const { revision } = from.head;
  const count = from.all.length;
  if (request.countOnly === true) return { revision, kvs: [], count, more: false };
  let kvs = from.all.filter((kv) => passes(request, kv));
  if (request.sort !== undefined) kvs.sort(orderOf(request.sort));
  const more = request.limit !== undefined && request.limit > 0 && kvs.length > request.limit;
  if (more) kvs = kvs.slice(0, request.limit);
  if (request.keysOnly === true) kvs = kvs.map(withoutValue);
  return { revision, kvs, count, more };
}

function passes(request: RangeRequest, kv: KeyValue): boolean {
  if (request.minModRevision && kv.modRevision < request.minModRevision) return false;
  if (request.maxModRevision && kv.modRevision > request.maxModRevision) return false;
  if (request.minCreateRevision && kv.createRevision < request.minCreateRevision) return false;
  return !(request.maxCreateRevision && kv.createRevision > request.maxCreateRevision);
}

const ORDERS: Record<NonNullable<RangeRequest['sort']>['by'], (a: KeyValue, b: KeyValue) => number> = {
  key: (a, b) => compareKeys(a.key, b.key),
  version: (a, b) => a.version - b.version,
  create: (a, b) => a.createRevision - b.createRevision,
  mod: (a, b) => a.modRevision - b.modRevision,
  value: (a, b) => compareBytes(a.value, b.value),
};

function orderOf(sort: NonNullable<RangeRequest['sort']>): (a: KeyValue, b: KeyValue) => number {
  const order = ORDERS[sort.by];
  return sort.order === 'descend' ? (a, b) => order(b, a) : order;
}

const NO_BYTES = new Uint8Array(0);

function withoutValue(kv: KeyValue): KeyValue {
  return { ...kv, value: NO_BYTES };
}
