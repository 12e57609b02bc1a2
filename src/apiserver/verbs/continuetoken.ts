/** What a client hands back to go on with a list (storage/continue.go). */
import { posix } from 'node:path';
import { decodeJson, DecodeError, isRawObject } from '../../apimachinery/decode.js';
import { goQuote } from '../../apimachinery/gojson.js';
import { badRequest, type StatusError } from '../../apimachinery/status.js';
import type { Token } from './read.js';

export function parseToken(text: string): Token {
  const corrupt = text.search(/[^\w-]/);
  if (corrupt >= 0 || text.length % 4 === 1) throw refuse(`illegal base64 data at input byte ${corrupt >= 0 ? corrupt : text.length - 1}`);
  const value = tokenValue(Buffer.from(text, 'base64url'));
  if (value.v !== 'meta.k8s.io/v1') throw refuse(`server does not recognize this encoded version ${goQuote(value.v ?? '')}`);
  if ((value.rv ?? 0) === 0) throw refuse('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  const start = value.start ?? '';
  if (start === '') throw refuse('encoded start key empty (version meta.k8s.io/v1)');
  const key = start.startsWith('/') ? start : `/${start}`;
  // Whoever makes up a token may not look above its folder.
  if (posix.normalize(key).replace(/(?<=.)\/$/, '') !== key) throw refuse(start);
  return { revision: value.rv!, start };
}

const refuse = (why: string): StatusError => badRequest(`invalid continue token: continue key is not valid: ${why}`);

function tokenValue(bytes: Buffer): { v?: string; rv?: number; start?: string } {
  // Go's scanner takes bytes for what they are, also where they make no text.
  if (bytes.length > 0 && bytes[0]! >= 0x80)
    throw refuse(`invalid character '${goQuote(String.fromCharCode(bytes[0]!)).slice(1, -1)}' looking for beginning of value`);
  const text = bytes.toString();
  try {
    const { value } = decodeJson(text);
    if (value === null) return {};
    if (isRawObject(value)) return JSON.parse(text);
    throw refuse(`json: cannot unmarshal ${goKind(value)} into Go value of type storage.continueToken`);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw refuse(error.message);
  }
}

function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'number';
}
