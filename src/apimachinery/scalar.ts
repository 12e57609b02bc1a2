/**
 * Go's scalars and Kubernetes' own (quantity, time, intstr, base64), each read
 * from raw data into the one form it has. A value that does not fit is told as
 * the Go type's decoder tells it.
 */
import { RawNumber, rawType } from './decode.js';
import type { Raw } from './decode.js';
import { QuantityError, QUANTITY_MESSAGE, isShortCanonical, parseQuantity } from './quantity.js';
import { TimeError, formatDuration, normalizeMicroTime, normalizeTime, parseDuration } from './time.js';
import type { Scalar } from './typenode.js';

export interface ScalarProblem {
  /** Ends the decoding at once, as errors of a type's own UnmarshalJSON do. */
  isFinal: boolean;
  text?: string;
  found?: string;
  wanted?: string;
}

/** A value that does not fit; not an Error, for it is caught one call higher and made by the thousand. */
export class ScalarError {
  readonly problem: ScalarProblem;
  constructor(problem: ScalarProblem) {
    this.problem = problem;
  }
}

const INT32_MAX = 2_147_483_647;
const INT64_MAX = (1n << 63n) - 1n;
/** Numbers that reach it are no int64, or lie too near to its end to say. */
const INT64_BOUND = 2 ** 63;

/** Throws ScalarError. `isListed`: an amount in a resource list. */
export function readScalar(scalar: Scalar, raw: Raw, isListed: boolean): unknown {
  switch (scalar) {
    case 'string':
      if (typeof raw === 'string') return raw;
      break;
    case 'bool':
      if (typeof raw === 'boolean') return raw;
      break;
    case 'int32':
      return readInt32(raw, false);
    case 'int64':
      return readInt64(raw);
    case 'float64':
      if (typeof raw === 'number') return raw;
      if (raw instanceof RawNumber) return readFloat(raw);
      break;
    case 'quantity':
      return readQuantity(raw, isListed);
    case 'time':
      return readText(raw, normalizeTime);
    case 'microTime':
      return readText(raw, normalizeMicroTime);
    case 'duration':
      return readText(raw, (text) => formatDuration(parseDuration(text)));
    case 'intOrString':
      return typeof raw === 'string' ? raw : readInt32(raw, true);
    case 'bytes':
      if (typeof raw === 'string') return readBase64(raw);
      if (Array.isArray(raw)) return Buffer.from(raw.map(readByte)).toString('base64');
      break;
  }
  throw new ScalarError({ isFinal: false, found: rawType(raw) });
}

const numberText = (raw: number | RawNumber): string => (raw instanceof RawNumber ? raw.text : String(raw));

function readInt32(raw: Raw, isFinal: boolean): number {
  if (typeof raw === 'number' && Number.isInteger(raw) && raw <= INT32_MAX && raw >= -INT32_MAX - 1) return raw + 0;
  if (raw instanceof RawNumber && raw.text === '-0') return 0;
  const isNumber = typeof raw === 'number' || raw instanceof RawNumber;
  throw new ScalarError({ isFinal, found: isNumber ? `number ${numberText(raw)}` : rawType(raw), wanted: 'int32' });
}

function readInt64(raw: Raw): number {
  if (typeof raw === 'number' && Number.isInteger(raw) && Math.abs(raw) < INT64_BOUND) return raw;
  if (raw instanceof RawNumber && /^-?[0-9]+$/.test(raw.text)) {
    const exact = BigInt(raw.text);
    if (exact <= INT64_MAX && exact >= -INT64_MAX - 1n) return Number(exact);
  }
  const isNumber = typeof raw === 'number' || raw instanceof RawNumber;
  throw new ScalarError({ isFinal: false, found: isNumber ? `number ${numberText(raw)}` : rawType(raw) });
}

/** As Go does: bytes may be given one by one. */
function readByte(raw: Raw): number {
  if (raw === null) return 0;
  if (typeof raw === 'number' && Number.isInteger(raw) && raw >= 0 && raw <= 255) return raw;
  const isNumber = typeof raw === 'number' || raw instanceof RawNumber;
  throw new ScalarError({ isFinal: false, found: isNumber ? `number ${numberText(raw)}` : rawType(raw), wanted: 'uint8' });
}

function readFloat(raw: RawNumber): number {
  const value = Number(raw.text);
  if (Number.isFinite(value)) return value;
  throw new ScalarError({ isFinal: false, found: `number ${raw.text}` });
}

function readText(raw: Raw, normalize: (text: string) => string): string {
  if (typeof raw !== 'string') throw new ScalarError({ isFinal: true, found: rawType(raw), wanted: 'string' });
  try {
    return normalize(raw);
  } catch (error) {
    // Only what the text deserves; anything else is our own bug.
    if (error instanceof TimeError) throw new ScalarError({ isFinal: true, text: error.message });
    throw error;
  }
}

/** As Kubernetes does: amounts of a resource list are rounded up to thousandths. */
function readQuantity(raw: Raw, isListed: boolean): string {
  const isNumber = typeof raw === 'number' || raw instanceof RawNumber;
  if (typeof raw !== 'string' && !isNumber) throw new ScalarError({ isFinal: true, text: QUANTITY_MESSAGE });
  const text = isNumber ? numberText(raw) : raw.trim();
  if (isShortCanonical(text)) return text;
  try {
    const quantity = parseQuantity(text);
    return (isListed ? quantity.roundUpToMilli() : quantity).asWritten();
  } catch (error) {
    // Only what the text deserves; anything else is our own bug.
    if (error instanceof QuantityError) throw new ScalarError({ isFinal: true, text: error.message });
    throw error;
  }
}

function readBase64(text: string): string {
  if (text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    return text.endsWith('=') ? Buffer.from(text, 'base64').toString('base64') : text;
  }
  const offset = corruptOffset(text);
  if (offset !== undefined) throw new ScalarError({ isFinal: false, text: `illegal base64 data at input byte ${offset}` });
  return Buffer.from(text, 'base64').toString('base64');
}

/** Where Go's base64.StdEncoding stops; `undefined` when nothing is wrong. Line breaks are skipped. */
export function corruptOffset(text: string): number | undefined {
  const bytes = Buffer.from(text);
  const isBreak = (byte: number | undefined): boolean => byte === 0x0a || byte === 0x0d;
  let at = 0;
  let inQuantum = 0;
  for (; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (isBreak(byte)) continue;
    if (byte !== 0x3d) {
      if (!/[A-Za-z0-9+/]/.test(String.fromCharCode(byte))) return at;
      inQuantum = (inQuantum + 1) % 4;
      continue;
    }
    if (inQuantum < 2) return at;
    let next = at + 1;
    if (inQuantum === 2) {
      while (isBreak(bytes[next])) next++;
      if (next >= bytes.length) return bytes.length;
      if (bytes[next] !== 0x3d) return next - 1;
      next++;
    }
    while (isBreak(bytes[next])) next++;
    return next < bytes.length ? next : undefined;
  }
  return inQuantum === 0 ? undefined : bytes.length - inQuantum;
}
