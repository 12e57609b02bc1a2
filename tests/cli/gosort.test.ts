/** goSort: Go's order, also of what compares alike. The expected orders are what Go 1.26 printed. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { goSort } from '../../src/cli/gosort.js';

const indexes = (keys: readonly number[]): number[] =>
  goSort(
    keys.map((key, at) => ({ key, at })),
    (a, b) => a.key < b.key,
  ).map(({ at }) => at);

test('short lists keep the order of equals', () => {
  assert.deepEqual(indexes([2, 1, 2, 1, 0]), [4, 1, 3, 0, 2]);
});

test('what is always less than its neighbour changes places with it', () => {
  assert.deepEqual(
    goSort(['a', 'b', 'c'], () => true),
    ['c', 'b', 'a'],
  );
});

test('long lists are sorted, whatever their order was', () => {
  for (const length of [13, 50, 100, 300]) {
    for (const key of [(at: number) => at, (at: number) => length - at, (at: number) => (at * 7919) % 13, () => 1]) {
      const keys = Array.from({ length }, (_, at) => key(at));
      assert.deepEqual(
        indexes(keys).map((at) => keys[at]),
        [...keys].sort((a, b) => a - b),
      );
    }
  }
});

test('equals in a long list stand where Go leaves them', () => {
  assert.deepEqual(indexes(Array.from({ length: 16 }, (_, at) => (at * 5) % 3)), [6, 15, 12, 3, 9, 0, 8, 5, 11, 2, 14, 7, 4, 10, 13, 1]);
});
