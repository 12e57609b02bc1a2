/** JSON as Go reads it: its words for what it refuses, and what it keeps that JSON.parse would lose. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DecodeError, RawNumber, decodeJson, plainOf, typeMetaOf } from '../../src/apimachinery/decode.js';
import { typeNodeOf } from '../../src/apimachinery/compile.js';
import { strictErrors, strictWarnings } from '../../src/apimachinery/strict.js';
import { ControllerRevision } from '../../src/api/apps/types/controllerrevision.js';
import { deepEqual } from '../../src/apimachinery/deep.js';

const refused: readonly (readonly [body: string, message: string])[] = [
  ['', 'unexpected end of JSON input'],
  ['{', 'unexpected end of JSON input'],
  ['"abc', 'unexpected end of JSON input'],
  ['nonsense', "invalid character 'o' in literal null (expecting 'u')"],
  ['tru', 'unexpected end of JSON input'],
  ['{bad', "invalid character 'b' looking for beginning of object key string"],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b":2}', "invalid character '\"' after object key:value pair"],
  ['[1 2]', "invalid character '2' after array element"],
  ['[1,]', "invalid character ']' looking for beginning of value"],
  ['{} trailing', "invalid character 't' after top-level value"],
  ['01', "invalid character '1' after top-level value"],
  ['-x', "invalid character 'x' in numeric literal"],
  ['1.x', "invalid character 'x' after decimal point in numeric literal"],
  ['1e+x', "invalid character 'x' in exponent of numeric literal"],
  ['"a\nb"', "invalid character '\\n' in string literal"],
  ['"\\q"', "invalid character 'q' in string escape code"],
  ['"\\u12x4"', "invalid character 'x' in \\u hexadecimal character escape"],
  ["'a'", "invalid character '\\'' looking for beginning of value"],
  ['é', "invalid character 'Ã' looking for beginning of value"],
  ['['.repeat(10_001), 'exceeded max depth'],
];
for (const [body, message] of refused) {
  test(`${JSON.stringify(body.slice(0, 20))} is refused in Go's words`, () => {
    assert.throws(
      () => decodeJson(body),
      (error) => error instanceof DecodeError && error.message === message,
    );
  });
}

test('whatever JSON.stringify writes reads back the same', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      assert.ok(deepEqual(plainOf(decodeJson(text).value), JSON.parse(text)));
    }),
  );
});

test('numbers that JavaScript would change keep their text', () => {
  const [big, whole, plain, half] = decodeJson('[9007199254740993, 1.0, 12, 0.5]').value as unknown[];
  assert.deepEqual(big, new RawNumber('9007199254740993'));
  assert.deepEqual(whole, new RawNumber('1.0'));
  assert.deepEqual([plain, half], [12, 0.5]);
});

const tricky = [
  '{"a":1e5}',
  '{"a\\\\":1,"b\\"":2}',
  '{"a":-1}',
  '[true,false,null]',
  '{"a":"1.5e3","b":"-"}',
  ' {"a" : {"a" : 1}} ',
  '{"a":123456789012345678}',
  '"\\\\"',
  '{"":{"":0}}',
];
for (const body of tricky) {
  test(`${body} reads the same whichever way it is read`, () => assert.deepEqual(plainOf(decodeJson(body).value), JSON.parse(body)));
}

test('__proto__ is a key like any other', () => {
  const value = decodeJson('{"__proto__":{"a":1}}').value as object;
  assert.deepEqual(Object.keys(value), ['__proto__']);
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
});

test('bytes that are no UTF-8, and half surrogates, read as U+FFFD', () => {
  assert.equal(decodeJson(Uint8Array.from([0x22, 0xff, 0x22])).value, '\ufffd');
  assert.equal(decodeJson('"\\ud800x"').value, '\ufffdx');
  assert.equal(decodeJson('"\\ud83d\\ude00"').value, '😀');
});

test('a key that occurs twice is reported with its path, and objects are joined as Go joins them', () => {
  const decoded = decodeJson('{"data":{"a":"b"},"data":{"c":"d"},"spec":{"containers":[{"name":"x","name":"y"}]}}');
  assert.deepEqual(decoded.duplicates, ['duplicate field "data"', 'duplicate field "spec.containers[0].name"']);
  assert.deepEqual(decoded.value, { data: { a: 'b', c: 'd' }, spec: { containers: [{ name: 'y' }] } });
  assert.deepEqual(strictErrors(decoded, ['x']), [...decoded.duplicates, 'unknown field "x"']);
  assert.deepEqual(strictWarnings(decoded, ['x']).at(-1), 'unknown field "x"');
});

test('the complaints of a typed body come in its order, without those from inside what is unknown or raw', () => {
  const decoded = decodeJson('{"bogus":{"a":1,"a":2},"revision":1,"data":{"x":1,"x":2},"revision":2,"other":1,"other":2}');
  assert.equal(decoded.duplicates.length, 4);
  assert.deepEqual(strictErrors(decoded, ['bogus', 'other'], typeNodeOf(ControllerRevision)), [
    'unknown field "bogus"',
    'duplicate field "revision"',
    'unknown field "other"',
  ]);
});

test('a body that is no object, or whose kind is no string, has no version and kind', () => {
  const struct = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
  assert.throws(() => typeMetaOf([]), { message: `json: cannot unmarshal array into Go value of type ${struct}` });
  assert.throws(() => typeMetaOf('text'), { message: `json: cannot unmarshal string into Go value of type ${struct}` });
  assert.throws(() => typeMetaOf({ kind: 1 }), { message: 'json: cannot unmarshal number into Go struct field .kind of type string' });
  assert.deepEqual(typeMetaOf({ kind: 'Pod' }), { apiVersion: '', kind: 'Pod' });
  assert.deepEqual(typeMetaOf(null), { apiVersion: '', kind: '' });
});
