/** "%s is %d".format([…]): the clauses, what each takes, and its complaints; also looked through before anything runs. */
import { goQuote } from '../../gojson.js';
import { typeNameOf } from '../runtimetypes.js';
import { CelDuration, CelError, CelMap, CelTimestamp, CelTypeValue, CelUint, isList, type Value } from '../values.js';
import { goDouble } from './convert.js';
import { formatDuration, formatTimestamp } from './gotime.js';

const PRECISION = 6;

export interface Clause {
  readonly kind: 's' | 'd' | 'f' | 'e' | 'b' | 'x' | 'X' | 'o';
  readonly precision: number;
}

/** Texts and clauses in turn. Throws a CelError. */
export function parseFormat(text: string): (string | Clause)[] {
  const parts: (string | Clause)[] = [];
  let plain = '';
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '%') {
      plain += text[at];
      continue;
    }
    if (at + 1 >= text.length) throw new CelError('unexpected end of string');
    if (text[at + 1] === '%') {
      plain += '%';
      at++;
      continue;
    }
    const [whole = '', digits, kind] = /^%(?:\.(\d*))?([a-zA-Z]?)/.exec(text.slice(at)) ?? [];
    if (!/^[sdfebxXo]$/.test(kind ?? ''))
      throw new CelError(`could not parse formatting clause: unrecognized formatting clause "${text[at + whole.length - (kind === '' ? 0 : 1)] ?? ''}"`);
    parts.push(plain, { kind: kind as Clause['kind'], precision: digits === undefined || digits === '' ? PRECISION : Number(digits) });
    plain = '';
    at += whole.length - 1;
  }
  return [...parts, plain];
}

export function formatText(text: string, args: readonly Value[]): string {
  let at = 0;
  return parseFormat(text)
    .map((part) => {
      if (typeof part === 'string') return part;
      const arg = args[at];
      if (arg === undefined) throw new CelError(`index ${at} out of range`);
      at++;
      return formatClause(part, arg);
    })
    .join('');
}

const COMPLAINTS: Readonly<Record<Clause['kind'], string>> = {
  s: 'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
  d: 'decimal clause can only be used on integers',
  f: 'fixed-point clause can only be used on doubles',
  e: 'scientific clause can only be used on doubles',
  b: 'only integers and bools can be formatted as binary',
  x: 'only integers, byte buffers, and strings can be formatted as hex',
  X: 'only integers, byte buffers, and strings can be formatted as hex',
  o: 'octal clause can only be used on integers',
};

export const clauseComplaint = ({ kind }: Clause, type: string): string => `error during formatting: ${COMPLAINTS[kind]}, was given ${type}`;

function formatClause(clause: Clause, arg: Value): string {
  const integer = typeof arg === 'bigint' ? arg : arg instanceof CelUint ? arg.value : undefined;
  const wrong = (): never => {
    throw new CelError(clauseComplaint(clause, typeNameOf(arg)));
  };
  switch (clause.kind) {
    case 's':
      return shown(arg) ?? wrong();
    case 'd':
      return integer === undefined ? wrong() : String(integer);
    case 'f':
      return special(arg) ?? (typeof arg === 'number' ? grouped(arg.toFixed(clause.precision)) : wrong());
    case 'e':
      return special(arg) ?? (typeof arg === 'number' ? scientific(arg, clause.precision) : wrong());
    case 'b':
      return typeof arg === 'boolean' ? String(Number(arg)) : integer === undefined ? wrong() : integer.toString(2);
    case 'o':
      return integer === undefined ? wrong() : integer.toString(8);
    default: {
      const hex = typeof arg === 'string' || arg instanceof Uint8Array ? Buffer.from(arg as string).toString('hex') : integer?.toString(16);
      if (hex === undefined) return wrong();
      return clause.kind === 'X' ? hex.toUpperCase() : hex;
    }
  }
}

function special(arg: Value): string | undefined {
  if (arg === 'NaN' || (typeof arg === 'number' && Number.isNaN(arg))) return 'NaN';
  if (arg === 'Infinity' || arg === Infinity) return '∞';
  return arg === '-Infinity' || arg === -Infinity ? '-∞' : undefined;
}

/** As golang.org/x/text prints it in English: 1,234.50. */
const grouped = (digits: string): string =>
  digits.replace(/\d(?=(?:\d{3})+(?:\.|$))/g, (digit, at: number) => (digits.lastIndexOf('.', at) === -1 ? `${digit},` : digit));

const SUPERSCRIPT = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

/** As golang.org/x/text prints it in English: 1.5 × 10⁰². */
function scientific(value: number, precision: number): string {
  const [digits = '', exponent = '0'] = value.toExponential(precision).split('e');
  const power = String(Math.abs(Number(exponent))).padStart(2, '0');
  return `${digits}\u202f×\u202f10${Number(exponent) < 0 ? '⁻' : ''}${[...power].map((digit) => SUPERSCRIPT[Number(digit)]).join('')}`;
}

/** undefined: a value of a type that has no text. */
function shown(value: Value): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'number':
      return goDouble(value);
    default:
      break;
  }
  if (value === null) return 'null';
  if (isList(value)) return `[${value.map(nested).join(', ')}]`;
  if (value instanceof CelMap)
    return `{${value
      .keys()
      .map((key) => `${nested(key)}:${nested(value.get(key)!)}`)
      .sort()
      .join(', ')}}`;
  if (value instanceof CelUint) return String(value.value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (value instanceof CelTimestamp) return formatTimestamp(value.nanos);
  if (value instanceof CelDuration) return formatDuration(value.nanos);
  return value instanceof CelTypeValue ? value.name : undefined;
}

/** Within a list or a map a value stands as CEL would write it. */
function nested(value: Value): string {
  if (typeof value === 'string') return goQuote(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value.toFixed(PRECISION) : goQuote(value > 0 ? '+Inf' : Number.isNaN(value) ? 'NaN' : '-Inf');
  if (value instanceof Uint8Array) return `b${goQuote(Buffer.from(value).toString())}`;
  if (value instanceof CelTimestamp) return `timestamp(${goQuote(formatTimestamp(value.nanos))})`;
  if (value instanceof CelDuration) return `duration(${goQuote(formatDuration(value.nanos))})`;
  const text = shown(value);
  if (text === undefined) throw new CelError(`no formatting function for ${typeNameOf(value)}`);
  return text;
}
