/**
 * Fields of objects as sets: all that an applied configuration names
 * (toFieldSet), and what differs between two objects (compare). Parts that are
 * the same frozen object on both sides are not looked into.
 */
import { deepEqual, isMap } from '../../apimachinery/patch/json.js';
import { compareElements } from './element.js';
import { add, beginAsGiven, beginAt, newStart, sortedAt, type Place } from './intern.js';
import { LEAF, sorted, union, type FieldSet, type MaybeSet } from './fieldset.js';
import { elementOf, itemsByName } from './items.js';
import type { ListShape, MapShape, Shape } from './shape.js';

export interface Comparison {
  added: MaybeSet;
  modified: MaybeSet;
  removed: MaybeSet;
}

const NOTHING: Comparison = { added: undefined, modified: undefined, removed: undefined };
const MODIFIED: Comparison = { added: undefined, modified: LEAF, removed: undefined };

/** Both are whole objects of one kind. */
export function compare(shape: Shape, before: any, after: any): Comparison {
  return compareValues(shape, before, after) ?? NOTHING;
}

/** Fields of metadata that nobody ever owns. */
const UNOWNED = new Set(['name', 'namespace', 'uid', 'creationTimestamp', 'generation', 'resourceVersion', 'managedFields', 'selfLink', 'clusterName']);
const UNOWNED_ROOT = new Set(['apiVersion', 'kind', 'metadata']);

/** As compare, for whole objects: without the fields that nobody ever owns. */
export function compareObjects(shape: MapShape, before: any, after: any): Comparison {
  const metadata = compareMembers(memberShape(shape, 'metadata') as MapShape, before.metadata ?? {}, after.metadata ?? {}, UNOWNED);
  return compareMembers(shape, before, after, UNOWNED_ROOT, gather(undefined, 'f:metadata', metadata)) ?? NOTHING;
}

/** What an applied configuration names, without the fields that nobody ever owns. */
export function appliedSet(shape: MapShape, config: any): MaybeSet {
  const { apiVersion: _, kind: __, metadata, ...rest } = config;
  const owned = isMap(metadata) ? Object.fromEntries(Object.entries(metadata).filter(([name]) => !UNOWNED.has(name))) : {};
  const set = toFieldSet(memberShape(shape, 'metadata'), owned);
  return union(toFieldSet(shape, rest), set && sorted(false, [['f:metadata', set]]));
}

/** undefined: nothing differs. `undefined` on one side: the value is not there. */
function compareValues(shape: Shape, before: any, after: any): Comparison | undefined {
  if (before === after) return undefined;
  if (before === undefined) return { added: wholeSet(shape, after), modified: undefined, removed: undefined };
  if (after === undefined) return { added: undefined, modified: undefined, removed: wholeSet(shape, before) };
  if (shape.kind === 'map') return compareMaps(shape, before, after);
  if (shape.kind === 'list') return compareLists(shape, before, after);
  if (shape.kind === 'deduced' && isMap(before) && isMap(after)) return compareMaps(DEDUCED_MAP, before, after);
  if (deepEqual(before, after)) return undefined;
  if (shape.kind === 'leaf' || (!isMap(before) && !isMap(after))) return MODIFIED;
  return { added: childrenSet(shape, after), modified: LEAF, removed: childrenSet(shape, before) };
}

/** Of a value that says itself what it is. */
export const DEDUCED_MAP: MapShape = { kind: 'map', fields: [], byName: new Map(), element: { kind: 'deduced' }, start: newStart() };
const isEmptyMap = (value: any): boolean => {
  if (!isMap(value)) return true;
  for (const _ in value) return false;
  return true;
};

/** Sets that grow; the parts come in the order of the objects, each once. */
interface Gathered {
  added: Place;
  modified: Place;
  removed: Place;
}

function nothingYet(): Gathered {
  const at = beginAsGiven(false);
  return { added: at, modified: at, removed: at };
}

function gather(found: Gathered | undefined, element: string, inner: Comparison | undefined): Gathered | undefined {
  if (inner === undefined) return found;
  found ??= nothingYet();
  if (inner.added !== undefined) found.added = add(found.added, element, inner.added);
  if (inner.modified !== undefined) found.modified = add(found.modified, element, inner.modified);
  if (inner.removed !== undefined) found.removed = add(found.removed, element, inner.removed);
  return found;
}

function comparisonOf(found: Gathered | undefined): Comparison | undefined {
  return (
    found && {
      added: sortedAt(found.added, compareElements),
      modified: sortedAt(found.modified, compareElements),
      removed: sortedAt(found.removed, compareElements),
    }
  );
}

function compareMaps(shape: MapShape, before: any, after: any): Comparison | undefined {
  // Empty and null differ as leaves do.
  if (isEmptyMap(before) && isEmptyMap(after)) return deepEqual(before, after) ? undefined : MODIFIED;
  return compareMembers(shape, isMap(before) ? before : {}, isMap(after) ? after : {});
}

/** `found`: what else belongs to the answer. */
function compareMembers(shape: MapShape, left: any, right: any, except?: ReadonlySet<string>, found?: Gathered): Comparison | undefined {
  for (const name in left) {
    const before = left[name];
    const after = right[name];
    if (before === after || before === undefined || except?.has(name)) continue;
    const inner = compareValues(memberShape(shape, name), before, after);
    if (inner !== undefined) found = gather(found, elementText(shape, name), inner);
  }
  for (const name in right) {
    const after = right[name];
    if (after === undefined || left[name] !== undefined || except?.has(name)) continue;
    found ??= nothingYet();
    found.added = add(found.added, elementText(shape, name), wholeSet(memberShape(shape, name), after));
  }
  return comparisonOf(found);
}

const elementText = (shape: MapShape, name: string): string => shape.byName.get(name)?.element ?? `f:${name}`;

export function memberShape(shape: MapShape, name: string): Shape {
  return shape.byName.get(name)?.shape ?? shape.element ?? UNKNOWN;
}
const UNKNOWN: Shape = { kind: 'deduced' };

function compareLists(shape: ListShape, before: any, after: any): Comparison | undefined {
  const empty = (list: any) => !Array.isArray(list) || list.length === 0;
  if (empty(before) && empty(after)) return deepEqual(before, after) ? undefined : MODIFIED;
  if (empty(before)) return { added: childrenSet(shape, after), modified: undefined, removed: undefined };
  const left = itemsByName(shape, before);
  const right = itemsByName(shape, empty(after) ? [] : after);
  let found: Gathered | undefined;
  for (const [element, items] of left) found = gather(found, element, compareItems(shape, items, right.get(element) ?? []));
  for (const [element, items] of right) if (!left.has(element)) found = gather(found, element, compareItems(shape, [], items));
  return comparisonOf(found);
}

/** Items of one name: usually one on each side; where there are several, all of them are one leaf. */
function compareItems(shape: ListShape, before: any[], after: any[]): Comparison | undefined {
  if (before.length <= 1 && after.length <= 1) return compareValues(shape.items, before[0], after[0]);
  if (before.length === 0) return { added: LEAF, modified: undefined, removed: undefined };
  if (after.length === 0) return { added: undefined, modified: undefined, removed: LEAF };
  if (deepEqual(before, after)) return undefined;
  const left = before.length === 1 ? childrenSet(shape.items, before[0]) : undefined;
  const right = after.length === 1 ? childrenSet(shape.items, after[0]) : undefined;
  return { added: right, modified: LEAF, removed: left };
}

/** Every place of a value that is new as a whole, itself included. */
function wholeSet(shape: Shape, value: any): FieldSet {
  if (shape.kind === 'leaf' || value === null || typeof value !== 'object') return LEAF;
  if (shape.kind === 'map' && shape.element === undefined) return wholeStruct(shape, value);
  return partsOf(shape, value, true)!;
}

/** The way of every create. */
function wholeStruct({ start, byName }: MapShape, value: any): FieldSet {
  let at = beginAt(start);
  for (const name in value) {
    const inner = value[name];
    const field = inner === undefined ? undefined : byName.get(name);
    if (field !== undefined) at = add(at, field.element, inner === null || typeof inner !== 'object' ? LEAF : wholeSet(field.shape, inner));
  }
  return sortedAt(at, compareElements)!;
}

function childrenSet(shape: Shape, value: any): MaybeSet {
  return partsOf(shape, value, false);
}

function partsOf(shape: Shape, value: any, member: boolean): MaybeSet {
  let at = member && (shape.kind === 'list' || shape.kind === 'map') ? beginAt(shape.start) : beginAsGiven(member);
  if (shape.kind === 'list') {
    if (Array.isArray(value)) at = addItems(at, shape, value);
  } else if (shape.kind !== 'leaf' && isMap(value)) {
    const map = shape.kind === 'map' ? shape : DEDUCED_MAP;
    for (const name in value) at = add(at, `f:${name}`, wholeSet(memberShape(map, name), value[name]));
  }
  return sortedAt(at, compareElements);
}

function addItems(start: Place, shape: ListShape, list: readonly unknown[]): Place {
  let at = start;
  for (let index = 0; index < list.length; index++) {
    const element = elementOf(shape, list[index]);
    if (element !== undefined) at = add(at, element, wholeSet(shape.items, list[index]));
  }
  return at;
}

/** What an applied configuration names: leaves, items, empty maps, and keys of maps; not the structs and lists around them. */
export function toFieldSet(shape: Shape, value: any): MaybeSet {
  return namedSet(shape, value, false);
}

/** `member`: the place itself belongs to the set too. */
function namedSet(shape: Shape, value: any, member: boolean): MaybeSet {
  if (shape.kind === 'leaf') return LEAF;
  if (shape.kind === 'deduced' && !isMap(value)) return LEAF;
  let at = beginAsGiven(member);
  if (shape.kind === 'list') {
    for (const item of Array.isArray(value) ? value : []) {
      const element = elementOf(shape, item);
      if (element !== undefined) at = add(at, element, namedSet(shape.items, item, true)!);
    }
  } else if (isMap(value)) {
    const map = shape.kind === 'map' ? shape : DEDUCED_MAP;
    for (const name in value) {
      const inner: unknown = value[name];
      const set = namedSet(memberShape(map, name), inner, inner === null || !map.byName.has(name) || (isMap(inner) && isEmptyMap(inner)));
      if (set !== undefined) at = add(at, elementText(map, name), set);
    }
  }
  return sortedAt(at, compareElements);
}
