/**
 * Strategic merge patch, applied: lists merge by key or as sets where Go's tags
 * say so, and $patch, $retainKeys, $setElementOrder and $deleteFromPrimitiveList
 * direct it. Neither argument is changed; the result may share parts of both.
 */
import { deepCopy } from '../deep.js';
import type { TypeNode } from '../typenode.js';
import { badArgument, badPatchType, badPrimitiveList, badRetainKeys, badSetElementOrder, noMergeKey, PatchError } from './errors.js';
import { goText } from './gotext.js';
import { deepEqual, has, isMap, put, typeOf, type JsonMap } from './json.js';
import { patchMetaOf, type PatchMeta } from './lookup.js';
import { elementType, isDeletion, orderElements, partition } from './order.js';

export const DIRECTIVE = '$patch';
export const RETAIN_KEYS = '$retainKeys';
export const DELETE_FROM_LIST = '$deleteFromPrimitiveList';
export const SET_ORDER = '$setElementOrder';

export interface MergeOptions {
  /** False where two patches are joined into one: directives are kept for whoever applies it. */
  resolve: boolean;
  /** Uses the patch up in place; see spentPatch. */
  consume?: boolean;
}

/** The object after the patch. Throws a PatchError for a patch that cannot be. */
export function applyStrategicMergePatch<T = any>(original: T, patch: unknown, node: TypeNode): T {
  if (!isMap(patch)) throw badArgument('map', patch);
  return mergeMaps(original as JsonMap, patch, node, { resolve: true }) as T;
}

/** What Kubernetes has left of the patch once it was applied, and quotes in errors: without the directives and lists it has dealt with. */
export function spentPatch(original: object, patch: object, node: TypeNode): object {
  const spent = deepCopy(patch) as JsonMap;
  mergeMaps(original as JsonMap, spent, node, { resolve: true, consume: true });
  return spent;
}

export function mergeMaps(original: JsonMap, patch: JsonMap, node: TypeNode, options: MergeOptions): JsonMap {
  if (has(patch, DIRECTIVE)) return directed(patch);
  const result = { ...original };
  const rest = options.consume ? patch : { ...patch };
  retainKeys(result, rest, options);
  mergeOrderedLists(result, rest, node, options);
  for (const key of Object.keys(rest)) {
    mergeMember(result, key, rest[key], node, options);
    if (options.consume && !has(original, key) && isMap(rest[key])) put(rest, key, withoutDirectives(rest[key], true) ?? rest[key]);
  }
  return result;
}

function directed(patch: JsonMap): JsonMap {
  if (patch[DIRECTIVE] === 'delete') return {};
  if (patch[DIRECTIVE] !== 'replace') throw badPatchType(patch[DIRECTIVE], patch);
  const { [DIRECTIVE]: _, ...rest } = patch;
  return rest;
}

function retainKeys(result: JsonMap, patch: JsonMap, { resolve }: MergeOptions): void {
  if (!has(patch, RETAIN_KEYS)) return;
  const keys = patch[RETAIN_KEYS];
  delete patch[RETAIN_KEYS];
  if (!resolve) {
    if (has(result, RETAIN_KEYS) && !deepEqual(result[RETAIN_KEYS], keys)) {
      throw new PatchError(`${goText(result[RETAIN_KEYS])} and ${goText(keys)} are not deep equal: this may happen when calculating the 3-way diff patch`);
    }
    result[RETAIN_KEYS] = keys;
    return;
  }
  if (!Array.isArray(keys)) throw badRetainKeys();
  const kept = new Set(keys);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null || key.startsWith(DELETE_FROM_LIST) || key.startsWith(SET_ORDER)) continue;
    if (!kept.has(key)) throw badRetainKeys();
  }
  for (const key of Object.keys(result)) if (!kept.has(key)) delete result[key];
}

/** Lists for which the patch states an order are merged here, and taken out of the patch. */
function mergeOrderedLists(result: JsonMap, patch: JsonMap, node: TypeNode, options: MergeOptions): void {
  for (const directive of Object.keys(patch)) {
    if (!directive.startsWith(SET_ORDER)) continue;
    const order = patch[directive];
    if (!options.resolve) {
      if (has(result, directive) && !deepEqual(result[directive], order)) throw badSetElementOrder();
      result[directive] = order;
    }
    delete patch[directive];
    if (!Array.isArray(order)) throw badArgument('list', order);
    const key = listKey(directive, SET_ORDER);
    if (key === undefined) throw badSetElementOrder();
    const live = listOf(result, key);
    const change = listOf(patch, key);
    const meta = patchMetaOf(node, key);
    requireSameOrder(change ?? [], order, meta.mergeKey);
    if (live === undefined && change === undefined) continue;
    let merged = live ?? (withoutDirectives(change) as any[]);
    const server = [...(live ?? [])];
    if (live !== undefined && change !== undefined) merged = mergeLists(live, change, meta, { ...options, deletes: false, server });
    const { named, others } = partition(merged, order, meta.mergeKey);
    if (merged.length > 0) elementType(live ?? [], change ?? []);
    put(result, key, orderElements(named, others, { patch: order, server }, meta.mergeKey));
    delete patch[key];
  }
}

function listOf(map: JsonMap, key: string): any[] | undefined {
  if (!has(map, key)) return undefined;
  if (!Array.isArray(map[key])) throw badArgument('list', map[key]);
  return map[key];
}

function listKey(directive: string, prefix: string): string | undefined {
  const slash = directive.indexOf('/');
  return slash >= 0 && directive.slice(0, slash) === prefix ? directive.slice(slash + 1) : undefined;
}

/** The patch's items must come in the order that $setElementOrder states, and all be in it. */
function requireSameOrder(patch: any[], order: any[], mergeKey: string): void {
  if (patch.length === 0 || order.length === 0) return;
  const items =
    mergeKey === ''
      ? patch
      : patch.filter((item) => {
          if (!isMap(item)) throw badArgument('map', item);
          return !isDeletion(item);
        });
  let [at, place] = [0, 0];
  while (at < items.length && place < order.length) {
    if (isMap(items[at]) && has(items[at], DIRECTIVE)) {
      at++;
      continue;
    }
    if (sameKey(items[at], order[place], mergeKey)) at++;
    place++;
  }
  if (at < items.length) throw new PatchError(`The order in patch list:\n${goText(patch)}\n doesn't match ${SET_ORDER} list:\n${goText(order)}\n`);
}

export function sameKey(one: any, other: any, mergeKey: string): boolean {
  if (mergeKey === '') return one === other;
  for (const item of [one, other]) {
    if (!isMap(item)) throw badArgument('map', item);
    if (!has(item, mergeKey)) throw noMergeKey(item, mergeKey);
  }
  return one[mergeKey] === other[mergeKey];
}

function mergeMember(result: JsonMap, name: string, value: any, node: TypeNode, options: MergeOptions): void {
  const deletes = name.startsWith(DELETE_FROM_LIST);
  if (deletes && !options.resolve) {
    put(result, name, value);
    return;
  }
  const key = deletes ? listKey(name, DELETE_FROM_LIST) : name;
  if (key === undefined) throw badPrimitiveList();
  if (value === null) {
    delete result[key];
    if (options.resolve) return;
  }
  if (!has(result, key) || typeOf(result[key]) !== typeOf(value)) {
    if (!deletes) take(result, key, value, options);
  } else if (isMap(value)) {
    const meta = patchMetaOf(node, key);
    put(result, key, meta.strategy === 'replace' ? value : mergeMaps(result[key], value, meta.type, options));
  } else if (Array.isArray(value)) {
    put(result, key, mergeLists(result[key], value, patchMetaOf(node, key), { ...options, deletes }));
  } else take(result, key, value, options);
}

/** A value that is new to the original: as it came, without directives, and without nulls that have nothing to delete. */
function take(result: JsonMap, key: string, value: any, { resolve }: MergeOptions): void {
  const kept = withoutDirectives(value, resolve);
  if (kept === undefined) delete result[key];
  else put(result, key, kept);
}

/** undefined: the value was itself a directive. */
function withoutDirectives(value: any, dropNulls = false): any {
  if (Array.isArray(value)) return value.map((item) => withoutDirectives(item, dropNulls)).filter((item) => item !== undefined);
  if (!isMap(value)) return value;
  if (has(value, DIRECTIVE)) return undefined;
  const result: JsonMap = {};
  for (const [key, inner] of Object.entries(value)) {
    const kept = dropNulls && inner === null ? undefined : withoutDirectives(inner, dropNulls);
    if (kept !== undefined) put(result, key, kept);
  }
  return result;
}

interface ListOptions extends MergeOptions {
  deletes: boolean;
  /**
   * A copy of the original list that undergoes what Go's in-place edits do to it: deletions move items up, and items added
   * after them overwrite the tail. Kubernetes orders by this list, so where a deletion frees a place, a new item counts as standing there.
   */
  server?: any[];
}

function mergeLists(original: any[], patch: any[], meta: PatchMeta, options: ListOptions): any[] {
  if (meta.strategy !== 'merge' && !options.deletes) return patch;
  if (original.length === 0 && patch.length === 0) return original;
  if (elementType(original, patch) !== 'map') {
    if (options.resolve && options.deletes) return original.filter((item) => !patch.includes(item));
    return ordered(withoutRepeats([...original, ...patch]), patch, original, '');
  }
  if (meta.mergeKey === '') throw new PatchError('cannot merge lists without merge key for struct');
  const { base, changes } = resolveSpecial(original, patch, meta.mergeKey, options.server);
  return ordered(mergeByKey(base, changes, meta, options), changes, base, meta.mergeKey);
}

function ordered(merged: any[], patch: any[], server: any[], mergeKey: string): any[] {
  const { named, others } = partition(merged, patch, mergeKey);
  return orderElements(named, others, { patch, server }, mergeKey);
}

function resolveSpecial(original: any[], patch: any[], mergeKey: string, server: any[] = []): { base: any[]; changes: any[] } {
  let base = original;
  const changes: any[] = [];
  let replace = false;
  for (const item of patch) {
    if (!has(item, DIRECTIVE)) changes.push(item);
    else if (item[DIRECTIVE] === 'delete') {
      if (!has(item, mergeKey)) throw noMergeKey(item, mergeKey);
      base = base.filter((one) => !(has(one, mergeKey) && one[mergeKey] === item[mergeKey]));
      base.forEach((one, at) => {
        server[at] = one;
      });
    } else if (item[DIRECTIVE] === 'replace') replace = true;
    else if (item[DIRECTIVE] === 'merge') throw new PatchError('merging lists cannot yet be specified in the patch');
    else throw badPatchType(item[DIRECTIVE], item);
  }
  return replace ? { base: changes, changes: [] } : { base, changes };
}

function mergeByKey(original: any[], patch: any[], { mergeKey, type }: PatchMeta, options: ListOptions): any[] {
  const merged = [...original];
  for (const item of patch) {
    if (!has(item, mergeKey)) throw noMergeKey(item, mergeKey);
    const at = merged.findIndex((one) => has(one, mergeKey) && one[mergeKey] === item[mergeKey]);
    if (at < 0) {
      merged.push(item);
      if (options.server !== undefined && merged.length <= options.server.length) options.server[merged.length - 1] = item;
    } else merged[at] = mergeMaps(merged[at], item, type, options);
  }
  return merged;
}

/** A repeated scalar is overwritten by the last one, as Kubernetes' removal of duplicates does. */
export function withoutRepeats(list: any[]): any[] {
  const kept = [...list];
  for (let at = 0; at < kept.length - 1; at++) {
    for (let other = at + 1; other < kept.length; other++) {
      if (kept[at] !== kept[other]) continue;
      const last = kept.pop();
      if (other < kept.length) kept[other--] = last;
    }
  }
  return kept;
}
