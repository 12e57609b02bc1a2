/**
 * Strategic merge patches made from two or three documents, as `kubectl apply`
 * and `kubectl edit` compute them: what the user's new configuration adds or
 * changes in the live object, and what it no longer has of the last one.
 */
import type { TypeNode } from '../typenode.js';
import { requireNoConflicts, type ThreeWayOptions } from './conflicts.js';
import { PatchError } from './errors.js';
import { byBytes, goText } from './gotext.js';
import { deepEqual, has, isMap, put, typeOf, type JsonMap } from './json.js';
import { patchMetaOf, type PatchMeta } from './lookup.js';
import { elementType, requireMergeKey, sortByOrder } from './order.js';
import { DELETE_FROM_LIST, DIRECTIVE, mergeMaps, RETAIN_KEYS, sameKey, SET_ORDER, withoutRepeats } from './strategic.js';

interface DiffOptions {
  deletions: boolean;
  additions: boolean;
  setOrder: boolean;
  /** The struct being compared has the retainKeys strategy: list its keys. */
  retainKeys?: boolean;
}

/** The patch that turns `original` into `modified`. */
export function createTwoWayMergePatch(original: JsonMap, modified: JsonMap, node: TypeNode): JsonMap {
  return diffMaps(original, modified, node, { deletions: true, additions: true, setOrder: true });
}

/**
 * The patch for `current`: everything of `modified` that differs there, and the deletion of what `original`, the configuration applied before,
 * had and `modified` lacks. Without `overwrite`, fields changed in `current` since `original` are a conflict.
 */
export function createThreeWayMergePatch(original: JsonMap, modified: JsonMap, current: JsonMap, node: TypeNode, options: ThreeWayOptions): JsonMap {
  const changes = diffMaps(current, modified, node, { deletions: false, additions: true, setOrder: true });
  const deletions = diffMaps(original, modified, node, { deletions: true, additions: false, setOrder: true });
  const patch = mergeMaps(deletions, changes, node, { resolve: false });
  if (!options.overwrite) {
    const changed = diffMaps(original, current, node, { deletions: true, additions: true, setOrder: false });
    requireNoConflicts(patch, changed, node, options);
  }
  return patch;
}

export function diffMaps(original: JsonMap, modified: JsonMap, node: TypeNode, options: DiffOptions): JsonMap {
  const patch: JsonMap = {};
  for (const [key, value] of Object.entries(modified)) {
    if (!has(original, key)) {
      if (options.additions) put(patch, key, value);
    } else if (key === DIRECTIVE) {
      if (original[key] !== value) patch[key] = value;
    } else diffMember(patch, key, original[key], value, node, options);
  }
  const gone = Object.keys(original).filter((key) => !has(modified, key));
  if (options.deletions) for (const key of gone) put(patch, key, null);
  const kept = options.retainKeys ? Object.keys(modified).filter((key) => modified[key] !== null) : [];
  if (kept.length > 0 && (Object.keys(patch).length > 0 || gone.some((key) => original[key] !== null))) patch[RETAIN_KEYS] = kept.sort(byBytes);
  return patch;
}

function diffMember(patch: JsonMap, key: string, original: any, modified: any, node: TypeNode, options: DiffOptions): void {
  if (typeOf(original) !== typeOf(modified)) {
    if (options.additions) put(patch, key, modified);
    return;
  }
  const compound = isMap(modified) || Array.isArray(modified);
  // Metadata is looked up only where something differs, so that equal values of unknown fields do no harm.
  if (compound && deepEqual(original, modified)) return;
  const meta = compound ? patchMetaOf(node, key) : undefined;
  if (isMap(modified)) diffStruct(patch, key, original, modified, meta!, options);
  else if (Array.isArray(modified) && meta!.strategy === 'merge') diffList(patch, key, original, modified, meta!, options);
  else if (options.additions && !deepEqual(original, modified)) put(patch, key, modified);
}

function diffStruct(patch: JsonMap, key: string, original: any, modified: any, meta: PatchMeta, options: DiffOptions): void {
  if (meta.strategy === 'replace') {
    if (options.additions) put(patch, key, modified);
    return;
  }
  const inner = diffMaps(original, modified, meta.type, { ...options, retainKeys: meta.retainKeys });
  if (Object.keys(inner).length > 0) put(patch, key, inner);
}

function diffList(patch: JsonMap, key: string, original: any[], modified: any[], meta: PatchMeta, outer: DiffOptions): void {
  if (original.length === 0) {
    if (modified.length > 0 && outer.additions) put(patch, key, modified);
    return;
  }
  const options = { ...outer, retainKeys: meta.retainKeys };
  if (elementType(original, modified) === 'map') diffListOfMaps(patch, key, original, modified, meta, options);
  else diffListOfScalars(patch, key, original, modified, options);
}

function diffListOfMaps(patch: JsonMap, key: string, original: any[], modified: any[], { mergeKey, type }: PatchMeta, options: DiffOptions): void {
  if (mergeKey === '') throw new PatchError('cannot merge lists without merge key for struct');
  requireMergeKey(mergeKey, original, modified);
  const changes: any[] = [];
  const deletions: any[] = [];
  walkPairs(
    byKeyText(original, mergeKey),
    byKeyText(modified, mergeKey),
    (item) => goText(item[mergeKey]),
    (before, after) => {
      if (before === undefined) {
        if (options.additions) changes.push(after);
      } else if (after === undefined) {
        if (options.deletions) deletions.push({ [mergeKey]: before[mergeKey], [DIRECTIVE]: 'delete' });
      } else {
        const inner = diffMaps(before, after, type, options);
        if (Object.keys(inner).length > 0) changes.push({ ...inner, [mergeKey]: after[mergeKey] });
      }
    },
  );
  const list = [...sortByOrder(changes, modified, mergeKey), ...deletions];
  if (list.length > 0) put(patch, key, list);
  const moved = original.length !== modified.length || modified.some((item, at) => !sameKey(original[at], item, mergeKey));
  if (options.setOrder && ((options.additions && (list.length > 0 || moved)) || (options.deletions && list.length > 0))) {
    const order = modified.map((item) => ({ [mergeKey]: item[mergeKey] }));
    if (order.length > 0) patch[`${SET_ORDER}/${key}`] = order;
  }
}

function diffListOfScalars(patch: JsonMap, key: string, original: any[], modified: any[], options: DiffOptions): void {
  const additions: any[] = [];
  const deletions: any[] = [];
  const sorted = (list: any[]) => [...list].sort((one, other) => byBytes(goText(one), goText(other)));
  walkPairs(sorted(original), sorted(modified), goText, (before, after) => {
    if (before === undefined && options.additions) additions.push(after);
    if (after === undefined && options.deletions) deletions.push(before);
  });
  if (additions.length > 0) put(patch, key, sortByOrder(additions, modified, ''));
  if (deletions.length > 0) patch[`${DELETE_FROM_LIST}/${key}`] = withoutRepeats(deletions);
  const differs = options.additions && !deepEqual(original, modified);
  if (options.setOrder && modified.length > 0 && (deletions.length > 0 || differs)) patch[`${SET_ORDER}/${key}`] = modified;
}

const byKeyText = (list: any[], mergeKey: string) => [...list].sort((one, other) => byBytes(goText(one[mergeKey]), goText(other[mergeKey])));

/** Walks two sorted lists at once; `visit` gets undefined for the side that lacks the item. */
function walkPairs(left: any[], right: any[], textOf: (item: any) => string, visit: (left: any, right: any) => void): void {
  let [at, to] = [0, 0];
  while (at < left.length || to < right.length) {
    const side = at >= left.length ? 1 : to >= right.length ? -1 : byBytes(textOf(left[at]), textOf(right[to]));
    if (side === 0) visit(left[at++], right[to++]);
    else if (side < 0) visit(left[at++], undefined);
    else visit(undefined, right[to++]);
  }
}
