/**
 * The order of a merged list: items that the patch names in the patch's order,
 * others in the live order, interleaved so that both keep their own order and
 * a live item stands before the first patch item it preceded.
 */
import { badArgument, noListOfLists, noMergeKey, PatchError } from './errors.js';
import { goText } from './gotext.js';
import { has, isMap, typeOf, type JsonMap, type JsonType } from './json.js';

export function orderElements(patch: any[], serverOnly: any[], orders: { patch: any[]; server: any[] }, mergeKey: string): any[] {
  const left = sortByOrder(serverOnly, orders.server, mergeKey);
  const right = sortByOrder(patch, orders.patch, mergeKey);
  const indexes = indexOf(orders.server, mergeKey);
  const merged: any[] = [];
  let [at, to] = [0, 0];
  while (at < left.length || to < right.length) {
    if (at >= left.length) merged.push(right[to++]);
    else if (to >= right.length) merged.push(left[at++]);
    else {
      const before = indexes(left[at]);
      const after = indexes(right[to]);
      merged.push(before >= 0 && after >= 0 && before < after ? left[at++] : right[to++]);
    }
  }
  return merged;
}

/** Deletions go last. An item that `order` does not know moves in front of its neighbour, as Kubernetes' comparison has it. */
export function sortByOrder(items: any[], order: any[], mergeKey: string): any[] {
  const maps = items.some(isMap);
  if (maps) requireMergeKey(mergeKey, items, order);
  const kept = maps ? items.filter((item) => !isDeletion(item)) : [...items];
  const indexes = indexOf(order, mergeKey);
  const ranks = kept.map((item) => indexes(item));
  for (let end = 1; end < kept.length; end++) {
    for (let at = end; at > 0 && (ranks[at]! < 0 || ranks[at - 1]! < 0 || ranks[at]! < ranks[at - 1]!); at--) {
      [kept[at], kept[at - 1]] = [kept[at - 1], kept[at]];
      [ranks[at], ranks[at - 1]] = [ranks[at - 1]!, ranks[at]!];
    }
  }
  return maps ? [...kept, ...items.filter(isDeletion)] : kept;
}

export const isDeletion = (item: unknown): boolean => isMap(item) && item.$patch === 'delete';

/** Splits a list into items that `by` names and the others. */
export function partition(items: any[], by: any[], mergeKey: string): { named: any[]; others: any[] } {
  if (mergeKey !== '') requireMergeKey(mergeKey, items);
  const indexes = indexOf(by, mergeKey);
  const named: any[] = [];
  const others: any[] = [];
  for (const item of items) (indexes(item) >= 0 ? named : others).push(item);
  return { named, others };
}

function indexOf(list: any[], mergeKey: string): (item: unknown) => number {
  const positions = new Map<unknown, number>();
  list.forEach((item, at) => {
    const key = mergeKey === '' ? item : isMap(item) ? item[mergeKey] : undefined;
    if (!positions.has(key)) positions.set(key, at);
  });
  return (item) => positions.get(mergeKey === '' ? item : (item as JsonMap | undefined)?.[mergeKey]) ?? -1;
}

export function requireMergeKey(mergeKey: string, ...lists: any[][]): void {
  for (const list of lists) {
    for (const item of list) {
      if (!isMap(item)) throw badArgument('map', item);
      if (!has(item, mergeKey)) throw noMergeKey(item, mergeKey);
    }
  }
}

/** The one type all elements have; lists of lists and mixtures are refused. */
export function elementType(...lists: any[][]): JsonType {
  let found: JsonType | undefined;
  for (const list of lists) {
    for (const item of list) {
      const type = typeOf(item);
      if (found === undefined) found = type;
      if (type === 'list' && found === 'list') throw noListOfLists();
      if (type !== found) throw new PatchError(`list element types are not identical: ${goText(lists)}`);
    }
  }
  if (found === undefined) throw new PatchError('no elements in any of the given slices');
  return found;
}
