/**
 * etcd's messages (package etcdserverpb of its v3 API) from and to the words of
 * our Store: key values, ranges and transactions. Only fields that are used
 * have a number here; revisions are exact up to 2^53.
 */
import type { Compare, KeyValue, Op, OpResult, RangeRequest, RangeResult, Txn, TxnResult } from '../store.js';
import { readMessage, type Wire } from '../../apimachinery/wire.js';
import { encode } from './encode.js';
import type { Keyspace } from './keyspace.js';

const SORT_BY = { key: 0, version: 1, create: 2, mod: 3, value: 4 } as const;
const RESULT = { '=': 0, '>': 1, '<': 2, '!=': 3 } as const;
const TARGET = { version: 0, create: 1, mod: 2, value: 3, lease: 4 } as const;
const NO_BYTES = new Uint8Array(0);

export const numberOf = (wire: Wire): number => Number(wire.integer());

export function encodeRange(request: RangeRequest, keys: Keyspace): Uint8Array {
  const { key, end } = keys.toEtcd(request);
  const { limit, revision, sort } = request;
  return encode([
    [1, key],
    [2, end],
    [3, limit],
    [4, revision],
    [5, sort === undefined ? undefined : sort.order === 'ascend' ? 1 : 2],
    [6, sort === undefined ? undefined : SORT_BY[sort.by]],
    [8, request.keysOnly],
    [9, request.countOnly],
    [10, request.minModRevision],
    [11, request.maxModRevision],
    [12, request.minCreateRevision],
    [13, request.maxCreateRevision],
  ]);
}

export function encodeTxn({ compare, success, failure }: Txn, keys: Keyspace): Uint8Array {
  return encode([
    ...compare.map((one) => [1, encodeCompare(one, keys)] as const),
    ...success.map((op) => [2, encodeOp(op, keys)] as const),
    ...failure.map((op) => [3, encodeOp(op, keys)] as const),
  ]);
}

function encodeCompare(compare: Compare, keys: Keyspace): Uint8Array {
  const { key, end } = keys.toEtcd(compare);
  return encode([
    [1, RESULT[compare.op]],
    [2, TARGET[compare.target]],
    [3, key],
    [4 + TARGET[compare.target], compare.operand],
    [64, end],
  ]);
}

function encodeOp(op: Op, keys: Keyspace): Uint8Array {
  if (op.type === 'range') return encode([[1, encodeRange(op.range, keys)]]);
  if (op.type === 'txn') return encode([[4, encodeTxn(op.txn, keys)]]);
  const { key, end } = keys.toEtcd(op.type === 'put' ? { key: op.key } : op);
  if (op.type === 'put')
    return encode([
      [
        2,
        encode([
          [1, key],
          [2, op.value],
          [3, op.lease],
          [4, op.previous],
          [6, op.ignoreLease],
        ]),
      ],
    ]);
  return encode([
    [
      3,
      encode([
        [1, key],
        [2, end],
        [3, op.previous],
      ]),
    ],
  ]);
}

export function decodeRange(bytes: Uint8Array, keys: Keyspace): RangeResult {
  const result: RangeResult = { revision: 0, kvs: [], count: 0, more: false };
  readMessage(bytes, (number, wire) => {
    if (number === 1) result.revision = decodeHeader(wire.bytes());
    else if (number === 2) result.kvs.push(decodeKeyValue(wire.bytes(), keys));
    else if (number === 3) result.more = wire.integer() !== 0n;
    else if (number === 4) result.count = numberOf(wire);
  });
  return result;
}

export function decodeTxn(bytes: Uint8Array, keys: Keyspace): TxnResult {
  const result: TxnResult = { revision: 0, succeeded: false, results: [] };
  readMessage(bytes, (number, wire) => {
    if (number === 1) result.revision = decodeHeader(wire.bytes());
    else if (number === 2) result.succeeded = wire.integer() !== 0n;
    else if (number === 3) result.results.push(decodeResult(wire.bytes(), keys));
  });
  // Parts of a transaction leave their headers empty: all of it is one revision.
  setRevisions(result);
  return result;
}

function setRevisions({ revision, results }: TxnResult): void {
  for (const result of results) {
    if (result.type === 'range') result.range.revision = revision;
    if (result.type !== 'txn') continue;
    result.txn.revision = revision;
    setRevisions(result.txn);
  }
}

function decodeResult(bytes: Uint8Array, keys: Keyspace): OpResult {
  let result: OpResult | undefined;
  readMessage(bytes, (number, wire) => {
    if (number === 1) result = { type: 'range', range: decodeRange(wire.bytes(), keys) };
    else if (number === 2) result = decodePut(wire.bytes(), keys);
    else if (number === 3) result = decodeDelete(wire.bytes(), keys);
    else if (number === 4) result = { type: 'txn', txn: decodeTxn(wire.bytes(), keys) };
  });
  if (result === undefined) throw new Error('etcd answered a part of a transaction with nothing');
  return result;
}

function decodePut(bytes: Uint8Array, keys: Keyspace): OpResult {
  const result: OpResult & { type: 'put' } = { type: 'put' };
  readMessage(bytes, (number, wire) => {
    if (number === 2) result.previous = decodeKeyValue(wire.bytes(), keys);
  });
  return result;
}

function decodeDelete(bytes: Uint8Array, keys: Keyspace): OpResult {
  const result: OpResult & { type: 'delete' } = { type: 'delete', deleted: 0, previous: [] };
  readMessage(bytes, (number, wire) => {
    if (number === 2) result.deleted = numberOf(wire);
    else if (number === 3) result.previous.push(decodeKeyValue(wire.bytes(), keys));
  });
  return result;
}

/** The revision, which is all that is asked of a header. */
export function decodeHeader(bytes: Uint8Array): number {
  let revision = 0;
  readMessage(bytes, (number, wire) => {
    if (number === 3) revision = numberOf(wire);
  });
  return revision;
}

export function decodeKeyValue(bytes: Uint8Array, keys: Keyspace): KeyValue {
  const kv: KeyValue = { key: '', value: NO_BYTES, createRevision: 0, modRevision: 0, version: 0, lease: 0 };
  readMessage(bytes, (number, wire) => {
    if (number === 1) kv.key = wire.text();
    else if (number === 2) kv.createRevision = numberOf(wire);
    else if (number === 3) kv.modRevision = numberOf(wire);
    else if (number === 4) kv.version = numberOf(wire);
    else if (number === 5) kv.value = wire.bytes();
    else if (number === 6) kv.lease = numberOf(wire);
  });
  kv.key = keys.fromEtcd(kv.key) ?? kv.key;
  return kv;
}
