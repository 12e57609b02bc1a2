/**
 * get --sort-by: rows or objects in the order of one field, by kubectl's rules:
 * quantities by size, text in natural order, numbers by value; what lacks the
 * field comes first. Refuses a field that nothing has.
 */
import { parseQuantity, QuantityError } from '../../../apimachinery/quantity.js';
import type { Quantity } from '../../../apimachinery/quantity.js';
import { CliError } from '../../command.js';
import { goType, JsonPath, JsonPathError, relaxedJsonPath } from '../../printers/jsonpath.js';
import type { ServerTable } from '../../printers/table.js';

/** The same table with its rows in order. Throws CliError. */
export async function sortTable(table: ServerTable, sortBy: string): Promise<ServerTable> {
  return { ...table, rows: sorted(table.rows ?? [], sortBy, (row) => row.object) };
}

/** Throws CliError. As kubectl does: a single object is not looked into. */
export async function sortObjects<T>(objects: readonly T[], sortBy: string): Promise<T[]> {
  return objects.length < 2 ? [...objects] : sorted(objects, sortBy, (object) => object);
}

function sorted<T>(items: readonly T[], sortBy: string, objectOf: (item: T) => unknown): T[] {
  const field = relaxedJsonPath(sortBy);
  const path = parse(field);
  const keyed = items.map((item) => ({ item, key: keyOf(path, field, objectOf(item)) }));
  if (items.length > 0 && keyed.every(({ key }) => key === undefined)) throw new FieldNotFound(field);
  return inOrder(keyed, (a, b) => isBefore(a.key, b.key, field)).map(({ item }) => item);
}

/** No object has the field. */
export class FieldNotFound extends CliError {
  override name = 'CliError';
  constructor(field: string) {
    super(`couldn't find any field with path ${JSON.stringify(field)} in the list of objects`);
  }
}

function parse(field: string): JsonPath {
  try {
    return new JsonPath(field, { allowMissingKeys: true });
  } catch (error) {
    if (error instanceof JsonPathError) throw new CliError(`sorting error: ${error.message}`);
    throw error;
  }
}

/** The first result, boxed so that a null is told from nothing. */
function keyOf(path: JsonPath, field: string, object: unknown): { value: unknown } | undefined {
  try {
    const [results] = path.find(object);
    return results === undefined || results.length === 0 ? undefined : { value: results[0] };
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    throw new CliError(`failed to get values for [][]reflect.Value(nil) using ${field} (&errors.errorString{s:${JSON.stringify(error.message)}})`);
  }
}

const INSERTION_MAX = 2_000;

/** Go sorts short lists by insertion; two that lack the field therefore change places, and so they do here. */
function inOrder<T>(items: readonly T[], isLess: (a: T, b: T) => boolean): T[] {
  const order = [...items];
  if (order.length > INSERTION_MAX) return order.sort((a, b) => (isLess(a, b) ? -1 : isLess(b, a) ? 1 : 0));
  for (let next = 1; next < order.length; next++) {
    for (let at = next; at > 0 && isLess(order[at]!, order[at - 1]!); at--) [order[at - 1], order[at]] = [order[at]!, order[at - 1]!];
  }
  return order;
}

function isBefore(a: { value: unknown } | undefined, b: { value: unknown } | undefined, field: string): boolean {
  if (a === undefined) return true;
  if (b === undefined) return false;
  return isLess(a.value, b.value, field);
}

function isLess(a: unknown, b: unknown, field: string): boolean {
  if (a === null) return b !== null;
  if (b === null) return false;
  if (typeof a === 'string' && typeof b === 'string') return isTextLess(a, b);
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  const why = typeof a === 'string' || typeof a === 'number' ? 'unsortable interface: interface' : `unsortable type: ${goType(a)}`;
  throw new CliError(`Field ${field} in [][][]reflect.Value is an unsortable type: interface, err: ${why}`, UNSORTABLE);
}

/** What klog.Exit ends a program with. */
const UNSORTABLE = 1;

function isTextLess(a: string, b: string): boolean {
  const [left, right] = [quantity(a), quantity(b)];
  return left !== undefined && right !== undefined ? left.cmp(right) < 0 : naturalLess(a, b);
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

const isDigit = (char: string): boolean => char >= '0' && char <= '9';

/** Runs of digits count as numbers: "web-9" before "web-10". */
export function naturalLess(a: string, b: string): boolean {
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const [left, right] = [a[i]!, b[j]!];
    if (isDigit(left) !== isDigit(right)) return isDigit(left);
    if (!isDigit(left)) {
      if (left !== right) return left < right;
      i++;
      j++;
      continue;
    }
    const [x, y] = [/^(0*)(\d*)/.exec(a.slice(i))!, /^(0*)(\d*)/.exec(b.slice(j))!];
    if (x[2]!.length !== y[2]!.length) return x[2]!.length < y[2]!.length;
    if (x[2] !== y[2]) return x[2]! < y[2]!;
    if (x[1]!.length !== y[1]!.length) return x[1]!.length < y[1]!.length;
    i += x[0].length;
    j += y[0].length;
  }
  return a.length < b.length;
}
