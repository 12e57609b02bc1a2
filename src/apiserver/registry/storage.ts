/**
 * Where the instances of one resource live in the store: keys, reads, and
 * compare-and-swap writes. All versions of a resource share one Storage; each
 * sees the stored object through its own View.
 */
import type { Conversion, Kind } from '../../api/kind.js';
import type { KubeObject } from '../../apimachinery/object.js';
import type { Soon } from '../../platform/soon.js';
import {
  CompactedError,
  prefixEnd,
  FutureRevisionError,
  type Durability,
  type KeyValue,
  type Op,
  type Compare,
  type RangeResult,
  type Store,
} from '../../store/store.js';
import { Codec, freeze, withRevision } from './codec.js';
import { Kept } from './kept.js';
import type { WatchCache } from './watchcache.js';

export interface Location {
  namespace: string;
  name: string;
}

export interface WriteOptions {
  durability: Durability;
  /** Seconds until the store drops it: Events alone. */
  ttlSeconds?: number;
  /** Written in the same transaction, and only if `compare` holds as well. */
  beside?: { compare: readonly Compare[]; ops: readonly Op[] };
}

export class Storage {
  readonly prefix: string;
  readonly namespaced: boolean;
  readonly codec = new Codec();
  readonly store: Store;
  cache: WatchCache | undefined;
  /** For the few resources that every write asks about. */
  readonly kept = new Kept(this);
  /** The last that was asked for. */
  #folder: { namespace: string; key: string; end: string } | undefined;
  #lease: { id: number; until: number } | undefined;

  constructor(store: Store, kind: Pick<Kind, 'prefix' | 'namespaced'>) {
    this.store = store;
    this.prefix = `${kind.prefix}/`;
    this.namespaced = kind.namespaced;
  }

  key({ namespace, name }: Location): string {
    return this.namespaced ? `${this.prefix}${namespace}/${name}` : `${this.prefix}${name}`;
  }

  /** The keys of one namespace, or of all where it is ''. */
  folder(namespace: string): { key: string; end: string } {
    const asked = this.namespaced ? namespace : '';
    if (this.#folder?.namespace !== asked) {
      const key = asked === '' ? this.prefix : `${this.prefix}${asked}/`;
      this.#folder = { namespace: asked, key, end: prefixEnd(key) };
    }
    return this.#folder;
  }

  async get(location: Location): Promise<KubeObject | undefined> {
    const { kvs } = await this.store.range({ key: this.key(location) });
    return kvs[0] === undefined ? undefined : this.read(kvs[0]);
  }

  read(kv: KeyValue): KubeObject {
    const cached = this.cache?.peek(kv.key);
    if (cached !== undefined && cached.metadata.resourceVersion === String(kv.modRevision)) return cached;
    return this.codec.decode(kv);
  }

  /** Names in one folder, the object with it; at a revision, or now. */
  range(namespace: string, options: { revision?: number; limit?: number; after?: string } = {}): Promise<RangeResult> {
    const { key, end } = this.folder(namespace);
    return this.store.range({
      key: options.after === undefined ? key : `${key}${options.after}`,
      end,
      ...(options.revision === undefined ? {} : { revision: options.revision }),
      ...(options.limit === undefined ? {} : { limit: options.limit }),
    });
  }

  /** undefined: there is one already (or what is written beside it did not hold). */
  create(location: Location, object: KubeObject, options: WriteOptions): Promise<KubeObject | undefined> {
    return this.#write(location, object, { key: this.key(location), target: 'create', op: '=', operand: 0 }, options);
  }

  /** undefined: it has changed since, or is gone. */
  update(location: Location, object: KubeObject, seenRevision: number, options: WriteOptions): Promise<KubeObject | undefined> {
    return this.#write(location, object, { key: this.key(location), target: 'mod', op: '=', operand: seenRevision }, options);
  }

  /** The last state, under the revision of its removal; undefined: it has changed since, or is gone. */
  async remove(location: Location, last: KubeObject, options: WriteOptions): Promise<KubeObject | undefined> {
    const key = this.key(location);
    const seen: Compare = { key, target: 'mod', op: '=', operand: Number(last.metadata.resourceVersion) };
    const result = await this.store.txn(
      { compare: [seen, ...(options.beside?.compare ?? [])], success: [{ type: 'delete', key }, ...(options.beside?.ops ?? [])], failure: [] },
      options.durability,
    );
    this.kept.forget();
    return result.succeeded ? freeze(withRevision(last, result.revision)) : undefined;
  }

  async #write(location: Location, object: KubeObject, condition: Compare, options: WriteOptions): Promise<KubeObject | undefined> {
    const value = this.codec.encode(object);
    const lease = options.ttlSeconds === undefined ? undefined : await this.#leaseFor(options.ttlSeconds);
    const put: Op & { type: 'put' } = { type: 'put', key: this.key(location), value, ...(lease === undefined ? {} : { lease }) };
    this.codec.expect(value, object);
    try {
      const result = await this.store.txn(
        { compare: [condition, ...(options.beside?.compare ?? [])], success: [put, ...(options.beside?.ops ?? [])], failure: [] },
        options.durability,
      );
      return result.succeeded ? this.codec.remember(put.key, object, result.revision) : undefined;
    } finally {
      this.kept.forget();
      this.codec.settled(value);
    }
  }

  /** As kube-apiserver does, many keys share a lease, granted anew when a minute of it has passed. */
  async #leaseFor(ttlSeconds: number): Promise<number> {
    const now = this.now();
    if (this.#lease === undefined || this.#lease.until <= now) {
      const { id } = await this.store.leaseGrant(ttlSeconds + LEASE_REUSE_SECONDS);
      this.#lease = { id, until: now + LEASE_REUSE_SECONDS * 1000 };
    }
    return this.#lease.id;
  }

  now: () => number = () => 0;
}

const LEASE_REUSE_SECONDS = 60;

/** One version's sight of a Storage: converts what is stored where another version is. */
export class View {
  readonly kind: Kind;
  readonly storage: Storage;
  #conversion: Conversion | undefined;
  readonly #shown = new WeakMap<KubeObject, KubeObject>();

  constructor(kind: Kind, storage: Storage) {
    this.kind = kind;
    this.storage = storage;
  }

  /** Loads the conversion, where there is one; `show` and `stored` need it. */
  ready(): Soon<this> {
    return this.kind.storedAs === undefined || this.#conversion !== undefined ? this : this.#load(this.kind.storedAs);
  }

  async #load(storedAs: NonNullable<Kind['storedAs']>): Promise<this> {
    this.#conversion ??= await storedAs.convert();
    return this;
  }

  /** Whether objects must be converted, by `converted`, before they can be shown. */
  get isSlow(): boolean {
    return this.#conversion?.later !== undefined;
  }

  /** So that show() knows them. Rejects with what the converter says. */
  async converted(objects: readonly (KubeObject | undefined)[]): Promise<void> {
    const { later } = this.#conversion ?? {};
    if (later === undefined) return;
    const unknown = objects.filter((object): object is KubeObject => object !== undefined && !later.same(object) && !this.#shown.has(object));
    if (unknown.length === 0) return;
    const shown = await later.fromStored(unknown);
    unknown.forEach((object, at) => this.#shown.set(object, freeze(shown[at]!)));
  }

  /** show(), of what perhaps must be converted first. */
  async shown(stored: KubeObject): Promise<KubeObject> {
    if (this.isSlow) await this.converted([stored]);
    return this.show(stored);
  }

  /** stored(), by whoever converts. */
  async toStored(object: KubeObject): Promise<KubeObject> {
    const { later } = this.#conversion ?? {};
    return later === undefined ? this.stored(object) : ((await later.toStored(object)) as KubeObject);
  }

  show(stored: KubeObject): KubeObject {
    if (this.#conversion === undefined || this.#conversion.later?.same(stored) === true) return stored;
    let shown = this.#shown.get(stored);
    if (shown === undefined) this.#shown.set(stored, (shown = freeze(this.#conversion.fromStored(stored) as KubeObject)));
    return shown;
  }

  stored(object: KubeObject): KubeObject {
    return this.#conversion === undefined ? object : (this.#conversion.toStored(object) as KubeObject);
  }

  async get(location: Location): Promise<KubeObject | undefined> {
    const ready = this.ready();
    if (ready instanceof Promise) await ready;
    const found = await this.storage.get(location);
    return found === undefined ? undefined : this.shown(found);
  }
}

export class Storages {
  readonly #byPrefix = new Map<string, Storage>();
  readonly #views = new WeakMap<Kind, View>();
  readonly #store: Store;
  readonly #now: () => number;

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  of(kind: Kind): View {
    let view = this.#views.get(kind);
    if (view === undefined) {
      let storage = this.#byPrefix.get(kind.prefix);
      if (storage === undefined) {
        storage = new Storage(this.#store, kind);
        storage.now = this.#now;
        this.#byPrefix.set(kind.prefix, storage);
      }
      this.#views.set(kind, (view = new View(kind, storage)));
    }
    return view;
  }

  all(): Iterable<Storage> {
    return this.#byPrefix.values();
  }

  /** Forgets a resource that is no longer served, and ends its watches. */
  drop(prefix: string): void {
    this.#byPrefix.get(prefix)?.cache?.stop();
    this.#byPrefix.get(prefix)?.kept.stop();
    this.#byPrefix.delete(prefix);
  }
}

export { CompactedError, FutureRevisionError };
