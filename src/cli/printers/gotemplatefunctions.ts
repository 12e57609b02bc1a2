/**
 * The functions of Go's templates, and the two that kubectl adds (exists,
 * base64decode). Values are untyped JSON; numbers written in the template are
 * Go's int or float64, those of the data int64.
 */
import { goValue } from '../../apimachinery/gojson.js';
import { sprintf } from './gosprintf.js';

/** A number with its Go type; numbers of the data are plain. */
export class GoNumber {
  readonly value: number;
  readonly type: 'int' | 'float64';
  constructor(value: number, type: 'int' | 'float64') {
    this.value = value;
    this.type = type;
  }
}

/** What a key that is not there is worth. */
export const MISSING = undefined;
export type GoValue = unknown;

/** A function refused its arguments. */
export class CallError extends Error {
  override name = 'CallError';
}

const fail = (message: string): never => {
  throw new CallError(message);
};

export const plain = (value: GoValue): unknown => (value instanceof GoNumber ? value.value : value);

export function typeName(value: GoValue): string {
  if (value === MISSING || value === null) return '<nil>';
  if (value instanceof GoNumber) return value.type;
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return 'map[string]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : 'string';
}

export function isTrue(value: GoValue): boolean {
  const bare = plain(value);
  if (Array.isArray(bare)) return bare.length > 0;
  if (bare !== null && typeof bare === 'object') return Object.keys(bare).length > 0;
  return Boolean(bare);
}

interface GoFunction {
  min: number;
  /** undefined: any number. */
  max?: number;
  /** Its arguments must be strings. */
  params?: 'string';
  /** Evaluated one by one until an argument is this. */
  lazy?: boolean;
  call(args: GoValue[]): GoValue;
}

export const FUNCTIONS: Readonly<Record<string, GoFunction>> = {
  and: { min: 1, lazy: false, call: (args) => args[0] },
  or: { min: 1, lazy: true, call: (args) => args[0] },
  not: { min: 1, max: 1, call: ([value]) => !isTrue(value) },
  call: { min: 1, call: ([value]) => fail(value === MISSING || value === null ? 'call of nil' : `non-function of type ${typeName(value)}`) },
  html: { min: 0, call: (args) => escapeHtml(text(args)) },
  js: { min: 0, call: (args) => escapeJs(text(args)) },
  urlquery: {
    min: 0,
    call: (args) =>
      encodeURIComponent(text(args))
        .replace(/%20/g, '+')
        .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
  },
  index: { min: 1, call: ([item, ...indexes]) => indexes.reduce(index, item) },
  slice: { min: 1, call: slice },
  len: { min: 1, max: 1, call: ([value]) => new GoNumber(length(value), 'int') },
  print: { min: 0, call: sprint },
  println: { min: 0, call: (args) => `${args.map((arg) => goValue(plain(arg))).join(' ')}\n` },
  printf: {
    min: 1,
    call: ([format, ...args]) =>
      sprintf(
        String(format),
        args.map((arg) => ({ value: plain(arg), type: typeName(arg) })),
      ),
  },
  eq: { min: 1, call: ([first, ...rest]) => (rest.length === 0 ? fail('missing argument for comparison') : rest.some((other) => equal(first, other))) },
  ne: { min: 2, max: 2, call: ([a, b]) => !equal(a, b) },
  lt: { min: 2, max: 2, call: ([a, b]) => less(a, b) },
  le: { min: 2, max: 2, call: ([a, b]) => less(a, b) || equal(a, b) },
  gt: { min: 2, max: 2, call: ([a, b]) => !(less(a, b) || equal(a, b)) },
  ge: { min: 2, max: 2, call: ([a, b]) => !less(a, b) },
  exists: { min: 1, call: ([item, ...indexes]) => exists(item, indexes) },
  base64decode: { min: 1, max: 1, params: 'string', call: ([value]) => decode(value as string) },
};

/** As fmt.Sprint: a space between two that are both no strings. */
function sprint(args: GoValue[]): string {
  return args.map((arg, at) => (at > 0 && typeof arg !== 'string' && typeof args[at - 1] !== 'string' ? ' ' : '') + goValue(plain(arg))).join('');
}

// As Go's evalArgs: what has no value prints as such.
function text(args: GoValue[]): string {
  return args.length === 1 && typeof args[0] === 'string' ? args[0] : sprint(args.map((arg) => (arg === MISSING || arg === null ? '<no value>' : arg)));
}

const HTML: Readonly<Record<string, string>> = { '"': '&#34;', "'": '&#39;', '&': '&amp;', '<': '&lt;', '>': '&gt;', '\0': '\ufffd' };
const escapeHtml = (value: string): string => value.replace(/["'&<>\0]/g, (char) => HTML[char]!);

const JS: Readonly<Record<string, string>> = { '\\': '\\\\', "'": "\\'", '"': '\\"', '<': '\\u003C', '>': '\\u003E', '&': '\\u0026', '=': '\\u003D' };
function escapeJs(value: string): string {
  return value.replace(
    /[\\'"<>&=\0-\x1f]|[^\x20-\x7e\p{L}\p{M}\p{N}\p{P}\p{S}]/gu,
    (char) => JS[char] ?? `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  );
}

function index(item: GoValue, at: GoValue): GoValue {
  if (item === MISSING || item === null) return fail('index of untyped nil');
  if (Array.isArray(item) || typeof item === 'string') return indexList(item, at);
  if (typeof item !== 'object' || item instanceof GoNumber) return fail(`can't index item of type ${typeName(item)}`);
  if (at === MISSING || at === null) return fail('value is nil; should be of type string');
  if (typeof at !== 'string') return fail(`value has type ${typeName(at)}; should be string`);
  return Object.hasOwn(item, at) ? (item as Record<string, unknown>)[at] : MISSING;
}

function indexList(item: unknown[] | string, at: GoValue): GoValue {
  const position = whole(at, typeof item === 'string' ? Buffer.byteLength(item) - 1 : item.length - 1);
  return typeof item === 'string' ? new GoNumber(Buffer.from(item)[position]!, 'int') : item[position];
}

function whole(at: GoValue, max: number): number {
  if (at === MISSING || at === null) return fail('cannot index slice/array with nil');
  const number = plain(at);
  if (typeof number !== 'number' || !Number.isInteger(number) || typeName(at) === 'float64') return fail(`cannot index slice/array with type ${typeName(at)}`);
  return number < 0 || number > max ? fail(`index out of range: ${number}`) : number;
}

function slice([item, ...indexes]: GoValue[]): GoValue {
  if (item === MISSING || item === null) return fail('slice of untyped nil');
  if (indexes.length > 3) return fail(`too many slice indexes: ${indexes.length}`);
  if (typeof item !== 'string' && !Array.isArray(item)) return fail(`can't slice item of type ${typeName(item)}`);
  if (typeof item === 'string' && indexes.length === 3) return fail('cannot 3-index slice a string');
  const bytes = typeof item === 'string' ? Buffer.from(item) : item;
  const bounds = indexes.map((at) => whole(at, bytes.length));
  const [start, end] = [bounds[0] ?? 0, bounds[1] ?? bytes.length];
  if (start > end) return fail(`invalid slice index: ${start} > ${end}`);
  return typeof item === 'string' ? (bytes as Buffer).subarray(start, end).toString() : bytes.slice(start, end);
}

function length(value: GoValue): number {
  if (value === MISSING) return fail('reflect: call of reflect.Value.Type on zero Value');
  if (value === null) return fail('len of nil pointer');
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (typeof value === 'object' && !(value instanceof GoNumber)) return Object.keys(value).length;
  return fail(`len of type ${typeName(value)}`);
}

/** bool, int, float or string; undefined for what has no basic kind. */
function basicKind(value: GoValue): string | undefined {
  const name = typeName(value);
  return name === 'int64' ? 'int' : name === 'int' || name === 'float64' || name === 'bool' || name === 'string' ? name : undefined;
}

function equal(a: GoValue, b: GoValue): boolean {
  for (const side of [a, b])
    if (side !== null && typeof side === 'object' && !(side instanceof GoNumber)) return fail(`non-comparable type ${goValue(side)}: ${typeName(side)}`);
  if (a === MISSING || a === null || b === MISSING || b === null) return (a ?? null) === (b ?? null);
  if (basicKind(a) !== basicKind(b)) return fail(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
  return plain(a) === plain(b);
}

function less(a: GoValue, b: GoValue): boolean {
  const [left, right] = [basicKind(a), basicKind(b)];
  if (left === undefined || right === undefined) return fail('invalid type for comparison');
  if (left !== right) return fail(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
  if (left === 'bool') return fail('invalid type for comparison');
  return (plain(a) as number) < (plain(b) as number);
}

function exists(item: GoValue, indexes: readonly GoValue[]): boolean {
  let value = item;
  for (const at of indexes) {
    if (Array.isArray(value)) {
      const position = plain(at);
      if (typeof position !== 'number' || position < 0 || position >= value.length) return false;
      value = value[position];
    } else if (value !== null && typeof value === 'object' && typeof at === 'string' && Object.hasOwn(value, at))
      value = (value as Record<string, unknown>)[at];
    else return false;
  }
  return value !== MISSING;
}

/** Throws CallError in the words of Go's encoding/base64. */
function decode(value: string): string {
  const compact = value.replace(/[\r\n]/g, '');
  const good = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
  if (!good.test(compact)) return fail(`base64 decode failed: illegal base64 data at input byte ${badByte(value)}`);
  return Buffer.from(compact, 'base64').toString();
}

function badByte(value: string): number {
  let count = 0;
  for (let at = 0; at < value.length; at++) {
    if (/[\r\n]/.test(value[at]!)) continue;
    if (/[A-Za-z0-9+/]/.test(value[at]!)) count++;
    else return value[at] === '=' && count % 4 >= 2 ? at + (count % 4 === 2 ? (value[at + 1] === '=' ? 2 : 1) : 1) : at;
  }
  return value.length - (count % 4);
}
