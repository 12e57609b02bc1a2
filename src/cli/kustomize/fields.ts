/** Paths of fields as kustomize's configuration writes them ("spec/template/metadata/labels"): lists on the way are gone through item by item. */
import type { Id } from './resources.js';

export interface FieldSpec {
  path: string;
  group?: string;
  version?: string;
  kind?: string;
  /** Make the maps on the way. */
  create?: boolean;
}

export const appliesTo = ({ group, version, kind }: FieldSpec, id: Id): boolean =>
  (!group || group === id.group) && (!version || version === id.version) && (!kind || kind === id.kind);

/** Calls `change` with what holds the last field, and that field's name, for each place the path leads to. */
export function atPath(object: any, path: string, create: { create: boolean }, change: (holder: any, key: string) => void): void {
  walk(object, partsOf(path), create.create, change);
}

/** "a/b\/c" is a and "b/c". */
const partsOf = (path: string): string[] =>
  path
    .split(/(?<!\\)\//)
    .filter((part) => part !== '')
    .map((part) => part.replaceAll('\\/', '/').replace(/\[\]$/, ''));

function walk(at: any, parts: readonly string[], create: boolean, change: (holder: any, key: string) => void): void {
  if (Array.isArray(at)) {
    for (const item of at) walk(item, parts, create, change);
    return;
  }
  if (at === null || typeof at !== 'object') return;
  const [part, ...rest] = parts as [string, ...string[]];
  if (rest.length === 0) {
    if (create || Object.hasOwn(at, part)) change(at, part);
    return;
  }
  if (at[part] === undefined || at[part] === null) {
    if (!create) return;
    at[part] = {};
  }
  walk(at[part], rest, create, change);
}
