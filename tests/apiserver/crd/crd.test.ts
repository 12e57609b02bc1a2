/** Custom resources: schemas compiled and checked, objects pruned, defaulted and validated, names granted, tables. */
import { describe, test } from 'vitest';
import assert from 'node:assert/strict';
import type { JSONSchemaProps } from '../../../src/api/apiextensions/types/jsonschema.js';
import { fromWire } from '../../../src/apimachinery/walk.js';
import { decideNames, kindOfCrd, namesInUse, type CustomStrategy } from '../../../src/apiserver/crd/index.js';
import { applyDefaults } from '../../../src/apiserver/crd/defaults.js';
import { structuralNode } from '../../../src/apiserver/crd/structural.js';
import { validateCustomResource } from '../../../src/apiserver/crd/validate.js';

const spec = (properties: Record<string, JSONSchemaProps>, more: object = {}): JSONSchemaProps => ({
  type: 'object',
  properties: { spec: { type: 'object', properties, ...more } },
});
const object = (inner: object): any => ({ apiVersion: 'x.io/v1', kind: 'X', metadata: { name: 'x' }, spec: inner });
const texts = (causes: { field: string; message: string }[]) => causes.map(({ field, message }) => `${field}: ${message}`);

describe('decoding a custom resource', () => {
  const node = structuralNode(
    spec({
      a: { type: 'string' },
      l: { type: 'array', items: { type: 'string' } },
      free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      n: { type: 'string', nullable: true },
    }),
  );

  test('prunes what the schema does not have, and says so', () => {
    const { object: pruned, unknown } = fromWire<any>(node, object({ a: 'x', b: 1, free: { any: [1] } }));
    assert.deepEqual(pruned.spec, { a: 'x', free: { any: [1] } });
    assert.deepEqual(unknown, ['spec.b']);
  });
  test('keeps zero values, empty lists, nullable nulls and wrong types', () => {
    assert.deepEqual(fromWire<any>(node, object({ a: '', l: [], n: null })).object.spec, { a: '', l: [], n: null });
    const { object: wrong, errors } = fromWire<any>(node, object({ a: 5, l: 'x' }));
    assert.deepEqual([wrong.spec, errors], [{ a: 5, l: 'x' }, []]);
  });
  test('fills in defaults, also inside what it filled in', () => {
    const schema = spec({ size: { type: 'object', default: {}, properties: { n: { type: 'integer', default: 3 } } } });
    const given = object({});
    applyDefaults(schema, given);
    assert.deepEqual(given.spec, { size: { n: 3 } });
  });
});

describe('validating a custom resource', () => {
  const cases: [string, JSONSchemaProps, unknown, string[]][] = [
    ['a wrong type', { type: 'string' }, 5, ['spec.a: Invalid value: "integer": spec.a in body must be of type string: "integer"']],
    ['a number that is too small', { type: 'integer', minimum: 3 }, 1, ['spec.a: Invalid value: 1: spec.a in body should be greater than or equal to 3']],
    ['a text that is too short', { type: 'string', minLength: 5 }, 'x', ['spec.a: Invalid value: "x": spec.a in body should be at least 5 chars long']],
    ['a pattern', { type: 'string', pattern: '^a+$' }, 'b', ['spec.a: Invalid value: "b": spec.a in body should match \'^a+$\'']],
    ['an enum', { type: 'string', enum: ['x', 'y'] }, 'z', ['spec.a: Unsupported value: "z": supported values: "x", "y"']],
    ['int or string', { 'x-kubernetes-int-or-string': true }, '50%', []],
    [
      'a set with repetitions',
      { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
      ['a', 'a', 'b', 'b'],
      ['spec.a[1]: Duplicate value: "a"', 'spec.a[3]: Duplicate value: "b"'],
    ],
    [
      'a list map with one key twice',
      { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'], items: { type: 'object', properties: { k: { type: 'string' } } } },
      [{ k: 'a' }, { k: 'a', v: 1 }],
      ['spec.a[1]: Duplicate value: {"k":"a"}'],
    ],
    [
      'the first of what a text misses',
      { type: 'string', minLength: 5, pattern: '^a+$' },
      'x',
      ['spec.a: Invalid value: "x": spec.a in body should be at least 5 chars long'],
    ],
    ["a pattern of Go's", { type: 'string', pattern: '^[[:alpha:]]+$' }, 'a:', ['spec.a: Invalid value: "a:": spec.a in body should match \'^[[:alpha:]]+$\'']],
    [
      'a wrong type that is none of the values either',
      { type: 'string', enum: ['x'] },
      5,
      ['spec.a: Invalid value: "integer": spec.a in body must be of type string: "integer"', 'spec.a: Unsupported value: 5: supported values: "x"'],
    ],
    ['null, which is none of the values', { type: 'string', nullable: true, enum: ['x'] }, null, ['spec.a: Unsupported value: "": supported values: "x"']],
    [
      'too few properties, and of nothing in them',
      { type: 'object', minProperties: 2, additionalProperties: { type: 'string' } },
      { k: 1 },
      ['spec.a: Invalid value: 1: spec.a in body should have at least 2 properties'],
    ],
    ['a required member', { type: 'object', required: ['k'], properties: { k: { type: 'string' } } }, {}, ['spec.a.k: Required value']],
  ];
  for (const [name, schema, value, expected] of cases)
    test(`tells of ${name}`, () => assert.deepEqual(texts(validateCustomResource(spec({ a: schema }), object({ a: value }))), expected));
});

const definition = (name: string, names: object, more: object = {}): any => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${name}.x.io`, uid: 'u' },
  spec: {
    group: 'x.io',
    scope: 'Namespaced',
    names: { plural: name, ...names },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: spec({ n: { type: 'integer' } }) }, ...more }],
  },
  status: { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: ['v1'] },
});

describe('the names of a definition', () => {
  const one = definition('ones', { singular: 'one', kind: 'One', listKind: 'OneList' });
  test('are accepted where they are free', () => {
    const { acceptedNames, conditions } = decideNames(one, namesInUse([], one), 't');
    assert.deepEqual(acceptedNames, { plural: 'ones', singular: 'one', kind: 'One', listKind: 'OneList' });
    assert.deepEqual(
      conditions.map(({ type, status, reason }) => [type, status, reason]),
      [
        ['NamesAccepted', 'True', 'NoConflicts'],
        ['Established', 'True', 'InitialNamesAccepted'],
      ],
    );
  });
  test('are refused one by one where others have them', () => {
    const other = definition('others', { singular: 'other', shortNames: ['o'], kind: 'One', listKind: 'OneList' });
    const granted = { ...one, status: { ...one.status, acceptedNames: decideNames(one, namesInUse([], one), 't').acceptedNames } };
    const { acceptedNames, conditions } = decideNames(other, namesInUse([granted], other), 't');
    assert.deepEqual(acceptedNames, { plural: 'others', singular: 'other', shortNames: ['o'], kind: '' });
    assert.deepEqual(
      conditions.map(({ reason, message }) => [reason, message]),
      [
        ['ListKindConflict', '"OneList" is already in use'],
        ['NotAccepted', 'not all names are accepted'],
      ],
    );
  });
});

test('a definition in a group of Kubernetes tells who approved it', () => {
  const ours = (approval: string): any => {
    const one = definition('ones', { kind: 'One' });
    return { ...one, metadata: { ...one.metadata, annotations: { 'api-approved.kubernetes.io': approval } }, spec: { ...one.spec, group: 'x.k8s.io' } };
  };
  const told = (approval: string) =>
    decideNames(ours(approval), namesInUse([], ours(approval)), 't').conditions.map(({ type, status, reason, message }) => [type, status, reason, message])[0];
  assert.deepEqual(told('https://github.com/kubernetes/kubernetes/pull/1'), [
    'KubernetesAPIApprovalPolicyConformant',
    'True',
    'ApprovedAnnotation',
    'approved in https://github.com/kubernetes/kubernetes/pull/1',
  ]);
  assert.deepEqual(told('unapproved, for tests'), [
    'KubernetesAPIApprovalPolicyConformant',
    'False',
    'UnapprovedAnnotation',
    'not approved: "unapproved, for tests"',
  ]);
});

describe('a kind made by a definition', () => {
  const columns = [
    { name: 'Size', type: 'integer', jsonPath: '.spec.n' },
    { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'Born', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ];
  const kind = kindOfCrd(
    definition('ones', { kind: 'One' }, { additionalPrinterColumns: columns, subresources: { status: {} }, selectableFields: [{ jsonPath: '.spec.n' }] }),
    'v1',
  );
  const one = {
    ...object({ n: 4 }),
    metadata: { name: 'a', creationTimestamp: '2026-01-01T00:00:00Z' },
    status: {
      conditions: [
        { type: 'Other', status: 'x' },
        { type: 'Ready', status: 'True' },
      ],
    },
  };

  test("has the definition's columns", () => {
    assert.deepEqual(
      kind.columns.map((column) => column.cell(one, Date.parse('2026-01-01T00:05:00Z'))),
      ['a', 4, 'True', '5m'],
    );
    assert.equal(kind.columns[1]!.cell(object({ n: 'x' }), 0), null);
  });
  test('has selectable fields', () => assert.equal(kind.selectableFields!['spec.n']!(one), '4'));
  test('counts a generation for all but metadata and status', async () => {
    const { generation } = (await kind.strategy()) as CustomStrategy;
    assert.ok(typeof generation === 'function');
    assert.equal(generation({ ...one, status: {} }, one), false);
    assert.equal(generation({ ...one, spec: { n: 5 } }, one), true);
  });
  test('writes status alone through /status', async () => {
    const next = { ...structuredClone(one), spec: { n: 9 }, status: { phase: 'x' } };
    (await kind.strategy()).subresources!['status']!.prepareForUpdate(next, one, {} as any);
    assert.deepEqual([next.spec, next.status], [{ n: 4 }, { phase: 'x' }]);
  });
});
