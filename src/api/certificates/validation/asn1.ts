/**
 * DER by a description of what should be there, with the errors of Go's
 * encoding/asn1. Only what a certificate request is made of.
 */
export interface Shape {
  /** Go's name of the field's type, told where another tag is found. */
  go: string;
  /** undefined: anything may stand here, and is taken whole. */
  tag?: number;
  isCompound?: boolean;
  /** What a sequence holds. */
  fields?: readonly Shape[];
  /** Context-specific, and may be left out. */
  context?: number;
}

export class Asn1Error extends Error {
  constructor(message: string) {
    super(`asn1: ${message}`);
    this.name = 'Asn1Error';
  }
}

export interface Element {
  /** With tag and length. */
  raw: Buffer;
  content: Buffer;
  parts: Element[];
}

interface Head {
  class: number;
  tag: number;
  length: number;
  isCompound: boolean;
  next: number;
}

const syntax = (message: string): Asn1Error => new Asn1Error(`syntax error: ${message}`);
const structure = (message: string): Asn1Error => new Asn1Error(`structure error: ${message}`);

/** One value and nothing behind it; throws Asn1Error. */
export function readDer(bytes: Buffer, shape: Shape): Element {
  const { element, next } = readField(bytes, 0, shape);
  if (next < bytes.length) throw syntax('trailing data');
  return element;
}

const NOTHING = Buffer.alloc(0);

function readField(bytes: Buffer, at: number, shape: Shape): { element: Element; next: number } {
  const absent = { element: { raw: NOTHING, content: NOTHING, parts: [] }, next: at };
  if (at >= bytes.length) {
    if (shape.context !== undefined) return absent;
    throw syntax('sequence truncated');
  }
  const head = readHead(bytes, at);
  const isWanted =
    shape.context === undefined
      ? shape.tag === undefined || (head.class === 0 && head.tag === shape.tag && head.isCompound === (shape.isCompound ?? false))
      : head.class === 2 && head.tag === shape.context;
  if (!isWanted) {
    const found = `{class:${head.class} tag:${head.tag} length:${head.length} isCompound:${head.isCompound}}`;
    throw structure(`tags don't match (${shape.context ?? shape.tag} vs ${found}) ${parameters(shape)} ${shape.go} @${head.next}`);
  }
  const end = head.next + head.length;
  if (end > bytes.length) throw syntax('data truncated');
  const content = bytes.subarray(head.next, end);
  const parts: Element[] = [];
  let inner = 0;
  for (const field of shape.fields ?? []) {
    const read = readField(content, inner, field);
    parts.push(read.element);
    inner = read.next;
  }
  return { element: { raw: bytes.subarray(at, end), content, parts }, next: end };
}

const parameters = ({ context }: Shape): string =>
  `{optional:false explicit:false application:false private:false defaultValue:<nil> tag:${context === undefined ? '<nil>' : context} stringType:0 timeType:0 set:false omitEmpty:false}`;

function readHead(bytes: Buffer, at: number): Head {
  const first = bytes[at]!;
  let next = at + 1;
  const head = { class: first >> 6, isCompound: (first & 0x20) !== 0, tag: first & 0x1f };
  if (head.tag === 0x1f) ({ value: head.tag, next } = readBase128(bytes, next));
  if (first % 0x20 === 0x1f && head.tag < 0x1f) throw syntax('non-minimal tag');
  if (next >= bytes.length) throw syntax('truncated tag or length');
  const given = bytes[next++]!;
  if ((given & 0x80) === 0) return { ...head, length: given & 0x7f, next };
  const count = given & 0x7f;
  if (count === 0) throw syntax('indefinite length found (not DER)');
  let length = 0;
  for (let index = 0; index < count; index++) {
    if (next >= bytes.length) throw syntax('truncated tag or length');
    if (length >= 1 << 23) throw structure('length too large');
    length = length * 256 + bytes[next++]!;
    if (length === 0) throw structure('superfluous leading zeros in length');
  }
  if (length < 0x80) throw structure('non-minimal length');
  return { ...head, length, next };
}

function readBase128(bytes: Buffer, from: number): { value: number; next: number } {
  let value = 0;
  for (let at = from, shifted = 0; at < bytes.length; at++, shifted++) {
    if (shifted === 5) throw structure('base 128 integer too large');
    if (shifted === 0 && bytes[at] === 0x80) throw syntax('integer is not minimally encoded');
    value = value * 128 + (bytes[at]! & 0x7f);
    if ((bytes[at]! & 0x80) === 0) {
      if (value > 0x7fffffff) throw structure('base 128 integer too large');
      return { value, next: at + 1 };
    }
  }
  throw syntax('truncated base 128 integer');
}
