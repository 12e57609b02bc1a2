/** What is asked of custom resources beside their schema: objects within them, what /scale reads, names of finalizers, and how wrong metadata is told. */
import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import type { Raw } from '../../../src/apimachinery/decode.js';
import { unknownOfCustom } from '../../../src/apimachinery/strict.js';
import { fromWire } from '../../../src/apimachinery/walk.js';
import { applyDefaults } from '../../../src/apiserver/crd/defaults.js';
import { embeddedCauses, hasEmbedded } from '../../../src/apiserver/crd/embedded.js';
import { finalizerWarnings } from '../../../src/apiserver/crd/finalizers.js';
import { scaleSpecCauses, scaleStatusCauses } from '../../../src/apiserver/crd/scalerules.js';
import { structuralNode } from '../../../src/apiserver/crd/structural.js';

const embedded = { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true };
const SCHEMA = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: { one: embedded, list: { type: 'array', items: embedded }, byName: { type: 'object', additionalProperties: embedded } },
    },
  },
} as never;
const texts = (causes: readonly { field: string; message: string }[]): string[] => causes.map(({ field, message }) => `${field}: ${message}`);

describe('an object within a custom resource', () => {
  const cases: [object, string[]][] = [
    [{ one: { apiVersion: 'v1', kind: 'Pod' } }, []],
    [{ one: {} }, ['spec.one.apiVersion: Required value', 'spec.one.kind: Required value']],
    [{ list: [{ apiVersion: '', kind: 'Pod' }] }, ['spec.list[0].apiVersion: Invalid value: "": must not be empty']],
    [{ byName: { x: { apiVersion: 'a/b/c', kind: 'Pod' } } }, ['spec.byName[x].apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c']],
    [{ one: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a/b' } } }, [`spec.one.metadata.name: Invalid value: "a/b": may not contain '/'`]],
  ];
  for (const [spec, expected] of cases) test(`is judged: ${JSON.stringify(spec)}`, () => assert.deepEqual(texts(embeddedCauses(SCHEMA, { spec })), expected));
  test('is looked for only where a schema has one', () =>
    assert.deepEqual([hasEmbedded(SCHEMA), hasEmbedded({ type: 'object', properties: { a: { type: 'string' } } } as never)], [true, false]));
});

describe('metadata of a wrong type is told as a document of its own', () => {
  const cases: [Raw, string][] = [
    [{ metadata: { labels: { a: 1 } } }, 'json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string'],
    [{ spec: { one: { kind: 5 } } }, 'spec.one.kind: Invalid value: 5: must be a string'],
    [
      { spec: { list: [{ metadata: { name: 1 } }] } },
      'spec.list[0].metadata: Invalid value: {"name":1}: json: cannot unmarshal number into Go struct field ObjectMeta.name of type string',
    ],
  ];
  for (const [body, expected] of cases) test(JSON.stringify(body), () => assert.deepEqual(fromWire(structuralNode(SCHEMA), body).errors, [expected]));
});

test('what /scale reads must be counts and a text', () => {
  const scale = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.selector' };
  assert.deepEqual(texts(scaleSpecCauses(scale, { spec: { replicas: -1 } })), ['.spec.replicas: Invalid value: -1: should be a non-negative integer']);
  assert.deepEqual(texts(scaleSpecCauses(scale, { spec: { replicas: 3_000_000_000 } })), [
    '.spec.replicas: Invalid value: 3000000000: should be less than or equal to 2147483647',
  ]);
  assert.deepEqual(texts(scaleSpecCauses(scale, { spec: 'x' })), [
    '.spec.replicas: Invalid value: 0: .spec.replicas accessor error: x is of the type string, expected map[string]interface{}',
  ]);
  assert.deepEqual(texts(scaleStatusCauses(scale, { status: { replicas: '1', selector: 2 } })), [
    '.status.replicas: Invalid value: 0: .status.replicas accessor error: 1 is of the type string, expected int64',
    '.status.selector: Invalid value: "": .status.selector accessor error: 2 is of the type int64, expected string',
  ]);
  assert.deepEqual([scaleSpecCauses(scale, {}), scaleStatusCauses(undefined, { status: 1 })], [[], []]);
});

test('a new finalizer whose name has no domain or path is warned of', () => {
  const object = (...finalizers: string[]): any => ({ metadata: { finalizers } });
  assert.deepEqual(finalizerWarnings(object('x', 'a.b', 'a.b/c', 'orphan', 'old'), object('old')), [
    'metadata.finalizers: "a.b": prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers',
    'metadata.finalizers: "x": prefer a domain-qualified finalizer name to avoid accidental conflicts with other finalizer writers',
  ]);
});

test('unknown fields are told sorted, those of metadata first', () =>
  assert.deepEqual(unknownOfCustom(['spec.z', 'metadata.foo', 'spec.a']), ['metadata.foo', 'spec.a', 'spec.z']));

test('nulls that may not be go from objects, stay in lists, and give way to defaults', () => {
  const text = { type: 'string' };
  const schema = {
    type: 'object',
    properties: {
      map: { type: 'object', additionalProperties: text },
      free: { type: 'object', additionalProperties: true },
      kept: { type: 'object', additionalProperties: { ...text, nullable: true } },
      filled: { type: 'object', additionalProperties: { ...text, default: 'd' } },
      list: { type: 'array', items: { type: 'object', properties: { a: text } } },
      items: { type: 'array', items: { ...text, default: 'i' } },
    },
  } as never;
  const nulls = { a: null, b: 'x' };
  const { object } = fromWire<any>(structuralNode(schema), { map: nulls, free: nulls, kept: nulls, filled: nulls, list: [null, {}], items: [null] });
  applyDefaults(schema, object);
  assert.deepEqual(object, { map: { b: 'x' }, free: nulls, kept: nulls, filled: { a: 'd', b: 'x' }, list: [null, {}], items: ['i'] });
});
