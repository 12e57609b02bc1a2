/**
 * watch: what happened after a revision, then what happens. Served from the
 * resource's watch cache; one that begins before the cache's history reads the
 * store. A change that a selector no longer, or only now, covers reads as
 * DELETED or ADDED.
 */
import type { KubeObject, WatchEvent } from '../../apimachinery/object.js';
import type { ApiResponse, WatchStream } from '../../apimachinery/request.js';
import { expired, isStatusError, unforeseen } from '../../apimachinery/status.js';
import { isInProcess, groupVersion, type KindCall } from '../context.js';
import { tableEvent, tableOptions, partial } from '../encode.js';
import { listOptions, selection, type ListOptions, type Selection } from '../listoptions.js';
import { negotiate, type Output } from '../negotiate.js';
import { freeze } from '../registry/codec.js';
import type { View } from '../registry/storage.js';
import { deletedObject, WatchCache, type Change } from '../registry/watchcache.js';
import { revisionOf } from './read.js';

/** As kube-apiserver: a watch that names no time ends between this and twice this. */
const WATCH_SECONDS_MIN = 1800;
export const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

export async function watchObjects(call: KindCall): Promise<ApiResponse> {
  const { kind, info, request, server } = call;
  const query = info.legacyWatch && info.parts[1] !== undefined ? withName(request.query, info.parts[1]) : request.query;
  const options = listOptions(query, true);
  const output = negotiate(request.headers, 'meta');
  const selected = selection(kind, options);
  const from = options.resourceVersion === '' || options.resourceVersion === '0' ? undefined : revisionOf(options.resourceVersion, unforeseen);
  const view = await server.storages.of(kind).ready();
  const cache = cacheOf(view, server);
  const stream = new Stream(call, view, options, selected, output);
  await cache.start();
  // As Kubernetes does: who names no revision begins with the newest state there is.
  if (options.resourceVersion === '') await cache.fresh();
  await stream.open(cache, from);
  return { type: 'watch', status: 200, events: stream, form: output.form };
}

/** The resource's watch cache, made when it is first wanted. */
export function cacheOf({ storage }: View, { options }: KindCall['server']): WatchCache {
  return (storage.cache ??= new WatchCache(storage, options.clock));
}

function withName(query: URLSearchParams, name: string): URLSearchParams {
  const copy = new URLSearchParams(query);
  const own = copy.get('fieldSelector');
  copy.set('fieldSelector', own === null || own === '' ? `metadata.name=${name}` : `${own},metadata.name=${name}`);
  return copy;
}

class Stream implements WatchStream {
  readonly #call: KindCall;
  readonly #view: View;
  readonly #options: ListOptions;
  readonly #selected: Selection;
  readonly #folder: string;
  readonly #shape: (event: WatchEvent) => WatchEvent;
  readonly #release: () => void;
  /** Events before start(); undefined once delivery goes straight through. */
  #waiting: WatchEvent[] | undefined = [];
  #deliver: ((event: WatchEvent) => void) | undefined;
  #ended: (() => void) | undefined;
  #over = false;
  #unlisten: () => void = () => {};
  #cancelTimeout: () => void = () => {};
  #told = 0;
  #converting: Promise<void> = Promise.resolve();
  /** Nothing up to here is told. */
  #from = 0;

  constructor(call: KindCall, view: View, options: ListOptions, selected: Selection, output: Output) {
    this.#call = call;
    this.#view = view;
    this.#options = options;
    this.#selected = selected;
    this.#folder = call.info.namespace === '' ? '' : view.storage.folder(call.info.namespace).key;
    this.#shape = shaper(call, output);
    // Until the caller starts it, its first events are under way.
    this.#release = call.server.options.quiescence.hold();
  }

  /** Registers the stream, and says what already happened. */
  async open(cache: WatchCache, from: number | undefined): Promise<void> {
    if (from === undefined) {
      if (this.#view.isSlow) await this.#view.converted(cache.list());
      this.#snapshot(cache);
      return this.#follow(cache);
    }
    const past = cache.changesAfter(from);
    if (past === undefined) return this.#readStore(from);
    this.#told = this.#from = from;
    for (const change of past) this.#change(change);
    this.#initialEnd(Math.max(from, cache.revision));
    this.#follow(cache);
  }

  start(deliver: (event: WatchEvent) => void, ended: () => void): void {
    this.#deliver = deliver;
    this.#ended = ended;
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const event of waiting) deliver(event);
    this.#release();
    if (this.#over) return ended();
    this.#planTimeout();
    this.#call.request.signal?.addEventListener('abort', () => this.stop(), { once: true });
  }

  stop(): void {
    this.#end();
  }

  #follow(cache: WatchCache): void {
    const { trigger } = this.#selected;
    this.#told = Math.max(this.#told, cache.revision);
    // Objects that are stored in another version are looked at as this version shows them.
    const seen = trigger === undefined || this.#view.kind.storedAs !== undefined ? undefined : trigger;
    this.#unlisten = cache.listen({
      change: (change) => this.#change(change),
      bookmark: (revision) => this.#bookmark(revision),
      ended: () => this.#end(),
      ...(seen === undefined ? {} : { trigger: seen }),
    });
  }

  #snapshot(cache: WatchCache): void {
    const stored = this.#folder === '' ? cache.list() : cache.listIn(this.#folder);
    const { matches } = this.#selected;
    for (const object of stored) {
      if (this.#view.isSlow) {
        this.#change({ key: this.#folder, revision: Number(object.metadata.resourceVersion), previous: undefined, next: object });
        continue;
      }
      const shown = this.#view.show(object);
      if (matches === undefined || matches(shown)) this.#send({ type: 'ADDED', object: shown });
    }
    this.#initialEnd(cache.revision);
  }

  #initialEnd(revision: number): void {
    if (this.#options.sendInitialEvents !== true || !this.#options.allowWatchBookmarks) return;
    this.#inOrder([], () => this.#send({ type: 'BOOKMARK', object: this.#marker(revision, { annotations: { [INITIAL_EVENTS_END]: 'true' } }) }));
  }

  #bookmark(revision: number): void {
    if (!this.#options.allowWatchBookmarks || revision <= this.#told) return;
    this.#told = revision;
    this.#inOrder([], () => this.#send({ type: 'BOOKMARK', object: this.#marker(revision, {}) }));
  }

  #marker(revision: number, more: object): KubeObject {
    const { kind } = this.#call;
    return freeze({ kind: kind.kind, apiVersion: groupVersion(kind), metadata: { resourceVersion: String(revision), ...more } });
  }

  #change(change: Change): void {
    if (change.revision <= this.#from) return;
    if (this.#folder !== '' && !change.key.startsWith(this.#folder)) return;
    this.#inOrder([change.previous, change.next], () => {
      const event = eventOf(change, this.#view, this.#selected.matches);
      if (event !== undefined) this.#send(event);
    });
  }

  /** Where a webhook converts objects, events wait for it, and for each other. */
  #inOrder(objects: readonly (KubeObject | undefined)[], tell: () => void): void {
    if (!this.#view.isSlow) return tell();
    const release = this.#call.server.options.quiescence.hold();
    this.#converting = this.#converting
      .then(() => this.#view.converted(objects))
      .then(tell)
      .catch((error: unknown) => this.#broken(error))
      .finally(release);
  }

  #broken(error: unknown): void {
    const { status } = isStatusError(error) ? error : unforeseen(error instanceof Error ? error.message : String(error));
    this.#send({ type: 'ERROR', object: status as unknown as KubeObject });
    this.#end();
  }

  #send(event: WatchEvent): void {
    if (this.#over) return;
    const shaped = this.#shape(event);
    if (this.#waiting !== undefined) this.#waiting.push(shaped);
    else this.#deliver!(shaped);
  }

  /** The cache's memory is too short: the store's own is asked. */
  async #readStore(from: number): Promise<void> {
    const { storage } = this.#view;
    const { key, end } = storage.folder(this.#folder === '' ? '' : this.#call.info.namespace);
    const watcher = storage.store.watch(
      { key, end, startRevision: from + 1, previous: true },
      {
        events: (events) => {
          for (const { type, kv, previous } of events) {
            this.#change({
              key: kv.key,
              revision: kv.modRevision,
              previous: previous === undefined ? undefined : storage.read(previous),
              next: type === 'put' ? storage.read(kv) : undefined,
            });
          }
        },
        ended: (reason) => {
          if (typeof reason === 'object' && 'compacted' in reason) this.#tooOld(from, reason.compacted);
          this.#end();
        },
      },
    );
    this.#unlisten = () => watcher.cancel();
    await watcher.created.catch(() => 0);
  }

  #tooOld(from: number, compacted: number): void {
    const { status } = expired(`too old resource version: ${from} (${compacted})`);
    this.#send({ type: 'ERROR', object: status as unknown as KubeObject });
  }

  #planTimeout(): void {
    const { clock, random } = this.#call.server.options;
    let seconds = this.#options.timeoutSeconds ?? 0;
    if (seconds <= 0) {
      if (isInProcess(this.#call.request)) return;
      seconds = WATCH_SECONDS_MIN + random.int(WATCH_SECONDS_MIN);
    }
    this.#cancelTimeout = clock.after(seconds * 1000, () => this.#end());
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelTimeout();
    this.#unlisten();
    this.#release();
    this.#ended?.();
  }
}

const shared = new WeakMap<Change, Map<View, WatchEvent>>();

/** undefined: the selector covers the object neither before nor after. Events without a selector are shared by all watchers. */
function eventOf(change: Change, view: View, matches: Selection['matches']): WatchEvent | undefined {
  if (matches === undefined) {
    let events = shared.get(change);
    if (events === undefined) shared.set(change, (events = new Map()));
    let event = events.get(view);
    if (event === undefined) events.set(view, (event = Object.freeze(plainEvent(change, view))));
    return event;
  }
  const { previous, next, revision } = change;
  const shown = next === undefined ? undefined : view.show(next);
  const before = previous === undefined ? undefined : view.show(previous);
  const was = before !== undefined && matches(before);
  const is = shown !== undefined && matches(shown);
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object: shown };
  return was ? { type: 'DELETED', object: deletedObject(before!, revision) } : undefined;
}

function plainEvent({ previous, next, revision }: Change, view: View): WatchEvent {
  if (next === undefined) return { type: 'DELETED', object: deletedObject(view.show(previous!), revision) };
  return { type: previous === undefined ? 'ADDED' : 'MODIFIED', object: view.show(next) };
}

function shaper(call: KindCall, output: Output): (event: WatchEvent) => WatchEvent {
  if (output.as === 'object') return (event) => event;
  const { clock } = call.server.options;
  const table = output.as === 'Table' ? tableOptions(call.request.query, clock.now()) : undefined;
  let first = true;
  return ({ type, object }) => {
    if (type === 'ERROR') return { type, object };
    if (table === undefined) return { type, object: partial(object, output.version) };
    const shown = tableEvent(call.kind, object, output, { ...table, now: clock.now() }, first);
    first = false;
    return { type, object: shown };
  };
}
