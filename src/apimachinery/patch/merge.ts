/**
 * JSON merge patch (RFC 7386): null deletes, maps merge, all else replaces. And
 * the patch that `kubectl apply` makes of three documents for kinds whose
 * structs it does not know.
 */
import { conflictBetween, type ThreeWayOptions } from './conflicts.js';
import { deepEqual, has, isMap, put, type JsonMap } from './json.js';

/** The document after the patch; parts that the patch does not touch are shared with the original. */
export function applyMergePatch<T = any>(original: T, patch: unknown): T {
  if (!isMap(patch)) return patch as T;
  const result: JsonMap = isMap(original) ? { ...original } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else put(result, key, merged(has(result, key) ? result[key] : undefined, value));
  }
  return result as T;
}

function merged(original: unknown, value: unknown): unknown {
  if (isMap(value)) return applyMergePatch(original, value);
  return Array.isArray(value) && !isMap(original) ? withoutNulls(value) : value;
}

/** As Kubernetes' library does: maps inside a list that is put lose their nulls too, the list itself keeps them. */
function withoutNulls(list: readonly unknown[]): unknown[] {
  return list.map((item) => (isMap(item) ? applyMergePatch({}, item) : Array.isArray(item) ? withoutNulls(item) : item));
}

/** The merge patch that turns `original` into `modified`; {} where they are equal. */
export function createMergePatch(original: JsonMap, modified: JsonMap): JsonMap {
  return difference(original, modified, { additions: true, deletions: true });
}

/** As createThreeWayMergePatch, without knowing types: lists are replaced whole. */
export function createThreeWayJSONMergePatch(original: JsonMap, modified: JsonMap, current: JsonMap, options: ThreeWayOptions): JsonMap {
  const changes = difference(current, modified, { additions: true, deletions: false });
  const deletions = difference(original, modified, { additions: false, deletions: true });
  const patch = join(deletions, changes);
  if (!options.overwrite) {
    const changed = createMergePatch(original, current);
    if (conflict(patch, changed)) throw conflictBetween(patch, changed, options);
  }
  return patch;
}

function difference(from: JsonMap, to: JsonMap, options: { additions: boolean; deletions: boolean }): JsonMap {
  const patch: JsonMap = {};
  for (const [key, value] of Object.entries(to)) {
    if (has(from, key) && isMap(value) && isMap(from[key])) {
      const inner = difference(from[key], value, options);
      if (Object.keys(inner).length > 0) put(patch, key, inner);
    } else if (options.additions && (value !== null || options.deletions) && !(has(from, key) && deepEqual(from[key], value))) put(patch, key, value);
  }
  if (options.deletions) for (const key of Object.keys(from)) if (!has(to, key)) put(patch, key, null);
  return patch;
}

/** Two patches as one; nulls stay, for whoever applies it. */
function join(one: JsonMap, other: JsonMap): JsonMap {
  const result = { ...one };
  for (const [key, value] of Object.entries(other)) {
    put(result, key, isMap(value) && isMap(result[key]) ? join(result[key], value) : value);
  }
  return result;
}

function conflict(one: any, other: any): boolean {
  if (isMap(one) && isMap(other)) return Object.keys(one).some((key) => has(other, key) && conflict(one[key], other[key]));
  return !deepEqual(one, other);
}
