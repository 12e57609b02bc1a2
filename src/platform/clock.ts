/**
 * Time, as a value that is passed in.
 *
 * Nothing outside this folder may ask the operating system for the time or set
 * a timer. That one rule is what lets a test, or a user, run a whole cluster
 * through an hour of restarts in a few milliseconds and get the same answer twice.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `fire` once, `ms` from now. The returned function cancels it. */
  after(ms: number, fire: () => void): () => void;
  /**
   * Calls `fire` every `ms`, for what repeats without effect (heartbeats, resyncs): where time is moved by hand, beats
   * that nobody could tell apart are skipped to the last one. What must happen at its own moment waits with `after`.
   */
  beat(ms: number, fire: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, fire) {
    const timer = setTimeout(fire, Math.min(Math.max(0, ms), TIMEOUT_MAX_MS));
    return () => clearTimeout(timer);
  },
  beat(ms, fire) {
    const timer = setInterval(fire, ms);
    return () => clearInterval(timer);
  },
};

/** A clock that runs as another does, and shows `aheadMs` more. */
export function aheadOf(clock: Clock, aheadMs: () => number): Clock {
  return { ...clock, now: () => clock.now() + aheadMs() };
}

/** What setTimeout can hold; a longer wait would fire at once. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1;

interface Alarm {
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
  /** For a beat: its interval. */
  readonly everyMs: number;
  cancelled: boolean;
}

/** A clock that stands still until told to move, or until told to follow another. */
export class VirtualClock implements Clock {
  #now: number;
  #rest: () => Promise<void>;
  readonly #alarms = new AlarmHeap();
  #nextOrder = 0;
  #following: { clock: Clock; cancel: () => void } | undefined;

  /** `rest` resolves when nothing is under way: no queue item, no undelivered event, no request in flight. */
  constructor(start = Date.parse('2030-01-01T00:00:00Z'), rest: () => Promise<void> = oneTurn) {
    this.#now = start;
    this.#rest = rest;
  }

  now(): number {
    if (this.#following !== undefined) this.#now = Math.max(this.#now, this.#following.clock.now());
    return this.#now;
  }

  /** What `advance` waits for between alarms, from now on. */
  restBy(rest: () => Promise<void>): void {
    this.#rest = rest;
  }

  /** The time of the next alarm that is not a beat, or undefined where none is set. */
  nextDue(): number | undefined {
    return this.#alarms.earliest((alarm) => alarm.everyMs === 0)?.at;
  }

  after(ms: number, fire: () => void): () => void {
    return this.#add(this.now() + Math.max(0, ms), 0, fire);
  }

  beat(ms: number, fire: () => void): () => void {
    let cancel = (): void => {};
    const ring = (): void => {
      cancel = this.#add(this.now() + ms, ms, ring);
      fire();
    };
    cancel = this.#add(this.now() + ms, ms, ring);
    return () => cancel();
  }

  /** Moves time forward, letting all work each alarm starts finish before the next one rings. `stepsMax`: alarms rung at most, and then time stands where the last one rang; returns how many were. */
  async advance(ms: number, { stepsMax = Infinity }: { stepsMax?: number } = {}): Promise<number> {
    const end = this.now() + ms;
    let steps = 0;
    await this.#rest();
    while (steps < stepsMax) {
      const alarm = this.#take(end);
      if (alarm === undefined) break;
      this.#now = Math.max(this.#now, alarm.at);
      alarm.fire();
      steps++;
      await this.#rest();
    }
    if (steps < stepsMax) this.#now = Math.max(this.#now, end);
    return steps;
  }

  /** Time passed while nobody looked: it is now `to`, and alarms that are late ring once, in order. */
  async jump(to: number): Promise<void> {
    const late: Alarm[] = [];
    for (let alarm = this.#alarms.pop(to); alarm !== undefined; alarm = this.#alarms.pop(to)) late.push(alarm);
    this.#now = Math.max(this.#now, to);
    // Beats first: whoever was asleep says so before anybody judges how long.
    for (const alarm of late.sort((a, b) => Number(a.everyMs === 0) - Number(b.everyMs === 0) || a.at - b.at || a.order - b.order)) {
      if (alarm.cancelled) continue;
      alarm.fire();
      await this.#rest();
    }
  }

  /** From now on time passes as `clock` says, and alarms ring by themselves. Undone by calling the returned function. */
  follow(clock: Clock): () => void {
    this.#following = { clock, cancel: () => {} };
    this.#arm();
    return () => {
      this.now();
      this.#following?.cancel();
      this.#following = undefined;
    };
  }

  #add(at: number, everyMs: number, fire: () => void): () => void {
    const alarm: Alarm = { at, order: this.#nextOrder++, fire, everyMs, cancelled: false };
    this.#alarms.push(alarm);
    if (this.#following !== undefined && this.#alarms.top() === alarm) this.#arm();
    return () => {
      alarm.cancelled = true;
    };
  }

  #take(end: number): Alarm | undefined {
    const alarm = this.#alarms.pop(end);
    if (alarm === undefined || alarm.everyMs === 0) return alarm;
    // A beat that would come again before anything else happens has no effect of its own.
    const horizon = Math.min(end, this.#alarms.earliest((other) => other.everyMs === 0)?.at ?? end);
    const skipped = Math.max(0, Math.floor((horizon - alarm.at) / alarm.everyMs));
    return skipped === 0 ? alarm : { ...alarm, at: alarm.at + skipped * alarm.everyMs };
  }

  #arm(): void {
    const following = this.#following;
    if (following === undefined) return;
    following.cancel();
    const top = this.#alarms.top();
    if (top === undefined) return;
    following.cancel = following.clock.after(Math.max(0, top.at - following.clock.now()), () => {
      for (let alarm = this.#alarms.pop(this.now()); alarm !== undefined; alarm = this.#alarms.pop(this.now())) alarm.fire();
      this.#arm();
    });
  }
}

/** Alarms by time, then by the order they were set in. Cancelled ones are dropped when met. */
class AlarmHeap {
  readonly #heap: Alarm[] = [];

  push(alarm: Alarm): void {
    const heap = this.#heap;
    let at = heap.push(alarm) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!earlier(alarm, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = alarm;
  }

  top(): Alarm | undefined {
    while (this.#heap[0]?.cancelled) this.#removeTop();
    return this.#heap[0];
  }

  /** The first alarm, if it is due by `end`. */
  pop(end: number): Alarm | undefined {
    const top = this.top();
    if (top === undefined || top.at > end) return undefined;
    this.#removeTop();
    return top;
  }

  earliest(where: (alarm: Alarm) => boolean): Alarm | undefined {
    let found: Alarm | undefined;
    for (const alarm of this.#heap) {
      if (!alarm.cancelled && where(alarm) && (found === undefined || earlier(alarm, found))) found = alarm;
    }
    return found;
  }

  #removeTop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && earlier(heap[child + 1]!, heap[child]!)) child++;
      if (!earlier(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

const earlier = (a: Alarm, b: Alarm): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

// Enough where nothing leaves the process: one turn of the event loop drains every chain of promises, however long.
// Work that waits for a file, a socket or a worker needs a `rest` that counts it.
function oneTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
