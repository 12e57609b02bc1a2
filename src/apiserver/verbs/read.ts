/**
 * get and list. A plain read asks the store and starts nothing; a list of a
 * resource that is already watched is taken from the watch cache, once the
 * cache is known to be as new as the store.
 */
import type { KubeList, KubeObject } from '../../apimachinery/object.js';
import { badRequest, expired, failure, notFound, unforeseen, type StatusError } from '../../apimachinery/status.js';
import { CompactedError, FutureRevisionError } from '../../store/store.js';
import { groupResource, groupVersion, isInProcess, type KindCall } from '../context.js';
import { listOptions, selection, type ListOptions, type Predicate } from '../listoptions.js';
import type { View } from '../registry/storage.js';

export async function getObject(call: KindCall): Promise<KubeObject> {
  const { kind, info, request, server } = call;
  const wanted = request.query.get('resourceVersion') ?? '';
  const view = server.storages.of(kind);
  if (wanted !== '' && wanted !== '0') await mustHaveHappened(view, revisionOf(wanted, unforeseen));
  const found = await view.get({ namespace: info.namespace, name: info.name });
  if (found === undefined) throw notFound(groupResource(kind), info.name);
  return found;
}

export function revisionOf(text: string, raise: (message: string) => StatusError): number {
  if (!/^\d+$/.test(text))
    throw raise(`resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

async function mustHaveHappened(view: View, revision: number): Promise<void> {
  const { revision: now } = await view.storage.store.range({ key: `${view.storage.prefix}\0`, countOnly: true });
  if (revision > now) throw tooLarge(revision, now);
}

export function tooLarge(wanted: number, current: number): StatusError {
  return failure({
    code: 504,
    reason: 'Timeout',
    message: `Timeout: Too large resource version: ${wanted}, current: ${current}`.replace('Too large', 'too large'),
    details: { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1 },
  });
}

export async function listObjects(call: KindCall): Promise<KubeList> {
  const { kind, info, request, server } = call;
  const options = listOptions(request.query, false);
  const { matches } = selection(kind, options);
  const view = await server.storages.of(kind).ready();
  // Who in this process lists like that will watch next: the cache is filled once for both.
  if (options.resourceVersion === '0' && options.continue === '' && isInProcess(request)) await (await import('./watch.js')).cacheOf(view, server).start();
  const page = await readPage(view, info.namespace, options, matches);
  const strip = kind.custom === undefined && !isInProcess(request);
  return {
    kind: kind.listKind,
    apiVersion: groupVersion(kind),
    metadata: {
      resourceVersion: String(page.revision),
      ...(page.token === undefined ? {} : { continue: page.token }),
      ...(page.remaining === undefined ? {} : { remainingItemCount: page.remaining }),
    },
    items: strip ? page.items.map(withoutType) : page.items,
  };
}

/** As Kubernetes does: built-in kinds name themselves on the list, not on each item. Callers in this process keep our own objects. */
function withoutType(object: KubeObject): KubeObject {
  let bare = withoutTypes.get(object);
  if (bare === undefined) {
    const { kind: _, apiVersion: __, ...rest } = object;
    withoutTypes.set(object, (bare = Object.freeze(rest) as KubeObject));
  }
  return bare;
}
/** The same for every list, so that its text is made once. */
const withoutTypes = new WeakMap<KubeObject, KubeObject>();

export interface Page {
  revision: number;
  items: KubeObject[];
  token?: string;
  remaining?: number;
}

export async function readPage(view: View, namespace: string, options: ListOptions, matches: Predicate | undefined): Promise<Page> {
  const from = options.continue === '' ? undefined : (await import('./continuetoken.js')).parseToken(options.continue);
  if (from !== undefined && options.resourceVersion !== '' && options.resourceVersion !== '0')
    throw badRequest('specifying resource version is not allowed when using continue');
  const wanted = options.resourceVersion === '' ? undefined : revisionOf(options.resourceVersion, (text) => badRequest(`invalid resource version: ${text}`));
  if (wanted !== undefined && wanted > 0 && from === undefined) await mustHaveHappened(view, wanted);
  const exact =
    from?.revision ??
    (options.resourceVersionMatch === 'Exact' || (options.limit > 0 && wanted !== undefined && wanted > 0 && options.resourceVersionMatch === '')
      ? wanted
      : undefined);
  if (options.limit <= 0 && exact === undefined) {
    const cached = await fromCache(view, namespace, matches);
    if (cached !== undefined) return cached;
  }
  return fromStore(view, namespace, { limit: options.limit, revision: exact !== undefined && exact > 0 ? exact : undefined, after: from?.start }, matches);
}

/** What the cache holds, if it is sure to hold all that was committed before now. */
async function fromCache(view: View, namespace: string, matches: Predicate | undefined): Promise<Page | undefined> {
  const { storage } = view;
  const { cache } = storage;
  if (cache?.ready !== true) return undefined;
  const revision = await cache.current();
  if (revision === undefined) return undefined;
  const stored = namespace === '' || !storage.namespaced ? cache.list() : cache.listIn(storage.folder(namespace).key);
  if (view.isSlow) await view.converted(stored);
  const items = stored.map((object) => view.show(object));
  return { revision, items: matches === undefined ? items : items.filter(matches) };
}

interface Wanted {
  limit: number;
  revision: number | undefined;
  after: string | undefined;
}

async function fromStore(view: View, namespace: string, wanted: Wanted, matches: Predicate | undefined): Promise<Page> {
  const { storage } = view;
  const items: KubeObject[] = [];
  const { limit } = wanted;
  let { after, revision } = wanted;
  for (;;) {
    const chunk = await storage
      .range(namespace, {
        ...(revision === undefined ? {} : { revision }),
        ...(after === undefined ? {} : { after }),
        ...(limit > 0 ? { limit: matches === undefined ? limit : Math.max(limit, CHUNK) } : {}),
      })
      .catch((error: unknown) => expiredOr(error, wanted));
    revision ??= chunk.revision;
    let used = 0;
    const stored = chunk.kvs.map((kv) => storage.read(kv));
    if (view.isSlow) await view.converted(stored);
    for (const one of stored) {
      used++;
      const object = view.show(one);
      if (matches === undefined || matches(object)) items.push(object);
      if (limit > 0 && items.length === limit) break;
    }
    const last = chunk.kvs[used - 1];
    const more = used < chunk.kvs.length || chunk.more;
    if (!more || last === undefined) return { revision, items };
    after = `${last.key.slice(storage.folder(namespace).key.length)}\0`;
    if (items.length >= limit)
      return { revision, items, token: tokenOf({ revision, start: after }), ...(matches === undefined ? { remaining: chunk.count - used } : {}) };
  }
}

/** How many keys are read at a time while few of them are selected. */
const CHUNK = 500;

function expiredOr(error: unknown, wanted: Wanted): never {
  if (error instanceof CompactedError) {
    if (wanted.after === undefined) throw expired(`The resourceVersion for the provided list is too old.`);
    const status = expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
    );
    status.status.metadata = { continue: tokenOf({ revision: -1, start: wanted.after }) };
    throw status;
  }
  if (error instanceof FutureRevisionError) throw tooLarge(wanted.revision ?? 0, 0);
  throw error;
}

export interface Token {
  revision: number;
  /** What comes after the folder's key. */
  start: string;
}

function tokenOf({ revision, start }: Token): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start })).toString('base64url');
}
