/** What of a CustomResourceDefinition's schema is refused when it is written: defaults, rules that cannot be, rules that cost too much. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { testServer } from '../../support/inprocess.js';

const PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

async function world() {
  const made = await testServer();
  const send = async (method: string, path: string, body: object): Promise<{ status: number; body: any }> => {
    const answered = await made.send({ method, path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    return { status: answered.status, body: JSON.parse(answered.text) };
  };
  return {
    send,
    /** The complaints about a definition whose objects have this spec. */
    async told(spec: object, more: object = {}): Promise<string[]> {
      const { body } = await send('POST', `${PATH}?dryRun=All`, definition(spec, more));
      return (body.details?.causes ?? []).map(
        ({ field, message }: { field: string; message: string }) =>
          `${field.replace('spec.validation.openAPIV3Schema.properties[spec]', '')}: ${message.replace(/\{"Rule":("[^"]*"),.*?\}/, '$1')}`,
      );
    },
  };
}

const definition = (spec: object, more: object = {}): object => ({
  metadata: { name: 'things.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' },
    versions: [
      { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', ...spec }, ...more } } } },
    ],
  },
});

const rules = (...list: object[]): object => ({ 'x-kubernetes-validations': list });
const TEXT = { type: 'string' };
const TEXTS = { type: 'array', items: TEXT };

test('a rule must compile, to a bool, against the types of its schema', async () => {
  const { told } = await world();
  const cases: readonly (readonly [object, string[]])[] = [
    [{ properties: { a: TEXT }, ...rules({ rule: "self.a == 'x'" }) }, []],
    [
      { properties: { a: TEXT }, ...rules({ rule: 'self.b == 1' }, { rule: 'self.a' }) },
      [
        '.x-kubernetes-validations[0].rule: Invalid value: "self.b == 1": compilation failed: ERROR: <input>:1:5: undefined field \'b\'\n | self.b == 1\n | ....^',
        '.x-kubernetes-validations[1].rule: Invalid value: "self.a": cel expression must evaluate to a bool',
      ],
    ],
    [
      { properties: { a: TEXT }, ...rules({ rule: 'true', messageExpression: 'self.a.size()' }) },
      ['.x-kubernetes-validations[0].messageExpression: Invalid value: "true": messageExpression must evaluate to a string'],
    ],
    [
      { properties: { a: TEXT }, ...rules({ rule: 'self.a.startsWith(1)' }) },
      [
        ".x-kubernetes-validations[0].rule: Invalid value: \"self.a.startsWith(1)\": compilation failed: ERROR: <input>:1:18: found no matching overload for 'startsWith' applied to 'string.(int)'\n | self.a.startsWith(1)\n | .................^",
      ],
    ],
  ];
  for (const [schema, expected] of cases) assert.deepEqual(await told(schema), expected);
});

test('a rule may not cost too much, nor all of them together', async () => {
  const { told } = await world();
  const dear = { properties: { l: { ...TEXTS, ...rules({ rule: 'self.all(x, self.all(y, x == y || x.contains(y)))' }) } } };
  const [first = '', ...others] = await told(dear);
  assert.equal(
    first,
    '.properties[l].x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)',
  );
  assert.match(
    others.at(-1) ?? '',
    /^spec\.validation\.openAPIV3Schema: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x/,
  );
  const bounded = { type: 'array', maxItems: 5, items: { type: 'string', maxLength: 10 } };
  assert.deepEqual(await told({ properties: { l: { ...bounded, ...rules({ rule: 'self.all(x, self.all(y, x == y || x.contains(y)))' }) } } }), []);
});

test('a default must be what its schema asks for', async () => {
  const { told } = await world();
  const cases: readonly (readonly [object, string[]])[] = [
    [{ properties: { a: { type: 'integer', default: 'x' } } }, ['.properties[a].default: Invalid value: "string":  in body must be of type integer: "string"']],
    [
      { properties: { o: { type: 'object', properties: { k: TEXT }, default: { k: 'v', z: 1 } } } },
      ['.properties[o].default: Invalid value: {"k":"v","z":1}: must not have unknown fields'],
    ],
    [{ properties: { o: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, default: { z: 1 } } } }, []],
    [
      { properties: { a: { type: 'integer', default: 1, ...rules({ rule: 'self > 1' }) } } },
      ['.properties[a].default: Invalid value: 1: failed rule: self > 1'],
    ],
  ];
  for (const [schema, expected] of cases) assert.deepEqual(await told(schema), expected);
});

test('of metadata a schema may only say what names look like', async () => {
  const { told } = await world();
  const metadata = (more: object): object => ({ metadata: { type: 'object', ...more } });
  const only = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
  assert.deepEqual(await told({}, metadata({ properties: { name: { type: 'string', maxLength: 5 } } })), []);
  for (const more of [{ properties: { labels: { type: 'object' } } }, { description: 'mine' }, { required: ['name'] }]) {
    assert.deepEqual(await told({}, metadata(more)), [`spec.validation.openAPIV3Schema.properties[metadata]: Forbidden: ${only}`]);
  }
});

test('a condition says nothing that only the schema around it may say, and speaks of nothing that it does not describe', async () => {
  const { told } = await world();
  const cases: readonly (readonly [object, string[]])[] = [
    [{ properties: { a: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] } } }, []],
    [
      { properties: { a: { type: 'string', allOf: [{ nullable: true, 'x-kubernetes-list-type': 'set', ...rules({ rule: 'true' }) }] } } },
      [
        '.properties[a].allOf[0].nullable: Forbidden: must be false to be structural',
        '.properties[a].allOf[0].x-kubernetes-list-type: Forbidden: must be undefined to be structural',
        '.properties[a].allOf[0].x-kubernetes-validations: Forbidden: must be empty to be structural',
      ],
    ],
    [
      { properties: { a: { 'x-kubernetes-int-or-string': true, 'x-kubernetes-preserve-unknown-fields': true } } },
      ['.properties[a].x-kubernetes-preserve-unknown-fields: Invalid value: true: must be false if x-kubernetes-int-or-string is true'],
    ],
  ];
  for (const [schema, expected] of cases) {
    const found = await told(schema);
    for (const line of expected) assert.ok(found.includes(line), `${line} in\n${found.join('\n')}`);
    if (expected.length === 0) assert.deepEqual(found, []);
  }
});
