/**
 * How plain YAML 1.1 scalars resolve, as go-yaml v2 resolves them: `y`, `on` and
 * `no` are booleans, `010` is 8, `1e3` is 1000, dates are strings that must be
 * quoted. Reading and writing both ask here.
 */
import { RawNumber } from './decode.js';

export type Resolved =
  | { tag: 'str'; value: string }
  | { tag: 'null'; value: null }
  | { tag: 'bool'; value: boolean }
  | { tag: 'int'; value: number | RawNumber }
  | { tag: 'float'; value: number }
  | { tag: 'timestamp'; value: string }
  | { tag: 'merge'; value: string };

const WORDS = new Map<string, Resolved>();
for (const word of ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']) WORDS.set(word, { tag: 'bool', value: true });
for (const word of ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']) WORDS.set(word, { tag: 'bool', value: false });
for (const word of ['', '~', 'null', 'Null', 'NULL']) WORDS.set(word, { tag: 'null', value: null });
for (const word of ['.nan', '.NaN', '.NAN']) WORDS.set(word, { tag: 'float', value: Number.NaN });
for (const word of ['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF']) WORDS.set(word, { tag: 'float', value: Number.POSITIVE_INFINITY });
for (const word of ['-.inf', '-.Inf', '-.INF']) WORDS.set(word, { tag: 'float', value: Number.NEGATIVE_INFINITY });

const INT = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const TIMESTAMP =
  /^[0-9]{4}-([0-9]{1,2})-([0-9]{1,2})(?:[Tt]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:\.[0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2})| ([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:\.[0-9]+)?)?$/;
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
/** First characters of everything that is not simply a string. */
const HINT = /^[-+.0-9yYnNtTfFoO~]/;
const INT64_MIN = -(1n << 63n);
const UINT64_MAX = (1n << 64n) - 1n;

export function resolvePlain(text: string): Resolved {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (!HINT.test(text)) return { tag: 'str', value: text };
  const first = text.charCodeAt(0);
  if (first === 0x2e) return (/^\.[0-9]+(?:[eE][-+]?[0-9]+)?$/.test(text) && floatOf(text)) || { tag: 'str', value: text };
  if (first > 0x39) return { tag: 'str', value: text };
  if (isTimestamp(text)) return { tag: 'timestamp', value: text };
  const plain = text.replaceAll('_', '');
  return intOf(plain) ?? (FLOAT.test(plain) ? floatOf(plain) : undefined) ?? { tag: 'str', value: text };
}

/** A string that plain YAML would read as something else. */
export function needsQuotes(text: string): boolean {
  return resolvePlain(text).tag !== 'str' || BASE_60.test(text);
}

function intOf(text: string): Resolved | undefined {
  const match = INT.exec(text);
  if (match === null) return undefined;
  const [, sign, hex, binary, octal, decimal] = match;
  const digits = hex !== undefined ? `0x${hex}` : binary !== undefined ? `0b${binary}` : octal !== undefined ? `0o${octal}` : (decimal as string);
  const exact = sign === '-' ? -BigInt(digits) : BigInt(digits);
  if (exact < INT64_MIN || exact > UINT64_MAX) return undefined;
  const value = Number(exact);
  return { tag: 'int', value: Number.isSafeInteger(value) ? value : new RawNumber(String(exact)) };
}

function floatOf(text: string): Resolved | undefined {
  const value = Number(text);
  return Number.isFinite(value) ? { tag: 'float', value } : undefined;
}

function isTimestamp(text: string): boolean {
  const match = TIMESTAMP.exec(text);
  if (match === null) return false;
  const [, month, day, ...time] = match.map(Number) as [number, number, number, ...number[]];
  const [hour = 0, minute = 0, second = 0] = time.filter((part) => !Number.isNaN(part));
  const days = new Date(Date.UTC(Number(text.slice(0, 4)), month, 0)).getUTCDate();
  return month >= 1 && month <= 12 && day >= 1 && day <= days && hour < 24 && minute < 60 && second < 60;
}
