/**
 * What calls of Kubernetes' own functions may cost. The prices decide which
 * rules a definition may have, so they are Kubernetes' to the unit, oddities too:
 * parsing functions that are called without a receiver cost one.
 */
import type { CallEstimate, CostNode, EstimateSize } from './cost.js';
import { add, fixed, multiply, scale, UNBOUNDED, union, UNKNOWN, type Range } from './estimate.js';
import { sameType } from './types.js';
import { CHECK, FORMAT_REGEX_MAX, NOMINAL, REGEX, TRAVERSAL } from './costunits.js';

interface Call {
  readonly name: string;
  readonly id: string;
  readonly target: CostNode | undefined;
  readonly args: readonly CostNode[];
}

const ONE: CallEstimate = { cost: fixed(1) };
const FORMAT_SIZE_MAX = 64;

type Estimate = (call: Call, size: (node: CostNode) => Range, sizes: EstimateSize) => CallEstimate | undefined;

/** undefined: cel-go's own price holds. */
export function kubernetesEstimate(call: Call, sizes: EstimateSize): CallEstimate | undefined {
  if (call.name === 'check') return { cost: fixed(CHECK) };
  if (NOMINAL.has(call.name)) return ONE;
  const size = (node: CostNode): Range => node.size ?? sizes(node.path) ?? UNKNOWN;
  return ESTIMATES[call.name]?.(call, size, sizes);
}

/** The nodes of a list's items: their type, and their place if the list has one. */
function itemsOf(list: CostNode, sizes: EstimateSize): CostNode | undefined {
  const type = list.type.params[0];
  if (type === undefined) return undefined;
  const path = list.path === undefined ? undefined : [...list.path, '@items'];
  return { path, type, expr: undefined, size: path === undefined ? undefined : sizes(path) };
}

const overList: Estimate = ({ target }, size, sizes) => {
  if (target === undefined) return undefined;
  const items = itemsOf(target, sizes);
  if (items === undefined) return { cost: scale(size(target), TRAVERSAL) };
  const long = items.type.kind === 'string' || items.type.kind === 'bytes';
  return { cost: multiply(size(target), long ? add(fixed(1), scale(size(items), TRAVERSAL)) : fixed(1)) };
};

const traversed =
  (factor: number): Estimate =>
  ({ target }, size) =>
    target === undefined ? undefined : { cost: scale(size(target), factor * TRAVERSAL), size: size(target) };
const readArgument: Estimate = ({ args }, size) => (args.length === 1 ? { cost: scale(size(args[0]!), TRAVERSAL), size: size(args[0]!) } : undefined);
const parsed =
  (factor: number): Estimate =>
  ({ args }, size) => ({ cost: scale(size(args[0]!), factor * TRAVERSAL) });

const selector: Estimate = ({ args }, size) => {
  if (args.length !== 1) return undefined;
  const length = size(args[0]!);
  return { cost: add(fixed(10), scale(length, TRAVERSAL), scale(scale(length, 0.5), 50)) };
};

const find: Estimate = ({ target, args }, size) => {
  if (target === undefined || args.length === 0) return undefined;
  return { cost: multiply(scale(add(size(target), fixed(1)), TRAVERSAL), scale(size(args[0]!), REGEX)), size: { min: 0, max: size(target).max } };
};

const split: Estimate = ({ target, args }, size) => {
  if (target === undefined) return undefined;
  const limit = args[1]?.expr?.kind === 'const' && typeof args[1].expr.value === 'bigint' ? Number(args[1].expr.value) : undefined;
  return { cost: scale(size(target), 2 * TRAVERSAL), size: { min: 0, max: limit === undefined ? size(target).max : limit < 0 ? UNBOUNDED : limit } };
};

const join: Estimate = ({ target, args }, size, sizes) => {
  if (target === undefined) return undefined;
  const count = size(target);
  const items = itemsOf(target, sizes);
  const texts = items === undefined ? fixed(0) : multiply(count, size(items));
  const between = { min: Math.max(0, count.min - 1), max: Math.max(0, count.max - 1) };
  const whole = args.length > 0 ? add(texts, multiply(size(args[0]!), between)) : texts;
  return { cost: scale(whole, TRAVERSAL), size: whole };
};

const replace: Estimate = ({ target, args }, size) => {
  if (target === undefined || args.length < 2) return undefined;
  const [whole, from, to] = [size(target), size(args[0]!), size(args[1]!)];
  const longest =
    from.min === 0
      ? { count: whole.max + 1, kept: whole.max }
      : to.max <= from.min
        ? { count: 0, kept: whole.max }
        : { count: Math.ceil(whole.max / from.min), kept: 0 };
  const shortest =
    from.max === 0
      ? { count: whole.min + 1, kept: whole.min }
      : from.max <= to.min
        ? { count: 0, kept: whole.min }
        : { count: Math.ceil(whole.min / from.max), kept: 0 };
  const result = add(multiply({ min: shortest.count, max: longest.count }, to), { min: shortest.kept, max: longest.kept });
  return { cost: scale(whole, 2 * TRAVERSAL), size: result };
};

/** The bytes of an address. */
const ADDRESS: Range = { min: 4, max: 16 };

const contains =
  (extra: Range, textId: string): Estimate =>
  ({ id, target, args }, size) => {
    if (target === undefined || args.length === 0) return undefined;
    return { cost: add(scale(add(ADDRESS, ADDRESS), TRAVERSAL), extra, ...(id === textId ? [scale(size(args[0]!), TRAVERSAL)] : [])) };
  };

const ip: Estimate = ({ id, args }, size) => (args.length === 0 || id === 'cidr_ip' ? ONE : { cost: scale(size(args[0]!), TRAVERSAL) });

const O1 = ['kubernetes.Quantity', 'kubernetes.Semver', 'net.IP', 'net.CIDR'];

const equality: Estimate = ({ args }) => {
  const [left, right] = args;
  if (left === undefined || right === undefined || !sameType(left.type, right.type) || (left.type.kind !== 'struct' && left.type.kind !== 'opaque'))
    return undefined;
  const { name } = left.type;
  if (O1.includes(name) || name.startsWith('kubernetes.authorization.')) return ONE;
  if (name === 'kubernetes.NamedFormat') return { cost: scale({ min: 1, max: FORMAT_SIZE_MAX }, TRAVERSAL) };
  if (name !== 'kubernetes.URL') return undefined;
  return { cost: scale({ min: 1, max: left.size === undefined || right.size === undefined ? 1 : union(right.size, right.size).max }, TRAVERSAL) };
};

const ofSets =
  (factor: number): Estimate =>
  ({ args }, size) =>
    args.length === 2 ? { cost: add(scale(multiply(size(args[0]!), size(args[1]!)), factor), fixed(1)) } : undefined;
const newList =
  (squared: boolean): Estimate =>
  ({ target }, size) => {
    if (target === undefined) return undefined;
    const count = size(target);
    return { cost: add(squared ? multiply(count, count) : count, fixed(11)), size: count };
  };

const ESTIMATES: Readonly<Record<string, Estimate>> = {
  fieldSelector: selector,
  labelSelector: selector,
  isSorted: overList,
  sum: overList,
  max: overList,
  min: overList,
  indexOf: overList,
  lastIndexOf: overList,
  url: readArgument,
  'jsonpatch.escapeKey': readArgument,
  lowerAscii: traversed(1),
  upperAscii: traversed(1),
  substring: traversed(1),
  trim: traversed(1),
  replace,
  split,
  join,
  find,
  findAll: find,
  cidr: parsed(1),
  isIP: parsed(1),
  isCIDR: parsed(1),
  'ip.isCanonical': parsed(2),
  ip,
  quantity: parsed(1),
  isQuantity: parsed(1),
  semver: parsed(1),
  isSemver: parsed(1),
  containsIP: contains(fixed(0), 'cidr_contains_ip_string'),
  containsCIDR: contains(add(scale(ADDRESS, TRAVERSAL), fixed(1)), 'cidr_contains_cidr_string'),
  validate: ({ args }, size) => ({ cost: scale(scale(size(args[0]!), TRAVERSAL), FORMAT_REGEX_MAX * REGEX) }),
  '_==_': equality,
  'sets.contains': ofSets(1),
  'sets.intersects': ofSets(1),
  'sets.equivalent': ofSets(2),
  slice: newList(false),
  flatten: newList(false),
  reverse: newList(false),
  distinct: newList(true),
  sort: newList(true),
};
