import assert from 'node:assert/strict';
import { test } from 'vitest';
import { addWarnings } from '../../src/apiserver/warnings.js';

const told = (...texts: string[]): string[] => {
  const all: string[] = [];
  for (const text of texts) addWarnings(all, [text]);
  return all;
};

test('a warning is told once, and not where a header could not hold it', () => assert.deepEqual(told('a', 'b', 'a', '', 'two\nlines', 'é'), ['a', 'b', 'é']));

test('past a total, all warnings are cut short, and then no more are taken', () => {
  const long = Array.from({ length: 30 }, (_, at) => `${String(at).padStart(2, '0')}${'x'.repeat(298)}`);
  const lengths = told(...long).map(({ length }) => length);
  assert.deepEqual(
    told(...long.slice(0, 13)).map(({ length }) => length),
    Array.from({ length: 13 }, () => 300),
  );
  assert.deepEqual(
    lengths,
    Array.from({ length: 16 }, () => 256),
  );
});
