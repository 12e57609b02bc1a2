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
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, fire) {
    const timer = setTimeout(fire, Math.min(ms, TIMEOUT_MAX_MS));
    return () => clearTimeout(timer);
  },
};

/** What setTimeout can hold; a longer wait would fire at once. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1;

interface Alarm {
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
}

/** A clock that stands still until told to move. */
export class VirtualClock implements Clock {
  #now: number;
  #rest: () => Promise<void>;
  #alarms = new Set<Alarm>();
  #nextOrder = 0;

  /** `rest` resolves when nothing is under way: no queue item, no undelivered event, no request in flight. */
  constructor(start = Date.parse('2030-01-01T00:00:00Z'), rest: () => Promise<void> = oneTurn) {
    this.#now = start;
    this.#rest = rest;
  }

  now(): number {
    return this.#now;
  }

  /** The time of the next alarm, or undefined where none is set. */
  nextDue(): number | undefined {
    return this.#next(Infinity)?.at;
  }

  after(ms: number, fire: () => void): () => void {
    const alarm = { at: this.#now + Math.max(0, ms), order: this.#nextOrder++, fire };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  /** Moves time forward, letting all work each alarm starts finish before the next one rings. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.#rest();
    for (let alarm = this.#next(end); alarm !== undefined; alarm = this.#next(end)) {
      this.#alarms.delete(alarm);
      this.#now = Math.max(this.#now, alarm.at);
      alarm.fire();
      await this.#rest();
    }
    this.#now = end;
  }

  #next(end: number): Alarm | undefined {
    let next: Alarm | undefined;
    for (const alarm of this.#alarms) {
      if (alarm.at > end) continue;
      if (next === undefined || alarm.at < next.at || (alarm.at === next.at && alarm.order < next.order)) next = alarm;
    }
    return next;
  }
}

// Enough where nothing leaves the process: one turn of the event loop drains every chain of promises, however long.
// Work that waits for a file, a socket or a worker needs a `rest` that counts it.
function oneTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
