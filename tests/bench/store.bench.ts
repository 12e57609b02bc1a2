/**
 * How fast the store on disk is, in one run on one machine: figures to compare
 * with each other and with the last run, never with another machine's.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/platform/clock.js';
import type { Durability, Store } from '../../src/store/store.js';
import { prefixEnd } from '../../src/store/store.js';
import { openSqliteStoreReadonly } from '../../src/store/sqlite/reader.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite.js';

export interface BenchRow {
  name: string;
  value: number;
  unit: string;
}

const VALUE = Buffer.alloc(1_000, 'v');
const KEYS = 10_000;
const keyOf = (at: number): string => `/registry/pods/default/pod-${String(at).padStart(5, '0')}`;

export async function storeBench(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'store-bench-'));
  const path = join(folder, 'state.db');
  const store = await openSqliteStore({ path, clock: systemClock });
  try {
    return [
      { name: 'store: 100 puts that share a grouped commit, each', value: await groupedPuts(store), unit: 'µs' },
      { name: 'store: durable put', value: await times(200, (at) => put(store, { key: keyOf(at), durability: 'durable' })), unit: 'µs' },
      { name: 'store: grouped put alone', value: await times(200, (at) => put(store, { key: keyOf(at), durability: 'grouped' })), unit: 'µs' },
      { name: 'store: get of one key among 10,000', value: await times(2_000, (at) => store.range({ key: keyOf((at * 7) % KEYS) })), unit: 'µs' },
      { name: 'store: scan of 10,000 keys', value: (await times(5, () => scan(store))) / 1_000, unit: 'ms' },
      { name: 'store: watch delivery to 100 watchers, each', value: await watchDelivery(store), unit: 'µs' },
      { name: 'store: open, read 20 keys, close', value: await times(20, async () => readOnce(path)), unit: 'µs' },
    ].map((row) => ({ ...row, value: Math.round(row.value * 100) / 100 }));
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
}

async function groupedPuts(store: Store): Promise<number> {
  const groups = KEYS / 100;
  const took = await times(groups, async (group) => {
    await Promise.all(Array.from({ length: 100 }, (_, at) => put(store, { key: keyOf(group * 100 + at), durability: 'grouped' })));
  });
  return took / 100;
}

async function watchDelivery(store: Store): Promise<number> {
  let delivered = 0;
  const watchers = Array.from({ length: 100 }, () => store.watch({ key: '/watched/', end: prefixEnd('/watched/') }, { events: () => delivered++, ended() {} }));
  const rounds = 100;
  const unwatched = await times(rounds, (at) => put(store, { key: `/other/${at}`, durability: 'grouped' }));
  const watched = await times(rounds, (at) => put(store, { key: `/watched/${at}`, durability: 'grouped' }));
  for (const watcher of watchers) watcher.cancel();
  if (delivered !== rounds * watchers.length) throw new Error(`${delivered} events were delivered`);
  return Math.max(0, watched - unwatched) / watchers.length;
}

function readOnce(path: string): void {
  const reader = openSqliteStoreReadonly(path)!;
  reader.range({ key: keyOf(0), end: keyOf(20) });
  reader.close();
}

async function scan(store: Store): Promise<void> {
  await store.range({ key: '/registry/pods/', end: prefixEnd('/registry/pods/') });
}

async function put(store: Store, { key, durability }: { key: string; durability: Durability }): Promise<void> {
  await store.txn({ compare: [], success: [{ type: 'put', key, value: VALUE }], failure: [] }, durability);
}

/** Microseconds a call takes on average. */
async function times(count: number, run: (at: number) => Promise<unknown>): Promise<number> {
  const start = performance.now();
  for (let at = 0; at < count; at++) await run(at);
  return ((performance.now() - start) * 1_000) / count;
}
