/**
 * Refuses a transaction that etcd would refuse, before anything of it is done:
 * empty keys, one key put twice or put and deleted, requests that are too large.
 * Looks at both branches, as etcd does, so an answer never depends on the data.
 */
import type { Op, RangeRequest, Txn } from './store.js';
import type { KeyRange } from './keys.js';
import { includes, rangeOf } from './keys.js';
import { duplicateKey, emptyKey, leaseProvided, requestTooLarge } from './errors.js';

/** As etcd's --max-request-bytes, by default 1.5 MiB. */
export const REQUEST_BYTES_MAX = 1.5 * 1024 * 1024;

interface Touched {
  puts: Set<string>;
  deletes: KeyRange[];
}

/** Throws a RequestError, or says whether the transaction may write. */
export function checkTxn(txn: Txn): { writes: boolean } {
  if (isOnePut(txn)) return { writes: true };
  if (bytesOf(txn) > REQUEST_BYTES_MAX) throw requestTooLarge();
  checkKeys(txn);
  const success = touched(txn.success);
  const failure = touched(txn.failure);
  return { writes: [success, failure].some(({ puts, deletes }) => puts.size > 0 || deletes.length > 0) };
}

/** What nearly every write is: one put that is small enough, of a key that is named. Anything else is looked at thoroughly. */
function isOnePut({ compare, success, failure }: Txn): boolean {
  const [op] = success;
  if (op === undefined || success.length > 1 || failure.length > 0 || op.type !== 'put' || op.key === '' || op.ignoreLease === true) return false;
  if (op.key.length + op.value.byteLength > REQUEST_BYTES_MAX) return false;
  return compare.every(({ key, target }) => key !== '' && target !== 'value');
}

/** The ranges of both branches, for their revisions to be checked. */
export function* rangesOf(txn: Txn): Iterable<RangeRequest> {
  for (const op of [...txn.success, ...txn.failure]) {
    if (op.type === 'range') yield op.range;
    if (op.type === 'txn') yield* rangesOf(op.txn);
  }
}

function bytesOf(txn: Txn): number {
  let bytes = 0;
  for (const compare of txn.compare) if (compare.target === 'value') bytes += compare.operand.byteLength;
  for (const op of [...txn.success, ...txn.failure]) {
    if (op.type === 'put') bytes += op.key.length + op.value.byteLength;
    if (op.type === 'txn') bytes += bytesOf(op.txn);
  }
  return bytes;
}

function checkKeys(txn: Txn): void {
  for (const { key } of txn.compare) if (key === '') throw emptyKey();
  for (const op of [...txn.success, ...txn.failure]) {
    if (op.type === 'txn') checkKeys(op.txn);
    else if ((op.type === 'range' ? op.range.key : op.key) === '') throw emptyKey();
    if (op.type === 'put' && op.ignoreLease === true && (op.lease ?? 0) !== 0) throw leaseProvided();
  }
}

function touched(ops: readonly Op[]): Touched {
  const puts = new Set<string>();
  const deletes: KeyRange[] = [];
  const parts = ops.flatMap(partsOf);
  for (const part of parts) deletes.push(...part.deletes);
  for (const key of parts.flatMap((part) => [...part.puts])) {
    if (puts.has(key)) throw duplicateKey();
    puts.add(key);
  }
  // Within one branch of a nested transaction this was checked already; here two parts meet.
  if (parts.length > 1) refuseOverlap(parts);
  return { puts, deletes };
}

function refuseOverlap(parts: readonly Touched[]): void {
  for (const part of parts) {
    for (const range of part.deletes) {
      for (const other of parts) {
        if (other === part) continue;
        for (const key of other.puts) if (includes(range, key)) throw duplicateKey();
      }
    }
  }
}

function partsOf(op: Op): Touched[] {
  if (op.type === 'put') return [{ puts: new Set([op.key]), deletes: [] }];
  if (op.type === 'delete') return [{ puts: new Set(), deletes: [rangeOf(op) ?? { start: op.key, end: `${op.key}\0` }] }];
  if (op.type === 'range') return [];
  const success = touched(op.txn.success);
  const failure = touched(op.txn.failure);
  // The two branches exclude each other, so what they touch is one part and may overlap.
  return [{ puts: new Set([...success.puts, ...failure.puts]), deletes: [...success.deletes, ...failure.deletes] }];
}
