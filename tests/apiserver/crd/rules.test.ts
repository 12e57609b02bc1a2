/** x-kubernetes-validations, asked of objects. */
import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { ruleFindings } from '../../../src/apiserver/crd/rules.js';

const spec = (properties: object, rules: object[]) =>
  ({ type: 'object', properties: { spec: { type: 'object', properties, 'x-kubernetes-validations': rules } } }) as never;
const told = (schema: never, object: unknown, before?: unknown): string[] =>
  ruleFindings(schema, object, before, []).causes.map(({ field, message }) => `${field}: ${message}`);
const numbers = {
  a: { type: 'integer' },
  b: { type: 'integer' },
  l: { type: 'array', items: { type: 'integer' } },
  q: { type: 'string' },
  'my-name': { type: 'string' },
  at: { type: 'string', format: 'date-time' },
};

describe('rules of a schema', () => {
  const cases: [string, object, object, unknown, string[]][] = [
    ['that hold say nothing', { rule: 'self.a <= self.b' }, { a: 1, b: 2 }, undefined, []],
    ['say which failed', { rule: ' self.a <= self.b ' }, { a: 3, b: 2 }, undefined, ['spec: Invalid value: failed rule: self.a <= self.b']],
    ['say their own message', { rule: 'self.a > 5', message: 'too few' }, { a: 3 }, undefined, ['spec: Invalid value: too few']],
    ['make a message', { rule: 'self.a > 5', messageExpression: "'a is ' + string(self.a)" }, { a: 3 }, undefined, ['spec: Invalid value: a is 3']],
    [
      'name the field and the reason',
      { rule: 'has(self.b)', message: 'b is needed', reason: 'FieldValueRequired', fieldPath: '.b' },
      { a: 3 },
      undefined,
      ['spec.b: Required value: b is needed'],
    ],
    ['about a change wait for one', { rule: 'self.a >= oldSelf.a' }, { a: 1 }, undefined, []],
    ['about a change see it', { rule: 'self.a >= oldSelf.a' }, { a: 1 }, { a: 2 }, ['spec: Invalid value: failed rule: self.a >= oldSelf.a']],
    [
      'may be asked without an old value',
      { rule: 'oldSelf.hasValue() || self.a == 0', optionalOldSelf: true },
      { a: 1 },
      undefined,
      ['spec: Invalid value: failed rule: oldSelf.hasValue() || self.a == 0'],
    ],
    ['let what was there stay', { rule: 'self.a > 5' }, { a: 1 }, { a: 1 }, []],
    ['know lists', { rule: 'self.l.isSorted() && self.l.sum() == 3 && self.l.max() == 2' }, { l: [1, 2] }, undefined, []],
    ['know quantities', { rule: "quantity(self.q).isLessThan(quantity('1Gi'))" }, { q: '1Mi' }, undefined, []],
    ['escape names', { rule: "self.my__dash__name == 'x'" }, { 'my-name': 'x' }, undefined, []],
    ['know times', { rule: "self.at > timestamp('2020-01-01T00:00:00Z')" }, { at: '2021-01-01T00:00:00Z' }, undefined, []],
    [
      'tell what could not be evaluated',
      { rule: 'self.b > 1' },
      { a: 1 },
      undefined,
      ['spec: Invalid value: "object": no such key: b evaluating rule: self.b > 1'],
    ],
  ];
  for (const [name, rule, object, before, expected] of cases) {
    it(name, () => assert.deepEqual(told(spec(numbers, [rule]), { spec: object }, before === undefined ? undefined : { spec: before }), expected));
  }

  it('are not asked of an object that is broken already', () => {
    const schema = spec(numbers, [{ rule: 'self.a > 5' }]);
    const [cause] = ruleFindings(schema, {}, undefined, [{ field: 'spec', type: 'Required', message: 'Required value' }]).causes;
    assert.equal(
      cause?.message,
      'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
    );
  });

  it('see name and apiVersion of the object itself', () => {
    const schema = { type: 'object', properties: {}, 'x-kubernetes-validations': [{ rule: "self.metadata.name == 'x'" }] } as never;
    assert.deepEqual(told(schema, { apiVersion: 'v1', kind: 'K', metadata: { name: 'y' } }), ["<nil>: Invalid value: failed rule: self.metadata.name == 'x'"]);
  });
});
