/**
 * Protobuf's wire format, written: fields by number, each as what it is. Knows
 * no message types; what is undefined is left out, everything else is written,
 * a zero too. The other direction is apimachinery/wire.ts.
 */

/** A number is a varint, a boolean too; text and bytes have their length before them; a message is its own bytes. */
export type Field = readonly [number: number, value: number | bigint | boolean | string | Uint8Array | undefined];

const VARINT = 0;
const BYTES = 2;

export function encode(fields: readonly Field[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [number, value] of fields) {
    if (value === undefined) continue;
    if (typeof value === 'string' || value instanceof Uint8Array) {
      const bytes = typeof value === 'string' ? Buffer.from(value) : value;
      parts.push(varints([(number << 3) | BYTES, bytes.byteLength]), bytes);
    } else parts.push(varints([(number << 3) | VARINT, typeof value === 'boolean' ? Number(value) : value]));
  }
  return Buffer.concat(parts);
}

function varints(numbers: readonly (number | bigint)[]): Uint8Array {
  const bytes: number[] = [];
  for (const number of numbers) {
    let rest = BigInt.asUintN(64, BigInt(number));
    while (rest >= 0x80n) {
      bytes.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
  }
  return Uint8Array.from(bytes);
}
