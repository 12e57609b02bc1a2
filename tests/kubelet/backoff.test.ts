/** Delays between failures: they double up to a limit, and are forgotten after twice that limit without one. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { Backoff } from '../../src/kubelet/containers/backoff.js';

const FIRST_MS = 10_000;
const MAX_MS = 300_000;

test('each failure doubles the delay, up to the longest', () => {
  const backoff = new Backoff({ firstMs: FIRST_MS, maxMs: MAX_MS });
  const delays: number[] = [];
  let now = 0;
  for (let n = 0; n < 7; n++) {
    backoff.next('c', { failedAt: now, now });
    delays.push(backoff.delayOf('c'));
    now += backoff.delayOf('c');
  }
  assert.deepEqual(delays, [10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
});

test('what is left of a delay counts from the failure, or from when it was lengthened', () => {
  const backoff = new Backoff({ firstMs: FIRST_MS, maxMs: MAX_MS });
  assert.equal(backoff.remaining('c', { failedAt: 0, now: 0 }), 0);
  backoff.next('c', { failedAt: 0, now: 1_000 });
  assert.equal(backoff.remaining('c', { failedAt: 0, now: 4_000 }), 6_000);
  assert.equal(backoff.remainingSinceUpdate('c', 4_000), 7_000);
  assert.equal(backoff.remaining('c', { failedAt: 0, now: 60_000 }), 0);
});

test('twice the longest without a failure forgets it, and not a moment less', () => {
  const backoff = new Backoff({ firstMs: FIRST_MS, maxMs: MAX_MS });
  backoff.next('c', { failedAt: 0, now: 0 });
  backoff.next('c', { failedAt: 0, now: 0 });
  const [last, after] = [2 * MAX_MS, 2 * MAX_MS + 1];
  assert.deepEqual([backoff.remaining('c', { failedAt: last, now: last }), backoff.remaining('c', { failedAt: after, now: after })], [20_000, 0]);
  backoff.next('c', { failedAt: last, now: last });
  assert.equal(backoff.delayOf('c'), 40_000);
  backoff.next('c', { failedAt: last + after, now: last + after });
  assert.equal(backoff.delayOf('c'), FIRST_MS);
});

test('what was saved goes on in the next process, and what is forgotten is gone', () => {
  const backoff = new Backoff({ firstMs: FIRST_MS, maxMs: MAX_MS });
  for (const key of ['pod1/a', 'pod1/b', 'pod2/a']) backoff.next(key, { failedAt: 0, now: 0 });
  backoff.forget('pod1/');
  const next = new Backoff({ firstMs: FIRST_MS, maxMs: MAX_MS });
  next.restore(JSON.parse(JSON.stringify(backoff.saved())));
  assert.deepEqual(
    ['pod1/a', 'pod1/b', 'pod2/a'].map((key) => next.delayOf(key)),
    [0, 0, FIRST_MS],
  );
});
