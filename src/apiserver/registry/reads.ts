/** Reads of other kinds' objects that one request needs to be judged: from the store, so that a user's own write is seen. */
import { whenThere, type Soon } from '../../platform/soon.js';
import type { Server } from '../context.js';
import type { View } from './storage.js';

type Reader = Pick<Server, 'registry' | 'storages'>;

/** Asked about by most writes, and seldom changed. */
const KEPT = new Set([
  'namespaces',
  'serviceaccounts',
  'limitranges',
  'resourcequotas',
  'priorityclasses',
  'runtimeclasses',
  'storageclasses',
  'ingressclasses',
]);

/** An object of a built-in kind, as it is stored now; undefined where it, or the kind, is not there. */
export function read(server: Reader, group: string, plural: string, location: { namespace: string; name: string }): Soon<any> {
  const kind = server.registry.anyVersion(group, plural);
  if (kind === undefined) return undefined;
  const view = server.storages.of(kind);
  return KEPT.has(plural) && kind.storedAs === undefined ? view.storage.kept.get(location) : view.get(location);
}

/** All of a kind, in one namespace or ('') everywhere. */
export function readAll(server: Reader, group: string, plural: string, namespace: string): Soon<readonly any[]> {
  const kind = server.registry.anyVersion(group, plural);
  if (kind === undefined) return [];
  const view = server.storages.of(kind);
  if (KEPT.has(plural) && kind.storedAs === undefined) return view.storage.kept.list(namespace);
  return whenThere(view.ready(), (ready) => allOf(ready, namespace));
}

async function allOf(view: View, namespace: string): Promise<readonly any[]> {
  const { kvs } = await view.storage.range(namespace);
  const stored = kvs.map((kv) => view.storage.read(kv));
  if (view.isSlow) await view.converted(stored);
  return stored.map((object) => view.show(object));
}
