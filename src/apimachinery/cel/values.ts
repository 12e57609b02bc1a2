/**
 * What a CEL expression works with. Texts, truths and doubles are JavaScript's
 * own, an int is a bigint, a list an array; the rest are small classes here.
 * A failed operation throws a CelError.
 */
import type { Type } from './types.js';

export class CelError extends Error {}

/** Too dear: nothing below may catch it. */
export class CelCostError extends Error {}

export class CelUint {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

/** An instant, in nanoseconds since 1970. */
export class CelTimestamp {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

export class CelDuration {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

export class CelOptional {
  readonly value: Value | undefined;
  private constructor(value: Value | undefined) {
    this.value = value;
  }
  static readonly none = new CelOptional(undefined);
  static of(value: Value): CelOptional {
    return new CelOptional(value);
  }
}

/** int, string, list, …: what type(x) gives. */
export class CelTypeValue {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A value of a library: a quantity, an address, an authorizer. */
export abstract class CelObject {
  abstract readonly type: Type;
  abstract equals(other: CelObject): boolean;
  /** What size() and the cost of reading it go by; undefined: one. */
  size(): number | undefined {
    return undefined;
  }
  toString(): string {
    return this.type.name;
  }
}

/** Maps, and structs, whose fields are found in the same way. */
export abstract class CelMap {
  abstract get(key: Value): Value | undefined;
  abstract keys(): Value[];
  abstract get length(): number;
  /** A struct's type name; undefined: a map. */
  readonly struct: string | undefined = undefined;
}

export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | CelUint
  | CelTimestamp
  | CelDuration
  | CelOptional
  | CelTypeValue
  | CelObject
  | CelMap
  | readonly Value[];

/** Keys that are equal have the same text, and 1, 1u and 1.0 are equal. */
export function keyText(key: Value): string {
  switch (typeof key) {
    case 'string':
      return `s${key}`;
    case 'bigint':
      return `n${key}`;
    case 'boolean':
      return `b${key}`;
    case 'number':
      return Number.isInteger(key) ? `n${BigInt(key)}` : `d${key}`;
    default:
      if (key instanceof CelUint) return `n${key.value}`;
      throw new CelError('unsupported key type');
  }
}

/** A map that is written entry by entry, in the order of writing. */
export abstract class CelWrittenMap extends CelMap {
  readonly #entries = new Map<string, readonly [Value, Value]>();
  /** False where there is such a key already. */
  protected add(key: Value, value: Value): boolean {
    const text = keyText(key);
    if (this.#entries.has(text)) return false;
    this.#entries.set(text, [key, value]);
    return true;
  }
  get(key: Value): Value | undefined {
    return this.#entries.get(keyText(key))?.[1];
  }
  keys(): Value[] {
    return [...this.#entries.values()].map(([key]) => key);
  }
  get length(): number {
    return this.#entries.size;
  }
}

/** A map that an expression wrote. */
export class CelLiteralMap extends CelWrittenMap {
  constructor(entries: Iterable<readonly [Value, Value]>) {
    super();
    for (const [key, value] of entries) if (!this.add(key, value)) throw new CelError(`Failed with repeated key: ${showKey(key)}`);
  }
}

/** How a key stands in a complaint. */
export function showKey(key: Value): string {
  if (key instanceof CelUint) return String(key.value);
  return typeof key === 'object' ? '' : String(key);
}

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

/** Lists that are sets or maps are equal in any order, and are joined so. */
export interface ListKind {
  readonly type: 'set' | 'map';
  readonly keys: readonly string[];
}
const listKinds = new WeakMap<readonly Value[], ListKind>();
export const listKindOf = (list: readonly Value[]): ListKind | undefined => listKinds.get(list);
export function markList(list: readonly Value[], kind: ListKind): readonly Value[] {
  listKinds.set(list, kind);
  return list;
}

/** As CEL does: values of different kinds are not equal, numbers of different kinds may be. */
export function equals(one: Value, other: Value): boolean {
  if (one === other) return true;
  if (isNumeric(one) && isNumeric(other)) return compareNumbers(one, other) === 0;
  if (isList(one)) return isList(other) && equalLists(one, other);
  if (one instanceof CelMap) return other instanceof CelMap && equalMaps(one, other);
  if (one instanceof CelTimestamp) return other instanceof CelTimestamp && one.nanos === other.nanos;
  if (one instanceof CelDuration) return other instanceof CelDuration && one.nanos === other.nanos;
  if (one instanceof CelTypeValue) return other instanceof CelTypeValue && one.name === other.name;
  if (one instanceof Uint8Array) return other instanceof Uint8Array && Buffer.compare(one, other) === 0;
  if (one instanceof CelOptional) {
    if (!(other instanceof CelOptional)) return false;
    return one.value === undefined || other.value === undefined ? one.value === other.value : equals(one.value, other.value);
  }
  if (one instanceof CelObject) return other instanceof CelObject && one.type.name === other.type.name && one.equals(other);
  return false;
}

function equalLists(one: readonly Value[], other: readonly Value[]): boolean {
  if (one.length !== other.length) return false;
  const kind = listKindOf(one);
  if (kind === undefined) return one.every((item, at) => equals(item, other[at]!));
  if (kind.type === 'set') return one.every((item) => other.some((found) => equals(item, found)));
  return one.every((item) => other.some((found) => sameItem(item, found, kind.keys) && equals(item, found)));
}

/** Whether two items of a list that is a map have the same keys. */
export function sameItem(one: Value, other: Value, keys: readonly string[]): boolean {
  if (!(one instanceof CelMap) || !(other instanceof CelMap)) return false;
  return keys.every((key) => {
    const [here, there] = [one.get(key), other.get(key)];
    return here === undefined || there === undefined ? here === there : equals(here, there);
  });
}

function equalMaps(one: CelMap, other: CelMap): boolean {
  if (one.length !== other.length) return false;
  return one.keys().every((key) => {
    const found = other.get(key);
    return found !== undefined && equals(one.get(key)!, found);
  });
}

type Numeric = bigint | number | CelUint;
export const isNumeric = (value: Value): value is Numeric => typeof value === 'bigint' || typeof value === 'number' || value instanceof CelUint;

/** NaN: they have no order. */
export function compareNumbers(one: Numeric, other: Numeric): number {
  const [left, right] = [one instanceof CelUint ? one.value : one, other instanceof CelUint ? other.value : other];
  return left < right ? -1 : left > right ? 1 : left == right ? 0 : Number.NaN; // eslint-disable-line eqeqeq -- 1n == 1
}

export const codePointLength = (text: string): number => {
  let length = 0;
  for (const _ of text) length++;
  return length;
};

/** What size() would say, and one for what has no size. */
export function sizeOf(value: Value): number {
  if (typeof value === 'string') return codePointLength(value);
  if (value instanceof Uint8Array || value instanceof CelMap) return value.length;
  if (isList(value)) return value.length;
  return value instanceof CelObject ? (value.size() ?? 1) : 1;
}
