/** Values that may be missing: optional.of(), orValue(), and what else cel-go's optional types have. */
import { fn, overload, type Library } from '../env.js';
import { CelError, CelMap, CelOptional, CelUint, CelWrittenMap, showKey, type Value } from '../values.js';

function isZero(value: Value): boolean {
  if (value === null || value === false || value === '' || value === 0n || value === 0) return true;
  if (value instanceof CelUint) return value.value === 0n;
  if (value instanceof CelMap || value instanceof Uint8Array || Array.isArray(value)) return (value as { length: number }).length === 0;
  return false;
}

export const OPTIONALS: Library = [
  fn('optional.of', overload('optional_of', '(V) -> optional_type(V)', CelOptional.of)),
  fn(
    'optional.ofNonZeroValue',
    overload('optional_ofNonZeroValue', '(V) -> optional_type(V)', (value: Value) => (isZero(value) ? CelOptional.none : CelOptional.of(value))),
  ),
  fn(
    'optional.none',
    overload('optional_none', '() -> optional_type(V)', () => CelOptional.none),
  ),
  fn(
    'value',
    overload('optional_value', 'optional_type(V).() -> V', ({ value }: CelOptional) => {
      if (value === undefined) throw new CelError('optional.none() dereference');
      return value;
    }),
  ),
  fn(
    'hasValue',
    overload('optional_hasValue', 'optional_type(V).() -> bool', ({ value }: CelOptional) => value !== undefined),
  ),
  fn(
    'or',
    overload('optional_or_optional', 'optional_type(V).(optional_type(V)) -> optional_type(V)', (one: CelOptional, other: CelOptional) =>
      one.value === undefined ? other : one,
    ),
  ),
  fn(
    'orValue',
    overload('optional_orValue_value', 'optional_type(V).(V) -> V', ({ value }: CelOptional, other: Value) => value ?? other),
  ),
  fn(
    '_[?_]',
    overload('list_optindex_optional_int', '(list(V), int) -> optional_type(V)', () => CelOptional.none),
    overload('optional_list_optindex_optional_int', '(optional_type(list(V)), int) -> optional_type(V)', () => CelOptional.none),
    overload('map_optindex_optional_value', '(map(K, V), K) -> optional_type(V)', () => CelOptional.none),
    overload('optional_map_optindex_optional_value', '(optional_type(map(K, V)), K) -> optional_type(V)', () => CelOptional.none),
  ),
  fn(
    '_[_]',
    overload('optional_list_index_int', '(optional_type(list(V)), int) -> optional_type(V)', () => CelOptional.none),
    overload('optional_map_index_value', '(optional_type(map(K, V)), K) -> optional_type(V)', () => CelOptional.none),
  ),
];

/** What the two-variable macros build maps with. */
export const MAP_INSERT: Library = [
  fn(
    'cel.@mapInsert',
    overload('@mapInsert_map_map', '(map(K, V), map(K, V)) -> map(K, V)', (map: CelMap, other: CelMap) =>
      inserted(
        map,
        other.keys().map((key) => [key, other.get(key)!]),
      ),
    ),
    overload('@mapInsert_map_key_value', '(map(K, V), K, V) -> map(K, V)', (map: CelMap, key: Value, value: Value) => inserted(map, [[key, value]])),
  ),
];

function inserted(map: CelMap, entries: readonly (readonly [Value, Value])[]): CelMap {
  const grown = map instanceof GrowingMap ? map : new GrowingMap(map);
  for (const [key, value] of entries) grown.insert(key, value);
  return grown;
}

/** A map that only the loop that makes it sees until it is made. */
class GrowingMap extends CelWrittenMap {
  constructor(start: CelMap) {
    super();
    for (const key of start.keys()) this.insert(key, start.get(key)!);
  }
  insert(key: Value, value: Value): void {
    if (!this.add(key, value)) throw new CelError(`insert failed: key ${showKey(key)} already exists`);
  }
}
