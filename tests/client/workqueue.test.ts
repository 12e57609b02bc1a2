/** The work queue keeps client-go's promises: one key once, never in two hands, later after failures. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { createWorkQueue } from '../../src/client/workqueue.js';
import { VirtualClock } from '../../src/platform/clock.js';
import { Quiescence } from '../../src/platform/quiescence.js';

function setUp() {
  const clock = new VirtualClock();
  const quiescence = new Quiescence();
  return { clock, quiescence, queue: createWorkQueue({ clock, quiescence }) };
}

test('a key added twice while it waits is handed out once', async () => {
  const { queue } = setUp();
  queue.add('a');
  queue.add('b');
  queue.add('a');
  assert.equal(await queue.get(), 'a');
  assert.equal(await queue.get(), 'b');
  assert.equal(queue.length, 0);
});

test('a key added while in work comes back after it is done, not before', async () => {
  const { queue } = setUp();
  queue.add('a');
  await queue.get();
  queue.add('a');
  assert.equal(queue.length, 0);
  queue.done('a');
  assert.equal(await queue.get(), 'a');
});

test('waiting and working keys are counted as work; delayed and resting ones are not', async () => {
  const { queue, quiescence } = setUp();
  queue.addAfter('later', 1000);
  assert.equal(quiescence.busy, false);
  queue.add('a');
  assert.equal(quiescence.busy, false); // nobody works on it yet
  await queue.get();
  assert.equal(quiescence.busy, true);
  queue.rest('a');
  queue.add('a');
  assert.equal(quiescence.busy, false);
  queue.done('a');
  assert.equal(quiescence.busy, true);
  await queue.get();
  queue.done('a');
  assert.equal(quiescence.busy, false);
});

test('a delayed key comes at the earliest of its times, once', async () => {
  const { clock, queue } = setUp();
  queue.addAfter('a', 5000);
  queue.addAfter('a', 1000);
  queue.addAfter('b', 500);
  assert.deepEqual(
    queue.delayed().map(({ key, due }) => [key, due - clock.now()]),
    [
      ['b', 500],
      ['a', 1000],
    ],
  );
  await clock.advance(1000);
  assert.equal(await queue.get(), 'b');
  assert.equal(await queue.get(), 'a');
  queue.done('a');
  await clock.advance(10_000);
  assert.equal(queue.length, 0);
});

test('failures of one key come back after 5, 10, 20 ms, and from the start once it did well', async () => {
  const { clock, queue } = setUp();
  const waits: number[] = [];
  for (let failure = 0; failure < 4; failure++) {
    queue.addRateLimited('a');
    waits.push(queue.delayed()[0]!.due - clock.now());
    await clock.advance(1000);
    queue.done((await queue.get())!);
  }
  assert.deepEqual(waits, [5, 10, 20, 40]);
  queue.forget('a');
  queue.addRateLimited('a');
  assert.equal(queue.delayed()[0]!.due - clock.now(), 5);
});

test('what is delayed can be saved and taken up by another queue', async () => {
  const first = setUp();
  first.queue.addAfter('a', 60_000);
  const second = createWorkQueue({ clock: first.clock, quiescence: first.quiescence });
  second.restore(first.queue.delayed());
  first.queue.shutDown();
  await first.clock.advance(60_000);
  assert.equal(await second.get(), 'a');
});

test('after shutdown everybody who waits is told, and nothing is held', async () => {
  const { queue, quiescence } = setUp();
  queue.add('a');
  queue.shutDown();
  assert.equal(await queue.get(), undefined);
  assert.equal(quiescence.busy, false);
});
