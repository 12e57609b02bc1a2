/**
 * get --sort-by: rows or objects in the order of one field, by kubectl's rules:
 * quantities by size, text by character, numbers by value; what lacks the
 * field comes first. Refuses a field that nothing has, and values that have
 * no order.
 */
import { compareGo } from '../../../apimachinery/gojson.js';
import { parseQuantity, QuantityError } from '../../../apimachinery/quantity.js';
import type { Quantity } from '../../../apimachinery/quantity.js';
import { formatTime } from '../../../apimachinery/time.js';
import { CliError, PlainError } from '../../command.js';
import { goSort } from '../../gosort.js';
import { goType, JsonPath, JsonPathError, relaxedJsonPath } from '../../printers/jsonpath.js';
import type { ServerTable } from '../../printers/table.js';

interface Sorting {
  sortBy: string;
  /** Milliseconds, for the line that ends a program. */
  now: number;
}

/** The same table with its rows in order; undefined where they cannot be sorted, and kubectl then prints none. Throws PlainError for values that have no order. */
export function sortTable(table: ServerTable, { sortBy, now }: Sorting): ServerTable | undefined {
  const rows = table.rows ?? [];
  if (rows.length < 2) return table;
  try {
    const { path, field } = parse(relaxedOr(sortBy));
    const keyed = rows.map((item) => ({ item, key: keyOf(path, item.object) }));
    if (keyed.every(({ key }) => key === undefined)) return undefined;
    return { ...table, rows: inOrder(keyed, { field, now, of: '[][][]reflect.Value', line: 375 }) };
  } catch (error) {
    if (error instanceof JsonPathError) return undefined;
    throw error;
  }
}

/** Throws CliError. */
export function sortObjects<T>(objects: readonly T[], { sortBy, now }: Sorting): T[] {
  if (objects.length === 0) return [];
  try {
    const { path, field } = parse(relaxedJsonPath(sortBy));
    const keyed = objects.map((item) => ({ item, key: keyOf(path, item) }));
    if (keyed.every(({ key }) => key === undefined)) throw new CliError(`couldn't find any field with path ${JSON.stringify(field)} in the list of objects`);
    return inOrder(keyed, { field, now, of: '*unstructured.Unstructured', line: 329 });
  } catch (error) {
    if (error instanceof JsonPathError) throw new CliError(error.message);
    throw error;
  }
}

function parse(field: string): { path: JsonPath; field: string } {
  return { path: new JsonPath(field, { allowMissingKeys: true }), field };
}

/** What is no path of fields is a template of its own. */
function relaxedOr(sortBy: string): string {
  try {
    return relaxedJsonPath(sortBy);
  } catch (error) {
    if (error instanceof CliError) return sortBy;
    throw error;
  }
}

type Key = { value: unknown } | undefined;

/** The first result, boxed so that a null is told from nothing. */
function keyOf(path: JsonPath, object: unknown): Key {
  const [results] = path.find(object);
  return results === undefined || results.length === 0 ? undefined : { value: results[0] };
}

function inOrder<T>(items: readonly { item: T; key: Key }[], { field, now, of, line }: { field: string; now: number; of: string; line: number }): T[] {
  try {
    return goSort(items, (a, b) => isBefore(a.key, b.key)).map(({ item }) => item);
  } catch (error) {
    if (error instanceof Unsortable)
      throw new PlainError(`${logHead(now)} sorter.go:${line}] Field ${field} in ${of} is an unsortable type: interface, err: ${error.message}`);
    throw error;
  }
}

/** The head of the line with which klog ends a program. */
function logHead(now: number): string {
  const time = formatTime(now);
  return `F${time.slice(5, 7)}${time.slice(8, 10)} ${time.slice(11, 19)}.000000       1`;
}

class Unsortable extends Error {}

function isBefore(a: Key, b: Key): boolean {
  if (a === undefined) return true;
  if (b === undefined) return false;
  return isLess(a.value, b.value);
}

function isLess(a: unknown, b: unknown): boolean {
  if (a === null) return b !== null;
  if (b === null) return false;
  if (typeof a === 'string' && typeof b === 'string') return isTextLess(a, b);
  // Whole numbers and others are two types to Go.
  if (typeof a === 'number' && typeof b === 'number' && Number.isInteger(a) === Number.isInteger(b)) return a < b;
  throw new Unsortable(typeof a === 'string' || typeof a === 'number' ? 'unsortable interface: interface' : `unsortable type: ${goType(a)}`);
}

function isTextLess(a: string, b: string): boolean {
  const [left, right] = [quantity(a), quantity(b)];
  return left !== undefined && right !== undefined ? left.cmp(right) < 0 : compareGo(a, b) < 0;
}

function quantity(text: string): Quantity | undefined {
  try {
    return parseQuantity(text);
  } catch (error) {
    // Most text is no quantity, and then sorts as text.
    if (error instanceof QuantityError) return undefined;
    throw error;
  }
}
