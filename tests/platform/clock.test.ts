import { test } from 'vitest';
import assert from 'node:assert/strict';
import { VirtualClock } from '../../src/platform/clock.js';

test('advance lets long chains of promises finish between alarms', async () => {
  const clock = new VirtualClock(0);
  const seen: string[] = [];
  clock.after(
    10,
    () =>
      void (async () => {
        for (let i = 0; i < 50; i++) await Promise.resolve();
        seen.push(`chain@${clock.now()}`);
        clock.after(5, () => seen.push(`child@${clock.now()}`));
      })(),
  );
  clock.after(20, () => seen.push(`late@${clock.now()}`));
  const cancel = clock.after(12, () => seen.push('never'));
  cancel();
  await clock.advance(30);
  assert.deepEqual(seen, ['chain@10', 'child@15', 'late@20']);
  assert.equal(clock.now(), 30);
});

test('alarms ring in the order of their times, equals in the order they were set', async () => {
  const clock = new VirtualClock(0);
  const seen: number[] = [];
  const times = [5, 3, 9, 3, 7, 1, 5, 0, 8, 2];
  times.forEach((at, order) => clock.after(at, () => seen.push(at * 100 + order)));
  await clock.advance(10);
  assert.deepEqual(
    seen,
    times.map((at, order) => at * 100 + order).sort((a, b) => a - b),
  );
});

test('beats between two events are skipped to the last one before each', async () => {
  const clock = new VirtualClock(0);
  const seen: string[] = [];
  const cancel = clock.beat(10, () => seen.push(`beat@${clock.now()}`));
  clock.after(35, () => seen.push(`event@${clock.now()}`));
  await clock.advance(100);
  cancel();
  await clock.advance(100);
  assert.deepEqual(seen, ['beat@30', 'event@35', 'beat@100']);
  assert.equal(clock.nextDue(), undefined);
});

test('after a jump, late alarms ring once each, beats before the rest', async () => {
  const clock = new VirtualClock(0);
  const seen: string[] = [];
  clock.after(5, () => seen.push('alarm'));
  clock.beat(10, () => seen.push('beat'));
  await clock.jump(1_000);
  assert.deepEqual(seen, ['beat', 'alarm']);
  assert.equal(clock.now(), 1_000);
});

test('a clock that follows another rings when the other says so', async () => {
  const driver = new VirtualClock(1_000);
  const clock = new VirtualClock(0);
  const seen: number[] = [];
  clock.after(1_500, () => seen.push(clock.now()));
  const stop = clock.follow(driver);
  clock.after(200, () => seen.push(clock.now()));
  await driver.advance(300);
  assert.deepEqual(seen, [1_200]);
  await driver.advance(300);
  stop();
  await driver.advance(1_000);
  assert.deepEqual([seen, clock.now()], [[1_200, 1_500], 1_600]);
});
