/** CustomResourceDefinitions: names that follow from others, versions, and schemas that are structural. */
import { describe, test } from 'vitest';
import assert from 'node:assert/strict';
import { CustomResourceDefinition } from '../../../src/api/apiextensions/customresourcedefinition.js';
import { updated, withChange, written } from '../written.js';

const version = (schema: object) => ({ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } });
const withSchema = (a: object) => ({
  metadata: { name: 'crons.example.com' },
  spec: { group: 'example.com', scope: 'Namespaced', names: { plural: 'crons', kind: 'Cron' }, versions: [version({ type: 'object', properties: { a } })] },
});
const base = withSchema({ type: 'string' });
const AT = 'spec.validation.openAPIV3Schema.properties[a]';

test('a definition is named after what it defines', async () => {
  const { validateName } = await CustomResourceDefinition.strategy();
  assert.deepEqual(validateName?.('crons.example.com', { prefix: false }, base as never), []);
  assert.deepEqual(validateName?.('wrong', { prefix: false }, base as never), ['must be spec.names.plural+"."+spec.group']);
});

test('names follow from plural and kind, and the storage version is remembered', async () => {
  const { object, causes } = await written(CustomResourceDefinition, base);
  assert.deepEqual(causes, []);
  assert.deepEqual(object.spec.names, { plural: 'crons', singular: 'cron', kind: 'Cron', listKind: 'CronList' });
  assert.deepEqual(object.spec.conversion, { strategy: 'None' });
  assert.deepEqual(object.status.storedVersions, ['v1']);
});

describe('a definition is refused', () => {
  const cases: [name: string, path: string, value: unknown, causes: string[]][] = [
    ['scope', 'spec.scope', 'Both', ['spec.scope: Unsupported value: "Both": supported values: "Cluster", "Namespaced"']],
    [
      'no version',
      'spec.versions',
      [],
      [
        'spec.versions: Invalid value: []: must have exactly one version marked as storage version',
        'status.storedVersions: Invalid value: null: must have at least one stored version',
      ],
    ],
    ['no schema', 'spec.versions', [{ name: 'v1', served: true, storage: true }], ['spec.versions[0].schema.openAPIV3Schema: Required value']],
    [
      'webhook without one',
      'spec.conversion',
      { strategy: 'Webhook' },
      [
        'spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook',
        'spec.conversion.conversionReviewVersions: Required value',
      ],
    ],
    [
      'unpruned',
      'spec.preserveUnknownFields',
      true,
      [
        'spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
      ],
    ],
  ];
  test.each(cases)('%s', async (_name, path, value, causes) => {
    assert.deepEqual((await written(CustomResourceDefinition, withChange(base, path, value))).causes, causes);
  });
});

describe('a schema is refused', () => {
  const cases: [name: string, schema: object, causes: string[]][] = [
    ['without a type', {}, [`${AT}.type: Required value: must not be empty for specified object fields`]],
    [
      'of an unknown type',
      { type: 'wrong' },
      [`${AT}.type: Unsupported value: "wrong": supported values: "array", "boolean", "integer", "number", "object", "string"`],
    ],
    ['array of nothing', { type: 'array' }, [`${AT}.items: Required value: must be specified`]],
    [
      'both sorts of properties',
      { type: 'object', properties: { b: { type: 'string' } }, additionalProperties: { type: 'string' } },
      [`${AT}.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`],
    ],
    [
      'types within anyOf',
      { anyOf: [{ type: 'string' }, { type: 'integer' }] },
      [
        `${AT}.anyOf[0].type: Forbidden: must be empty to be structural`,
        `${AT}.anyOf[1].type: Forbidden: must be empty to be structural`,
        `${AT}.type: Required value: must not be empty for specified object fields`,
      ],
    ],
    [
      'a map without keys',
      { type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'map' },
      [`${AT}.x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map`],
    ],
    [
      'unknown fields kept by false',
      { type: 'object', 'x-kubernetes-preserve-unknown-fields': false },
      [`${AT}.x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined`],
    ],
    ['a reference', { type: 'string', $ref: '#/x' }, [`${AT}.$ref: Forbidden: $ref is not supported`]],
    [
      'a broken pattern',
      { type: 'string', pattern: '(' },
      [`${AT}.pattern: Invalid value: "(": must be a valid regular expression, but isn't: error parsing regexp: missing closing ): \`(\``],
    ],
  ];
  test.each(cases)('%s', async (_name, schema, causes) => {
    assert.deepEqual((await written(CustomResourceDefinition, withSchema(schema))).causes, causes);
  });
});

test('int-or-string may be written as anyOf', async () => {
  const { causes } = await written(
    CustomResourceDefinition,
    withSchema({ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }),
  );
  assert.deepEqual(causes, []);
});

test('a version that was stored may not go', async () => {
  const after = withChange(base, 'spec.versions', [{ ...version({ type: 'object' }), name: 'v2' }]);
  const [cause] = await updated(CustomResourceDefinition, base, after);
  assert.match(cause!, /^status\.storedVersions\[0\]: Invalid value: "v1": missing from spec\.versions; v1 was previously a storage version/);
});

describe('as the real rules have it', () => {
  const rule = { rule: 'true' };
  const cases: [name: string, schema: object, causes: string[]][] = [
    [
      'a key of a list that is no property',
      { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k', 'k'], items: { type: 'object' } },
      [
        `${AT}.x-kubernetes-list-map-keys: Invalid value: ["k","k"]: entries must all be names of item properties`,
        `${AT}.x-kubernetes-list-map-keys: Invalid value: ["k","k"]: entries must all be names of item properties`,
        `${AT}.x-kubernetes-list-map-keys: Invalid value: ["k","k"]: must not contain duplicate entries`,
      ],
    ],
    [
      'a set of objects that merge',
      { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'object', nullable: true } },
      [
        `${AT}.items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set`,
        `${AT}.items.nullable: Forbidden: cannot be nullable when x-kubernetes-list-type is set`,
      ],
    ],
    ['what structural schemas do not have is told once, by the dialect', { id: 'x' }, [`${AT}.id: Forbidden: id is not supported`]],
    [
      'structural complaints come before the others',
      { uniqueItems: true },
      [
        `${AT}.type: Required value: must not be empty for specified object fields`,
        `${AT}.uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic`,
      ],
    ],
    [
      'a path with a bracket',
      { type: 'object', properties: { b: { type: 'string' } }, 'x-kubernetes-validations': [{ ...rule, fieldPath: ".b['c']" }] },
      [`${AT}.x-kubernetes-validations[0].fieldPath: Invalid value: ".b['c']": must be a valid path`],
    ],
  ];
  test.each(cases)('%s', async (_name, schema, causes) => assert.deepEqual((await written(CustomResourceDefinition, withSchema(schema))).causes, causes));

  test('no default in top-level metadata', async () => {
    const definition = withChange(base, 'spec.versions.0.schema.openAPIV3Schema.properties', {
      metadata: { type: 'object', properties: { name: { type: 'string', default: 'x' } } },
    });
    assert.deepEqual((await written(CustomResourceDefinition, definition)).causes, [
      'spec.validation.openAPIV3Schema.properties[metadata].properties[name].default: Forbidden: must not be set in top-level metadata',
    ]);
  });

  test('with a status subresource the root is an object', async () => {
    const definition = withChange(
      withChange(base, 'spec.versions.0.schema.openAPIV3Schema', { type: 'array', items: { type: 'string' } }),
      'spec.versions.0.subresources',
      { status: {} },
    );
    const at = 'spec.validation.openAPIV3Schema.type';
    assert.deepEqual((await written(CustomResourceDefinition, definition)).causes, [
      `${at}: Invalid value: "array": only \\"object\\" is allowed as the type at the root of the schema if the status subresource is enabled`,
      `${at}: Invalid value: "array": must be object at the root`,
    ]);
  });

  test.each<[string, string[]]>([
    ['.a', []],
    ['a', ['spec.selectableFields[0].jsonPath: Invalid value: "a": is an invalid path: expected [ or . but got: a']],
    ['.b', ['spec.selectableFields[0].jsonPath: Invalid value: ".b": is an invalid path: does not refer to a valid field']],
    ['.', ['spec.selectableFields[0].jsonPath: Invalid value: ".": is an invalid path: unexpected end of JSON path']],
  ])('a selectable field: %s', async (jsonPath, causes) => {
    assert.deepEqual((await written(CustomResourceDefinition, withChange(base, 'spec.versions.0.selectableFields', [{ jsonPath }]))).causes, causes);
  });
});
