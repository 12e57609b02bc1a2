/** Functions on lists: Kubernetes' own, cel-go's lists extension, sets, and the ends of lists as optionals. */
import { fn, overload, type FunctionDecl, type Library } from '../env.js';
import { CelDuration, CelError, CelOptional, CelUint, equals, isList, type Value } from '../values.js';
import { compare, duration, int, uint } from './standard.js';

const SUMMABLE = ['int', 'uint', 'double', 'duration'] as const;
const COMPARABLE = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'] as const;

const isSorted = (list: readonly Value[]): boolean => list.every((item, at) => at === 0 || compare(list[at - 1]!, item) <= 0);

function add(one: Value, other: Value): Value {
  if (typeof one === 'bigint' && typeof other === 'bigint') return int(one + other);
  if (typeof one === 'number' && typeof other === 'number') return one + other;
  if (one instanceof CelUint && other instanceof CelUint) return uint(one.value + other.value);
  if (one instanceof CelDuration && other instanceof CelDuration) return duration(one.nanos + other.nanos);
  throw new CelError('no such overload');
}

const ZEROS: Readonly<Record<(typeof SUMMABLE)[number], Value>> = { int: 0n, uint: new CelUint(0n), double: 0, duration: new CelDuration(0n) };

function extreme(name: 'min' | 'max', list: readonly Value[]): Value {
  if (list.length === 0) throw new CelError(`${name} called on empty list`);
  return list.reduce((best, item) => ((name === 'min' ? compare(item, best) < 0 : compare(item, best) > 0) ? item : best));
}

const each = (
  name: string,
  types: readonly string[],
  result: (type: string) => string,
  call: (type: string) => (list: readonly Value[]) => Value,
): FunctionDecl => fn(name, ...types.map((type) => overload(`list_${type}_${name}`, `list(${type}).() -> ${result(type)}`, call(type))));

const KUBERNETES: Library = [
  each(
    'isSorted',
    COMPARABLE,
    () => 'bool',
    () => isSorted,
  ),
  each(
    'sum',
    SUMMABLE,
    (type) => type,
    (type) => (list) => list.reduce(add, ZEROS[type as 'int']),
  ),
  each(
    'max',
    COMPARABLE,
    (type) => type,
    () => (list) => extreme('max', list),
  ),
  each(
    'min',
    COMPARABLE,
    (type) => type,
    () => (list) => extreme('min', list),
  ),
  fn(
    'indexOf',
    overload('list_a_index_of_int', 'list(T).(T) -> int', (list: readonly Value[], item: Value) => BigInt(list.findIndex((one) => equals(one, item)))),
  ),
  fn(
    'lastIndexOf',
    overload('list_a_last_index_of_int', 'list(T).(T) -> int', (list: readonly Value[], item: Value) => BigInt(list.findLastIndex((one) => equals(one, item)))),
  ),
];

function slice(list: readonly Value[], start: bigint, end: bigint): Value {
  if (start < 0n || end < 0n) throw new CelError(`cannot slice(${start}, ${end}), negative indexes not supported`);
  if (start > end) throw new CelError(`cannot slice(${start}, ${end}), start index must be less than or equal to end index`);
  if (end > BigInt(list.length)) throw new CelError(`cannot slice(${start}, ${end}), list is length ${list.length}`);
  return list.slice(Number(start), Number(end));
}

const flattened = (list: readonly Value[], depth: number): Value[] => list.flatMap((item) => (isList(item) && depth > 0 ? flattened(item, depth - 1) : [item]));

function flatten(list: readonly Value[], depth: bigint): Value {
  if (depth < 0n) throw new CelError('level must be non-negative');
  return flattened(list, Number(depth));
}

const RANGE_MAX = 1_000_000n;
function range(count: bigint): Value {
  if (count > RANGE_MAX) throw new CelError('operation cancelled: actual cost limit exceeded');
  return Array.from({ length: Number(count < 0n ? 0n : count) }, (_, at) => BigInt(at));
}

const distinct = (list: readonly Value[]): Value => list.filter((item, at) => list.findIndex((other) => equals(other, item)) === at);

function sorted(list: readonly Value[], keys: readonly Value[]): Value {
  if (keys.length !== list.length)
    throw new CelError(
      `@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got ${list.length} and ${keys.length} elements respectively.`,
    );
  if (new Set(keys.map((key) => typeof key)).size > 1) throw new CelError('list elements must have the same type');
  return list
    .map((item, at) => ({ item, key: keys[at]! }))
    .sort((one, other) => compare(one.key, other.key))
    .map(({ item }) => item);
}

const EXTENSION: Library = [
  fn('slice', overload('list_slice', 'list(T).(int, int) -> list(T)', slice)),
  fn(
    'flatten',
    overload('list_flatten', 'list(list(T)).() -> list(T)', (list: readonly Value[]) => flatten(list, 1n)),
    overload('list_flatten_int', 'list(dyn).(int) -> list(dyn)', flatten),
  ),
  fn('lists.range', overload('lists_range', '(int) -> list(int)', range)),
  fn(
    'reverse',
    overload('list_reverse', 'list(T).() -> list(T)', (list: readonly Value[]) => list.toReversed()),
  ),
  fn('distinct', overload('list_distinct', 'list(T).() -> list(T)', distinct)),
  each(
    'sort',
    COMPARABLE,
    (type) => `list(${type})`,
    () => (list) => sorted(list, list),
  ),
  fn('@sortByAssociatedKeys', ...COMPARABLE.map((type) => overload(`list_${type}_sortByAssociatedKeys`, `list(T).(list(${type})) -> list(T)`, sorted))),
];

const has = (list: readonly Value[], item: Value): boolean => list.some((one) => equals(one, item));
const within = (list: readonly Value[], other: readonly Value[]): boolean => other.every((item) => has(list, item));

const SETS: Library = [
  fn('sets.contains', overload('list_sets_contains_list', '(list(T), list(T)) -> bool', within)),
  fn(
    'sets.equivalent',
    overload(
      'list_sets_equivalent_list',
      '(list(T), list(T)) -> bool',
      (one: readonly Value[], other: readonly Value[]) => within(one, other) && within(other, one),
    ),
  ),
  fn(
    'sets.intersects',
    overload('list_sets_intersects_list', '(list(T), list(T)) -> bool', (one: readonly Value[], other: readonly Value[]) =>
      one.some((item) => has(other, item)),
    ),
  ),
];

const end = (value: Value | undefined): Value => (value === undefined ? CelOptional.none : CelOptional.of(value));
const present = (list: readonly Value[]): Value => list.flatMap((item) => (item instanceof CelOptional && item.value !== undefined ? [item.value] : []));

const ENDS: Library = [
  fn(
    'first',
    overload('list_first', 'list(V).() -> optional_type(V)', (list: readonly Value[]) => end(list[0])),
  ),
  fn(
    'last',
    overload('list_last', 'list(V).() -> optional_type(V)', (list: readonly Value[]) => end(list.at(-1))),
  ),
  fn('optional.unwrap', overload('optional_unwrap', '(list(optional_type(V))) -> list(V)', present)),
  fn('unwrapOpt', overload('optional_unwrapOpt', 'list(optional_type(V)).() -> list(V)', present)),
];

export const LISTS: Library = [...KUBERNETES, ...EXTENSION, ...SETS, ...ENDS];
