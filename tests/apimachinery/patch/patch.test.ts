/** Strategic merge patches, applied and made, on a small hand-made pod shape. */
import { describe, test } from 'vitest';
import assert from 'node:assert/strict';
import type { Field, StructNode, TypeNode } from '../../../src/apimachinery/typenode.js';
import {
  applyMergePatch,
  applyStrategicMergePatch,
  createMergePatch,
  createThreeWayJSONMergePatch,
  createThreeWayMergePatch,
  createTwoWayMergePatch,
} from '../../../src/apimachinery/patch/index.js';

const text: TypeNode = { kind: 'scalar', scalar: 'string' };
const list = (items: TypeNode): TypeNode => ({ kind: 'list', items });
function struct(go: string, fields: Record<string, TypeNode | [TypeNode, Partial<Field>]>): StructNode {
  const all = Object.entries(fields).map(([name, given]): Field => {
    const [type, more] = Array.isArray(given) ? given : [given, {}];
    return { name, goName: name, goType: '', pointer: false, omitempty: true, omitzero: false, required: false, type, ...more };
  });
  return { kind: 'struct', go, fields: all, byName: new Map(all.map((field) => [field.name, field])), inlines: [] };
}
const container = struct('core/v1.Container', {
  name: text,
  image: text,
  args: list(text),
  env: [list(struct('core/v1.EnvVar', { name: text, value: text })), { patch: ['merge'], mergeKey: 'name' }],
});
const volume = struct('core/v1.Volume', { name: text, emptyDir: struct('core/v1.E', {}), hostPath: struct('core/v1.H', { path: text }) });
const pod = struct('core/v1.Pod', {
  labels: { kind: 'map', values: text },
  finalizers: [list(text), { patch: ['merge'] }],
  containers: [list(container), { patch: ['merge'], mergeKey: 'name' }],
  volumes: [list(volume), { patch: ['merge', 'retainKeys'], mergeKey: 'name' }],
  strategy: [struct('apps/v1.DeploymentStrategy', { type: text, rollingUpdate: struct('apps/v1.R', { maxSurge: text }) }), { patch: ['retainKeys'] }],
});

const live = Object.freeze({
  labels: { x: '1' },
  finalizers: ['a', 'b'],
  containers: [
    {
      name: 'one',
      image: 'i:1',
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
    },
    { name: 'two' },
  ],
});

describe('a strategic merge patch', () => {
  const cases: [string, any, any][] = [
    ['puts new list items in front', { containers: [{ name: 'new' }] }, { containers: [{ name: 'new' }, ...live.containers] }],
    [
      "merges list items by key, in the patch's order",
      { containers: [{ name: 'two', image: 'i:2' }, { name: 'one' }] },
      { containers: [{ name: 'two', image: 'i:2' }, live.containers[0]] },
    ],
    ['deletes an item', { containers: [{ name: 'one', $patch: 'delete' }] }, { containers: [{ name: 'two' }] }],
    ['replaces a list', { containers: [{ $patch: 'replace' }, { name: 'z' }] }, { containers: [{ name: 'z' }] }],
    ['replaces a map', { labels: { $patch: 'replace', only: 'this' } }, { labels: { only: 'this' } }],
    ['adds to a list of scalars as to a set', { finalizers: ['c', 'a'] }, { finalizers: ['c', 'a', 'b'] }],
    ['takes scalars out of a list', { '$deleteFromPrimitiveList/finalizers': ['a'] }, { finalizers: ['b'] }],
    ['does nothing about scalars of a list that is not there', { '$deleteFromPrimitiveList/args': ['a'] }, {}],
    ['orders a list', { '$setElementOrder/containers': [{ name: 'two' }, { name: 'one' }] }, { containers: [{ name: 'two' }, live.containers[0]] }],
    ['drops nulls of maps that are new', { strategy: { type: 'x', rollingUpdate: null } }, { strategy: { type: 'x' } }],
  ];
  for (const [name, patch, changed] of cases) {
    test(name, () => assert.deepEqual(applyStrategicMergePatch(live, patch, pod), { ...live, ...changed }));
  }
  test('keeps only the keys it retains', () => {
    const before = { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '1' } } };
    assert.deepEqual(applyStrategicMergePatch(before, { strategy: { $retainKeys: ['type'], type: 'Recreate' } }, pod), { strategy: { type: 'Recreate' } });
  });

  const errors: [any, string][] = [
    [{ containers: [{ image: 'noname' }] }, 'map: map[image:noname] does not contain declared merge key: name'],
    [{ labels: { $patch: 'frob', more: 'x' } }, 'unknown patch type: frob in map: map[$patch:frob more:x]'],
    [{ containers: [{ name: 'a', $patch: 'merge' }] }, 'merging lists cannot yet be specified in the patch'],
    [
      { containers: ['a'] },
      'list element types are not identical: [[map[env:[map[name:A value:1] map[name:B value:2]] image:i:1 name:one] map[name:two]] [a]]',
    ],
    [
      { '$setElementOrder/containers': [{ name: 'b' }], containers: [{ name: 'a', image: 'i:7' }] },
      "The order in patch list:\n[map[image:i:7 name:a]]\n doesn't match $setElementOrder list:\n[map[name:b]]\n",
    ],
    [{ $retainKeys: 'x' }, 'invalid patch format of retainKeys'],
    [{ $deleteFromPrimitiveList: ['x'] }, 'invalid patch format of primitive list'],
  ];
  for (const [patch, message] of errors)
    test(`is refused: ${message.slice(0, 60)}`, () => assert.throws(() => applyStrategicMergePatch(live, patch, pod), { message }));
});

describe('a three-way patch', () => {
  const original = {
    containers: [
      {
        name: 'one',
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      },
      { name: 'two' },
    ],
    labels: { a: '1' },
  };
  const modified = {
    containers: [
      {
        name: 'one',
        env: [
          { name: 'B', value: '3' },
          { name: 'C', value: '4' },
        ],
      },
    ],
  };
  const current = {
    containers: [
      {
        name: 'one',
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
          { name: 'E', value: 'e' },
        ],
      },
      { name: 'two' },
    ],
    labels: { a: '1', m: 'y' },
  };
  const patch = createThreeWayMergePatch(original, modified, current, pod, { overwrite: true });

  test('deletes what was applied before, sets what is new, and states orders', () => {
    assert.deepEqual(patch, {
      labels: null,
      '$setElementOrder/containers': [{ name: 'one' }],
      containers: [
        {
          name: 'one',
          '$setElementOrder/env': [{ name: 'B' }, { name: 'C' }],
          env: [
            { name: 'B', value: '3' },
            { name: 'C', value: '4' },
            { name: 'A', $patch: 'delete' },
          ],
        },
        { name: 'two', $patch: 'delete' },
      ],
    });
  });
  test('keeps what others set', () => {
    const result = applyStrategicMergePatch<any>(current, patch, pod);
    assert.deepEqual(result.containers[0].env, [
      { name: 'B', value: '3' },
      { name: 'E', value: 'e' },
      { name: 'C', value: '4' },
    ]);
  });
  test('is a conflict without overwrite where current changed the same field', () => {
    const changed = { ...current, containers: [{ name: 'one', env: [{ name: 'B', value: '9' }] }] };
    assert.throws(
      () => createThreeWayMergePatch(original, modified, changed, pod, { overwrite: false }),
      /conflicts with changes made from original to current/,
    );
  });
});

test('a two-way patch, applied, gives the modified object', () => {
  const after = { labels: { x: '2' }, finalizers: ['b', 'c'], containers: [{ name: 'two', image: 'z' }, { name: 'three' }], strategy: { type: 'x' } };
  assert.deepEqual(applyStrategicMergePatch(live as any, createTwoWayMergePatch(live, after, pod), pod), after);
  assert.deepEqual(createTwoWayMergePatch(after, after, pod), {});
});

describe('a JSON merge patch', () => {
  test('drops nulls of maps in a list that it puts, and keeps those of the list', () => {
    assert.deepEqual(applyMergePatch({ a: [1] }, { a: [{ b: null, c: [{ d: null }] }, null] }), { a: [{ c: [{}] }, null] });
    assert.deepEqual(applyMergePatch({ a: {} }, { a: [{ b: null }] }), { a: [{ b: null }] });
  });

  test('deletes by null and merges maps only', () => {
    assert.deepEqual(applyMergePatch({ a: { b: 1, c: 2 }, l: [1, 2] }, { a: { b: null, d: { e: null } }, l: [3] }), { a: { c: 2, d: {} }, l: [3] });
  });
  test('is made of two documents', () => {
    assert.deepEqual(createMergePatch({ a: 1, b: { c: 1, d: 2 } }, { b: { c: 3, d: 2 }, e: [1] }), { a: null, b: { c: 3 }, e: [1] });
  });
  test('is made of three documents', () => {
    assert.deepEqual(createThreeWayJSONMergePatch({ a: 1, b: 1 }, { b: 2 }, { a: 1, b: 1, m: 5 }, { overwrite: true }), { a: null, b: 2 });
  });
});
