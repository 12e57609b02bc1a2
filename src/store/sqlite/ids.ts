/**
 * A change's row number: its revision, then its place within that revision, in
 * one whole number that sorts by both. Keys as SQLite compares them.
 */
import type { Place } from '../rows.js';

/** Changes that one revision can hold; revisions up to 2^33 stay exact. */
export const CHANGES_MAX = 2 ** 20;

export function idOf({ modRevision, sub }: Place): number {
  return modRevision * CHANGES_MAX + sub;
}

export function placeOf(id: number): Place {
  const modRevision = Math.floor(id / CHANGES_MAX);
  return { modRevision, sub: id - modRevision * CHANGES_MAX };
}

/** SQLite's text ends at a NUL, so \0 and \1 are written as two characters each, in a way that keeps the order. */
export function toText(key: string): string {
  // eslint-disable-next-line no-control-regex
  return /[\0\x01]/.test(key) ? key.replaceAll('\x01', '\x01\x02').replaceAll('\0', '\x01\x01') : key;
}

export function fromText(text: string): string {
  return text.includes('\x01') ? text.replaceAll('\x01\x01', '\0').replaceAll('\x01\x02', '\x01') : text;
}
