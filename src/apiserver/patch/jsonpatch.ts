/**
 * JSON patch as Kubernetes applies it, which departs from RFC 6902: replacing a
 * missing member adds it, a missing member copies as null and tests equal to
 * null, -1 is the last index, and a path loses what stands before its first
 * slash. The document is not changed; the result shares what was not touched.
 */
import { deepEqual, has, isMap, put } from '../../apimachinery/patch/json.js';

/** More operations are refused with 413. */
export const JSON_PATCH_OPERATIONS_MAX = 10_000;

export class JsonPatchError extends Error {}

export function applyJsonPatch(document: any, operations: readonly any[]): any {
  let result = document;
  for (const operation of operations) result = applyOperation(result, operation);
  return result;
}

function applyOperation(document: any, operation: any): any {
  const value = operation?.value === undefined ? null : operation.value;
  const path = () => pointer(operation.path);
  const from = () => pointer(operation.from);
  switch (operation?.op) {
    case 'add':
      return edit(document, path(), (parent, key) => add(parent, key, value));
    case 'remove':
      return edit(document, path(), remove);
    case 'replace':
      return operation.path === '' ? whole(value) : edit(document, path(), (parent, key) => replace(parent, key, value));
    case 'copy': {
      const source = read(document, from());
      return edit(document, path(), (parent, key) => add(parent, key, source ?? null));
    }
    case 'move': {
      const source = read(document, from());
      return edit(edit(document, from(), remove), path(), (parent, key) => add(parent, key, source ?? null));
    }
    case 'test': {
      if (!deepEqual(read(document, path()) ?? null, value)) throw new JsonPatchError(`testing path ${operation.path} failed`);
      return document;
    }
    default:
      throw new JsonPatchError(`Unexpected kind: ${operation?.op ?? 'unknown'}`);
  }
}

/** As Kubernetes' library does: of all operations replace alone knows the whole document. */
function whole(value: unknown): unknown {
  if (isMap(value) || Array.isArray(value)) return value;
  throw new JsonPatchError('replace operation value must be object or array');
}

function pointer(text: unknown): string[] {
  if (typeof text !== 'string') throw new JsonPatchError('operation missing path field');
  const parts = text.split('/');
  if (parts.length < 2) throw new JsonPatchError(`doc is missing path: ${JSON.stringify(text)}`);
  return parts.slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Changes the container that the path ends in, copying it and those above it. */
function edit(node: any, [key, ...rest]: string[], change: (parent: any, key: string) => any): any {
  if (rest.length === 0) return change(container(node, key!), key!);
  const inner = edit(child(container(node, key!), key!), rest, change);
  return replace(container(node, key!), key!, inner);
}

function read(node: any, [key, ...rest]: string[]): any {
  const inner = child(container(node, key!), key!);
  return rest.length === 0 ? inner : read(inner, rest);
}

function container(node: any, key: string): any {
  if (isMap(node) || Array.isArray(node)) return node;
  throw new JsonPatchError(`doc is missing path: ${JSON.stringify(key)}`);
}

function child(parent: any, key: string): any {
  return Array.isArray(parent) ? parent[indexOf(key, parent.length, parent.length - 1)] : has(parent, key) ? parent[key] : undefined;
}

function indexOf(key: string, length: number, last: number): number {
  if (!/^[+-]?\d+$/.test(key)) throw new JsonPatchError(`value was not a proper array index: ${JSON.stringify(key)}`);
  const index = Number(key) < 0 ? Number(key) + length : Number(key);
  if (index < 0 || index > last) throw new JsonPatchError(`Unable to access invalid index: ${key}`);
  return index;
}

function add(parent: any, key: string, value: any): any {
  if (!Array.isArray(parent)) return replace(parent, key, value);
  if (key === '-') return [...parent, value];
  // A negative index counts in the list as it will be.
  return parent.toSpliced(indexOf(key, parent.length + 1, parent.length), 0, value);
}

function replace(parent: any, key: string, value: any): any {
  if (Array.isArray(parent)) return parent.with(indexOf(key, parent.length, parent.length - 1), value);
  const copy = { ...parent };
  put(copy, key, value);
  return copy;
}

function remove(parent: any, key: string): any {
  if (Array.isArray(parent)) return parent.toSpliced(indexOf(key, parent.length, parent.length - 1), 1);
  if (!has(parent, key)) throw new JsonPatchError(`Unable to remove nonexistent key: ${key}`);
  const { [key]: _, ...rest } = parent;
  return rest;
}
