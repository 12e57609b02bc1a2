/**
 * The loop of a controller: takes keys from a work queue and reconciles each,
 * several at a time but never one key twice at once. After a failure the key
 * comes back later; after success not before the caches hold what was written.
 */
import type { Clock } from '../platform/clock.js';
import type { Component, Log } from '../platform/component.js';
import type { Client } from './client.js';
import { ownWrites, type Informers } from './ownwrites.js';
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
  const waits = new Set<() => void>();
  let stopWatching: (() => void)[] = [];
  let loops: Promise<void>[] = [];
  let stopped = false;
  return {
    name: options.name,
    async start() {
      const look = (): void => {
        for (const wait of waits) wait();
      };
      stopWatching = [...new Set(options.informers.values())].map((informer) => informer.progress(look));
      loops = Array.from({ length: options.workers }, () => work(options, waits));
    },
    async stop() {
      if (stopped) return;
      stopped = true;
      options.queue.shutDown();
      for (const wait of waits) wait();
      await Promise.all(loops);
      for (const unwatch of stopWatching) unwatch();
    },
  };
}

async function work(options: RunnerOptions, waits: Set<() => void>): Promise<void> {
  for (let key = await options.queue.get(); key !== undefined; key = await options.queue.get()) await once(key, options, waits);
}

async function once(key: string, options: RunnerOptions, waits: Set<() => void>): Promise<void> {
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
  if (!own.seen()) {
    // The worker goes on with other keys; this one stays in work.
    holdBack(own.seen, options, waits).then(() => queue.done(key));
  } else queue.done(key);
}

function holdBack(seen: () => boolean, { clock }: RunnerOptions, waits: Set<() => void>): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      waits.delete(look);
      cancel();
      resolve();
    };
    const look = (): void => {
      if (seen()) end();
    };
    const cancel = clock.after(SEEN_WAIT_MAX_MS, end);
    waits.add(look);
  });
}
