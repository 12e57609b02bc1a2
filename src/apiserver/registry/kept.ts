/**
 * The answers of a few reads that every write asks for (its namespace, its
 * service account, limits, quotas), kept until anything in the resource
 * changes. The store tells of changes before their writer is answered, so a
 * user reads their own write; nothing here is authoritative.
 */
import type { KubeObject } from '../../apimachinery/object.js';
import type { Watcher } from '../../store/store.js';
import type { Storage } from './storage.js';

const ANSWERS_MAX = 5_000;

export class Kept {
  readonly #storage: Storage;
  readonly #answers = new Map<string, readonly KubeObject[]>();
  #watcher: Watcher | undefined;
  /** Moves with every change, so that an answer that was read meanwhile is not kept. */
  #changes = 0;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** All in one namespace, or ('') everywhere. */
  async list(namespace: string): Promise<readonly KubeObject[]> {
    return this.#answer(this.#storage.folder(namespace).key, async () => {
      const { kvs } = await this.#storage.range(namespace);
      return kvs.map((kv) => this.#storage.read(kv));
    });
  }

  /** undefined: it is not there. */
  async get(location: { namespace: string; name: string }): Promise<KubeObject | undefined> {
    const [found] = await this.#answer(this.#storage.key(location), async () => {
      const object = await this.#storage.get(location);
      return object === undefined ? [] : [object];
    });
    return found;
  }

  async #answer(key: string, read: () => Promise<readonly KubeObject[]>): Promise<readonly KubeObject[]> {
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    this.#watch();
    const before = this.#changes;
    const answer = await read();
    if (before !== this.#changes || this.#watcher === undefined) return answer;
    if (this.#answers.size >= ANSWERS_MAX) this.#answers.clear();
    this.#answers.set(key, answer);
    return answer;
  }

  #watch(): void {
    if (this.#watcher !== undefined) return;
    const { key, end } = this.#storage.folder('');
    const watcher = this.#storage.store.watch({ key, end }, {
      events: () => this.forget(),
      ended: () => {
        if (this.#watcher === watcher) this.#watcher = undefined;
        this.forget();
      },
    });
    this.#watcher = watcher;
  }

  forget(): void {
    this.#changes++;
    this.#answers.clear();
  }

  stop(): void {
    this.#watcher?.cancel();
    this.#watcher = undefined;
    this.forget();
  }
}
