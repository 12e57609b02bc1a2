/**
 * client-go's rate-limited work queue. A key waits once however often it is
 * added, is never in two hands, and comes back when it was added while in
 * work. The quiescence counter is held while a key waits or is in work, but
 * not for one whose time has not come; those can be saved and restored.
 */
import type { Clock } from '../platform/clock.js';
import type { Quiescence } from '../platform/quiescence.js';

export interface Delayed {
  key: string;
  /** Milliseconds since the epoch. */
  due: number;
}

export interface WorkQueue {
  add(key: string): void;
  addAfter(key: string, ms: number): void;
  /** After a failure: later each time, 5 ms to 1000 s, and never faster than the bucket lets through. */
  addRateLimited(key: string): void;
  /** The key did well: its next failure counts as the first. */
  forget(key: string): void;
  requeues(key: string): number;
  /** The next key, or undefined once the queue is shut down and empty. */
  get(): Promise<string | undefined>;
  /** Must follow every get. */
  done(key: string): void;
  /** The key stays in work, but only waits for something that others count: it holds no quiescence until it is done. */
  rest(key: string): void;
  readonly length: number;
  /** What is due later, by time, then key. */
  delayed(): Delayed[];
  /** Takes up what another process left. */
  restore(delayed: readonly Delayed[]): void;
  shutDown(): void;
}

const RETRY_FIRST_MS = 5;
const RETRY_MAX_MS = 1_000_000;
const BUCKET_PER_SECOND = 10;
const BUCKET_SIZE = 100;

export interface WorkQueueOptions {
  clock: Clock;
  quiescence: Quiescence;
  retry?: { firstMs: number; maxMs: number };
}

export function createWorkQueue({ clock, quiescence, retry = { firstMs: RETRY_FIRST_MS, maxMs: RETRY_MAX_MS } }: WorkQueueOptions): WorkQueue {
  const waiting: string[] = [];
  let head = 0;
  const dirty = new Set<string>();
  const inWork = new Set<string>();
  const held = new Map<string, () => void>();
  const resting = new Set<string>();
  const failures = new Map<string, number>();
  const getters: ((key: string | undefined) => void)[] = [];
  const bucket = tokenBucket(clock);
  const timers = delayQueue(clock, (key) => add(key));
  let shut = false;
  // Before the first worker comes nothing is under way: its caches may wait for a server that only time brings back.
  let isWorked = false;

  function add(key: string): void {
    if (shut || dirty.has(key)) return;
    dirty.add(key);
    if (!resting.has(key)) hold(key);
    if (!inWork.has(key)) hand(key);
  }

  function hold(key: string): void {
    if (isWorked && !held.has(key)) held.set(key, quiescence.hold());
  }

  function release(key: string): void {
    held.get(key)?.();
    held.delete(key);
  }

  function hand(key: string): void {
    const getter = getters.shift();
    if (getter === undefined) waiting.push(key);
    else getter(take(key));
  }

  function take(key: string): string {
    dirty.delete(key);
    inWork.add(key);
    return key;
  }

  function nextWaiting(): string | undefined {
    if (head === waiting.length) return undefined;
    const key = waiting[head++];
    if (head > 1_000 && head * 2 > waiting.length) {
      waiting.splice(0, head);
      head = 0;
    }
    return key;
  }

  return {
    add,
    addAfter(key, ms) {
      if (shut) return;
      if (ms <= 0) add(key);
      else timers.add(key, clock.now() + ms);
    },
    addRateLimited(key) {
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      this.addAfter(key, Math.max(Math.min(retry.firstMs * 2 ** count, retry.maxMs), bucket()));
    },
    forget: (key) => void failures.delete(key),
    requeues: (key) => failures.get(key) ?? 0,
    get() {
      if (!isWorked) {
        isWorked = true;
        for (const key of dirty) hold(key);
      }
      const key = nextWaiting();
      if (key !== undefined) return Promise.resolve(take(key));
      return shut ? Promise.resolve(undefined) : new Promise((resolve) => getters.push(resolve));
    },
    done(key) {
      inWork.delete(key);
      resting.delete(key);
      if (!dirty.has(key)) return release(key);
      hold(key);
      hand(key);
    },
    rest(key) {
      if (!inWork.has(key)) return;
      resting.add(key);
      release(key);
    },
    get length() {
      return waiting.length - head;
    },
    delayed: () => timers.all(),
    restore(delayed) {
      for (const { key, due } of delayed) timers.add(key, due);
    },
    shutDown() {
      shut = true;
      timers.clear();
      for (const key of waiting.splice(0).slice(head)) {
        dirty.delete(key);
        release(key);
      }
      head = 0;
      for (const getter of getters.splice(0)) getter(undefined);
    },
  };
}

/** Milliseconds to wait for the next token; taking it in advance, as golang.org/x/time/rate does. */
function tokenBucket(clock: Clock): () => number {
  let tokens = BUCKET_SIZE;
  let last = clock.now();
  return () => {
    const now = clock.now();
    tokens = Math.min(BUCKET_SIZE, tokens + ((now - last) / 1000) * BUCKET_PER_SECOND);
    last = now;
    tokens -= 1;
    return tokens >= 0 ? 0 : Math.ceil((-tokens / BUCKET_PER_SECOND) * 1000);
  };
}

interface DelayQueue {
  add(key: string, due: number): void;
  all(): Delayed[];
  clear(): void;
}

/** Keys with the time each is due, the earliest where one was added twice; one alarm on the clock for all. */
function delayQueue(clock: Clock, fire: (key: string) => void): DelayQueue {
  const due = new Map<string, number>();
  const heap: Delayed[] = [];
  let alarm: { at: number; cancel: () => void } | undefined;

  function ring(): void {
    alarm = undefined;
    while (heap.length > 0 && heap[0]!.due <= clock.now()) {
      const next = popFirst(heap);
      if (due.get(next.key) !== next.due) continue;
      due.delete(next.key);
      fire(next.key);
    }
    setAlarm();
  }

  function setAlarm(): void {
    const first = heap[0];
    if (first === undefined || (alarm !== undefined && alarm.at <= first.due)) return;
    alarm?.cancel();
    alarm = { at: first.due, cancel: clock.after(first.due - clock.now(), ring) };
  }

  return {
    add(key, at) {
      const known = due.get(key);
      if (known !== undefined && known <= at) return;
      due.set(key, at);
      pushInto(heap, { key, due: at });
      setAlarm();
    },
    all: () => [...due].map(([key, at]) => ({ key, due: at })).sort(before),
    clear() {
      alarm?.cancel();
      alarm = undefined;
      due.clear();
      heap.length = 0;
    },
  };
}

const before = (one: Delayed, other: Delayed): number => one.due - other.due || (one.key < other.key ? -1 : Number(one.key > other.key));

function pushInto(heap: Delayed[], item: Delayed): void {
  let at = heap.push(item) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (before(heap[parent]!, heap[at]!) <= 0) return;
    [heap[parent], heap[at]] = [heap[at]!, heap[parent]!];
    at = parent;
  }
}

function popFirst(heap: Delayed[]): Delayed {
  const first = heap[0]!;
  const last = heap.pop()!;
  if (heap.length === 0) return first;
  heap[0] = last;
  for (let at = 0; ;) {
    let least = at;
    for (const child of [2 * at + 1, 2 * at + 2]) if (child < heap.length && before(heap[child]!, heap[least]!) < 0) least = child;
    if (least === at) return first;
    [heap[least], heap[at]] = [heap[at]!, heap[least]!];
    at = least;
  }
}
