/** CEL's conversions: int(), uint(), double(), string(), bytes(), bool(), timestamp() and duration(). */
import { fn, overload, type Library } from '../env.js';
import { CelDuration, CelError, CelTimestamp, CelUint, type Value } from '../values.js';
import { duration, int, timestamp, uint } from './standard.js';
import { formatDuration, formatTimestamp, parseGoDuration, parseRfc3339 } from './gotime.js';

const same = (value: Value): Value => value;

const failed = (to: string, from = 'string'): CelError => new CelError(`type conversion error from '${from}' to '${to}'`);

const SECOND = 1_000_000_000n;

function intOf(text: string): bigint {
  if (!/^[+-]?\d+$/.test(text)) throw failed('int');
  const value = BigInt(text.replace('+', ''));
  if (BigInt.asIntN(64, value) !== value) throw failed('int');
  return value;
}

function uintOf(text: string): CelUint {
  if (!/^\d+$/.test(text) || BigInt(text) >= 2n ** 64n) throw failed('uint');
  return new CelUint(BigInt(text));
}

function fromDouble(value: number, whole: string): bigint {
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 63) throw new CelError(whole);
  return BigInt(Math.trunc(value));
}

function doubleOf(text: string): number {
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (special !== null) return special[2]!.toLowerCase() === 'nan' ? Number.NaN : special[1] === '-' ? -Infinity : Infinity;
  const value = Number(text.replaceAll('_', 'x'));
  if (text.trim() !== text || text === '' || Number.isNaN(value) || !Number.isFinite(value)) throw failed('double');
  return value;
}

const TRUE = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const FALSE = ['0', 'f', 'F', 'FALSE', 'false', 'False'];
function boolOf(text: string): boolean {
  if (TRUE.includes(text)) return true;
  if (FALSE.includes(text)) return false;
  throw failed('bool');
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) throw new CelError('invalid UTF-8 in bytes, cannot convert to string');
    throw error;
  }
}

/** As Go's %g with the shortest digits: with an exponent below 1e-4 and from 1e6 on. */
export function goDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [digits, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

const timestampOf = (text: string): CelTimestamp => {
  const nanos = parseRfc3339(text);
  if (nanos === undefined) throw failed('google.protobuf.Timestamp');
  return timestamp(nanos);
};
const durationOf = (text: string): CelDuration => {
  const nanos = parseGoDuration(text);
  if (nanos === undefined) throw failed('google.protobuf.Duration');
  return duration(nanos);
};

export const CONVERSIONS: Library = [
  fn('bool', overload('bool_to_bool', '(bool) -> bool', same), overload('string_to_bool', '(string) -> bool', boolOf)),
  fn(
    'bytes',
    overload('bytes_to_bytes', '(bytes) -> bytes', same),
    overload('string_to_bytes', '(string) -> bytes', (text: string) => new TextEncoder().encode(text)),
  ),
  fn(
    'double',
    overload('double_to_double', '(double) -> double', same),
    overload('int64_to_double', '(int) -> double', Number),
    overload('string_to_double', '(string) -> double', doubleOf),
    overload('uint64_to_double', '(uint) -> double', ({ value }: CelUint) => Number(value)),
  ),
  fn(
    'duration',
    overload('duration_to_duration', '(duration) -> duration', same),
    overload('int64_to_duration', '(int) -> duration', (nanos: bigint) => duration(nanos)),
    overload('string_to_duration', '(string) -> duration', durationOf),
  ),
  fn(
    'int',
    overload('int64_to_int64', '(int) -> int', same),
    overload('double_to_int64', '(double) -> int', (value: number) => fromDouble(value, 'integer overflow')),
    overload('duration_to_int64', '(duration) -> int', ({ nanos }: CelDuration) => nanos),
    overload('string_to_int64', '(string) -> int', intOf),
    overload('timestamp_to_int64', '(timestamp) -> int', ({ nanos }: CelTimestamp) => (nanos - (((nanos % SECOND) + SECOND) % SECOND)) / SECOND),
    overload('uint64_to_int64', '(uint) -> int', ({ value }: CelUint) => int(value)),
  ),
  fn(
    'string',
    overload('string_to_string', '(string) -> string', same),
    overload('bool_to_string', '(bool) -> string', String),
    overload('bytes_to_string', '(bytes) -> string', textOf),
    overload('double_to_string', '(double) -> string', goDouble),
    overload('duration_to_string', '(duration) -> string', ({ nanos }: CelDuration) => formatDuration(nanos)),
    overload('int64_to_string', '(int) -> string', String),
    overload('timestamp_to_string', '(timestamp) -> string', ({ nanos }: CelTimestamp) => formatTimestamp(nanos)),
    overload('uint64_to_string', '(uint) -> string', ({ value }: CelUint) => String(value)),
  ),
  fn(
    'timestamp',
    overload('timestamp_to_timestamp', '(timestamp) -> timestamp', same),
    overload('int64_to_timestamp', '(int) -> timestamp', (seconds: bigint) => timestamp(seconds * SECOND)),
    overload('string_to_timestamp', '(string) -> timestamp', timestampOf),
  ),
  fn(
    'uint',
    overload('uint64_to_uint64', '(uint) -> uint', same),
    overload('double_to_uint64', '(double) -> uint', (value: number) => {
      if (!Number.isFinite(value) || value < 0 || value >= 2 ** 64) throw new CelError('unsigned integer overflow');
      return new CelUint(BigInt(Math.trunc(value)));
    }),
    overload('int64_to_uint64', '(int) -> uint', uint),
    overload('string_to_uint64', '(string) -> uint', uintOf),
  ),
];
