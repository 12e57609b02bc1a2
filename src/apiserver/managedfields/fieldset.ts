/**
 * Sets of fields, in the very form that managedFields carries: nested objects
 * whose keys are path elements. A leaf {} is a member; "." marks a member that
 * also has children. Sets are never changed, so parts of them may be shared.
 */
import { compareElements, isElement } from './element.js';
import { add, begin, LEAF, SELF, setAt } from './intern.js';

export interface FieldSet {
  readonly [element: string]: FieldSet;
}

export { LEAF };

/** Nothing at all is undefined, so that an empty set is never mistaken for a leaf. */
export type MaybeSet = FieldSet | undefined;

function isLeaf(set: FieldSet): boolean {
  for (const _ in set) return false;
  return true;
}
export const isMember = (set: FieldSet): boolean => SELF in set || isLeaf(set);

function build(member: boolean, children: [string, FieldSet][]): MaybeSet {
  let at = begin(member);
  for (let index = 0; index < children.length; index++) {
    const part = children[index]!;
    at = add(at, part[0], part[1]);
  }
  return setAt(at);
}

/** A set from parts that a walk found in any order. */
export function sorted(member: boolean, children: [string, FieldSet][]): MaybeSet {
  for (let at = 1; at < children.length; at++) {
    if (compareElements(children[at - 1]![0], children[at]![0]) <= 0) continue;
    children.sort(([one], [other]) => compareElements(one, other));
    break;
  }
  return build(member, children);
}

function childrenOf(set: FieldSet): string[] {
  const keys = Object.keys(set);
  return keys[0] === SELF ? keys.slice(1) : keys.includes(SELF) ? keys.filter((key) => key !== SELF) : keys;
}

export function union(one: MaybeSet, other: MaybeSet): MaybeSet {
  if (one === undefined || one === other) return other;
  if (other === undefined) return one;
  const children: [string, FieldSet][] = childrenOf(one).map((key) => [key, Object.hasOwn(other, key) ? union(one[key], other[key])! : one[key]!]);
  for (const key of childrenOf(other)) if (!Object.hasOwn(one, key)) children.push([key, other[key]!]);
  return sorted(isMember(one) || isMember(other), children);
}

/** Members of `one` that are not members of `other`. */
export function difference(one: MaybeSet, other: MaybeSet): MaybeSet {
  return subtract(one, other, { recursive: false });
}

/** As difference, and without whatever lies below members of `other`. */
export function recursiveDifference(one: MaybeSet, other: MaybeSet): MaybeSet {
  return subtract(one, other, { recursive: true });
}

function subtract(one: MaybeSet, other: MaybeSet, how: { recursive: boolean }): MaybeSet {
  if (one === undefined || other === undefined) return one;
  const children: [string, FieldSet][] = [];
  let same = true;
  for (const key of childrenOf(one)) {
    const mine = one[key]!;
    const theirs = other[key];
    const left = theirs === undefined ? mine : how.recursive && isMember(theirs) ? undefined : subtract(mine, theirs, how);
    if (left !== undefined) children.push([key, left]);
    same &&= left === mine;
  }
  const member = isMember(one);
  const stays = member && !isMember(other);
  return same && stays === member ? one : build(stays, children);
}

export function intersection(one: MaybeSet, other: MaybeSet): MaybeSet {
  if (one === undefined || other === undefined) return undefined;
  if (one === other) return one;
  const children: [string, FieldSet][] = [];
  for (const key of childrenOf(one)) {
    const shared = Object.hasOwn(other, key) ? intersection(one[key], other[key]) : undefined;
    if (shared !== undefined) children.push([key, shared]);
  }
  return build(isMember(one) && isMember(other), children);
}

export function equalSets(one: MaybeSet, other: MaybeSet): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined || isMember(one) !== isMember(other)) return false;
  const keys = childrenOf(one);
  return keys.length === childrenOf(other).length && keys.every((key) => Object.hasOwn(other, key) && equalSets(one[key], other[key]));
}

/** A set of single paths. */
export function setOf(...paths: readonly (readonly string[])[]): MaybeSet {
  return paths.reduce<MaybeSet>(
    (set, path) =>
      union(
        set,
        path.reduceRight<FieldSet>((inner, element) => ({ [element]: inner }), LEAF),
      ),
    undefined,
  );
}

/** Every member, in Kubernetes' order: a place before what lies in it. */
export function* members(set: MaybeSet, path: readonly string[] = []): Generator<readonly string[]> {
  if (set === undefined) return;
  // As structured-merge-diff walks a set: what belongs to it at one place, then what lies below.
  for (const key of childrenOf(set)) if (isMember(set[key]!)) yield [...path, key];
  for (const key of childrenOf(set)) yield* members(set[key], [...path, key]);
}

/** The set in a FieldsV1 that somebody sent, sorted; undefined for an empty one. Throws for what is none. */
export function parseFieldSet(value: unknown): MaybeSet {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new FieldsError('not an object');
  const set = value as Record<string, unknown>;
  const children: [string, FieldSet][] = [];
  for (const key of Object.keys(set)) {
    if (key === SELF) continue;
    if (!isElement(key)) throw new FieldsError(`missing or unknown path element: ${key}`);
    children.push([key, parseFieldSet(set[key]) ?? LEAF]);
  }
  return sorted(SELF in set, children);
}

export class FieldsError extends Error {}
