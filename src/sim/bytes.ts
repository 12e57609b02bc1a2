/**
 * Bytes inside the machine are strings with one character a byte: plain JSON,
 * and what shells and filters cut and join. These are the doors to the outside.
 */
export type Bytes = string;

export const fromChunk = (chunk: Uint8Array): Bytes => Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
export const toChunk = (bytes: Bytes): Uint8Array => Buffer.from(bytes, 'latin1');
export const fromText = (text: string): Bytes => (/[^\0-\x7f]/.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text);
export const toText = (bytes: Bytes): string => (/[\x80-\xff]/.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes);

/** "5s", "1m30s", "200ms" in milliseconds; undefined where it is no Go duration. */
export function durationMs(text: string | undefined): number | undefined {
  if (text === undefined || !/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    total += Number(amount) * { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[unit as 'ms' | 's' | 'm' | 'h'];
  return total;
}
