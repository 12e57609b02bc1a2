/** PATCH bodies on a config map and a pod template, with the answers of a real API server. */
import { describe, test } from 'vitest';
import assert from 'node:assert/strict';
import { typeNodeOf } from '../../../src/apimachinery/compile.js';
import { isStatusError } from '../../../src/apimachinery/status.js';
import { ConfigMap } from '../../../src/api/core/types/configmap.js';
import { Deployment } from '../../../src/api/apps/types/deployment.js';
import { applyPatch, patchTypeOf, type PatchType } from '../../../src/apiserver/patch/index.js';

const current = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', labels: { l: 'v' } }, data: { a: '1', b: '2' } };
const bytes = (body: unknown) => Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
const patch = (type: PatchType, body: unknown, fieldValidation: 'Strict' | 'Warn' | 'Ignore' = 'Warn') =>
  applyPatch({ type, body: bytes(body), current, node: typeNodeOf(ConfigMap), fieldValidation });
function answer(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (isStatusError(error)) return `${error.code} ${error.message}`;
    throw error;
  }
  return '200';
}

describe('a JSON patch', () => {
  const cases: [string, object[], object][] = [
    ['adds a member by replacing it', [{ op: 'replace', path: '/data/new', value: 'x' }], { a: '1', b: '2', new: 'x' }],
    ['copies a missing member as null, which reads as empty', [{ op: 'copy', from: '/data/no', path: '/data/c' }], { a: '1', b: '2', c: '' }],
    ['finds a missing member equal to null', [{ op: 'test', path: '/data/no', value: null }], { a: '1', b: '2' }],
    ['replaces the whole document by its empty path', [{ op: 'replace', path: '', value: { ...current, data: { w: 'x' } } }], { w: 'x' }],
    ['moves', [{ op: 'move', from: '/data/a', path: '/data/z~1y' }], { b: '2', 'z/y': '1' }],
  ];
  for (const [name, operations, data] of cases) test(name, () => assert.deepEqual(patch('json', operations).object.data, data));
  test('loses what stands before the first slash', () =>
    assert.deepEqual(patch('json', [{ op: 'replace', path: 'data/a', value: 'x' }]).warnings, ['unknown field "a"']));
  const rejected = '422 the server rejected our request due to an error in our request';
  for (const operation of [
    { op: 'remove', path: '/data/no' },
    { op: 'add', path: '/binaryData/x', value: 'QQ==' },
    { op: 'test', path: '/data/a', value: 'x' },
    { op: 'fly', path: '/a' },
    { op: 'add', value: 1 },
  ]) {
    test(`is refused when it cannot be done: ${JSON.stringify(operation)}`, () =>
      assert.equal(
        answer(() => patch('json', [operation])),
        rejected,
      ));
  }
  test('counts negative indexes from the end', () => {
    const finalizers = (operations: object[]) =>
      applyPatch({
        type: 'json',
        body: operations,
        current: { ...current, metadata: { finalizers: ['a', 'b'] } },
        node: typeNodeOf(ConfigMap),
        fieldValidation: 'Warn',
      }).object.metadata.finalizers;
    assert.deepEqual(finalizers([{ op: 'replace', path: '/metadata/finalizers/-1', value: 'z' }]), ['a', 'z']);
    assert.deepEqual(finalizers([{ op: 'add', path: '/metadata/finalizers/-1', value: 'z' }]), ['a', 'b', 'z']);
  });
});

describe('a body that is no patch', () => {
  const cases: [PatchType, string, string][] = [
    ['json', '{"op":"remove"}', '400 error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp'],
    ['merge', '{"data":', '400 error decoding patch: unexpected end of JSON input'],
    ['merge', 'null', '400 Invalid JSON Patch'],
    ['merge', '[]', '400 error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}'],
    ['strategic', '[1,2]', '400 json: cannot unmarshal array into Go value of type map[string]interface {}'],
    ['strategic', '{bad', "400 invalid character 'b' looking for beginning of object key string"],
  ];
  for (const [type, body, expected] of cases)
    test(`${type} ${body}`, () =>
      assert.equal(
        answer(() => patch(type, body)),
        expected,
      ));
});

describe('a patch that does not fit the type', () => {
  test("is told in the converter's words where it is strategic", () => {
    assert.equal(
      answer(() => patch('strategic', { data: { a: 1 } })),
      '422  "" is invalid: patch: Invalid value: "map[data:map[a:1]]": cannot convert int64 to string',
    );
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {},
      spec: { replicas: 1, selector: {}, template: { spec: { containers: [{ name: 'c' }] } } },
    };
    const body = { spec: { replicas: 'two', template: { spec: { '$setElementOrder/containers': [{ name: 'c' }], containers: [{ name: 'c', image: 'i' }] } } } };
    assert.equal(
      answer(() => applyPatch({ type: 'strategic', body, current: deployment, node: typeNodeOf(Deployment), fieldValidation: 'Warn' })),
      '422  "" is invalid: patch: Invalid value: "map[spec:map[replicas:two template:map[spec:map[]]]]": unrecognized type: int32',
    );
  });
  test('is refused for unknown and repeated fields when strict', () => {
    assert.match(
      answer(() => patch('merge', '{"data":{"a":"7","a":"8"}}', 'Strict')),
      /strict decoding error: duplicate field "data.a"$/,
    );
    assert.deepEqual(patch('merge', { metadata: { labls: {} }, datum: { a: '1' } }).warnings, ['unknown field "datum"', 'unknown field "metadata.labls"']);
    assert.deepEqual(patch('merge', { datum: { a: '1' } }, 'Ignore').warnings, []);
  });
  test("quotes the document with untouched parts in the order of Go's structs", () => {
    assert.equal(
      answer(() => patch('json', [{ op: 'replace', path: '/apiVersion', value: 'v2' }])),
      '422  "" is invalid: patch: Invalid value: "{\\"apiVersion\\":\\"v2\\",\\"data\\":{\\"a\\":\\"1\\",\\"b\\":\\"2\\"},\\"kind\\":\\"ConfigMap\\",\\"metadata\\":{\\"name\\":\\"c\\",\\"labels\\":{\\"l\\":\\"v\\"}}}": no kind "ConfigMap" is registered for version "v2" in scheme "pkg/runtime/scheme.go:111"',
    );
  });
});

test('custom resources take no strategic patch', () => {
  assert.equal(
    answer(() => patchTypeOf('application/strategic-merge-patch+json', { custom: true })),
    '415 the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
  );
});
