/** CEL's literals as values: numbers within their range, texts with their escapes undone. */
import { CelUint, type Value } from './values.js';

const INT_MAX = 2n ** 63n - 1n;
const INT_MIN = -(2n ** 63n);
const UINT_MAX = 2n ** 64n - 1n;

/** undefined: out of range. */
export function intLiteral(text: string): bigint | undefined {
  const value = text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text);
  return value > INT_MAX || value < INT_MIN ? undefined : value;
}

export function uintLiteral(text: string): CelUint | undefined {
  const value = BigInt(text.slice(0, -1));
  return value > UINT_MAX ? undefined : new CelUint(value);
}

export function doubleLiteral(text: string): number | undefined {
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** undefined: an escape that cannot be. */
export function stringLiteral(text: string): string | undefined {
  const { body, raw } = unquote(text);
  if (raw) return body;
  const points = unescape(body);
  return points?.map((point) => String.fromCodePoint(point)).join('');
}

export function bytesLiteral(text: string): Value | undefined {
  const { body, raw } = unquote(text.slice(1));
  if (raw) return new TextEncoder().encode(body);
  const bytes: number[] = [];
  for (let at = 0; at < body.length;) {
    const escape = ESCAPE.exec(body.slice(at));
    if (escape === null) {
      const point = String.fromCodePoint(body.codePointAt(at)!);
      bytes.push(...new TextEncoder().encode(point));
      at += point.length;
      continue;
    }
    if (/^\\[uU]/.test(escape[0])) return undefined; // bytes know no code points
    bytes.push(pointOf(escape[0])!);
    at += escape[0].length;
  }
  return Uint8Array.from(bytes);
}

function unquote(text: string): { body: string; raw: boolean } {
  const raw = /^[rR]/.test(text);
  const quoted = (raw ? text.slice(1) : text).replaceAll('\r\n', '\n').replaceAll('\r', '\n');
  const length = /^("""|''')/.test(quoted) && quoted.length >= 6 ? 3 : 1;
  return { body: quoted.slice(length, -length), raw };
}

const ESCAPE = /^\\(?:[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}|.)/;
const SIMPLE: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92, "'": 39, '"': 34, '`': 96, '?': 63 };

function unescape(body: string): number[] | undefined {
  const points: number[] = [];
  for (let at = 0; at < body.length;) {
    const escape = body[at] === '\\' ? ESCAPE.exec(body.slice(at)) : null;
    const point = escape === null ? body.codePointAt(at)! : pointOf(escape[0]);
    if (point === undefined) return undefined;
    points.push(point);
    at += escape === null ? String.fromCodePoint(point).length : escape[0].length;
  }
  return points;
}

function pointOf(escape: string): number | undefined {
  const [, kind = ''] = escape;
  if (/[xXuU]/.test(kind)) {
    const point = Number.parseInt(escape.slice(2), 16);
    return point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff) ? undefined : point;
  }
  return /[0-3]/.test(kind) ? Number.parseInt(escape.slice(1), 8) : SIMPLE[kind];
}
