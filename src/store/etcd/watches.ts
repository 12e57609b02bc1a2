/**
 * The watches of one store on an etcd, all on one stream. A stream that breaks
 * is opened again, at another endpoint where there is one, and every watch goes
 * on after the last revision it was told of: in order, none twice, none
 * missing. What was compacted meanwhile is ended, never left with a gap.
 */
import type { Clock } from '../../platform/clock.js';
import type { Quiescence } from '../../platform/quiescence.js';
import type { StoreEvent, Watcher, WatchListener, WatchRequest } from '../store.js';
import { StoreError } from '../errors.js';
import { matcher } from '../keys.js';
import type { Connection, EtcdStream } from './connection.js';
import type { Keyspace } from './keyspace.js';
import { encode } from './encode.js';
import { decodeWatch, type WatchAnswer } from './watchmessages.js';

const REOPEN_MIN_MS = 50;
const REOPEN_MAX_MS = 1_000;
/** How long a writer waits for watches of its own process; etcd tells both at the same moment. */
const TOLD_WAIT_MS = 2_000;

export interface WatchesOptions {
  connection: Connection;
  keys: Keyspace;
  clock: Clock;
  quiescence: Quiescence | undefined;
  /** The newest revision that this process has heard of. */
  revision: () => number;
}

interface Watch {
  readonly key: string;
  readonly end: string | undefined;
  readonly matches: (key: string) => boolean;
  readonly request: WatchRequest;
  readonly listener: WatchListener;
  readonly registered: () => void;
  /** The first revision it was not told of. */
  next: number;
  /** On the stream that is open; a new one each time. */
  id: number;
  /** etcd has it on its list. */
  live: boolean;
  /** Parts of an answer that is not whole yet. */
  parts: StoreEvent[];
  over: boolean;
}

/** A write, for watches to say whether it concerns them. */
export interface Written {
  revision: number;
  keys: readonly string[];
}

export class Watches {
  readonly #options: WatchesOptions;
  readonly #watches = new Set<Watch>();
  readonly #byId = new Map<number, Watch>();
  readonly #waiting = new Set<{ revision: number; behind: Set<Watch>; resolve(): void }>();
  #stream: EtcdStream | undefined;
  #broken: () => void = () => {};
  #lastId = 0;
  #pauseMs = REOPEN_MIN_MS;
  #cancelReopen: (() => void) | undefined;

  constructor(options: WatchesOptions) {
    this.#options = options;
  }

  watch(request: WatchRequest, listener: WatchListener): Watcher {
    const { key, end } = this.#options.keys.toEtcd(request);
    // From now on is: after everything that this process can have heard of. What others wrote since is told, too.
    const next = request.startRevision !== undefined && request.startRevision > 0 ? request.startRevision : this.#options.revision() + 1;
    const release = this.#options.quiescence?.hold();
    let resolve = (_revision: number): void => {};
    const created = new Promise<number>((resolved) => (resolve = resolved));
    const registered = (): void => {
      resolve(next - 1);
      release?.();
    };
    const watch: Watch = { key, end, matches: matcher(request), request, listener, registered, next, id: 0, live: false, parts: [], over: false };
    this.#watches.add(watch);
    if (this.#stream !== undefined) this.#create(watch);
    else if (this.#cancelReopen === undefined) this.#open();
    return { created, cancel: () => this.#end(watch, 'cancelled') };
  }

  /** Resolves when every watch that has begun and that a write concerns was told of it, or cannot be for now. */
  told({ revision, keys }: Written): Promise<void> | undefined {
    const behind = new Set([...this.#watches].filter((watch) => watch.live && watch.next <= revision && keys.some(watch.matches)));
    if (behind.size === 0) return undefined;
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(TOLD_WAIT_MS, () => waiter.resolve());
      const waiter = {
        revision,
        behind,
        resolve: () => {
          cancel();
          this.#waiting.delete(waiter);
          resolve();
        },
      };
      this.#waiting.add(waiter);
    });
  }

  close(): void {
    for (const watch of this.#watches) this.#end(watch, 'cancelled');
    this.#cancelReopen?.();
    this.#stream?.cancel();
    this.#stream = undefined;
  }

  #open(): void {
    this.#cancelReopen = undefined;
    const { stream, broken } = this.#options.connection.stream('/etcdserverpb.Watch/Watch', { brief: false });
    this.#stream = stream;
    this.#broken = broken;
    stream.on('data', (bytes: Uint8Array) => this.#stream === stream && this.#answer(decodeWatch(bytes, this.#options.keys)));
    // The reason does not matter: the next stream meets it again, or does not.
    for (const end of ['error', 'end']) stream.on(end, () => this.#stream === stream && this.#reopen());
    for (const watch of this.#watches) this.#create(watch);
  }

  #reopen(): void {
    this.#stream = undefined;
    this.#broken();
    this.#byId.clear();
    for (const watch of this.#watches) Object.assign(watch, { live: false, parts: [] });
    for (const waiter of this.#waiting) waiter.resolve();
    if (this.#watches.size === 0) return;
    this.#cancelReopen = this.#options.clock.after(this.#pauseMs, () => this.#open());
    this.#pauseMs = Math.min(2 * this.#pauseMs, REOPEN_MAX_MS);
  }

  #create(watch: Watch): void {
    watch.id = ++this.#lastId;
    this.#byId.set(watch.id, watch);
    const { key, end, next, request, id } = watch;
    this.#stream!.write(
      encode([
        [
          1,
          encode([
            [1, key],
            [2, end],
            [3, next],
            [4, true],
            [6, request.previous],
            [7, id],
            [8, true],
          ]),
        ],
      ]),
    );
  }

  #answer(answer: WatchAnswer): void {
    this.#pauseMs = REOPEN_MIN_MS;
    const watch = this.#byId.get(answer.id);
    if (watch === undefined) return;
    if (answer.canceled) return this.#refused(watch, answer);
    if (answer.created) {
      watch.live = true;
      watch.registered();
      return;
    }
    watch.parts.push(...answer.events);
    if (answer.fragment) return;
    const events = watch.parts.filter(({ kv }) => kv.modRevision >= watch.next);
    watch.parts = [];
    if (answer.events.length === 0 && events.length === 0) this.#progress(watch, answer.revision);
    else if (events.length > 0) this.#deliver(watch, events);
    this.#caughtUp(watch);
  }

  #deliver(watch: Watch, events: readonly StoreEvent[]): void {
    const revision = events.at(-1)!.kv.modRevision;
    watch.next = revision + 1;
    this.#call(watch, () => watch.listener.events(events, revision));
  }

  #progress(watch: Watch, revision: number): void {
    watch.next = Math.max(watch.next, revision + 1);
    this.#call(watch, () => watch.listener.progress?.(revision));
  }

  // One watcher's failure must not keep the others from what was committed.
  #call(watch: Watch, call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#end(watch, { error: error instanceof Error ? error : new Error(String(error)) });
    }
  }

  #refused(watch: Watch, { compactRevision, reason }: WatchAnswer): void {
    if (compactRevision > 0) return this.#end(watch, { compacted: compactRevision });
    // A member without a leader ends what it can no longer tell; another, or the same later, can.
    if (reason.includes('no leader')) return void this.#stream?.cancel();
    const { connection } = this.#options;
    this.#end(watch, { error: new StoreError('unreachable', connection.name, reason === '' ? `etcd at ${connection.name} has ended a watch` : reason) });
  }

  #caughtUp(watch: Watch): void {
    for (const waiter of this.#waiting) {
      if (watch.next > waiter.revision && waiter.behind.delete(watch) && waiter.behind.size === 0) waiter.resolve();
    }
  }

  #end(watch: Watch, reason: Parameters<WatchListener['ended']>[0]): void {
    if (watch.over) return;
    watch.over = true;
    this.#watches.delete(watch);
    if (this.#byId.delete(watch.id)) this.#stream?.write(encode([[2, encode([[1, watch.id]])]]));
    watch.next = Infinity;
    this.#caughtUp(watch);
    watch.registered();
    watch.listener.ended(reason);
  }
}
