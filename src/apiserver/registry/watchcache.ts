/**
 * One watch on the store for all who watch a resource. Holds the newest state
 * of every object and a ring of the last events, frozen and shared. It starts
 * with the first watcher; plain reads never start it.
 */
import type { KubeObject } from '../../apimachinery/object.js';
import type { Clock } from '../../platform/clock.js';
import type { StoreEvent, Watcher as StoreWatcher } from '../../store/store.js';
import { freeze, withRevision } from './codec.js';
import type { Storage } from './storage.js';

/** How many events a late watcher can still be told from memory. */
export const WATCH_HISTORY_MAX = 1_000;
const BOOKMARK_MS = 60_000;
/** As kube-apiserver, for a cache that is behind its store. */
const FRESH_WAIT_MS = 3_000;

export interface Change {
  revision: number;
  /** undefined: it was not there before. */
  previous: KubeObject | undefined;
  /** undefined: it is gone. */
  next: KubeObject | undefined;
  key: string;
}

export interface ChangeListener {
  change(change: Change): void;
  /** Nothing happened up to here that was not told. */
  bookmark?(revision: number): void;
  /** The cache can tell no more: relist. */
  ended(): void;
  /** Told only of objects of which one of these values was, or is, so: names what to look at and the value wanted. */
  trigger?: { field: string; value: string; valueOf(object: KubeObject): string };
}

export class WatchCache {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #objects = new Map<string, KubeObject>();
  /** All keys, sorted; undefined while one has come or gone since they were last asked for. */
  #keys: string[] | undefined;
  readonly #history: Change[] = [];
  readonly #listeners = new Set<ChangeListener>();
  readonly #triggered = new Map<string, { valueOf(object: KubeObject): string; byValue: Map<string, Set<ChangeListener>> }>();
  #watcher: StoreWatcher | undefined;
  #starting: Promise<void> | undefined;
  #revision = 0;
  /** Events after this revision are in the history. */
  #since = 0;
  #cancelBookmark: (() => void) | undefined;
  /** Who waits for what the store says next. */
  #arrivals: (() => void)[] = [];

  constructor(storage: Storage, clock: Clock) {
    this.#storage = storage;
    this.#clock = clock;
  }

  /** The revision up to which every change is in the cache. */
  get revision(): number {
    return this.#revision;
  }

  /** Changes after this revision can be told from memory. */
  get since(): number {
    return this.#since;
  }

  get ready(): boolean {
    return this.#watcher !== undefined && this.#starting === undefined;
  }

  get size(): number {
    return this.#objects.size;
  }

  /** How many follow it. */
  get watchers(): number {
    let count = this.#listeners.size;
    for (const { byValue } of this.#triggered.values()) for (const listeners of byValue.values()) count += listeners.size;
    return count;
  }

  /** What the cache holds under a key, whether or not it is the newest. */
  peek(key: string): KubeObject | undefined {
    return this.#objects.get(key);
  }

  /** Resolves when every object is in the cache. */
  async start(): Promise<void> {
    if (this.ready) return;
    this.#starting ??= this.#fill().finally(() => (this.#starting = undefined));
    await this.#starting;
  }

  /** The store's revision, if the cache is sure to hold all that was committed before now. */
  async current(): Promise<number | undefined> {
    const { key, end } = this.#storage.folder('');
    const { revision, count, kvs } = await this.#storage.store.range({ key, end, minModRevision: this.#revision + 1, limit: 1, keysOnly: true });
    // No key is newer than the cache, and none is missing from it, or from the store: it is current.
    if (kvs.length > 0 || count !== this.#objects.size) return undefined;
    this.#progress(revision);
    return revision;
  }

  /** Waits until the cache holds what was committed before now, by other servers too; no longer than Kubernetes waits. */
  async fresh(): Promise<void> {
    if ((await this.current()) !== undefined) return;
    let late = false;
    const cancel = this.#clock.after(FRESH_WAIT_MS, () => {
      late = true;
      this.#arrived();
    });
    while (!late && this.ready) {
      const arrives = new Promise<void>((resolve) => this.#arrivals.push(resolve));
      if ((await this.current()) !== undefined) break;
      await arrives;
    }
    cancel();
  }

  stop(): void {
    this.#watcher?.cancel();
    this.#end();
  }

  /** In the order of keys. */
  list(): KubeObject[] {
    return this.#inOrder().map((key) => this.#objects.get(key)!);
  }

  /** Those whose keys begin so. */
  listIn(folder: string): KubeObject[] {
    const keys = this.#inOrder();
    const found: KubeObject[] = [];
    for (let at = firstFrom(keys, folder); at < keys.length && keys[at]!.startsWith(folder); at++) found.push(this.#objects.get(keys[at]!)!);
    return found;
  }

  #inOrder(): readonly string[] {
    return (this.#keys ??= [...this.#objects.keys()].sort());
  }

  /** Changes after `revision`, oldest first; undefined where the ring no longer reaches back so far. */
  changesAfter(revision: number): Change[] | undefined {
    if (revision < this.#since) return undefined;
    const history = this.#history;
    let from = history.length;
    while (from > 0 && history[from - 1]!.revision > revision) from--;
    return history.slice(from);
  }

  listen(listener: ChangeListener): () => void {
    const { trigger } = listener;
    if (trigger === undefined) this.#listeners.add(listener);
    else this.#triggerSet(trigger).add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (trigger === undefined) return;
      const values = this.#triggered.get(trigger.field)?.byValue;
      const set = values?.get(trigger.value);
      set?.delete(listener);
      if (set?.size === 0) values!.delete(trigger.value);
    };
  }

  #triggerSet({ field, value, valueOf }: NonNullable<ChangeListener['trigger']>): Set<ChangeListener> {
    let entry = this.#triggered.get(field);
    if (entry === undefined) this.#triggered.set(field, (entry = { valueOf, byValue: new Map() }));
    let set = entry.byValue.get(value);
    if (set === undefined) entry.byValue.set(value, (set = new Set()));
    return set;
  }

  async #fill(): Promise<void> {
    const storage = this.#storage;
    const { key, end } = storage.folder('');
    const { revision, kvs } = await storage.range('');
    this.#objects.clear();
    this.#keys = undefined;
    this.#history.length = 0;
    for (const kv of kvs) this.#objects.set(kv.key, storage.read(kv));
    this.#revision = this.#since = revision;
    const watcher = storage.store.watch(
      { key, end, startRevision: revision + 1 },
      {
        events: (events, at) => this.#apply(events, at),
        progress: (at) => this.#progress(at),
        ended: () => {
          if (this.#watcher === watcher) this.#end();
        },
      },
    );
    this.#watcher = watcher;
    await watcher.created;
  }

  #apply(events: readonly StoreEvent[], revision: number): void {
    for (const { type, kv } of events) {
      const previous = this.#objects.get(kv.key);
      const next = type === 'put' ? this.#storage.read(kv) : undefined;
      if (previous === undefined || next === undefined) this.#keys = undefined;
      if (next !== undefined) this.#objects.set(kv.key, next);
      else if (previous === undefined) continue;
      else this.#objects.delete(kv.key);
      this.#tell({ key: kv.key, revision: kv.modRevision, previous, next });
    }
    this.#revision = Math.max(this.#revision, revision);
    this.#arrived();
    this.#planBookmark();
  }

  #tell(change: Change): void {
    this.#history.push(change);
    if (this.#history.length > WATCH_HISTORY_MAX * 2) this.#since = this.#history.splice(0, WATCH_HISTORY_MAX).at(-1)!.revision;
    for (const listener of this.#listeners) listener.change(change);
    for (const { valueOf, byValue } of this.#triggered.values()) {
      const before = change.previous === undefined ? undefined : valueOf(change.previous);
      const after = change.next === undefined ? undefined : valueOf(change.next);
      if (after !== undefined) for (const listener of byValue.get(after) ?? []) listener.change(change);
      if (before !== undefined && before !== after) for (const listener of byValue.get(before) ?? []) listener.change(change);
    }
  }

  #arrived(): void {
    for (const resolve of this.#arrivals.splice(0)) resolve();
  }

  #progress(revision: number): void {
    this.#revision = Math.max(this.#revision, revision);
  }

  /** A minute after something happened, and not at all while nothing does, so that an idle cluster sets no alarm. */
  #planBookmark(): void {
    this.#cancelBookmark ??= this.#clock.after(BOOKMARK_MS, () => {
      this.#cancelBookmark = undefined;
      for (const listener of this.#everyListener()) listener.bookmark?.(this.#revision);
    });
  }

  *#everyListener(): Iterable<ChangeListener> {
    yield* [...this.#listeners];
    for (const { byValue } of this.#triggered.values()) for (const set of [...byValue.values()]) yield* [...set];
  }

  #end(): void {
    this.#watcher = undefined;
    this.#arrived();
    this.#cancelBookmark?.();
    this.#cancelBookmark = undefined;
    for (const listener of this.#everyListener()) listener.ended();
  }
}

/** Where in sorted keys the first stands that is not before `key`. */
function firstFrom(keys: readonly string[], key: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What a watcher of DELETED sees: the last state, under the revision of its removal. */
export function deletedObject(previous: KubeObject, revision: number): KubeObject {
  return freeze(withRevision(previous, revision));
}
