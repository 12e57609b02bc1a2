/** kubectl's JSONPath: what it finds, how it prints, what it refuses. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { JsonPath, JsonPathError } from '../../../src/cli/printers/jsonpath.js';
import { sortObjects } from '../../../src/cli/commands/get/sort.js';

const LIST = {
  items: [
    { name: 'a', n: 1, tags: ['x', 'y'], labels: { 'b.c': 'v' } },
    { name: 'b', n: 2.5, tags: [], deep: { name: 'inner' } },
    { name: 'c', n: 10, on: true },
  ],
};

const PRINTED: readonly (readonly [template: string, text: string])[] = [
  ['{.items[*].name}', 'a b c'],
  ['{.items[0].tags}', '["x","y"]'],
  ['{.items[-1:].name}', 'c'],
  ['{.items[0:3:2].name}', 'a c'],
  ['{range .items[*]}{.name}={.n}{"\\n"}{end}', 'a=1\nb=2.5\nc=10\n'],
  ['{range .none[*]}{.x}{end}done', 'done'],
  ['{.items[?(@.name=="b")].n}', '2.5'],
  ['{.items[?(@.on)].name}', 'c'],
  ['{.items[0].labels.b\\.c}', 'v'],
  ["{.items[0]['name','n']}", 'a 1'],
  ['{..name}', 'a b inner c'],
  ['text {.none}', 'text '],
];

for (const [template, text] of PRINTED) {
  test(`${template} prints ${JSON.stringify(text)}`, () => assert.equal(new JsonPath(template, { allowMissingKeys: true }).print(LIST), text));
}

const REFUSED: readonly (readonly [template: string, message: string])[] = [
  ['{.items', 'unclosed action'],
  ['{.items[a]}', 'invalid array index a'],
  ['{.items[9]}', 'array index out of bounds: index 9, length 3'],
  ['{.items[0][*]}', 'map[string]interface {} is not array or slice'],
  ['{end}', 'not in range, nothing to end'],
  ['{.items[?(@.name="b")]}', 'unrecognized filter operator ='],
  ['{.items[?(@.n=="b")]}', 'incompatible types for comparison'],
];

for (const [template, message] of REFUSED) {
  test(`${template} is refused: ${message}`, () => {
    assert.throws(
      () => new JsonPath(template, { allowMissingKeys: true }).print(LIST),
      (error: unknown) => error instanceof JsonPathError && error.message === message,
    );
  });
}

test('text sorts by character', () => {
  const sorted = sortObjects(
    ['web-9', 'web-10', 'web-1'].map((name) => ({ name })),
    { sortBy: 'name', now: 0 },
  );
  assert.deepEqual(
    sorted.map(({ name }) => name),
    ['web-1', 'web-10', 'web-9'],
  );
});

test('quantities sort by size, and what lacks the field comes first', () => {
  const sorted = sortObjects([{ q: '1Gi' }, { q: '900Mi' }, {}], { sortBy: '.q', now: 0 });
  assert.deepEqual(sorted, [{}, { q: '900Mi' }, { q: '1Gi' }]);
});
