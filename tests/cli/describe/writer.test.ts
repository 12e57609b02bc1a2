/** Descriptions: columns as Go's tabwriter makes them, readable titles, annotations that are long. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { titleOf } from '../../../src/cli/describe/generic.js';
import { alignTabs } from '../../../src/cli/printers/tabwriter.js';
import { Writer } from '../../../src/cli/describe/writer.js';

test('a column is as wide as its neighbours below and above, and a line without tabs ends it', () => {
  const text = 'a\tb\tc\nlonger\tx\nalone\ny\tz';
  assert.equal(alignTabs(text, { minWidth: 0, padding: 2 }), 'a       b  c\nlonger  x\nalone\ny  z');
});

const TITLES: readonly (readonly [field: string, title: string])[] = [
  ['creationTimestamp', 'Creation Timestamp'],
  ['apiVersion', 'API Version'],
  ['uid', 'UID'],
  ['dnsPolicy', 'Dns Policy'],
  ['$patch', '$patch'],
];

for (const [field, title] of TITLES) test(`${field} is titled ${title}`, () => assert.equal(titleOf(field), title));

test('annotations of several lines stand below their key, and what apply keeps for itself is hidden', () => {
  const w = new Writer(0);
  w.annotations({ note: 'two\nlines\n', 'kubectl.kubernetes.io/last-applied-configuration': '{}' });
  assert.equal(w.toString(), 'Annotations:  note:\n                two\n                lines\n');
});
