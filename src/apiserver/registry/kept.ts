/**
 * The answers of a few reads that every write asks for (its namespace, its
 * service account, limits, quotas), kept until anything in the resource
 * changes. The store tells of changes before their writer is answered, so a
 * user reads their own write; nothing here is authoritative.
 */
import type { KubeObject } from '../../apimachinery/object.js';
import { whenThere, type Soon } from '../../platform/soon.js';
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
  list(namespace: string): Soon<readonly KubeObject[]> {
    const { key } = this.#storage.folder(namespace);
    return this.#answers.get(key) ?? this.#ask(key, async () => (await this.#storage.range(namespace)).kvs.map((kv) => this.#storage.read(kv)));
  }

  /** undefined: it is not there. */
  get(location: { namespace: string; name: string }): Soon<KubeObject | undefined> {
    const key = this.#storage.key(location);
    const answer =
      this.#answers.get(key) ??
      this.#ask(key, async () => {
        const object = await this.#storage.get(location);
        return object === undefined ? [] : [object];
      });
    return whenThere(answer, first);
  }

  async #ask(key: string, read: () => Promise<readonly KubeObject[]>): Promise<readonly KubeObject[]> {
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
    const watcher = this.#storage.store.watch(
      { key, end },
      {
        events: () => this.forget(),
        ended: () => {
          if (this.#watcher === watcher) this.#watcher = undefined;
          this.forget();
        },
      },
    );
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

const first = ([found]: readonly KubeObject[]): KubeObject | undefined => found;
