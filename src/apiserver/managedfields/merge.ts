/**
 * Two objects merged as structured-merge-diff merges them, the applied one
 * winning, and fields taken out of an object. Neither argument is changed; the
 * result shares what did not change.
 */
import { isMap, put, type JsonMap } from '../../apimachinery/patch/json.js';
import { DEDUCED_MAP as DEDUCED, memberShape } from './compare.js';
import { isMember, LEAF, union, type FieldSet, type MaybeSet } from './fieldset.js';
import { itemsByName, namedItems, type NamedItem } from './items.js';
import type { ListShape, MapShape, Shape } from './shape.js';

export function mergeObjects(shape: Shape, live: any, applied: any): any {
  if (applied === undefined) return live;
  if (live === undefined) return applied;
  if (shape.kind === 'list') return mergeLists(shape, live, applied);
  if (shape.kind === 'map') return mergeMaps(shape, live, applied);
  if (shape.kind === 'deduced' && isMap(live) && isMap(applied)) return mergeMaps(DEDUCED, live, applied);
  return applied;
}

function mergeMaps(shape: MapShape, live: any, applied: any): any {
  if (!isMap(applied)) return isMap(live) && Object.keys(live).length > 0 ? live : applied;
  if (!isMap(live)) return applied;
  if (Object.keys(live).length === 0) return applied;
  const merged: JsonMap = { ...live };
  for (const [name, value] of Object.entries(applied)) put(merged, name, mergeObjects(memberShape(shape, name), merged[name], value));
  return merged;
}

/**
 * The applied items come in their own order; live items that are not applied keep their place relative to those around them.
 */
function mergeLists(shape: ListShape, live: any, applied: any): any {
  const left = Array.isArray(live) ? namedItems(shape, live) : [];
  const right = Array.isArray(applied) ? namedItems(shape, applied) : [];
  if (left.length === 0 && right.length === 0) return applied;
  const byLive = itemsByName(shape, Array.isArray(live) ? live : []);
  const byApplied = itemsByName(shape, Array.isArray(applied) ? applied : []);
  const merge = ({ element, item }: NamedItem) => {
    const others = byLive.get(element);
    return others?.length === 1 ? mergeObjects(shape.items, others[0], item) : item;
  };
  return interleave(left, right, { isLive: (name) => byLive.has(name), isApplied: (name) => byApplied.has(name) }, merge);
}

interface Sides {
  isLive(name: string): boolean;
  isApplied(name: string): boolean;
}

function interleave(left: NamedItem[], right: NamedItem[], { isLive, isApplied }: Sides, merge: (item: NamedItem) => any): any[] {
  const out: any[] = [];
  const merged = new Set<string>();
  const shared = right.map(({ element }) => element).filter(isLive);
  let next = shared.shift();
  for (let [at, to] = [0, 0]; at < left.length || to < right.length;) {
    const mine = left[at];
    const theirs = right[to];
    if (mine !== undefined && theirs !== undefined) {
      if (mine.element === theirs.element) {
        merged.add(mine.element);
        out.push(merge(theirs));
        at++;
        to++;
        next = shared.shift();
        continue;
      }
      if (isApplied(mine.element) && next !== undefined && next !== mine.element) {
        at++;
        continue;
      }
    }
    if (mine !== undefined) {
      if (!isApplied(mine.element)) {
        out.push(mine.item);
        at++;
        continue;
      }
      if (merged.has(mine.element)) at++;
    }
    if (theirs !== undefined) {
      merged.add(theirs.element);
      out.push(merge(theirs));
      to++;
      if (next === theirs.element) next = shared.shift();
    }
  }
  return out;
}

/** The object without what the set names; null where nothing is left of a map or list. */
export function removeItems(shape: Shape, value: any, set: MaybeSet): any {
  if (set === undefined) return value;
  if (shape.kind === 'list') return removeFromList(shape, value, set);
  if (shape.kind === 'map') return removeFromMap(shape, value, set);
  if (shape.kind === 'deduced' && isMap(value)) return removeFromMap(DEDUCED, value, set);
  return shape.kind === 'leaf' && shape.atomic === undefined ? value : null;
}

function removeFromList(shape: ListShape, value: any, set: FieldSet): any {
  if (!Array.isArray(value) || value.length === 0) return null;
  const kept: any[] = [];
  for (const { element, item } of namedItems(shape, value)) {
    const below = set[element];
    if (below === undefined) kept.push(item);
    else if (!isMember(below)) kept.push(removeItems(shape.items, item, below));
  }
  return kept.length > 0 ? kept : null;
}

function removeFromMap(shape: MapShape, value: any, set: FieldSet): any {
  if (!isMap(value) || Object.keys(value).length === 0) return null;
  const kept: JsonMap = {};
  for (const [name, inner] of Object.entries(value)) {
    const below = set[`f:${name}`];
    if (below === undefined) put(kept, name, inner);
    else if (!isMember(below)) put(kept, name, removeItems(memberShape(shape, name), inner, below));
  }
  return Object.keys(kept).length > 0 ? kept : null;
}

/** The set with every struct field on the way to a member as a member too, but not maps and lists that keys and items lie in. */
export function withNamedFields(shape: Shape, set: MaybeSet): MaybeSet {
  if (set === undefined) return undefined;
  const result: Record<string, FieldSet> = {};
  for (const [element, child] of Object.entries(set)) {
    if (element === '.') {
      result[element] = LEAF;
      continue;
    }
    const name = element.slice(2);
    const isField = element[0] === 'f' && shape.kind === 'map' && shape.byName.has(name);
    const below = shape.kind === 'list' ? shape.items : shape.kind === 'map' ? memberShape(shape, name) : shape;
    const inner = withNamedFields(below, child)!;
    result[element] = isField ? union(inner, LEAF)! : inner;
  }
  return result;
}
