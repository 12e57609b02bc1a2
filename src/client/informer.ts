/**
 * List, then watch for ever: keeps a cache of one kind current and tells
 * handlers, in order, what changed. A watch that ends is taken up where it
 * stopped; one that is refused as too old, or an error, leads to a new list.
 */
import type { Kind } from '../api/kind.js';
import type { KubeObject, WatchEvent } from '../apimachinery/object.js';
import { isGone, isStatusError } from '../apimachinery/status.js';
import type { Clock } from '../platform/clock.js';
import type { Quiescence } from '../platform/quiescence.js';
import type { Random } from '../platform/random.js';
import { ObjectCache } from './cache.js';
import type { Client, Informer, InformerHandler, InformerOptions } from './client.js';
import { keyTextOf } from './resource.js';

export const BACKOFF_FIRST_MS = 800;
export const BACKOFF_MAX_MS = 30_000;
/** Servers end watches after five to ten minutes; so does client-go, by asking for it. */
const WATCH_SECONDS_MIN = 300;
/** A list anew in one process is one answer; a remote server sends pages of this size. */
const LIST_PAGE = 10_000;

export interface InformerDeps {
  client: Client;
  clock: Clock;
  quiescence: Quiescence;
  random: Random;
}

export class KindInformer<T extends KubeObject> implements Informer<T> {
  readonly lister = new ObjectCache<T>();
  readonly #kind: Kind<T>;
  readonly #deps: InformerDeps;
  readonly #options: InformerOptions<T>;
  readonly #handlers = new Set<InformerHandler<T>>();
  readonly #progress = new Set<() => void>();
  #resourceVersion: string | undefined;
  #synced = false;
  #stopped = false;
  #started: Promise<void> | undefined;
  #stopWatch: (() => void) | undefined;
  #cancelTimer: (() => void) | undefined;
  #failures = 0;

  constructor(kind: Kind<T>, deps: InformerDeps, options: InformerOptions<T>) {
    this.#kind = kind;
    this.#deps = deps;
    this.#options = options;
  }

  get synced(): boolean {
    return this.#synced;
  }

  get resourceVersion(): string | undefined {
    return this.#resourceVersion;
  }

  handle(handler: InformerHandler<T>): () => void {
    this.#handlers.add(handler);
    for (const object of this.lister.list()) handler.added?.(object);
    return () => this.#handlers.delete(handler);
  }

  progress(listener: () => void): () => void {
    this.#progress.add(listener);
    return () => this.#progress.delete(listener);
  }

  reached(resourceVersion: string): boolean {
    return this.#resourceVersion !== undefined && compareRevisions(this.#resourceVersion, resourceVersion) >= 0;
  }

  /** Resolves after the first list. */
  start(): Promise<void> {
    this.#started ??= new Promise((resolve) => {
      const unwatch = this.progress(() => {
        if (!this.#synced) return;
        unwatch();
        resolve();
      });
      this.#relist();
    });
    return this.#started;
  }

  stop(): void {
    this.#stopped = true;
    this.#stopWatch?.();
    this.#cancelTimer?.();
    // Whoever waits for the first list must not wait for ever.
    this.#synced = true;
    this.#tell();
  }

  #relist(): void {
    const release = this.#deps.quiescence.hold();
    this.#listAll()
      .then(() => this.#watch())
      .catch((error: unknown) => this.#retry(error, () => this.#relist()))
      .finally(release);
  }

  async #listAll(): Promise<void> {
    const found: T[] = [];
    let resourceVersion: string | undefined;
    let next: string | undefined;
    // As client-go's reflector: first whatever the server's cache holds, at once, for the watch brings what is newer; after that the newest.
    const isFirst = this.#resourceVersion === undefined;
    do {
      const page = await this.#deps.client
        .on(this.#kind)
        .list({ ...this.#selection(), ...(isFirst ? { resourceVersion: '0' } : { limit: LIST_PAGE }), ...(next === undefined ? {} : { continue: next }) });
      for (const item of page.items ?? []) found.push(named(item, this.#kind));
      resourceVersion = page.metadata.resourceVersion;
      next = page.metadata.continue === '' ? undefined : page.metadata.continue;
    } while (next !== undefined && !this.#stopped);
    if (!this.#stopped) this.#replace(found, resourceVersion);
  }

  #replace(found: readonly T[], resourceVersion: string | undefined): void {
    this.#resourceVersion = resourceVersion;
    const gone = new Set(this.lister.keys());
    for (const object of found) {
      gone.delete(keyTextOf(object));
      this.#put(object);
    }
    for (const key of gone) this.#remove(key);
    this.#synced = true;
    this.#tell();
  }

  async #watch(): Promise<void> {
    if (this.#stopped) return;
    const { client, random } = this.#deps;
    let over = false;
    const watch = await client.on(this.#kind).watch(
      {
        ...this.#selection(),
        resourceVersion: this.#resourceVersion ?? '',
        allowWatchBookmarks: true,
        timeoutSeconds: WATCH_SECONDS_MIN + random.int(WATCH_SECONDS_MIN),
      },
      {
        event: (event) => {
          if (over) return;
          if (event.type === 'ERROR') {
            over = true;
            watchStop();
            this.#afterError(event.object as unknown as { code?: number });
          } else this.#take(event);
        },
        ended: () => {
          if (over) return;
          over = true;
          this.#rewatch();
        },
      },
    );
    const watchStop = (): void => watch.stop();
    this.#stopWatch = watchStop;
    if (this.#stopped || over) watchStop();
  }

  #take({ type, object }: WatchEvent<T>): void {
    if (this.#stopped) return;
    this.#failures = 0;
    if (object.metadata.resourceVersion !== undefined) this.#resourceVersion = object.metadata.resourceVersion;
    if (type === 'DELETED') this.#remove(keyTextOf(object), object);
    else if (type !== 'BOOKMARK') this.#put(object);
    this.#tell();
  }

  #afterError(status: { code?: number }): void {
    if (this.#stopped) return;
    if (status.code === 410) this.#relist();
    else this.#retry(new Error('the watch failed'), () => this.#relist());
  }

  #rewatch(): void {
    if (this.#stopped) return;
    const release = this.#deps.quiescence.hold();
    this.#watch()
      .catch((error: unknown) => (isGone(error) ? this.#relist() : this.#retry(error, () => this.#rewatch())))
      .finally(release);
  }

  // Client-go's reflector backs off on everything, refusals too: rights and servers come back.
  #retry(error: unknown, again: () => void): void {
    if (this.#stopped) return;
    if (!isStatusError(error) && !(error instanceof Error)) throw error;
    const base = Math.min(BACKOFF_FIRST_MS * 2 ** this.#failures, BACKOFF_MAX_MS);
    this.#failures += 1;
    this.#cancelTimer = this.#deps.clock.after(base + this.#deps.random.int(base), again);
  }

  #selection(): { fieldSelector?: string; labelSelector?: string; namespace?: string } {
    const { fieldSelector, labelSelector, namespace } = this.#options;
    return {
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(namespace === undefined ? {} : { namespace }),
    };
  }

  #put(object: T): void {
    const previous = this.lister.put(object);
    if (previous === undefined) for (const handler of this.#handlers) handler.added?.(object);
    else if (previous.metadata.uid !== object.metadata.uid) {
      // One of the same name took its place while nobody watched.
      for (const handler of this.#handlers) handler.deleted?.(previous);
      for (const handler of this.#handlers) handler.added?.(object);
    } else if (previous.metadata.resourceVersion !== object.metadata.resourceVersion) for (const handler of this.#handlers) handler.updated?.(object, previous);
  }

  #remove(key: string, last?: T): void {
    const previous = this.lister.remove(key);
    if (previous === undefined) return;
    for (const handler of this.#handlers) handler.deleted?.(last ?? previous);
  }

  #tell(): void {
    for (const listener of this.#progress) listener();
  }
}

/** Items of a list come without their kind. */
function named<T extends KubeObject>(item: T, kind: Kind<T>): T {
  if (item.kind !== undefined && item.apiVersion !== undefined) return item;
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  return Object.freeze({ ...item, apiVersion, kind: kind.kind });
}

/** Revisions are decimal numbers of any length. */
export function compareRevisions(one: string, other: string): number {
  if (one.length !== other.length) return one.length - other.length;
  return one < other ? -1 : Number(one > other);
}
