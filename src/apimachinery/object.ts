/**
 * What every API object has. An object looks the same on the wire, in the
 * store, in a cache and in the CLI: exactly the fields Kubernetes would show.
 */
import type { ListMeta, ObjectMeta } from './meta/meta.js';

export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

export interface KubeList<T extends KubeObject = KubeObject> {
  apiVersion: string;
  kind: string;
  metadata: ListMeta;
  items: T[];
}

export interface WatchEvent<T extends KubeObject = KubeObject> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: T;
}

/** The same type with every field optional, at any depth: what a writer sends before the server defaults it. */
export type Draft<T> = T extends (infer Item)[] ? Draft<Item>[] : T extends object ? { [Key in keyof T]?: Draft<T[Key]> } : T;

/** A draft that names what it is. */
export type ObjectDraft<T extends KubeObject = KubeObject> = Draft<T> & { apiVersion: string; kind: string };

export interface ObjectKey {
  namespace?: string;
  name: string;
}

/** "namespace/name", or the name alone for cluster-scoped objects: a work queue's item. */
export function keyText({ namespace, name }: ObjectKey): string {
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

export function keyOf(text: string): ObjectKey {
  const slash = text.indexOf('/');
  return slash < 0 ? { name: text } : { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}
