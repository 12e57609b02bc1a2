/**
 * The store in memory, for tests and for clusters that need not outlive their
 * process. Same engine and same answers as the one on disk; answers within the
 * turn of the event loop in which it was asked.
 */
import type { Clock } from '../platform/clock.js';
import type { Quiescence } from '../platform/quiescence.js';
import type { Random } from '../platform/random.js';
import type { KeyValue, Store } from './store.js';
import { Engine } from './engine.js';
import type { Change, Dump, Head, KeyMeta, LeaseRow, Place, Rows, ScanOptions, Sizes } from './rows.js';
import type { KeyRange } from './keys.js';
import { compareKeys, includes } from './keys.js';
import type { Snapshot } from './snapshot.js';
import { collect, decodeSnapshot } from './snapshot.js';

export interface MemoryStoreOptions {
  clock: Clock;
  quiescence?: Quiescence;
  /** For the numbers of leases; absent: they follow from the clock. */
  random?: Random;
}

export function memoryStore(options: MemoryStoreOptions): Store {
  return new Engine({ ...options, rows: new MemoryRows(), defer: soon });
}

/** A store in memory that begins as a snapshot was taken; refuses damaged bytes with a StoreError. */
export async function restoreMemoryStore(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, options: MemoryStoreOptions): Promise<Store> {
  const rows = new MemoryRows();
  rows.restore(decodeSnapshot(await collect(chunks), 'the snapshot'));
  return new Engine({ ...options, rows, defer: soon });
}

/** As queueMicrotask, which costs more: nobody asks for its resource. */
const soon = (work: () => void): void => void DONE.then(work);
const DONE = Promise.resolve();

/** A change as kept: `kv` is what is handed out, frozen. */
interface Kept {
  readonly kv: KeyValue;
  readonly sub: number;
  previous: Kept | undefined;
}

class MemoryRows implements Rows {
  readonly path = 'the store in memory';
  readonly writable = true;
  #head: Head = { revision: 1, compactRevision: 0 };
  #present = new Map<string, Kept>();
  /** Sorted; each key of #present. */
  #keys: string[] = [];
  /** By revision. */
  #history: Kept[] = [];
  #leases = new Map<number, LeaseRow>();
  #leaseKeys = new Map<number, Set<string>>();

  head(): Head {
    return this.#head;
  }

  beginRead(): boolean {
    return false;
  }

  beginWrite(): boolean {
    return false;
  }

  commit(revision: number): void {
    this.#head = { ...this.#head, revision };
  }

  rollback(): void {
    // Nothing here fails between its first write and its commit, so there is nothing to take back.
  }

  meta(key: string): KeyMeta | undefined {
    const kept = this.#present.get(key);
    if (kept === undefined) return undefined;
    const { createRevision, modRevision, version, lease } = kept.kv;
    return { key, createRevision, modRevision, sub: kept.sub, version, lease, bytes: bytesOf(kept.kv) };
  }

  get(key: string): KeyValue | undefined {
    return this.#present.get(key)?.kv;
  }

  scan(range: KeyRange, { limit = Infinity, keysOnly = false, minModRevision = 0 }: ScanOptions): KeyValue[] {
    const found: KeyValue[] = [];
    const to = this.#endOf(range);
    for (let at = this.#at(range.start); at < to && found.length < limit; at++) {
      const { kv } = this.#present.get(this.#keys[at]!)!;
      if (kv.modRevision >= minModRevision) found.push(keysOnly ? { ...kv, value: NO_BYTES } : kv);
    }
    return found;
  }

  count(range: KeyRange): number {
    return Math.max(0, this.#endOf(range) - this.#at(range.start));
  }

  history(range: KeyRange, from: number, limit: number): Change[] {
    const found: Change[] = [];
    for (let at = this.#historyAt(from); at < this.#history.length; at++) {
      const kept = this.#history[at]!;
      if (found.length >= limit && found.at(-1)!.modRevision !== kept.kv.modRevision) break;
      if (includes(range, kept.kv.key)) found.push(changeOf(kept));
    }
    return found;
  }

  load({ modRevision, sub }: Place): KeyValue | undefined {
    for (let at = this.#historyAt(modRevision); at < this.#history.length; at++) {
      const { kv, sub: keptSub } = this.#history[at]!;
      if (kv.modRevision !== modRevision) return undefined;
      if (keptSub === sub) return kv;
    }
    return undefined;
  }

  write(change: Change): void {
    const { key, value, createRevision, modRevision, version, lease, sub } = change;
    const previous = this.#present.get(key);
    const kept: Kept = { kv: Object.freeze({ key, value, createRevision, modRevision, version, lease }), sub, previous };
    this.#history.push(kept);
    if (previous === undefined) this.#keys.splice(this.#at(key), 0, key);
    if (previous !== undefined && previous.kv.lease !== 0) this.#leaseKeys.get(previous.kv.lease)?.delete(key);
    if (version === 0) {
      this.#present.delete(key);
      this.#keys.splice(this.#at(key), 1);
      return;
    }
    this.#present.set(key, kept);
    if (lease !== 0) this.#leaseKeys.set(lease, (this.#leaseKeys.get(lease) ?? new Set()).add(key));
  }

  compact(revision: number): void {
    const dead = new Set<Kept>();
    for (const kept of this.#history) {
      if (kept.kv.modRevision > revision) break;
      if (kept.previous !== undefined) dead.add(kept.previous);
      kept.previous = undefined;
      // As etcd does: a delete at the compacted revision itself stays, for watches that begin there.
      if (kept.kv.version === 0 && kept.kv.modRevision < revision) dead.add(kept);
    }
    this.#history = this.#history.filter((kept) => !dead.has(kept));
    this.#head = { ...this.#head, compactRevision: revision };
  }

  lease(id: number): LeaseRow | undefined {
    return this.#leases.get(id);
  }

  leases(): LeaseRow[] {
    return [...this.#leases.values()].sort((a, b) => a.id - b.id);
  }

  leaseDue(): number | undefined {
    return this.#leases.size === 0 ? undefined : Math.min(...[...this.#leases.values()].map((lease) => lease.expiresMs));
  }

  leaseKeys(id: number): string[] {
    return [...(this.#leaseKeys.get(id) ?? [])].sort(compareKeys);
  }

  leasePut(lease: LeaseRow): void {
    this.#leases.set(lease.id, lease);
  }

  leaseDelete(id: number): void {
    this.#leases.delete(id);
    this.#leaseKeys.delete(id);
  }

  sizes(): Sizes {
    let size = 0;
    let deadBytes = 0;
    let deadRevisions = 0;
    for (const kept of this.#history) {
      const bytes = bytesOf(kept.kv);
      size += bytes;
      if (this.#present.get(kept.kv.key) === kept) continue;
      deadBytes += bytes;
      deadRevisions++;
    }
    return { size, sizeInUse: size, keys: this.#keys.length, deadRevisions, deadBytes };
  }

  dump(): Dump {
    const kept = this.#keys.map((key) => this.#present.get(key)!);
    return { head: this.#head, leases: this.leases(), kvs: kept.map(({ kv, sub }) => ({ ...kv, sub })), close() {} };
  }

  restore(snapshot: Snapshot): void {
    const kept = snapshot.kvs.map((kv, sub): Kept => ({ kv: Object.freeze(kv), sub, previous: undefined }));
    this.#keys = snapshot.kvs.map(({ key }) => key);
    this.#present = new Map(kept.map((one) => [one.kv.key, one]));
    this.#history = kept.toSorted((a, b) => a.kv.modRevision - b.kv.modRevision || a.sub - b.sub);
    for (const lease of snapshot.leases) this.leasePut(lease);
    for (const { key, lease } of snapshot.kvs) if (lease !== 0) this.#leaseKeys.set(lease, (this.#leaseKeys.get(lease) ?? new Set()).add(key));
    this.#head = { revision: snapshot.revision, compactRevision: snapshot.revision };
  }

  close(): void {}

  #at(key: string): number {
    return lowerBound(this.#keys.length, (at) => compareKeys(this.#keys[at]!, key) < 0);
  }

  #endOf(range: KeyRange): number {
    return range.end === undefined ? this.#keys.length : this.#at(range.end);
  }

  #historyAt(revision: number): number {
    return lowerBound(this.#history.length, (at) => this.#history[at]!.kv.modRevision < revision);
  }
}

const NO_BYTES = new Uint8Array(0);

function changeOf({ kv, sub, previous }: Kept): Change {
  return { ...kv, sub, previous: previous && { modRevision: previous.kv.modRevision, sub: previous.sub } };
}

function bytesOf(kv: KeyValue): number {
  return kv.key.length + kv.value.byteLength;
}

/** The first index that is not before what is looked for. */
function lowerBound(length: number, before: (at: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (before(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
