/**
 * Sets of fields that are equal are one frozen object, found by its parts: pods
 * of one template have one set between them, and its JSON text is made once.
 * What is known is forgotten as a whole when it has become too much; sets that
 * are still in use go on, and are merely made anew for the next object.
 */
import { keepText } from '../registry/knowntext.js';
import type { FieldSet } from './fieldset.js';

/** A member without children; shared by all sets. */
export const LEAF: FieldSet = Object.freeze({});
export const SELF = '.';

const PLACES_MAX = 50_000;

/** The parts of a set that were named so far, in their order. */
export interface Place {
  readonly above: Place | undefined;
  readonly element: string;
  readonly child: FieldSet;
  leaves: Map<string, Place> | undefined;
  inner: Map<string, Map<FieldSet, Place>> | undefined;
  set: FieldSet | undefined;
  /** The part that was named after this one the last time: mostly the next is the same. */
  last: Place | undefined;
}

const place = (above: Place | undefined, element: string, child: FieldSet): Place => ({
  above,
  element,
  child,
  leaves: undefined,
  inner: undefined,
  set: undefined,
  last: undefined,
});

interface Roots {
  members: Place;
  others: Place;
}
const roots = (): Roots => ({ members: place(undefined, SELF, LEAF), others: place(undefined, '', LEAF) });

let inOrder = roots();
/** As objects have their parts, in any order and perhaps twice: `set` is that of the parts in order. */
let asGiven = roots();
let count = 0;
/** Moves when all is forgotten. */
let age = 1;

/** Where the sets of one type begin, each naming its own place: objects of a type have mostly the same parts. */
export interface Start {
  age: number;
  at: Place | undefined;
}
export const newStart = (): Start => ({ age: 0, at: undefined });

/** As beginAsGiven(true), for one type. */
export function beginAt(start: Start): Place {
  if (count > PLACES_MAX) forget();
  if (start.age === age) return start.at!;
  start.age = age;
  return (start.at = place(undefined, SELF, LEAF));
}

/** Where a set begins: `member` says whether it names its own place. */
export function begin(member: boolean): Place {
  return rootOf(member, inOrder);
}

/** As begin, for parts in the order in which an object has them; see sortedAt. */
export function beginAsGiven(member: boolean): Place {
  return rootOf(member, asGiven);
}

function rootOf(member: boolean, { members, others }: Roots): Place {
  if (count <= PLACES_MAX) return member ? members : others;
  forget();
  return place(undefined, member ? SELF : '', LEAF);
}

function forget(): void {
  inOrder = roots();
  asGiven = roots();
  count = 0;
  age++;
}

/** One part more; parts come in the order of sets, each element once. */
export function add(to: Place, element: string, child: FieldSet): Place {
  const { last } = to;
  if (last !== undefined && last.child === child && last.element === element) return last;
  return (to.last = find(to, element, child));
}

function find(to: Place, element: string, child: FieldSet): Place {
  const known = child === LEAF ? (to.leaves ??= new Map()) : innerOf(to, element);
  const key = child === LEAF ? element : child;
  let next = (known as Map<string | FieldSet, Place>).get(key);
  if (next === undefined) {
    next = place(to, element, child);
    (known as Map<string | FieldSet, Place>).set(key, next);
    count++;
  }
  return next;
}

function innerOf(to: Place, element: string): Map<FieldSet, Place> {
  const inner = (to.inner ??= new Map());
  let byChild = inner.get(element);
  if (byChild === undefined) inner.set(element, (byChild = new Map()));
  return byChild;
}

/** The set of parts that were named as given: the same for the next object that has them so. Parts named twice are one leaf. */
export function sortedAt(at: Place, compare: (one: string, other: string) => number): FieldSet | undefined {
  if (at.above === undefined) return at.element === SELF ? LEAF : undefined;
  return (at.set ??= arrange(at, compare));
}

function arrange(at: Place, compare: (one: string, other: string) => number): FieldSet {
  const children = new Map<string, FieldSet>();
  let first = at;
  for (; first.above !== undefined; first = first.above) children.set(first.element, children.has(first.element) ? LEAF : first.child);
  let to = begin(first.element === SELF);
  for (const element of [...children.keys()].sort(compare)) to = add(to, element, children.get(element)!);
  return setAt(to)!;
}

/** undefined: the set is empty, and does not name its own place either. */
export function setAt(at: Place): FieldSet | undefined {
  if (at.above === undefined) return at.element === SELF ? LEAF : undefined;
  return (at.set ??= make(at));
}

function make(at: Place): FieldSet {
  const parts: Place[] = [];
  let first = at;
  for (; first.above !== undefined; first = first.above) parts.push(first);
  const set: Record<string, FieldSet> = {};
  if (first.element === SELF) set[SELF] = LEAF;
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) set[part.element] = part.child;
  keepText(Object.freeze(set));
  return set;
}
