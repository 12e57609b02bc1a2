/** What a store keeps when processes die, disks fill up and files are not what they should be. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, test } from 'vitest';
import assert from 'node:assert/strict';
import { DatabaseSync } from '@photostructure/sqlite';
import { VirtualClock, systemClock } from '../../src/platform/clock.js';
import type { Store, Txn } from '../../src/store/store.js';
import { isStoreError } from '../../src/store/errors.js';
import { openSqliteDraft, openSqliteStore, restoreSnapshot } from '../../src/store/sqlite/sqlite.js';
import { openSqliteStoreReadonly } from '../../src/store/sqlite/reader.js';
import { children } from './children.js';

const { folder, start, remove } = children();
afterAll(remove);

let folders = 0;
function newPath(): string {
  const own = join(folder, String(folders++));
  mkdirSync(own);
  return join(own, 'state.db');
}

const clock = new VirtualClock();
const put = (key: string, value: string | Uint8Array = key): Txn => ({ compare: [], success: [{ type: 'put', key, value: Buffer.from(value) }], failure: [] });
const count = async (store: Store): Promise<number> => (await store.range({ key: 'a', end: '\0' })).count;

describe('a process that is killed', () => {
  test('at any step of its writes loses nothing that was answered, and no revision is used twice', async () => {
    const path = newPath();
    const said: string[] = [];
    for (let step = 0; step < 10; step++) {
      const { lines, signal, errors } = await start(['write', path, String(step)]).ended;
      assert.equal(signal, 'SIGKILL', errors);
      said.push(...lines);
    }
    await checkSaid(path, said);
  });

  test('from outside, whenever, loses nothing either', async () => {
    const path = newPath();
    const said: string[] = [];
    for (const after of [1, 40, 90]) {
      let left = after;
      const child = start(['write', path, '-1'], () => {
        if (left-- === 0) child.kill('SIGKILL');
      });
      said.push(...(await child.ended).lines);
    }
    await checkSaid(path, said);
  });

  async function checkSaid(path: string, said: readonly string[]): Promise<void> {
    const store = await openSqliteStore({ path, clock });
    const revisions = new Map<string, string>();
    let acknowledged = 0;
    for (const line of said) {
      const [what, key, revision] = line.split(' ') as [string, string, string];
      const other = revisions.get(revision);
      assert.ok(other === undefined || other === key, `revision ${revision} was ${other} and ${key}`);
      revisions.set(revision, key);
      const { kvs } = await store.range({ key });
      assert.equal(kvs[0]?.modRevision, Number(revision), line);
      if (what === 'acknowledged') acknowledged++;
    }
    assert.ok(acknowledged > 0);
    await store.close();
  }

  test('frees the lock', async () => {
    const path = join(folder, 'held-lock.db');
    const { tryLock, lock } = await import('../../src/store/lock.js');
    const holder = start(['hold', path], () => {
      assert.equal(tryLock(path), undefined);
      holder.kill('SIGKILL');
    });
    await holder.ended;
    (await lock(path, { waitMs: 0, clock })).release();
  });
});

test('ten processes that take the lock all get it, and count without losing one', async () => {
  const path = newPath();
  const ended = await Promise.all(Array.from({ length: 10 }, () => start(['count', path, '3']).ended));
  for (const { errors, lines } of ended) assert.deepEqual([lines.length, errors], [3, '']);
  const revisions = ended.flatMap(({ lines }) => lines);
  assert.equal(new Set(revisions).size, 30);
  const reader = openSqliteStoreReadonly(path)!;
  assert.equal(Buffer.from(reader.range({ key: 'count' }).kvs[0]!.value).toString(), '30');
  reader.close();
});

describe('a draft', () => {
  test('is seen by nobody else before it is published, and by everyone after', async () => {
    const path = newPath();
    const { store, publish } = await openSqliteDraft({ path, clock });
    for (const key of ['k1', 'k2', 'k3']) await store.txn(put(key), 'grouped');
    assert.equal((await store.range({ key: 'k', end: 'l' })).kvs.length, 3);
    const early = openSqliteStoreReadonly(path)!;
    assert.equal(early.range({ key: 'k', end: 'l' }).kvs.length, 0);
    early.close();
    publish();
    await store.txn(put('k4'), 'grouped');
    const late = openSqliteStoreReadonly(path)!;
    assert.deepEqual(
      late.range({ key: 'k', end: 'l' }).kvs.map(({ key, modRevision }) => [key, modRevision]),
      [
        ['k1', 2],
        ['k2', 3],
        ['k3', 4],
        ['k4', 5],
      ],
    );
    late.close();
    await store.close();
  });

  test('that is closed unpublished leaves an empty store', async () => {
    const path = newPath();
    const { store } = await openSqliteDraft({ path, clock });
    await store.txn(put('k'), 'grouped');
    await store.close();
    const again = await openSqliteStore({ path, clock });
    assert.equal((await again.status()).keys, 0);
    await again.close();
  });

  test('that outgrows its disk fails for good', async () => {
    const { store } = await openSqliteDraft({ path: newPath(), clock, sizeMaxBytes: 200_000 });
    const big = (key: string) => store.txn(put(key, Buffer.alloc(150_000, 'x')), 'grouped');
    await big('k1');
    await assert.rejects(big('k2'), { code: 'full' });
    await store.close();
  });
});

describe('other processes', () => {
  test('a reader is woken by each commit and misses none', async () => {
    const path = newPath();
    await (await openSqliteStore({ path, clock })).close();
    const reader = await openSqliteStore({ path, clock: systemClock, readonly: true });
    const seen: string[] = [];
    const all = new Promise<void>((done, fail) => {
      reader.watch(
        { key: 'k', end: 'l' },
        {
          events(events) {
            seen.push(...events.map(({ kv }) => kv.key));
            if (seen.length === 50) done();
          },
          ended: (reason) => fail(new Error(JSON.stringify(reason))),
        },
      );
    });
    const writer = start(['puts', path, '50']);
    await all;
    assert.deepEqual(
      seen,
      Array.from({ length: 50 }, (_, at) => `k${at}`),
    );
    assert.equal((await writer.ended).errors, '');
    assert.equal((await reader.range({ key: 'k', end: 'l' })).count, 50);
    await assert.rejects(reader.txn(put('a')), { code: 'readonly' });
    all.catch(() => undefined);
    await reader.close();
  });

  test('where file events fail a reader looks every 250 ms', async () => {
    const path = newPath();
    const writer = await openSqliteStore({ path, clock });
    const time = new VirtualClock();
    const reader = await openSqliteStore({ path, clock: time, readonly: true, fileEvents: false });
    const seen: string[] = [];
    reader.watch({ key: 'a', end: 'z' }, { events: (events) => seen.push(...events.map(({ kv }) => `${kv.key}@${kv.modRevision}`)), ended() {} });
    await writer.txn(put('a'));
    await writer.txn(put('b'));
    await time.advance(249);
    assert.deepEqual(seen, []);
    await time.advance(251);
    assert.deepEqual(seen, ['a@2', 'b@3']);
    await writer.txn(put('c'));
    await time.advance(250);
    assert.deepEqual(seen, ['a@2', 'b@3', 'c@4']);
    await reader.close();
    await writer.close();
  });

  test('two that write, each in turn, use each revision once and see each other', async () => {
    const path = newPath();
    const one = await openSqliteStore({ path, clock, shared: true });
    const two = await openSqliteStore({ path, clock, shared: true });
    const seen: string[] = [];
    one.watch({ key: 'a', end: 'z' }, { events: (events) => seen.push(...events.map(({ kv }) => `${kv.key}@${kv.modRevision}`)), ended() {} });
    const revisions: number[] = [];
    for (const [store, key] of [
      [one, 'a'],
      [two, 'b'],
      [one, 'c'],
      [two, 'd'],
      [two, 'e'],
    ] as const)
      revisions.push((await store.txn(put(key), 'grouped')).revision);
    assert.deepEqual(revisions, [2, 3, 4, 5, 6]);
    assert.equal(await count(one), 5);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(seen, ['a@2', 'b@3', 'c@4', 'd@5', 'e@6']);
    await one.close();
    await two.close();
  });

  test('a reader of one state sees that state', async () => {
    const path = newPath();
    const writer = await openSqliteStore({ path, clock });
    await writer.txn(put('a'));
    const reader = openSqliteStoreReadonly(path)!;
    await writer.txn(put('b'));
    assert.deepEqual([reader.revision, reader.range({ key: 'a', end: '\0' }).count], [2, 1]);
    reader.close();
    await writer.close();
    assert.equal(openSqliteStoreReadonly(`${path}-none`), undefined);
  });
});

describe('a machine that stops', () => {
  test('may lose grouped writes, and passes over their revisions', async () => {
    const path = newPath();
    const store = await openSqliteStore({ path, clock });
    await store.txn(put('a'), 'grouped');
    const after = newPath();
    for (const end of ['', '-wal']) copyFileSync(path + end, after + end);
    const { revision } = await store.txn(put('lost'), 'grouped');
    await store.close();
    stopMachine(after);
    const again = await openSqliteStore({ path: after, clock });
    const next = await again.txn(put('next'));
    assert.ok(next.revision > revision && next.revision <= revision + 20_000, `${next.revision} after ${revision}`);
    assert.equal(await count(again), 2);
    await again.close();
    const third = await openSqliteStore({ path: after, clock });
    assert.equal((await third.status()).revision, next.revision);
    await third.close();
  });

  test('while it runs, the next process goes on where the last one was, with what was reserved', async () => {
    const path = newPath();
    let { revision } = await written(path, 'a', 'grouped');
    for (const key of ['b', 'c', 'd']) assert.equal((await written(path, key, 'grouped')).revision, ++revision);
  });

  test('after writes that were all durable, the revision goes on where it was', async () => {
    const path = newPath();
    const { revision } = await written(path, 'a', 'durable');
    stopMachine(path);
    assert.equal((await written(path, 'b', 'durable')).revision, revision + 1);
  });

  async function written(path: string, key: string, durability: 'durable' | 'grouped'): Promise<{ revision: number }> {
    const store = await openSqliteStore({ path, clock });
    const result = await store.txn(put(key), durability);
    await store.close();
    return result;
  }

  function stopMachine(path: string): void {
    const db = new DatabaseSync(path);
    db.exec("UPDATE head SET boot = 'another' WHERE boot <> ''");
    db.close();
  }
});

describe('leases', () => {
  test('outlive their process, and end when their time has passed meanwhile', async () => {
    const path = newPath();
    const time = new VirtualClock();
    const store = await openSqliteStore({ path, clock: time });
    const { id } = await store.leaseGrant(60);
    await store.txn({ compare: [], success: [{ type: 'put', key: 'a', value: Buffer.from('1'), lease: id }], failure: [] });
    await store.close();
    await time.advance(30_000);
    const second = await openSqliteStore({ path, clock: time });
    assert.deepEqual(
      (await second.leases()).map(({ keys }) => keys),
      [['a']],
    );
    await second.close();
    await time.advance(60_000);
    const third = await openSqliteStore({ path, clock: time });
    await time.advance(0);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(await count(third), 0);
    await third.close();
  });
});

describe('a full disk', () => {
  test('refuses what does not fit, by name, and keeps what was answered', async () => {
    const path = newPath();
    const store = await openSqliteStore({ path, clock, sizeMaxBytes: 200_000 });
    const kept: string[] = [];
    const seen: string[] = [];
    store.watch({ key: 'a', end: '\0' }, { events: (events) => seen.push(...events.map(({ kv }) => kv.key)), ended() {} });
    let error: unknown;
    for (let at = 0; error === undefined; at++) {
      await store.txn(put(`k${at}`, Buffer.alloc(20_000))).then(
        () => kept.push(`k${at}`),
        (refused) => (error = refused),
      );
    }
    assert.ok(isStoreError(error, 'full'), String(error));
    assert.match(error.message, new RegExp(`^${path} could not grow: the disk is full`));
    const { revision } = await store.status();
    assert.equal(revision, kept.length + 1);
    const together = await Promise.allSettled([store.txn(put('small')), store.txn(put('large', Buffer.alloc(500_000)))]);
    assert.deepEqual(
      together.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    );
    assert.deepEqual(seen, [...kept, 'small']);
    await store.txn({ compare: [], success: [{ type: 'delete', key: 'k', end: 'l' }], failure: [] });
    await store.compact((await store.status()).revision);
    await store.txn(put('again', Buffer.alloc(100_000)));
    await store.close();
    const reader = openSqliteStoreReadonly(path)!;
    assert.deepEqual(
      reader.range({ key: 'a', end: '\0' }).kvs.map(({ key }) => key),
      ['again', 'small'],
    );
    reader.close();
  });
});

describe('a file that is not a store', () => {
  const cases: [string, (path: string) => void, { code: string; message: RegExp }][] = [
    ['an empty file', (path) => writeFileSync(path, ''), { code: 'notAStore', message: /state\.db is empty, not a store/ }],
    ['a few bytes', (path) => writeFileSync(path, 'hello'), { code: 'notAStore', message: /state\.db is not a store of minikube-ts/ }],
    ['junk', (path) => writeFileSync(path, Buffer.alloc(20_000, 'junk')), { code: 'notAStore', message: /state\.db is not a store of minikube-ts/ }],
    ['a folder', (path) => mkdirSync(path), { code: 'notAStore', message: /state\.db is a folder/ }],
    [
      "another program's database",
      (path) => {
        const db = new DatabaseSync(path);
        db.exec('CREATE TABLE other (a)');
        db.close();
      },
      { code: 'notAStore', message: /state\.db is not a store of minikube-ts/ },
    ],
  ];
  for (const [what, make, expected] of cases) {
    test(`${what} is refused by name, and left as it is`, async () => {
      const path = newPath();
      make(path);
      const before = statSync(path).isFile() ? readFileSync(path) : undefined;
      await assert.rejects(openSqliteStore({ path, clock }), expected);
      assert.throws(() => openSqliteStoreReadonly(path), expected);
      if (before) assert.deepEqual(readFileSync(path), before);
      assert.ok(existsSync(path));
    });
  }

  test('one cut short is refused as damaged', async () => {
    const path = await filled();
    truncateSync(path, Math.floor(statSync(path).size / 2 / 4096) * 4096);
    await assert.rejects(openSqliteStore({ path, clock }), { code: 'corrupt', message: /state\.db is damaged/ });
    assert.throws(() => openSqliteStoreReadonly(path), { code: 'corrupt' });
    assert.ok(existsSync(path));
  });

  test('one of a newer version is refused with both numbers', async () => {
    const path = await filled();
    const db = new DatabaseSync(path);
    db.exec('PRAGMA user_version = 7');
    db.close();
    const message = `${path} was written by a newer minikube-ts (state format 7; this one reads up to 1)`;
    await assert.rejects(openSqliteStore({ path, clock }), { code: 'version', message });
    assert.throws(() => openSqliteStoreReadonly(path), { code: 'version', message });
  });

  test('a folder that is not there, or is a file, is named', async () => {
    const path = await filled();
    for (const wrong of [join(folder, 'none', 'state.db'), join(path, 'state.db')]) {
      await assert.rejects(openSqliteStore({ path: wrong, clock }), (error) => isStoreError(error, 'io') && error.message.startsWith(wrong));
    }
  });

  test('a snapshot is never restored over something', async () => {
    const path = await filled();
    const store = await openSqliteStore({ path, clock });
    await assert.rejects(restoreSnapshot(path, store.snapshot()), { code: 'exists' });
    assert.equal(await count(store), 40);
    await store.close();
    assert.deepEqual(
      readdirSync(join(path, '..')).filter((name) => name.includes('.new-')),
      [],
    );
  });

  async function filled(): Promise<string> {
    const path = newPath();
    const store = await openSqliteStore({ path, clock });
    for (let at = 0; at < 40; at++) await store.txn(put(`k${at}`, Buffer.alloc(8_000)), 'grouped');
    await store.close();
    return path;
  }
});
