/** The cluster's lock within one process; between processes: faults.test.ts. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, test } from 'vitest';
import assert from 'node:assert/strict';
import { VirtualClock } from '../../src/platform/clock.js';
import { lock, tryLock } from '../../src/store/lock.js';

const folder = mkdtempSync(join(tmpdir(), 'lock-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('one holds it, and the next after its release', () => {
  const path = join(folder, 'one.db');
  const first = tryLock(path);
  assert.ok(first);
  assert.equal(tryLock(path), undefined);
  first.release();
  first.release();
  const second = tryLock(path);
  assert.ok(second);
  second.release();
});

test('ten that wait all get it', async () => {
  const path = join(folder, 'ten.db');
  const clock = new VirtualClock();
  const first = tryLock(path)!;
  const got: number[] = [];
  const waiting = Array.from({ length: 10 }, async (_, at) => {
    const held = await lock(path, { waitMs: 60_000, clock });
    got.push(at);
    clock.after(3, () => held.release());
  });
  await clock.advance(100);
  assert.deepEqual(got, []);
  first.release();
  await clock.advance(10_000);
  await Promise.all(waiting);
  assert.equal(new Set(got).size, 10);
});

test('who waits too long is told what is held, and by its signal who gives up', async () => {
  const path = join(folder, 'long.db');
  const clock = new VirtualClock();
  const held = tryLock(path)!;
  const late = assert.rejects(lock(path, { waitMs: 50, clock }), { code: 'busy', message: `${path} is held by another process, for more than 50 ms` });
  await clock.advance(60);
  await late;
  const abort = new AbortController();
  const stopped = assert.rejects(lock(path, { waitMs: 1_000, clock, signal: abort.signal }), { name: 'AbortError' });
  abort.abort();
  await stopped;
  held.release();
});

test('what cannot be a lock is a named error', () => {
  mkdirSync(join(folder, 'folder.db'));
  for (const path of [join(folder, 'none', 'lock.db'), join(folder, 'folder.db')]) assert.throws(() => tryLock(path), { name: 'StoreError', path });
});
