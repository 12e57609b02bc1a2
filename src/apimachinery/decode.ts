/**
 * JSON text as the API server reads it: strict as Go's encoding/json, with its
 * words in the errors. Keys that occur twice are reported, numbers that
 * JavaScript would change keep their text, `__proto__` is a key like any other,
 * and bytes that are no UTF-8 read as U+FFFD. Types are not looked at here.
 */
import { goQuote, setOwn } from './gojson.js';

/** Deeper nesting is refused, as by encoding/json. */
export const DEPTH_MAX = 10_000;

/** A number whose text says more than a JavaScript number: beyond 2^53, or `1.0`. */
export class RawNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Raw = null | boolean | number | RawNumber | string | Raw[] | { [key: string]: Raw };
export type RawObject = { [key: string]: Raw };

export interface Decoded {
  value: Raw;
  /** The strict decoder's complaints: JSON's `duplicate field "data.a"`, or YAML's `line 7: key "a" already set in map`. */
  duplicates: string[];
  form: 'json' | 'yaml';
  /** Of JSON with duplicates: where they are, and the order in which the text has all its members. */
  places?: Places;
}

export interface Places {
  duplicates: (readonly (string | number)[])[];
  /** By path as text; a member that is repeated also under its complaint, with the place of its repetition. */
  order: Map<string, number>;
}

/** A body that cannot be read at all; the message is Go's. */
export class DecodeError extends Error {
  /** Bytes read before the error, where known. */
  readonly offset: number | undefined;
  constructor(message: string, offset?: number) {
    super(message);
    this.name = 'DecodeError';
    this.offset = offset;
  }
}

/** Throws DecodeError. */
export function decodeJson(body: Uint8Array | string): Decoded {
  const text = typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  try {
    return readJson(text);
  } catch (error) {
    // Go's limit is a number of levels; ours may be the stack, which is used up before.
    if (error instanceof RangeError) throw new DecodeError('exceeded max depth', 0);
    throw error;
  }
}

function readJson(text: string): Decoded {
  const native = parseNatively(text);
  if (native !== undefined) return { value: native, duplicates: [], form: 'json' };
  const reader = new Reader(text, undefined);
  const value = reader.document();
  if (!reader.hasDuplicates) return { value, duplicates: [], form: 'json' };
  // Paths are kept only by a second reading, which hardly any body needs.
  const duplicates: string[] = [];
  const places: Places = { duplicates: [], order: new Map() };
  return { value: new Reader(text, { texts: duplicates, places }).document(), duplicates, form: 'json', places };
}

/**
 * JSON.parse, where it says the same as the reader below: no key twice, no number that it would change. `undefined` where
 * that is not sure, or where the text is broken and the reader must word it.
 */
function parseNatively(text: string): Raw | undefined {
  const keys = text.includes('\\u') ? undefined : countKeyTexts(text);
  if (keys === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Raw;
    return countKeys(value, 0) === keys ? value : undefined;
  } catch (error) {
    // The reader tells what is wrong, in Go's words.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Strings that a colon follows; `undefined` at anything that needs the reader: fractions, signs, exponents, long numbers. */
function countKeyTexts(text: string): number | undefined {
  let keys = 0;
  for (let at = 0; ;) {
    let open = text.indexOf('"', at);
    if (open < 0) open = text.length;
    if (hasOddNumber(text, at, open)) return undefined;
    if (open === text.length) return keys;
    let close = text.indexOf('"', open + 1);
    while (close > 0 && isEscaped(text, close)) close = text.indexOf('"', close + 1);
    if (close < 0) return undefined;
    at = close + 1;
    while (text.charCodeAt(at) <= 0x20) at++;
    if (text.charCodeAt(at) === 0x3a) keys++;
  }
}

function isEscaped(text: string, quote: number): boolean {
  let at = quote - 1;
  while (text.charCodeAt(at) === BACKSLASH) at--;
  return (quote - at) % 2 === 0;
}

const DIGITS_MAX = 15;

function hasOddNumber(text: string, from: number, to: number): boolean {
  let digits = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x30 && code <= 0x39) {
      if (++digits > DIGITS_MAX) return true;
      continue;
    }
    if (code === 0x2e || code === 0x2d || code === 0x45 || (code === 0x65 && digits > 0)) return true;
    digits = 0;
  }
  return false;
}

/** Keys at every depth; NaN where the reader must complain about the depth. */
function countKeys(value: Raw, depth: number): number {
  if (value === null || typeof value !== 'object') return 0;
  if (depth >= DEPTH_MAX) return Number.NaN;
  let count = 0;
  if (Array.isArray(value)) for (const item of value) count += countKeys(item, depth + 1);
  else for (const key in value) count += 1 + countKeys((value as RawObject)[key] as Raw, depth + 1);
  return count;
}

/** What a message says the JSON value is: "number", "object", …. */
export function rawType(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (value instanceof RawNumber || typeof value === 'number' || typeof value === 'bigint') return 'number';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

export const isRawObject = (value: unknown): value is RawObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof RawNumber);

/** Raw data as plain JavaScript values: an integer beyond 2^53 loses its last digits here. */
export function plainOf(value: Raw): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof RawNumber) return Number(value.text);
  if (Array.isArray(value)) return value.map(plainOf);
  const plain = {};
  for (const key of Object.keys(value)) setOwn(plain, key, plainOf(value[key] as Raw));
  return plain;
}

interface Notes {
  texts: string[];
  places: Places;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
/** Where the closing quote, an escape or a control character stands. */
const STRING_END = /["\\\x00-\x1f]/g;

class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  readonly #path: (string | number)[] = [];
  readonly #notes: Notes | undefined;
  hasDuplicates = false;
  constructor(text: string, notes: Notes | undefined) {
    this.#text = text;
    this.#notes = notes;
  }

  document(): Raw {
    const value = this.#value();
    this.#space();
    if (this.#at < this.#text.length) this.#fail('after top-level value');
    return value;
  }

  /** The code of the next character that is not white space; NaN at the end. */
  #space(): number {
    const text = this.#text;
    for (;;) {
      const code = text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code;
      this.#at++;
    }
  }

  #value(): Raw {
    const code = this.#space();
    switch (code) {
      case 0x7b:
        return this.#object();
      case 0x5b:
        return this.#array();
      case QUOTE:
        return this.#string();
      case 0x74:
        return this.#literal('true', true);
      case 0x66:
        return this.#literal('false', false);
      case 0x6e:
        return this.#literal('null', null);
      default:
        if (code === 0x2d || (code >= 0x30 && code <= 0x39)) return this.#number();
        return this.#fail('looking for beginning of value');
    }
  }

  #object(): RawObject {
    this.#enter();
    const object: RawObject = {};
    if (this.#space() === 0x7d) return this.#leave(object);
    for (;;) {
      if (this.#space() !== QUOTE) this.#fail('looking for beginning of object key string');
      const key = this.#string();
      if (this.#space() !== 0x3a) this.#fail('after object key');
      this.#at++;
      const isDuplicate = object[key] !== undefined && Object.hasOwn(object, key);
      const value = this.#notes === undefined ? this.#value() : this.#noted(key, isDuplicate, this.#notes);
      if (isDuplicate) this.hasDuplicates = true;
      if (isDuplicate) setOwn(object, key, joined(object[key] as Raw, value));
      else if (key === '__proto__') setOwn(object, key, value);
      else object[key] = value;
      const code = this.#space();
      if (code === 0x7d) return this.#leave(object);
      if (code !== 0x2c) this.#fail('after object key:value pair');
      this.#at++;
    }
  }

  #noted(key: string | number, isDuplicate: boolean, { texts, places }: Notes): Raw {
    this.#path.push(key);
    const path = pathText(this.#path);
    const complaint = `duplicate field ${goQuote(path)}`;
    const place = isDuplicate ? complaint : path;
    if (!places.order.has(place)) places.order.set(place, places.order.size);
    if (isDuplicate) {
      texts.push(complaint);
      places.duplicates.push([...this.#path]);
    }
    const value = this.#value();
    this.#path.pop();
    return value;
  }

  #array(): Raw[] {
    this.#enter();
    const array: Raw[] = [];
    if (this.#space() === 0x5d) return this.#leave(array);
    for (;;) {
      array.push(this.#notes === undefined ? this.#value() : this.#noted(array.length, false, this.#notes));
      const code = this.#space();
      if (code === 0x5d) return this.#leave(array);
      if (code !== 0x2c) this.#fail('after array element');
      this.#at++;
    }
  }

  #enter(): void {
    this.#at++;
    if (++this.#depth > DEPTH_MAX) throw new DecodeError('exceeded max depth', this.#at);
  }
  #leave<T>(value: T): T {
    this.#at++;
    this.#depth--;
    return value;
  }

  #string(): string {
    const text = this.#text;
    const start = this.#at + 1;
    let end = start;
    for (;;) {
      const code = text.charCodeAt(end);
      if (code === QUOTE) {
        this.#at = end + 1;
        return text.slice(start, end);
      }
      if (code === BACKSLASH || code < 0x20 || end >= text.length) return this.#longString(start);
      end++;
    }
  }

  #longString(start: number): string {
    let value = '';
    let from = start;
    for (;;) {
      STRING_END.lastIndex = from;
      const found = STRING_END.exec(this.#text);
      if (found === null) {
        this.#at = this.#text.length;
        this.#fail('in string literal');
      }
      value += this.#text.slice(from, found.index);
      this.#at = found.index;
      if (found[0] === '"') {
        this.#at++;
        return value;
      }
      if (found[0] !== '\\') this.#fail('in string literal');
      value += this.#escape();
      from = this.#at;
    }
  }

  #escape(): string {
    this.#at++;
    const char = this.#text[this.#at] ?? '';
    if (char !== 'u') {
      const value = ESCAPES[char];
      if (value === undefined) this.#fail('in string escape code');
      this.#at++;
      return value;
    }
    const unit = this.#hex();
    if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
    // Half of a surrogate pair alone reads as U+FFFD, as Go reads it.
    if (unit < 0xdc00 && /^\\u[dD][c-fC-F][0-9a-fA-F]{2}/.test(this.#text.slice(this.#at, this.#at + 6))) {
      this.#at++;
      return String.fromCharCode(unit, this.#hex());
    }
    return '\ufffd';
  }

  #hex(): number {
    this.#at++;
    for (let digit = 0; digit < 4; digit++) {
      if (!/[0-9a-fA-F]/.test(this.#text[this.#at] ?? '')) this.#fail('in \\u hexadecimal character escape');
      this.#at++;
    }
    return Number.parseInt(this.#text.slice(this.#at - 4, this.#at), 16);
  }

  #number(): number | RawNumber {
    const small = this.#smallInteger();
    if (small !== undefined) return small;
    NUMBER.lastIndex = this.#at;
    const text = NUMBER.exec(this.#text)?.[0];
    if (text === undefined) {
      this.#at++;
      this.#fail('in numeric literal');
    }
    this.#at += text.length;
    this.#checkNumberEnd(text);
    if (text.length < 16 && /^(?:0|-?[1-9][0-9]*)$/.test(text)) return Number(text);
    const value = Number(text);
    return String(value) === text ? value : new RawNumber(text);
  }

  /** The common case: up to nine digits, no sign, no leading zero, nothing behind them. */
  #smallInteger(): number | undefined {
    const text = this.#text;
    let end = this.#at;
    let value = 0;
    for (; end - this.#at < 9; end++) {
      const code = text.charCodeAt(end);
      if (!(code >= 0x30 && code <= 0x39)) break;
      value = value * 10 + code - 0x30;
    }
    const length = end - this.#at;
    const next = text.charCodeAt(end);
    const isWhole = next === 0x2c || next === 0x7d || next === 0x5d || next <= 0x20;
    if (length === 0 || !isWhole || (length > 1 && text.charCodeAt(this.#at) === 0x30)) return undefined;
    this.#at = end;
    return value;
  }

  /** A point or an exponent that no digit follows. */
  #checkNumberEnd(text: string): void {
    const code = this.#text.charCodeAt(this.#at);
    const isInteger = !/[.eE]/.test(text);
    if (code === 0x2e && isInteger) {
      this.#at++;
      this.#fail('after decimal point in numeric literal');
    }
    if ((code === 0x65 || code === 0x45) && !/[eE]/.test(text)) {
      this.#at++;
      if (/[-+]/.test(this.#text[this.#at] ?? '')) this.#at++;
      this.#fail('in exponent of numeric literal');
    }
  }

  #literal<T>(word: string, value: T): T {
    for (let index = 1; index < word.length; index++) {
      this.#at++;
      if (this.#text[this.#at] !== word[index]) this.#fail(`in literal ${word} (expecting '${word[index]}')`);
    }
    this.#at++;
    return value;
  }

  #fail(where: string): never {
    const { code, offset } = { code: this.#text.codePointAt(this.#at), offset: this.#at };
    if (code === undefined) throw new DecodeError('unexpected end of JSON input', offset);
    // Go names the byte: of a longer character its first one.
    const byte = code < 0x80 ? code : (Buffer.from(String.fromCodePoint(code))[0] as number);
    const shown = byte === 0x27 ? "'\\''" : byte === 0x22 ? `'"'` : `'${goQuote(String.fromCharCode(byte)).slice(1, -1)}'`;
    throw new DecodeError(`invalid character ${shown} ${where}`, offset);
  }
}

/** A field that comes twice is decoded twice into the same place: objects are joined, anything else is replaced. */
function joined(before: Raw, after: Raw): Raw {
  if (!isRawObject(before) || !isRawObject(after)) return after;
  for (const key of Object.keys(after)) setOwn(before, key, Object.hasOwn(before, key) ? joined(before[key] as Raw, after[key] as Raw) : after[key]);
  return before;
}

/** "spec.containers[0].name". */
export function pathText(path: readonly (string | number)[]): string {
  let text = '';
  for (const part of path) text += typeof part === 'number' ? `[${part}]` : text === '' ? part : `.${part}`;
  return text;
}

const GO_TYPE_META = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

export interface TypeMetaText {
  apiVersion: string;
  kind: string;
}

/** What the body says it is, '' for what it does not say. Throws DecodeError with the text that follows "json parse error: ". */
export function typeMetaOf(value: Raw): TypeMetaText {
  if (value === null) return { apiVersion: '', kind: '' };
  if (!isRawObject(value)) throw new DecodeError(`json: cannot unmarshal ${rawType(value)} into Go value of type ${GO_TYPE_META}`);
  for (const key of Object.keys(value)) {
    const found = value[key] as Raw;
    if ((key === 'apiVersion' || key === 'kind') && typeof found !== 'string' && found !== null) {
      throw new DecodeError(`json: cannot unmarshal ${rawType(found)} into Go struct field .${key} of type string`);
    }
  }
  const text = (key: string): string => (Object.hasOwn(value, key) ? ((value[key] as string | null) ?? '') : '');
  return { apiVersion: text('apiVersion'), kind: text('kind') };
}
