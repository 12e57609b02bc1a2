import assert from 'node:assert/strict';
import { expect, it } from 'vitest';
import { deepFreeze } from '../../src/apimachinery/deep.js';
import { encodedList } from '../../src/apimachinery/encodedlist.js';
import { encodeEvent, encodeObject } from '../../src/server/encode.js';

const pod = (name: string, revision?: string) =>
  deepFreeze({ metadata: { name, ...(revision === undefined ? {} : { resourceVersion: revision }) }, spec: { note: 'ü"\\ \u2028' } });
const text = (object: object): string => String(encodeObject(object, 'json'));

it.each([
  ['no items', []],
  ['one', [pod('a', '1')]],
  ['items that were never stored', [pod('a'), pod('b')]],
  ['several', [pod('a', '1'), pod('b', '2'), pod('c', '3')]],
])('a list of %s reads as JSON writes it', (_, items) => {
  const list = { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '7' }, items };
  assert.equal(text(list), `${JSON.stringify(list)}\n`);
  assert.equal(text(list), `${JSON.stringify(list)}\n`);
});

it('a list whose items are not its last member, or its only one, is written as any object', () => {
  for (const object of [{ items: [1], kind: 'Odd' }, { items: [{ a: 1 }] }, { items: null, kind: 'Odd' }])
    assert.equal(text(object), `${JSON.stringify(object)}\n`);
});

it('an object that is not frozen is written as it is now', () => {
  const object = { metadata: { resourceVersion: '1' }, data: 'before' };
  assert.match(text(object), /before/);
  object.data = 'after';
  assert.match(text(object), /after/);
});

it('all who watch an object are sent the same bytes, and each event its own type', () => {
  const object = pod('a', '1') as never;
  const line = encodeEvent({ type: 'ADDED', object });
  assert.equal(line.toString(), `{"type":"ADDED","object":${JSON.stringify(object)}}\n`);
  expect(encodeEvent({ type: 'ADDED', object })).toBe(line);
  assert.match(encodeEvent({ type: 'MODIFIED', object }).toString(), /^\{"type":"MODIFIED"/);
});

it('a table reads as JSON writes it, and its objects need not have been read for that', () => {
  const managedFields = encodedList('[{"manager": "m"}]');
  const row = (metadata: object): object => ({ cells: [1, 'ü'], conditions: undefined, object: { kind: 'PartialObjectMetadata', metadata } });
  const table = { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: {}, columnDefinitions: null, rows: [row({ name: 'a' }), { cells: [], object: null }] };
  assert.equal(text(table), `${JSON.stringify(table)}\n`);
  assert.match(text({ ...table, rows: [row({ name: 'a', managedFields })] }), /"managedFields":\[\{"manager": "m"\}\]/);
});
