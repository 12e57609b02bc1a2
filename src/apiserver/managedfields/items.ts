/**
 * What names the items of a list in a field set: their key fields, or their
 * value. Items that cannot be named are an error in what is applied, and passed
 * over in what is stored.
 */
import type { FieldSet } from './fieldset.js';
import type { ListShape } from './shape.js';

export class ItemError extends Error {}

/** 'k:{"name":"a"}' or 'v:"x"'. Throws an ItemError. */
export function itemElement({ keys }: ListShape, item: unknown): string {
  if (keys.length === 0) return valueElement(item);
  if (item === null || item === undefined) throw new ItemError('associative list with keys may not have a null element');
  if (typeof item !== 'object' || Array.isArray(item)) throw new ItemError('associative list with keys may not have non-map elements');
  const map = item as Record<string, unknown>;
  const only = keys.length === 1 ? map[keys[0]!.name] : undefined;
  if (typeof only === 'string' && Object.hasOwn(map, keys[0]!.name)) return nameElement(keys[0]!.name, only);
  let text = '';
  for (const { name, default: fallback } of keys) {
    const value = Object.hasOwn(map, name) ? map[name] : fallback;
    if (value !== undefined) text += `${text === '' ? '' : ','}"${name}":${typeof value === 'number' ? numberText(value) : JSON.stringify(value)}`;
  }
  if (text === '') {
    throw new ItemError(
      `associative list with keys has an element that omits all key fields [${keys.map(({ name }) => JSON.stringify(name)).join(' ')}] (and doesn't have default values for any key fields)`,
    );
  }
  return `k:{${text}}`;
}

const numberText = (value: number): string => (Number.isSafeInteger(value) ? `${value}` : JSON.stringify(value));

/** Most lists are keyed by a name, and the names come again and again. */
const NAMES_MAX = 2_000;
const names = new Map<string, Map<string, string>>();
function nameElement(key: string, value: string): string {
  let byValue = names.get(key);
  if (byValue === undefined) names.set(key, (byValue = new Map()));
  let element = byValue.get(value);
  if (element !== undefined) return element;
  element = `k:{"${key}":${JSON.stringify(value)}}`;
  if (byValue.size >= NAMES_MAX) byValue.clear();
  byValue.set(value, element);
  return element;
}

function valueElement(item: unknown): string {
  if (item === null || item === undefined) throw new ItemError("associative list without keys has an element that's an explicit null");
  if (Array.isArray(item)) throw new ItemError('not supported: associative list with lists as elements');
  if (typeof item === 'object') throw new ItemError("associative list without keys has an element that's a map type");
  return `v:${JSON.stringify(item)}`;
}

export interface NamedItem {
  element: string;
  item: any;
}

export function namedItems(shape: ListShape, list: readonly unknown[]): NamedItem[] {
  const named: NamedItem[] = [];
  for (const item of list) {
    const element = elementOf(shape, item);
    if (element !== undefined) named.push({ element, item });
  }
  return named;
}

/** undefined: a stored list may hold what no applier may send; it has no place in a set. */
export function elementOf(shape: ListShape, item: unknown): string | undefined {
  try {
    return itemElement(shape, item);
  } catch (error) {
    if (!(error instanceof ItemError)) throw error;
    return undefined;
  }
}

/** Items by name; names that occur more than once have several. */
export function itemsByName(shape: ListShape, list: readonly unknown[] | null | undefined): Map<string, any[]> {
  const byName = new Map<string, any[]>();
  for (const { element, item } of namedItems(shape, list ?? [])) {
    const others = byName.get(element);
    if (others === undefined) byName.set(element, [item]);
    else others.push(item);
  }
  return byName;
}

export type Children = [string, FieldSet][];
