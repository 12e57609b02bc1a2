/**
 * The loop of a controller: takes keys from a work queue and reconciles each,
 * several at a time but never one key twice at once. After a failure the key
 * comes back later; after success not before the caches hold what was written.
 */
import type { Clock } from '../platform/clock.js';
import type { Component, Log } from '../platform/component.js';
import type { Client } from './client.js';
import { ownWrites, type Informers, type OwnWrites } from './ownwrites.js';
import type { WorkQueue } from './workqueue.js';

/** When to look again even if nothing changes; nothing: only when something does. */
export type Outcome = { againMs: number } | void;

export interface RunnerOptions {
  name: string;
  queue: WorkQueue;
  /** Makes the world match what the caches hold under `key`. Writes go through the client it is given. */
  reconcile(key: string, client: Client): Promise<Outcome>;
  workers: number;
  client: Client;
  informers: Informers;
  clock: Clock;
  log: Log;
}

/** A cache that never sees a write (its watch is broken) must not stop a key for ever. */
const SEEN_WAIT_MAX_MS = 30_000;

export function runController(options: RunnerOptions): Component {
  const stops = new Set<() => void>();
  let loops: Promise<void>[] = [];
  let stopped = false;
  return {
    name: options.name,
    async start() {
      loops = Array.from({ length: options.workers }, () => work(options, stops));
    },
    async stop() {
      if (stopped) return;
      stopped = true;
      options.queue.shutDown();
      for (const stop of stops) stop();
      await Promise.all(loops);
    },
  };
}

async function work(options: RunnerOptions, stops: Set<() => void>): Promise<void> {
  for (let key = await options.queue.get(); key !== undefined; key = await options.queue.get()) await once(key, options, stops);
}

async function once(key: string, options: RunnerOptions, stops: Set<() => void>): Promise<void> {
  const { queue, reconcile, log, name } = options;
  const own = ownWrites(options.client, options.informers);
  try {
    const outcome = await reconcile(key, own.client);
    queue.forget(key);
    if (outcome !== undefined) queue.addAfter(key, outcome.againMs);
  } catch (error) {
    log.error(`${name}: ${JSON.stringify(key)} failed, will be tried again: ${error instanceof Error ? error.message : String(error)}`);
    queue.addRateLimited(key);
  }
  if (own.unseen().length === 0) return queue.done(key);
  // The worker goes on with other keys; this one stays in work.
  queue.rest(key);
  holdBack(own, options, stops, () => queue.done(key));
}

function holdBack(own: OwnWrites, { clock }: RunnerOptions, stops: Set<() => void>, go: () => void): void {
  const unwatch = own.unseen().map((informer) => informer.progress(look));
  const cancel = clock.after(SEEN_WAIT_MAX_MS, end);
  stops.add(end);
  function look(): void {
    if (own.unseen().length === 0) end();
  }
  function end(): void {
    if (!stops.delete(end)) return;
    cancel();
    for (const undo of unwatch) undo();
    go();
  }
}
