/**
 * A patched document as its error quotes it: parts the patch touched are Go
 * maps, sorted by key; all others keep the order of Go's structs.
 */
import { goJson } from '../../apimachinery/gojson.js';
import { byBytes } from '../../apimachinery/patch/gotext.js';
import { isMap, put, type JsonMap } from '../../apimachinery/patch/json.js';
import type { TypeNode } from '../../apimachinery/typenode.js';

export function documentText(patched: any, current: any, node: TypeNode): string {
  return goJson(arrangedDocument(patched, current, node));
}

/** The document as Go would read it after the patch; its order is the order of complaints. */
export function arrangedDocument(patched: any, current: any, node: TypeNode): any {
  return arranged(patched, current, node);
}

function arranged(value: any, before: any, node: TypeNode | undefined): any {
  if (value === before) return untouched(value, node);
  if (Array.isArray(value))
    return value.map((item, at) => arranged(item, Array.isArray(before) ? (before.includes(item) ? item : before[at]) : undefined, itemsOf(node)));
  if (!isMap(value)) return value;
  const result: JsonMap = {};
  for (const key of Object.keys(value).sort(byBytes)) put(result, key, arranged(value[key], isMap(before) ? before[key] : undefined, memberOf(node, key)));
  return result;
}

function untouched(value: any, node: TypeNode | undefined): any {
  if (Array.isArray(value)) return value.map((item) => untouched(item, itemsOf(node)));
  if (!isMap(value)) return value;
  const keys =
    node?.kind === 'struct' && node.go !== ''
      ? node.fields.map(({ name }) => name).filter((name) => value[name] !== undefined)
      : Object.keys(value).sort(byBytes);
  const result: JsonMap = {};
  for (const key of keys) put(result, key, untouched(value[key], memberOf(node, key)));
  return result;
}

const itemsOf = (node: TypeNode | undefined) => (node?.kind === 'list' ? node.items : undefined);
const memberOf = (node: TypeNode | undefined, key: string) =>
  node?.kind === 'struct' ? (node.byName.get(key)?.type ?? node.additional) : node?.kind === 'map' ? node.values : undefined;
