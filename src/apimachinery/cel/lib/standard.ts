/**
 * CEL's own operators and functions, but for conversions and times: arithmetic
 * that fails where it overflows, comparisons, texts, containers.
 */
import { fn, overload, type Library, type Overload } from '../env.js';
import { contains, index } from '../evaluate.js';
import { celRegExp } from '../regexp.js';
import { CelDuration, CelError, CelMap, CelTimestamp, CelTypeValue, CelUint, codePointLength, compareNumbers, equals, type Value } from '../values.js';
import { typeNameOf } from '../runtimetypes.js';
import { addLists } from './listjoin.js';

const INT_MAX = 2n ** 63n - 1n;
const INT_MIN = -(2n ** 63n);
const UINT_MAX = 2n ** 64n - 1n;

export function int(value: bigint): bigint {
  if (value > INT_MAX || value < INT_MIN) throw new CelError('integer overflow');
  return value;
}

export function uint(value: bigint): CelUint {
  if (value > UINT_MAX || value < 0n) throw new CelError('unsigned integer overflow');
  return new CelUint(value);
}

export function duration(nanos: bigint): CelDuration {
  if (nanos > INT_MAX || nanos < INT_MIN) throw new CelError('duration overflow');
  return new CelDuration(nanos);
}

const TIME_MIN = -62_135_596_800n * 1_000_000_000n;
const TIME_MAX = 253_402_300_799n * 1_000_000_000n + 999_999_999n;

export function timestamp(nanos: bigint): CelTimestamp {
  if (nanos > TIME_MAX || nanos < TIME_MIN) throw new CelError('timestamp overflow');
  return new CelTimestamp(nanos);
}

function divided(one: bigint, other: bigint): bigint {
  if (other === 0n) throw new CelError('division by zero');
  return one / other;
}

function remainder(one: bigint, other: bigint): bigint {
  if (other === 0n) throw new CelError('modulus by zero');
  return one % other;
}

const joined = (one: Uint8Array, other: Uint8Array): Uint8Array => Uint8Array.from([...one, ...other]);

const arithmetic: Library = [
  fn(
    '_+_',
    overload('add_bytes', '(bytes, bytes) -> bytes', joined),
    overload('add_double', '(double, double) -> double', (a: number, b: number) => a + b),
    overload('add_duration_duration', '(duration, duration) -> duration', (a: CelDuration, b: CelDuration) => duration(a.nanos + b.nanos)),
    overload('add_duration_timestamp', '(duration, timestamp) -> timestamp', (a: CelDuration, b: CelTimestamp) => timestamp(a.nanos + b.nanos)),
    overload('add_timestamp_duration', '(timestamp, duration) -> timestamp', (a: CelTimestamp, b: CelDuration) => timestamp(a.nanos + b.nanos)),
    overload('add_int64', '(int, int) -> int', (a: bigint, b: bigint) => int(a + b)),
    overload('add_list', '(list(A), list(A)) -> list(A)', addLists),
    overload('add_string', '(string, string) -> string', (a: string, b: string) => a + b),
    overload('add_uint64', '(uint, uint) -> uint', (a: CelUint, b: CelUint) => uint(a.value + b.value)),
  ),
  fn(
    '_-_',
    overload('subtract_double', '(double, double) -> double', (a: number, b: number) => a - b),
    overload('subtract_duration_duration', '(duration, duration) -> duration', (a: CelDuration, b: CelDuration) => duration(a.nanos - b.nanos)),
    overload('subtract_int64', '(int, int) -> int', (a: bigint, b: bigint) => int(a - b)),
    overload('subtract_timestamp_duration', '(timestamp, duration) -> timestamp', (a: CelTimestamp, b: CelDuration) => timestamp(a.nanos - b.nanos)),
    overload('subtract_timestamp_timestamp', '(timestamp, timestamp) -> duration', (a: CelTimestamp, b: CelTimestamp) => duration(a.nanos - b.nanos)),
    overload('subtract_uint64', '(uint, uint) -> uint', (a: CelUint, b: CelUint) => uint(a.value - b.value)),
  ),
  fn(
    '_*_',
    overload('multiply_double', '(double, double) -> double', (a: number, b: number) => a * b),
    overload('multiply_int64', '(int, int) -> int', (a: bigint, b: bigint) => int(a * b)),
    overload('multiply_uint64', '(uint, uint) -> uint', (a: CelUint, b: CelUint) => uint(a.value * b.value)),
  ),
  fn(
    '_/_',
    overload('divide_double', '(double, double) -> double', (a: number, b: number) => a / b),
    overload('divide_int64', '(int, int) -> int', (a: bigint, b: bigint) => int(divided(a, b))),
    overload('divide_uint64', '(uint, uint) -> uint', (a: CelUint, b: CelUint) => uint(divided(a.value, b.value))),
  ),
  fn(
    '_%_',
    overload('modulo_int64', '(int, int) -> int', (a: bigint, b: bigint) => int(remainder(a, b))),
    overload('modulo_uint64', '(uint, uint) -> uint', (a: CelUint, b: CelUint) => uint(remainder(a.value, b.value))),
  ),
  fn(
    '-_',
    overload('negate_double', '(double) -> double', (a: number) => -a),
    overload('negate_int64', '(int) -> int', (a: bigint) => int(-a)),
  ),
  fn(
    '!_',
    overload('logical_not', '(bool) -> bool', (a: boolean) => !a),
  ),
];

/** Names of the types that have an order, with the id that cel-go's overloads carry. */
const ORDERED = [
  ['bool', 'bool'],
  ['int64', 'int'],
  ['uint64', 'uint'],
  ['double', 'double'],
  ['string', 'string'],
  ['bytes', 'bytes'],
  ['timestamp', 'timestamp'],
  ['duration', 'duration'],
] as const;
const MIXED = [
  ['int64', 'int'],
  ['uint64', 'uint'],
  ['double', 'double'],
] as const;

export function compare(one: Value, other: Value): number {
  if (typeof one === 'string') return typeof other === 'string' ? compareText(one, other) : mismatched();
  if (typeof one === 'boolean') return typeof other === 'boolean' ? Number(one) - Number(other) : mismatched();
  if (one instanceof Uint8Array) return other instanceof Uint8Array ? Buffer.compare(one, other) : mismatched();
  if (one instanceof CelTimestamp || one instanceof CelDuration) {
    if (!(other instanceof CelTimestamp || other instanceof CelDuration) || other.constructor !== one.constructor) return mismatched();
    return one.nanos < other.nanos ? -1 : one.nanos > other.nanos ? 1 : 0;
  }
  return compareNumbers(one as bigint, other as bigint);
}

function mismatched(): never {
  throw new CelError('no such overload');
}

/** In the order of code points, as Go compares bytes. */
function compareText(one: string, other: string): number {
  return one === other ? 0 : Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function comparison(name: string, word: string, holds: (order: number) => boolean): ReturnType<typeof fn> {
  const test = (a: Value, b: Value): boolean => holds(compare(a, b));
  const same = ORDERED.map(([id, type]) => overload(`${word}_${id}`, `(${type}, ${type}) -> bool`, test));
  const mixed = MIXED.flatMap(([id, type]) =>
    MIXED.filter(([other]) => other !== id).map(([other, otherType]) => overload(`${word}_${id}_${other}`, `(${type}, ${otherType}) -> bool`, test)),
  );
  return fn(name, ...same, ...mixed);
}

const comparisons: Library = [
  comparison('_<_', 'less', (order) => order < 0),
  comparison('_<=_', 'less_equals', (order) => order <= 0),
  comparison('_>_', 'greater', (order) => order > 0),
  comparison('_>=_', 'greater_equals', (order) => order >= 0),
  fn('_==_', overload('equals', '(A, A) -> bool', equals)),
  fn(
    '_!=_',
    overload('not_equals', '(A, A) -> bool', (a: Value, b: Value) => !equals(a, b)),
  ),
];

/** Evaluated without being called: only their types count. */
const unused = (): Value => mismatched();
const logic: Library = [
  fn('_&&_', overload('logical_and', '(bool, bool) -> bool', unused)),
  fn('_||_', overload('logical_or', '(bool, bool) -> bool', unused)),
  fn('_?_:_', overload('conditional', '(bool, A, A) -> A', unused)),
  fn('@not_strictly_false', overload('not_strictly_false', '(bool) -> bool', unused)),
];

const containers: Library = [
  fn('_[_]', overload('index_list', '(list(A), int) -> A', index), overload('index_map', '(map(A, B), A) -> B', index)),
  fn('@in', overload('in_list', '(A, list(A)) -> bool', contains), overload('in_map', '(A, map(A, B)) -> bool', contains)),
  fn('size', ...['bytes', 'list(A)', 'map(A, B)', 'string'].flatMap((type) => sizes(type))),
];

function sizes(type: string): Overload[] {
  const id = /^[a-z]+/.exec(type)![0];
  const size = (value: string | Uint8Array | CelMap | readonly Value[]): bigint => BigInt(typeof value === 'string' ? codePointLength(value) : value.length);
  return [overload(`size_${id}`, `(${type}) -> int`, size), overload(`${id}_size`, `${type}.() -> int`, size)];
}

const texts: Library = [
  fn(
    'contains',
    overload('contains_string', 'string.(string) -> bool', (text: string, part: string) => text.includes(part)),
  ),
  fn(
    'startsWith',
    overload('starts_with_string', 'string.(string) -> bool', (text: string, part: string) => text.startsWith(part)),
  ),
  fn(
    'endsWith',
    overload('ends_with_string', 'string.(string) -> bool', (text: string, part: string) => text.endsWith(part)),
  ),
  fn(
    'matches',
    overload('matches', '(string, string) -> bool', (text: string, pattern: string) => celRegExp(pattern).test(text)),
    overload('matches_string', 'string.(string) -> bool', (text: string, pattern: string) => celRegExp(pattern).test(text)),
  ),
];

const types: Library = [
  fn(
    'dyn',
    overload('to_dyn', '(A) -> dyn', (value: Value) => value),
  ),
  fn(
    'type',
    overload('type', '(A) -> type(A)', (value: Value) => new CelTypeValue(typeNameOf(value))),
  ),
];

export const STANDARD: Library = [...logic, ...comparisons, ...arithmetic, ...containers, ...texts, ...types];
