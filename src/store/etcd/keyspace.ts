/**
 * Where a store's keys are in an etcd that holds others' as well: those that
 * begin with `own` here begin with `theirs` there. What is not below `own`
 * cannot be asked for, and what is not below `theirs` is never seen.
 */
import { prefixEnd } from '../store.js';
import { RequestError, emptyKey } from '../errors.js';

interface Asked {
  key: string;
  end?: string | undefined;
}

export class Keyspace {
  readonly #own: string;
  readonly #theirs: string;
  readonly #ownEnd: string;

  constructor(own: string, theirs: string) {
    this.#own = own;
    this.#theirs = theirs;
    this.#ownEnd = prefixEnd(own);
  }

  /** What etcd is asked for. Throws a RequestError for what is not below `own`. */
  toEtcd({ key, end }: Asked): { key: string; end: string | undefined } {
    if (key === '') throw emptyKey();
    // As etcd does: '\0' alone as the first key means the first key there is.
    const start = key === '\0' && end !== undefined ? this.#theirs || '\0' : this.#below(key);
    return { key: start, end: end === undefined ? undefined : end === '\0' || end === this.#ownEnd ? prefixEnd(this.#theirs) : this.#below(end) };
  }

  /** undefined: it is none of this store's. */
  fromEtcd(key: string): string | undefined {
    return key.startsWith(this.#theirs) ? this.#own + key.slice(this.#theirs.length) : undefined;
  }

  #below(key: string): string {
    if (!key.startsWith(this.#own)) throw new RequestError(`${JSON.stringify(key)} is not below ${JSON.stringify(this.#own)}`);
    return this.#theirs + key.slice(this.#own.length);
  }
}
