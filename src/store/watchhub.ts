/**
 * The watches of one store: each gets every change of its range from its first
 * revision on, in order, none twice, none missing, a revision never split.
 *
 * A watch that starts in the past reads history in pieces until it has caught
 * up, and from then on is told of each commit. What compaction has overtaken is
 * ended, never left with a gap.
 */
import type { Quiescence } from '../platform/quiescence.js';
import type { KeyValue, StoreEvent, WatchListener, WatchRequest, Watcher } from './store.js';
import { CompactedError } from './store.js';
import type { Change, Head, Rows } from './rows.js';
import type { KeyRange } from './keys.js';
import { matcher, rangeOf } from './keys.js';

/** Changes that are read at once for a watch that starts in the past. */
const CATCH_UP_CHANGES_MAX = 1_000;

type Ended = Parameters<WatchListener['ended']>[0];

interface Watch {
  readonly range: KeyRange;
  readonly matches: (key: string) => boolean;
  readonly previous: boolean;
  readonly listener: WatchListener;
  /** The first revision not looked at; of a watch that has caught up, the first it wants. */
  next: number;
  caughtUp: boolean;
  over: boolean;
}

export interface WatchHubOptions {
  rows: Pick<Rows, 'history' | 'load'>;
  head: () => Head;
  /** Runs work later in this turn of the event loop, or in the next. */
  defer: (work: () => void) => void;
  quiescence: Quiescence | undefined;
}

export class WatchHub {
  readonly #options: WatchHubOptions;
  readonly #watches = new Set<Watch>();

  constructor(options: WatchHubOptions) {
    this.#options = options;
  }

  watch(request: WatchRequest, listener: WatchListener): Watcher {
    const { revision } = this.#options.head();
    const watch: Watch = {
      range: rangeOf(request) ?? { start: request.key, end: `${request.key}\0` },
      matches: matcher(request),
      previous: request.previous === true,
      listener,
      next: request.startRevision && request.startRevision > 0 ? request.startRevision : revision + 1,
      caughtUp: false,
      over: false,
    };
    this.#watches.add(watch);
    if (watch.next > revision) watch.caughtUp = true;
    else this.#later(watch);
    return { created: Promise.resolve(revision), cancel: () => this.#end(watch, 'cancelled') };
  }

  /** Tells of committed changes, in order. `revision` is the store's now. */
  publish(changes: readonly Change[], revision: number): void {
    const events = new Events(this.#options);
    const revisions = byRevision(changes);
    for (const watch of this.#watches) {
      if (!watch.caughtUp) continue;
      let last = 0;
      for (const group of revisions) {
        if (group[0]!.modRevision < watch.next) continue;
        const wanted = group.filter((change) => watch.matches(change.key));
        if (wanted.length === 0) continue;
        last = group[0]!.modRevision;
        this.#call(watch, () =>
          watch.listener.events(
            wanted.map((change) => events.of(change, watch.previous)),
            last,
          ),
        );
        if (watch.over) break;
      }
      if (last < revision && !watch.over) this.#progress(watch, revision);
    }
  }

  /** Another process has written from `revision` on: every watch reads that from history. */
  behind(revision: number): void {
    for (const watch of this.#watches) {
      if (!watch.caughtUp) continue;
      watch.caughtUp = false;
      watch.next = Math.max(watch.next, revision);
      this.#later(watch);
    }
  }

  /** The last word to every watch. */
  endAll(reason: Ended): void {
    for (const watch of this.#watches) this.#end(watch, reason);
  }

  #later(watch: Watch): void {
    const release = this.#options.quiescence?.hold();
    this.#options.defer(() => {
      if (!watch.over) this.#call(watch, () => this.#catchUp(watch));
      release?.();
    });
  }

  #catchUp(watch: Watch): void {
    const head = this.#options.head();
    if (watch.next < head.compactRevision) return this.#end(watch, { compacted: head.compactRevision });
    const changes = watch.next > head.revision ? [] : this.#options.rows.history(watch.range, watch.next, CATCH_UP_CHANGES_MAX);
    const last = changes.at(-1)?.modRevision;
    const all = changes.length < CATCH_UP_CHANGES_MAX;
    // History may already hold what another process has written since `head` was read.
    watch.next = Math.max(watch.next, (last ?? 0) + 1, all ? head.revision + 1 : 0);
    watch.caughtUp = all;
    if (last !== undefined) {
      const events = new Events(this.#options);
      watch.listener.events(
        changes.map((change) => events.of(change, watch.previous)),
        last,
      );
    }
    if (watch.over) return;
    if (!all) this.#later(watch);
    else if (last !== head.revision) this.#progress(watch, head.revision);
  }

  #progress(watch: Watch, revision: number): void {
    if (watch.listener.progress === undefined || revision < watch.next - 1) return;
    this.#call(watch, () => watch.listener.progress!(revision));
  }

  // One watcher's failure must not keep the others from what was committed.
  #call(watch: Watch, call: () => void): void {
    try {
      call();
    } catch (error) {
      if (error instanceof CompactedError) this.#end(watch, { compacted: error.compactRevision });
      else this.#end(watch, { error: error instanceof Error ? error : new Error(String(error)) });
    }
  }

  #end(watch: Watch, reason: Ended): void {
    if (watch.over) return;
    watch.over = true;
    this.#watches.delete(watch);
    watch.listener.ended(reason);
  }
}

/** Events are made once for all watchers; the value before is read only for those who asked. */
class Events {
  readonly #options: Pick<WatchHubOptions, 'rows' | 'head'>;
  readonly #plain = new Map<Change, StoreEvent>();
  readonly #full = new Map<Change, StoreEvent>();

  constructor(options: Pick<WatchHubOptions, 'rows' | 'head'>) {
    this.#options = options;
  }

  of(change: Change, previous: boolean): StoreEvent {
    const made = previous ? this.#full : this.#plain;
    let event = made.get(change);
    if (event === undefined) {
      event = { type: change.version === 0 ? 'delete' : 'put', kv: plainKeyValue(change) };
      const before = previous ? this.#before(change) : undefined;
      if (before !== undefined) event.previous = before;
      made.set(change, event);
    }
    return event;
  }

  // As etcd does: the value before is what a read one revision earlier would give, so compaction takes it away.
  #before(change: Change): KeyValue | undefined {
    if (change.previous === undefined || change.modRevision - 1 < this.#options.head().compactRevision) return undefined;
    return this.#options.rows.load(change.previous);
  }
}

function plainKeyValue(change: Change): KeyValue {
  const { key, value, createRevision, modRevision, version, lease } = change;
  return { key, value, createRevision, modRevision, version, lease };
}

function byRevision(changes: readonly Change[]): Change[][] {
  const groups: Change[][] = [];
  for (const change of changes) {
    const last = groups.at(-1);
    if (last !== undefined && last[0]!.modRevision === change.modRevision) last.push(change);
    else groups.push([change]);
  }
  return groups;
}
