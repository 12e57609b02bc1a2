/**
 * Keys and ranges of keys: the order is that of UTF-8 bytes, as in etcd, so
 * that every implementation lists the same keys in the same order.
 */

/** From `start` up to, and not including, `end`; an absent end is the end of the store. */
export interface KeyRange {
  start: string;
  end: string | undefined;
}

export const ALL_KEYS: KeyRange = { start: '', end: undefined };

/** The range that a request means; undefined where it means the one key. */
export function rangeOf(request: { key: string; end?: string | undefined }): KeyRange | undefined {
  if (request.end === undefined) return undefined;
  // As etcd does: '\0' alone as the first key means the first key there is.
  const start = request.key === '\0' ? '' : request.key;
  return { start, end: request.end === '\0' ? undefined : request.end };
}

export function includes(range: KeyRange, key: string): boolean {
  return compareKeys(key, range.start) >= 0 && (range.end === undefined || compareKeys(key, range.end) < 0);
}

/** Says whether a request's key or range holds a key, without making anything. */
export function matcher(request: { key: string; end?: string | undefined }): (key: string) => boolean {
  const range = rangeOf(request);
  if (range === undefined) return (key) => key === request.key;
  if (range.start === '' && range.end === undefined) return () => true;
  return (key) => includes(range, key);
}

/** Negative, zero or positive, by UTF-8 bytes. */
export function compareKeys(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const a = left.charCodeAt(at);
    const b = right.charCodeAt(at);
    if (a !== b) return weight(a) - weight(b);
  }
  return left.length - right.length;
}

// UTF-16 puts characters beyond U+FFFF (halves D800 to DFFF) before U+E000 to U+FFFF; UTF-8 puts them after.
function weight(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

export function compareBytes(left: Uint8Array, right: Uint8Array): number {
  return Buffer.compare(left, right);
}
