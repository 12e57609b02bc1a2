/**
 * The objects of one kind in memory, with indexes that follow every change. A
 * lookup costs what it returns, never the size of the cache. Objects are
 * shared and frozen.
 */
import type { KubeObject, ObjectKey } from '../apimachinery/object.js';
import { keyText } from '../apimachinery/object.js';
import type { Lister } from './client.js';
import { keyTextOf } from './resource.js';

type Indexer<T> = (object: T) => readonly string[];

const NAMESPACE = ' namespace';
const CONTROLLER = ' controller';

export class ObjectCache<T extends KubeObject> implements Lister<T> {
  readonly #objects = new Map<string, T>();
  readonly #indexers = new Map<string, Indexer<T>>();
  readonly #indexes = new Map<string, Map<string, Map<string, T>>>();

  constructor() {
    this.addIndexer(NAMESPACE, ({ metadata: { namespace } }) => (namespace === undefined ? [] : [namespace]));
    this.addIndexer(CONTROLLER, ({ metadata: { ownerReferences = [] } }) =>
      ownerReferences.filter(({ controller }) => controller === true).map(({ uid }) => uid),
    );
  }

  /** The first indexer of a name stays: those who share an informer mean the same by one name. */
  addIndexer(name: string, indexer: Indexer<T>): void {
    if (this.#indexers.has(name)) return;
    this.#indexers.set(name, indexer);
    this.#indexes.set(name, new Map());
    for (const [key, object] of this.#objects) this.#enter(name, key, object);
  }

  get(key: ObjectKey): T | undefined {
    return this.#objects.get(keyText(key));
  }

  byKeyText(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list({ namespace, selector }: { namespace?: string; selector?: (labels: Readonly<Record<string, string>>) => boolean } = {}): T[] {
    const all = namespace === undefined || namespace === '' ? [...this.#objects.values()] : this.byIndex(NAMESPACE, namespace);
    return selector === undefined ? all : all.filter(({ metadata: { labels = {} } }) => selector(labels));
  }

  byIndex(index: string, value: string): T[] {
    const values = this.#indexes.get(index);
    if (values === undefined) throw new Error(`no index ${index}`);
    return [...(values.get(value)?.values() ?? [])];
  }

  ownedBy(uid: string): T[] {
    return this.byIndex(CONTROLLER, uid);
  }

  keys(): string[] {
    return [...this.#objects.keys()];
  }

  get size(): number {
    return this.#objects.size;
  }

  /** Returns what was there before. */
  put(object: T): T | undefined {
    const key = keyTextOf(object);
    const previous = this.#objects.get(key);
    if (previous !== undefined) this.#leaveAll(key, previous);
    this.#objects.set(key, object);
    for (const name of this.#indexers.keys()) this.#enter(name, key, object);
    return previous;
  }

  /** Returns what was removed. */
  remove(key: string): T | undefined {
    const previous = this.#objects.get(key);
    if (previous === undefined) return undefined;
    this.#leaveAll(key, previous);
    this.#objects.delete(key);
    return previous;
  }

  #enter(name: string, key: string, object: T): void {
    const values = this.#indexes.get(name)!;
    for (const value of this.#indexers.get(name)!(object)) {
      const entries = values.get(value);
      if (entries === undefined) values.set(value, new Map([[key, object]]));
      else entries.set(key, object);
    }
  }

  #leaveAll(key: string, object: T): void {
    for (const [name, indexer] of this.#indexers) {
      const values = this.#indexes.get(name)!;
      for (const value of indexer(object)) {
        const entries = values.get(value);
        entries?.delete(key);
        if (entries?.size === 0) values.delete(value);
      }
    }
  }
}
