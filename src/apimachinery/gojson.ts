/**
 * Go's ways of printing a value, as they appear inside messages: encoding/json
 * (with `<`, `>` and `&` escaped), %v, %q and %#v. Objects print in the key
 * order they have, which for decoded objects is Go's; maps print sorted.
 */
import type { TypeNode } from './typenode.js';

/** As json.Marshal prints. */
export function goJson(value: unknown): string {
  return escapeHtml(JSON.stringify(value) ?? 'null');
}

const HTML = /[<>&\u2028\u2029]/g;
export function escapeHtml(json: string): string {
  return json.replace(HTML, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** As json.MarshalIndent prints, with kubectl's four spaces: what `-o json` shows, without the last newline. Maps' keys are sorted where `sorted` says so. */
export function goJsonIndent(value: unknown, indent = '    '): string {
  return escapeHtml(JSON.stringify(value, undefined, indent) ?? 'null');
}

/** What kubectl's `-o json` prints: four spaces, keys sorted, a newline at the end. */
export function toJson(value: unknown): string {
  return `${goJsonIndent(sortedKeys(value))}\n`;
}

/** A value with the keys of its objects in the order in which Go prints maps. */
export function sortedKeys<T>(value: T): T {
  if (Array.isArray(value)) return value.map(sortedKeys) as T;
  if (value === null || typeof value !== 'object') return value;
  const sorted: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort(compareGo)) setOwn(sorted, key, sortedKeys((value as Record<string, unknown>)[key]));
  return sorted as T;
}

/** Sets a key even where its name is `__proto__`. */
export function setOwn(object: object, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  else (object as Record<string, unknown>)[key] = value;
}

/** Go's order of strings: by code point, where JavaScript's own goes by UTF-16 unit. */
export function compareGo(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left === right) continue;
    const isLeftHigh = left >= 0xd800 && left <= 0xdfff;
    const isRightHigh = right >= 0xd800 && right <= 0xdfff;
    if (isLeftHigh !== isRightHigh) return isLeftHigh ? 1 : -1;
    return left - right;
  }
  return a.length - b.length;
}

const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
// Made when it is needed: these sets of characters take a millisecond.
let letters: RegExp | undefined;
const printable = (char: string): boolean => (letters ??= /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u).test(char);
const SHORT: Record<string, string> = { '\x07': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v', '\\': '\\\\', '"': '\\"' };

/** As %q and strconv.Quote print a string. */
export function goQuote(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  let quoted = '"';
  for (const char of text) quoted += SHORT[char] ?? (printable(char) ? char : escapeRune(char.codePointAt(0) as number));
  return `${quoted}"`;
}

function escapeRune(rune: number): string {
  if (rune >= 0xd800 && rune <= 0xdfff) return '\ufffd';
  if (rune < 0x20 || rune === 0x7f) return `\\x${rune.toString(16).padStart(2, '0')}`;
  if (rune < 0x1_0000) return `\\u${rune.toString(16).padStart(4, '0')}`;
  return `\\U${rune.toString(16).padStart(8, '0')}`;
}

/** As %v prints untyped JSON: `map[a:1 b:[x y]]`, `<nil>`. */
export function goValue(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  if (typeof value === 'object') {
    const parts = Object.keys(value)
      .sort(compareGo)
      .map((key) => `${key}:${goValue((value as Record<string, unknown>)[key])}`);
    return `map[${parts.join(' ')}]`;
  }
  return typeof value === 'number' ? goFloat(value) : String(value);
}

/** As %v prints a float64 (an integer of Go's int types prints the same up to 2^53, and up to 1e21 in JSON). */
export function goFloat(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return value.toString();
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (power >= -4 && power < 21) return value.toString();
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** As %#v prints untyped JSON: `map[string]interface {}{"a":1}`. */
export function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (typeof value === 'string') return goQuote(value);
  if (typeof value === 'number') return goFloat(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (typeof value === 'object') {
    const parts = Object.keys(value)
      .sort(compareGo)
      .map((key) => `${goQuote(key)}:${goSyntax((value as Record<string, unknown>)[key])}`);
    return `map[string]interface {}{${parts.join(', ')}}`;
  }
  return String(value);
}

/** A struct as json.Marshal prints Kubernetes' internal types, which have no JSON tags: Go's field names, nothing left out. */
export function goInternalJson(node: TypeNode, value: unknown): string {
  return escapeHtml(JSON.stringify(internal(node, value)));
}

function internal(node: TypeNode, value: unknown): unknown {
  if (node.kind === 'list') return Array.isArray(value) ? value.map((item) => internal(node.items, item)) : null;
  if (node.kind === 'map') return value === undefined || value === null ? null : mapValues(value as object, (item) => internal(node.values, item));
  if (node.kind !== 'struct') return value ?? zeroOf(node);
  const from = (value ?? {}) as Record<string, unknown>;
  const printed: Record<string, unknown> = {};
  for (const field of node.fields) {
    const present = from[field.name];
    if ((present === undefined || present === null) && field.pointer) printed[field.goName] = null;
    else printed[field.goName] = internal(field.type, present);
  }
  return printed;
}

function mapValues(map: object, change: (value: unknown) => unknown): object {
  const changed = {};
  for (const key of Object.keys(map).sort(compareGo)) setOwn(changed, key, change((map as Record<string, unknown>)[key]));
  return changed;
}

function zeroOf(node: TypeNode): unknown {
  if (node.kind !== 'scalar') return null;
  if (node.scalar === 'string') return '';
  if (node.scalar === 'bool') return false;
  if (node.scalar === 'quantity') return '0';
  if (node.scalar === 'duration') return '0s';
  return node.scalar === 'time' || node.scalar === 'microTime' || node.scalar === 'bytes' ? null : 0;
}
