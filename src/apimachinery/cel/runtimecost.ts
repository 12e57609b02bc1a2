/**
 * What a call costs when it is made: Kubernetes' own functions first, then
 * cel-go's, everything else one. Sizes count code points, items and entries.
 */
import { CelMap, CelObject, isList, sizeOf, type Value } from './values.js';
import { CHECK, NOMINAL, REGEX, TRAVERSAL } from './costunits.js';

const LIST_COST = 10;
const traversed = (size: number, factor = 1): number => Math.ceil(size * factor * TRAVERSAL);
const matched = (text: number, pattern: number): number => Math.ceil((1 + text) * TRAVERSAL) * Math.ceil(pattern * REGEX);

/** The first argument is read once. */
const READ_ONCE = new Set([
  'url',
  'lowerAscii',
  'upperAscii',
  'substring',
  'trim',
  'jsonpatch.escapeKey',
  'cidr',
  'isIP',
  'isCIDR',
  'quantity',
  'isQuantity',
  'semver',
  'isSemver',
]);
const OF_LISTS = new Set(['isSorted', 'sum', 'max', 'min', 'indexOf', 'lastIndexOf']);

export function callCost(name: string, id: string, args: readonly Value[], result: Value): number {
  return kubernetesCost(name, id, args, result) ?? standardCost(id, args);
}

function kubernetesCost(name: string, id: string, args: readonly Value[], result: Value): number | undefined {
  const size = (at: number): number => sizeOf(args[at]!);
  if (name === 'check') return CHECK;
  if (NOMINAL.has(name)) return 1;
  if (OF_LISTS.has(name)) return args.length > 0 ? traversal(args[0]!) : 0;
  if (READ_ONCE.has(name)) return traversed(size(0));
  switch (name) {
    case 'fieldSelector':
    case 'labelSelector':
      return selectorCost(size(1));
    case 'replace':
    case 'split':
    case 'ip.isCanonical':
      return traversed(size(0), 2);
    case 'join':
      return traversed(sizeOf(result), 2);
    case 'find':
    case 'findAll':
      return matched(size(0), size(1));
    case 'ip':
      return id === 'cidr_ip' ? 1 : traversed(size(0));
    case 'containsIP':
      return traversed(size(0) + size(0)) + (id === 'cidr_contains_ip_string' ? traversed(size(1)) : 0);
    case 'containsCIDR':
      return traversed(size(0) + size(0)) + traversed(size(0)) + 1 + (id === 'cidr_contains_cidr_string' ? traversed(size(1)) : 0);
    case 'validate':
      return Math.ceil((1 + size(1)) * TRAVERSAL) * Math.ceil(size(0) * REGEX);
    case 'sets.contains':
    case 'sets.intersects':
      return size(0) * size(1) + 1;
    case 'sets.equivalent':
      return size(0) * size(1) * 2 + 1;
    case 'slice':
    case 'flatten':
    case 'reverse':
      return 1 + LIST_COST + sizeOf(result);
    case 'lists.range':
      return 1 + LIST_COST + sizeOf(result);
    case 'distinct':
    case 'sort':
    case 'sortBy':
      return 1 + LIST_COST + size(0) * size(0);
    case '_==_':
      return args[0] instanceof CelObject ? 1 : undefined;
    default:
      return undefined;
  }
}

const selectorCost = (length: number): number => 10 + traversed(length) + Math.ceil(Math.ceil(length * 0.5) * 50);

function standardCost(id: string, args: readonly Value[]): number {
  const size = (at: number): number => sizeOf(args[at]!);
  switch (id) {
    case 'starts_with_string':
    case 'ends_with_string':
      return traversed(size(1));
    case 'string_to_bytes':
    case 'bytes_to_string':
      return traversed(size(0));
    case 'in_list':
      return size(1);
    case 'less_string':
    case 'greater_string':
    case 'less_equals_string':
    case 'greater_equals_string':
    case 'less_bytes':
    case 'greater_bytes':
    case 'less_equals_bytes':
    case 'greater_equals_bytes':
    case 'equals':
    case 'not_equals':
      return traversed(Math.min(size(0), size(1)));
    case 'add_string':
    case 'add_bytes':
      return traversed(size(0) + size(1));
    case 'matches_string':
      return matched(size(0), size(1));
    case 'contains_string':
      return traversed(size(0)) * traversed(size(1));
    default:
      return 1;
  }
}

/** What it takes to look at everything within. */
function traversal(value: Value): number {
  if (typeof value === 'string') return Math.trunc(Buffer.byteLength(value) * TRAVERSAL);
  if (value instanceof Uint8Array) return Math.trunc(value.length * TRAVERSAL);
  if (isList(value)) return value.reduce((sum: number, item) => sum + traversal(item), 0);
  if (value instanceof CelMap) return value.keys().reduce((sum: number, key) => sum + traversal(key) + traversal(value.get(key)!), 0);
  return 1;
}
