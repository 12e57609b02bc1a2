/**
 * Whether two patches want different things of one field: what `kubectl apply
 * --overwrite=false` asks before it writes over changes made by others.
 */
import type { TypeNode } from '../typenode.js';
import { PatchError } from './errors.js';
import { byBytes, goText } from './gotext.js';
import { deepEqual, has, isMap, type JsonMap } from './json.js';
import { patchMetaOf, type PatchMeta } from './lookup.js';
import { elementType } from './order.js';
import { DIRECTIVE, RETAIN_KEYS, withoutRepeats } from './strategic.js';

export interface ThreeWayOptions {
  /** True: what others changed since is overwritten. False: it is a conflict. */
  overwrite: boolean;
  /** How the message of a conflict writes the two patches; kubectl writes YAML. */
  toYaml?: (value: unknown) => string;
}

export function requireNoConflicts(patch: JsonMap, changed: JsonMap, node: TypeNode, options: ThreeWayOptions): void {
  if (mapsConflict(patch, changed, node)) throw conflictBetween(patch, changed, options);
}

export function conflictBetween(patch: JsonMap, changed: JsonMap, { toYaml = JSON.stringify }: ThreeWayOptions): PatchError {
  return new PatchError(`patch:\n${toYaml(patch)}\nconflicts with changes made from original to current:\n${toYaml(changed)}\n`, 409);
}

function valuesConflict(left: any, right: any, meta: PatchMeta): boolean {
  if (isMap(left)) {
    if (!isMap(right)) return true;
    if (has(left, DIRECTIVE) !== has(right, DIRECTIVE) || left[DIRECTIVE] !== right[DIRECTIVE]) return true;
    return meta.strategy !== 'replace' && mapsConflict(left, right, meta.type);
  }
  if (Array.isArray(left)) return !Array.isArray(right) || listsConflict(left, right, meta);
  return !deepEqual(left, right);
}

function mapsConflict(left: JsonMap, right: JsonMap, node: TypeNode): boolean {
  return Object.keys(left).some(
    (key) =>
      key !== DIRECTIVE &&
      key !== RETAIN_KEYS &&
      !key.startsWith('$') &&
      has(right, key) &&
      valuesConflict(left[key], right[key], isMap(left[key]) || Array.isArray(left[key]) ? patchMetaOf(node, key) : PLAIN(node)),
  );
}

const PLAIN = (type: TypeNode): PatchMeta => ({ type, strategy: '', retainKeys: false, mergeKey: '' });

function listsConflict(left: any[], right: any[], meta: PatchMeta): boolean {
  const maps = elementType(left, right) === 'map';
  if (meta.strategy === 'merge') {
    if (!maps) return false;
    const others = new Map(right.map((item) => [goText(item[meta.mergeKey]), item]));
    return left.some((item) => {
      const other = others.get(goText(item[meta.mergeKey]));
      return other !== undefined && valuesConflict(item, other, PLAIN(meta.type));
    });
  }
  if (left.length !== right.length) return true;
  const [one, other] = maps ? [left, right] : [sorted(left), sorted(right)];
  return one.some((item, at) => valuesConflict(item, other[at], PLAIN(meta.type)));
}

const sorted = (list: any[]) => withoutRepeats(list).sort((one, other) => byBytes(goText(one), goText(other)));
