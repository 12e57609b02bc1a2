/**
 * What the processes of these tests do: `child <what> <path> …`. Answers are
 * written to stdout at once, so that a kill loses none of them.
 */
import { writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemClock } from '../../src/platform/clock.js';
import type { Store } from '../../src/store/store.js';
import { lock } from '../../src/store/lock.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite.js';
import { openSqliteStoreReadonly } from '../../src/store/sqlite/reader.js';

const [what, path, argument] = process.argv.slice(2) as [string, string, string | undefined];
const say = (line: string): void => void writeSync(1, `${line}\n`);

const PROGRAMS: Record<string, () => Promise<void>> = {
  write,
  count,
  hold,
  async puts() {
    const store = await openSqliteStore({ path, clock: systemClock });
    for (let at = 0; at < Number(argument); at++) await putOne(store, { key: `k${at}`, durability: at % 3 === 0 ? 'durable' : 'grouped' });
    await store.close();
  },
  async get() {
    const reader = openSqliteStoreReadonly(path)!;
    const { kvs } = reader.range({ key: 'k', end: 'l' });
    reader.close();
    say(String(kvs.length));
  },
};

/** Writes until it is killed, by itself at the step of that number: before, within and after each commit. */
async function write(): Promise<void> {
  let steps = Number(argument);
  const step = (): void => {
    if (steps-- === 0) process.kill(process.pid, 'SIGKILL');
  };
  const store = await openSqliteStore({ path, clock: systemClock });
  step();
  store.watch(
    { key: 'k', end: 'l' },
    {
      events(events) {
        for (const { kv } of events) say(`seen ${kv.key} ${kv.modRevision}`);
        step();
      },
      ended() {},
    },
  );
  for (let at = 0; ; at++) {
    const key = `k-${process.pid}-${at}`;
    const written = putOne(store, { key, durability: at % 2 === 0 ? 'grouped' : 'durable' });
    step();
    say(`acknowledged ${key} ${await written}`);
    step();
  }
}

async function putOne(store: Store, { key, durability }: { key: string; durability: 'durable' | 'grouped' }): Promise<number> {
  const { revision } = await store.txn({ compare: [], success: [{ type: 'put', key, value: Buffer.from(key) }], failure: [] }, durability);
  return revision;
}

/** Adds to a number in the store, one process at a time. */
async function count(): Promise<void> {
  for (let at = 0; at < Number(argument); at++) {
    const held = await lock(join(dirname(path), 'lock.db'), { waitMs: 20_000, clock: systemClock });
    const store = await openSqliteStore({ path, clock: systemClock });
    const { kvs } = await store.range({ key: 'count' });
    const value = Buffer.from(String(Number(kvs[0] ? Buffer.from(kvs[0].value).toString() : 0) + 1));
    const { revision } = await store.txn({ compare: [], success: [{ type: 'put', key: 'count', value }], failure: [] }, 'grouped');
    await store.close();
    held.release();
    say(String(revision));
  }
}

/** Holds the lock until it is killed. */
async function hold(): Promise<void> {
  const held = await lock(path, { waitMs: 5_000, clock: systemClock });
  say('held');
  setTimeout(() => held.release(), 60_000);
}

void PROGRAMS[what]!();
