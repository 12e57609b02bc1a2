/**
 * Path elements as FieldsV1 writes them: "f:<field>", 'k:{"name":"a"}' for an
 * item of a keyed list, 'v:"x"' for an item of a set, "i:0"; "." for the place
 * itself. Their order is Kubernetes' own, and their text is what conflicts show.
 */
import { byBytes } from '../../apimachinery/patch/gotext.js';

export type ElementType = 'f' | 'k' | 'v' | 'i';
const RANK: Record<string, number> = { '.': 0, f: 1, k: 2, v: 3, i: 4 };

/** Whether the text is one; anything else in a FieldsV1 makes it undecodable. */
export function isElement(text: string): boolean {
  if (text[1] !== ':') return false;
  if (text[0] === 'f') return true;
  if (text[0] === 'i') return /^i:\d+$/.test(text);
  if (text[0] !== 'k' && text[0] !== 'v') return false;
  try {
    const value: unknown = JSON.parse(text.slice(2));
    return text[0] === 'v' || (typeof value === 'object' && value !== null && !Array.isArray(value));
  } catch (error) {
    if (error instanceof SyntaxError) return false; // a client's own text
    throw error;
  }
}

export function compareElements(one: string, other: string): number {
  if (one === other) return 0;
  const rank = RANK[one[0]!]! - RANK[other[0]!]!;
  if (rank !== 0) return rank;
  if (one[0] === 'f') return byBytes(one, other);
  return one[0] === 'k' ? compareKeys(keysOf(one), keysOf(other)) : compareValues(valueOf(one), valueOf(other));
}

/** Names of items come again and again: containers, ports, mounts. */
const VALUES_MAX = 2_000;
const values = new Map<string, unknown>();
function valueOf(element: string): unknown {
  if (values.has(element)) return values.get(element);
  if (values.size >= VALUES_MAX) values.clear();
  const value: unknown = JSON.parse(element.slice(2));
  values.set(element, value);
  return value;
}

/** As structured-merge-diff orders values: by type, then by value; keyed elements by their sorted fields. */
function compareValues(one: unknown, other: unknown): number {
  const order = typeRank(one) - typeRank(other);
  if (order !== 0) return order;
  if (typeof one === 'string') return byBytes(one, other as string);
  if (typeof one === 'number' || typeof one === 'boolean') return Number(one) - Number(other);
  if (one === null) return 0;
  return compareKeys(sortedEntries(one as object), sortedEntries(other as object));
}

type Entries = readonly (readonly [string, unknown])[];
const sortedEntries = (map: object): Entries => Object.entries(map).sort(([a], [b]) => byBytes(a, b));

const keys = new Map<string, Entries>();
function keysOf(element: string): Entries {
  let entries = keys.get(element);
  if (entries !== undefined) return entries;
  if (keys.size >= VALUES_MAX) keys.clear();
  keys.set(element, (entries = sortedEntries(JSON.parse(element.slice(2)) as object)));
  return entries;
}

function compareKeys(left: Entries, right: Entries): number {
  for (let at = 0; at < left.length && at < right.length; at++) {
    const found = byBytes(left[at]![0], right[at]![0]) || compareValues(left[at]![1], right[at]![1]);
    if (found !== 0) return found;
  }
  return left.length - right.length;
}

function typeRank(value: unknown): number {
  if (value === null) return 6;
  if (typeof value === 'number') return 1;
  if (typeof value === 'string') return 2;
  if (typeof value === 'boolean') return 3;
  return Array.isArray(value) ? 4 : 5;
}

/** ".spec", '[name="c"]', '[="x"]', "[0]". */
export function elementText(element: string): string {
  const rest = element.slice(2);
  if (element[0] === 'f') return `.${rest}`;
  if (element[0] === 'i') return `[${rest}]`;
  if (element[0] === 'v') return `[=${valueText(JSON.parse(rest))}]`;
  return `[${Object.entries(JSON.parse(rest) as object)
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(',')}]`;
}

const valueText = (value: unknown) => JSON.stringify(value);

export const pathText = (path: readonly string[]) => path.map(elementText).join('');
