/** Functions on texts, of cel-go's strings extension in its version 2, and Kubernetes' find and findAll. */
import { fn, overload, type Library } from '../env.js';
import { celRegExp } from '../regexp.js';
import { CelError, isList, type Value } from '../values.js';
import { formatText } from './format.js';

const points = (text: string): string[] => [...text];

function charAt(text: string, at: bigint): string {
  const found = points(text);
  if (at < 0n || at > BigInt(found.length)) throw new CelError(`index out of range: ${at}`);
  return found[Number(at)] ?? '';
}

/** The place in code points; -1: not there. */
function indexOf(text: string, part: string, from = 0n): bigint {
  const [whole, wanted] = [points(text), points(part)];
  if (from < 0n || from > BigInt(whole.length)) outOfRange(from);
  if (part === '') return from;
  for (let at = Number(from); at + wanted.length <= whole.length; at++) if (wanted.every((char, offset) => whole[at + offset] === char)) return BigInt(at);
  return -1n;
}

function outOfRange(at: bigint): never {
  throw new CelError(`index out of range: ${at}`);
}

function lastIndexOf(text: string, part: string, from?: bigint): bigint {
  const [whole, wanted] = [points(text), points(part)];
  const last = from ?? BigInt(whole.length);
  if (last < 0n || (from !== undefined && last >= BigInt(whole.length) && whole.length > 0)) outOfRange(last);
  if (part === '') return last;
  for (let at = Math.min(Number(last), whole.length - wanted.length); at >= 0; at--)
    if (wanted.every((char, offset) => whole[at + offset] === char)) return BigInt(at);
  return -1n;
}

function substring(text: string, start: bigint, end?: bigint): string {
  const whole = points(text);
  const stop = end ?? BigInt(whole.length);
  if (start < 0n || start > BigInt(whole.length)) outOfRange(start);
  if (stop < 0n || stop > BigInt(whole.length)) outOfRange(stop);
  if (start > stop) throw new CelError(`invalid substring range. start: ${start}, end: ${stop}`);
  return whole.slice(Number(start), Number(stop)).join('');
}

/** As Go's strings.Replace: an empty text stands between all characters. */
function replace(text: string, from: string, to: string, most = -1n): string {
  const limit = most < 0n ? Infinity : Number(most);
  const parts = from === '' ? ['', ...points(text), ''] : text.split(from);
  return parts.reduce((made, part, at) => (at === 0 ? part : made + (at <= limit ? to : from) + part));
}

function split(text: string, by: string, most = -1n): Value {
  if (most === 0n) return [];
  const parts = by === '' ? points(text) : text.split(by);
  if (most < 0n || parts.length <= Number(most)) return parts;
  const kept = Number(most) - 1;
  return [...parts.slice(0, kept), parts.slice(kept).join(by)];
}

function join(list: readonly Value[], by = ''): string {
  if (!isList(list) || list.some((item) => typeof item !== 'string')) throw new CelError('no such overload');
  return list.join(by);
}

const ascii = (text: string, change: (char: string) => string, range: RegExp): string => text.replaceAll(range, change);

const ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};
// eslint-disable-next-line no-control-regex -- what is quoted are control characters
const quote = (text: string): string => `"${text.replaceAll(/[\x07\b\f\n\r\t\v\\"]/g, (char) => ESCAPES[char]!)}"`;

const SPACE = /^[\s\u0085]+|[\s\u0085]+$/g;

function pattern(text: string): RegExp {
  try {
    return celRegExp(text);
  } catch (error) {
    if (error instanceof CelError) throw new CelError(`Illegal regex: ${error.message}`);
    throw error;
  }
}

function findAll(text: string, expression: string, most = -1n): Value {
  const found = [...text.matchAll(new RegExp(pattern(expression).source, `${pattern(expression).flags}g`))].map(([match]) => match);
  return most < 0n ? found : found.slice(0, Number(most));
}

export const STRINGS: Library = [
  fn('charAt', overload('string_char_at_int', 'string.(int) -> string', charAt)),
  fn(
    'indexOf',
    overload('string_index_of_string', 'string.(string) -> int', indexOf),
    overload('string_index_of_string_int', 'string.(string, int) -> int', indexOf),
  ),
  fn(
    'lastIndexOf',
    overload('string_last_index_of_string', 'string.(string) -> int', lastIndexOf),
    overload('string_last_index_of_string_int', 'string.(string, int) -> int', lastIndexOf),
  ),
  fn(
    'lowerAscii',
    overload('string_lower_ascii', 'string.() -> string', (text: string) => ascii(text, (char) => char.toLowerCase(), /[A-Z]/g)),
  ),
  fn(
    'upperAscii',
    overload('string_upper_ascii', 'string.() -> string', (text: string) => ascii(text, (char) => char.toUpperCase(), /[a-z]/g)),
  ),
  fn(
    'replace',
    overload('string_replace_string_string', 'string.(string, string) -> string', replace),
    overload('string_replace_string_string_int', 'string.(string, string, int) -> string', replace),
  ),
  fn(
    'split',
    overload('string_split_string', 'string.(string) -> list(string)', split),
    overload('string_split_string_int', 'string.(string, int) -> list(string)', split),
  ),
  fn(
    'substring',
    overload('string_substring_int', 'string.(int) -> string', substring),
    overload('string_substring_int_int', 'string.(int, int) -> string', substring),
  ),
  fn(
    'trim',
    overload('string_trim', 'string.() -> string', (text: string) => text.replaceAll(SPACE, '')),
  ),
  fn('format', overload('string_format', 'string.(list(dyn)) -> string', formatText)),
  fn('strings.quote', overload('strings_quote', '(string) -> string', quote)),
  fn('join', overload('list_join', 'list(string).() -> string', join), overload('list_join_string', 'list(string).(string) -> string', join)),
  fn(
    'find',
    overload('string_find_string', 'string.(string) -> string', (text: string, expression: string) => pattern(expression).exec(text)?.[0] ?? ''),
  ),
  fn(
    'findAll',
    overload('string_find_all_string', 'string.(string) -> list(string)', findAll),
    overload('string_find_all_string_int', 'string.(string, int) -> list(string)', findAll),
  ),
];
