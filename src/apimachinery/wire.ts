/**
 * Protobuf's wire format: fields by number, each a varint, eight bytes, four
 * bytes, or a length and so many bytes. Knows no message types. What breaks
 * off or makes no sense throws DecodeError in the words of Go's decoder.
 */
import { DecodeError } from './decode.js';

const WIRE_VARINT = 0;
const WIRE_FIXED64 = 1;
export const WIRE_BYTES = 2;
const WIRE_FIXED32 = 5;
const VARINT_BYTES_MAX = 10;

/** The value of one field. Throws DecodeError where it is asked for as what it is not. */
export interface Wire {
  type: number;
  bytes(): Uint8Array;
  text(): string;
  /** Signed, 64 bits. */
  integer(): bigint;
  double(): number;
  /** Numbers that share one field. */
  packed(): Wire[];
}

/** Hands every field of a message to `each`, in the order in which they came. */
export function readMessage(bytes: Uint8Array, each: (number: number, wire: Wire) => void): void {
  const cursor = { bytes, at: 0 };
  while (cursor.at < bytes.byteLength) {
    const tag = Number(BigInt.asUintN(32, varint(cursor)));
    const number = tag >>> 3;
    if (number === 0) throw new DecodeError(`proto: illegal tag 0 (wire type ${tag & 7})`);
    each(number, valueOf(cursor, tag & 7));
  }
}

interface Cursor {
  bytes: Uint8Array;
  at: number;
}

function valueOf(cursor: Cursor, type: number): Wire {
  switch (type) {
    case WIRE_VARINT:
      return value(type, cursor.bytes, varint(cursor));
    case WIRE_FIXED64:
      return value(type, take(cursor, 8));
    case WIRE_FIXED32:
      return value(type, take(cursor, 4));
    case WIRE_BYTES:
      return value(type, take(cursor, Number(varint(cursor))));
    default:
      throw new DecodeError(`proto: illegal wireType ${type}`);
  }
}

function value(type: number, bytes: Uint8Array, number?: bigint): Wire {
  const expect = (wanted: number): void => {
    if (type !== wanted) throw new DecodeError(`proto: wrong wireType = ${type}`);
  };
  const wire: Wire = {
    type,
    bytes() {
      expect(WIRE_BYTES);
      return bytes;
    },
    text: () => Buffer.from(wire.bytes()).toString('utf8'),
    integer() {
      expect(WIRE_VARINT);
      return BigInt.asIntN(64, number ?? 0n);
    },
    double() {
      expect(WIRE_FIXED64);
      return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat64(0, true);
    },
    packed() {
      const cursor = { bytes: wire.bytes(), at: 0 };
      const values: Wire[] = [];
      while (cursor.at < cursor.bytes.byteLength) values.push(valueOf(cursor, WIRE_VARINT));
      return values;
    },
  };
  return wire;
}

function varint(cursor: Cursor): bigint {
  const { bytes } = cursor;
  // Tags and lengths are short: no big numbers for them.
  let small = 0;
  for (let read = 0; read < 4; read++) {
    const byte = bytes[cursor.at++];
    if (byte === undefined) throw new DecodeError('unexpected EOF');
    small |= (byte & 0x7f) << (7 * read);
    if (byte < 0x80) return BigInt(small);
  }
  let found = BigInt(small);
  for (let read = 4; read < VARINT_BYTES_MAX; read++) {
    const byte = bytes[cursor.at++];
    if (byte === undefined) throw new DecodeError('unexpected EOF');
    found |= BigInt(byte & 0x7f) << BigInt(7 * read);
    if (byte < 0x80) return found;
  }
  throw new DecodeError('proto: integer overflow');
}

function take(cursor: Cursor, length: number): Uint8Array {
  const end = cursor.at + length;
  if (length < 0 || end > cursor.bytes.byteLength) throw new DecodeError('unexpected EOF');
  const taken = cursor.bytes.subarray(cursor.at, end);
  cursor.at = end;
  return taken;
}
