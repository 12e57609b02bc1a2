/** Stored bytes and back: managedFields stay text until they are read, and nobody can tell but by the time it takes. */
import { describe, test } from 'vitest';
import assert from 'node:assert/strict';
import { types } from 'node:util';
import { deepCopy, deepEqual } from '../../../src/apimachinery/deep.js';
import { encodedText, jsonText } from '../../../src/apimachinery/encodedlist.js';
import { Codec } from '../../../src/apiserver/registry/codec.js';
import type { KeyValue } from '../../../src/store/store.js';

const entry = {
  manager: 'kubelet',
  operation: 'Update',
  apiVersion: 'v1',
  time: '2026-01-01T00:00:00Z',
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:status': { 'k:{"ip":"10.0.0.1"}': { '.': {} } } },
};
const metadata = { name: 'a', namespace: 'default', uid: 'u1', generation: 1, labels: { app: 'a' } };
const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, managedFields: [entry, { ...entry, subresource: 'status' }] }, spec: { nodeName: 'w1' } };

const decoded = (object: object | string): any => {
  const value = Buffer.from(typeof object === 'string' ? object : JSON.stringify(object));
  return new Codec().decode({ key: '/registry/pods/default/a', value, createRevision: 7, modRevision: 7, version: 1, lease: 0 } satisfies KeyValue);
};
/** What it is to read as, whatever came of it. */
const whole = (object: any): string => {
  const { name, namespace, uid, ...rest } = object.metadata;
  return JSON.stringify({ ...object, metadata: { name, namespace, uid, resourceVersion: '7', ...rest } });
};
/** Members of any order. */
const sorted = (value: any): any =>
  Array.isArray(value)
    ? value.map(sorted)
    : value === null || typeof value !== 'object'
      ? value
      : Object.fromEntries(
          Object.keys(value)
            .sort()
            .map((key) => [key, sorted(value[key])]),
        );
const isLazy = (object: any): boolean => types.isProxy(object.metadata.managedFields);

describe('managedFields of what was stored', () => {
  test('are the frozen list that was stored, wherever it is looked at', () => {
    const { managedFields } = decoded(pod).metadata;
    assert.ok(types.isProxy(managedFields));
    assert.ok(Array.isArray(managedFields));
    assert.deepEqual([...managedFields], pod.metadata.managedFields);
    assert.ok(Object.isFrozen(managedFields) && Object.isFrozen(managedFields[0].fieldsV1));
    assert.throws(() => managedFields.push(entry), TypeError);
    assert.throws(() => (managedFields[0] = entry), TypeError);
    assert.throws(() => delete managedFields[0], TypeError);
  });

  for (const [name, look] of [
    ['length', (list: any) => list.length === 2],
    ['keys', (list: any) => Object.keys(list).join() === '0,1'],
    ['membership', (list: any) => 1 in list && !(2 in list)],
    ['frozenness', (list: any) => Object.isFrozen(list)],
    ['entries', (list: any) => list.map(({ manager }: any) => manager).join() === 'kubelet,kubelet'],
    ['equality', (list: any) => deepEqual(list, pod.metadata.managedFields) && deepEqual(pod.metadata.managedFields, list)],
    ['a copy', (list: any) => deepEqual(deepCopy(list), pod.metadata.managedFields) && !types.isProxy(deepCopy(list))],
    ['JSON', (list: any) => JSON.stringify(list) === JSON.stringify(pod.metadata.managedFields)],
  ] as const) {
    test(`may first be asked for ${name}`, () => assert.ok(look(decoded(pod).metadata.managedFields)));
  }

  test('stand where they stood, behind the revision, in copies too', () => {
    const object = decoded(pod);
    assert.deepEqual(Object.keys(object.metadata), ['name', 'namespace', 'uid', 'resourceVersion', 'generation', 'labels', 'managedFields']);
    const copy = { ...object, metadata: { ...object.metadata } };
    assert.equal(copy.metadata.managedFields, object.metadata.managedFields);
    assert.equal(JSON.stringify(copy), whole(pod));
  });

  test('are written as the text they came as, to the store and to a wire', () => {
    // Nobody writes that member order or that blank; it stays, so the text was not made anew.
    const text = JSON.stringify(pod).replace('"f:status":', '"f:status": ');
    const object = decoded(text);
    assert.equal(new Codec().encode({ ...object, metadata: { ...object.metadata } }).toString(), text);
    assert.equal(jsonText(object), text.replace('"generation"', '"resourceVersion":"7","generation"'));
    assert.equal(jsonText(pod), JSON.stringify(pod));
    assert.equal(encodedText(pod.metadata.managedFields), undefined);
  });

  test('are remembered without being read when the object is written again', () => {
    const object = decoded(pod);
    const text = encodedText(object.metadata.managedFields);
    const next = new Codec().remember('/registry/pods/default/a', { ...object, spec: {} }, 9) as any;
    assert.equal(next.metadata.managedFields, object.metadata.managedFields);
    assert.equal(encodedText(next.metadata.managedFields), text);
    assert.ok(Object.isFrozen(next.metadata) && Object.isFrozen(next.spec));
  });
});

describe('what is cut out', () => {
  const trap = (fields: object, manager = 'm'): object => ({ ...pod, metadata: { ...metadata, managedFields: [{ ...entry, manager, fieldsV1: fields }] } });
  const cases: Record<string, [object, boolean]> = {
    'names with brackets': [trap({ 'f:a]},': {} }), false],
    'values with brackets and quotes': [trap({ 'v:[{"a":"b"}]': {} }), false],
    'a manager that looks like the end': [trap({}, ':{}}]},'), false],
    'a manager of one bracket': [trap({}, ']'), false],
    'a name that ends in a backslash': [trap({ 'f:a\\': {} }), false],
    'letters of several bytes': [{ ...trap({ 'f:ü€😀': {} }), spec: { é: '😀' } }, true],
    'an empty list': [{ ...pod, metadata: { ...metadata, managedFields: [] } }, false],
    'none of its own but of a template': [{ ...pod, metadata, spec: { template: { metadata: { name: 'x', managedFields: [entry] } } } }, false],
    'its own and of a template': [{ ...pod, spec: { template: { metadata: { name: 'x', managedFields: [entry] } } } }, true],
    'those of an earlier member': [{ apiVersion: 'v1', kind: 'X', spec: { a: 1, managedFields: [entry] }, metadata: pod.metadata }, false],
    'their text in an annotation': [{ ...pod, metadata: { ...metadata, annotations: { last: JSON.stringify(pod) }, managedFields: [entry] } }, true],
    'a uid in an owner alone': [{ ...pod, metadata: { name: 'a', ownerReferences: [{ name: 'o', uid: 'x' }], managedFields: [entry] } }, false],
    'lists within fields': [trap({ 'f:a': [{ b: 'c' }] }), false],
    'no managedFields': [{ ...pod, metadata }, false],
  };
  for (const [name, [object, lazy]] of Object.entries(cases)) {
    test(`is right with ${name}`, () => {
      const found = decoded(object);
      assert.equal(isLazy(found), lazy);
      assert.deepEqual(sorted(JSON.parse(JSON.stringify(found))), sorted(JSON.parse(whole(object))));
      assert.ok(Object.isFrozen(found) && Object.isFrozen(found.metadata) && Object.isFrozen(found.spec ?? found));
    });
  }
});
