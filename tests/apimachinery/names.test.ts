/** Names, times and the texts of errors, letter for letter. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { duplicate, invalid, notSupported, required, tooLong, tooMany } from '../../src/apimachinery/fielderror.js';
import * as names from '../../src/apimachinery/names.js';
import { typeNodeOf } from '../../src/apimachinery/compile.js';
import { DeploymentStrategy } from '../../src/api/apps/types/deployment.js';
import * as status from '../../src/apimachinery/status.js';
import {
  formatDuration,
  formatMicroTime,
  formatTime,
  humanDuration,
  normalizeMicroTime,
  normalizeTime,
  parseDuration,
  parseTime,
} from '../../src/apimachinery/time.js';
import { goFloat, goInternalJson, goJson, toJson, goQuote, goSyntax, goValue } from '../../src/apimachinery/gojson.js';

const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const verdicts: readonly (readonly [verdict: string[], expected: string[]])[] = [
  [names.dns1123Label('web'), []],
  [names.dns1123Label('We'), [LABEL]],
  [names.dns1123Label('a.b'), ['must not contain dots']],
  [names.dns1123Label('a'.repeat(64)), ['must be no more than 63 characters']],
  [names.dns1123Subdomain('a.b-c'), []],
  [names.labelValue(''), []],
  [names.labelValue('a'.repeat(64)), ['must be no more than 63 bytes']],
  [names.qualifiedName('').slice(0, 1), ['name part must be non-empty']],
  [[String(names.qualifiedName('').length)], ['2']],
  [names.qualifiedName('/a'), ['prefix part must be non-empty']],
  [names.configMapKey('..a'), ["must not start with '..'"]],
  [names.portName('a--b'), ['must not contain consecutive hyphens']],
  [names.envVarName('A=B'), ["a valid environment variable name must consist only of printable ASCII characters other than '='"]],
  [names.ip('10.0.0.1'), []],
  [names.ip('10.0.0.256'), ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
  [names.cidr('10.0.0.0/33'), ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']],
  [names.cidr('2001:db8::/64'), []],
];
verdicts.forEach(([verdict, expected], index) => test(`name rule ${index} speaks Kubernetes' words`, () => assert.deepEqual(verdict, expected)));

test('three parts are no label key', () => {
  assert.match(
    names.qualifiedName('a/b/c')[0] as string,
    /^a valid label key must consist of .* with an optional DNS subdomain prefix and '\/' \(e\.g\. 'example\.com\/MyName'\)$/,
  );
  assert.deepEqual(
    names.validateLabels({ 'a b': 'c' }, 'metadata.labels').map(({ field, type }) => [field, type]),
    [['metadata.labels', 'Invalid']],
  );
});

test('field errors print values as Go does', () => {
  assert.equal(invalid('f', 'a"b', 'no').message, 'Invalid value: "a\\"b": no');
  assert.equal(invalid('f', -1, 'must be positive').message, 'Invalid value: -1: must be positive');
  assert.equal(invalid('f', null, 'x').message, 'Invalid value: null: x');
  assert.equal(duplicate('f', { k: '<a>' }).message, 'Duplicate value: {"k":"\\u003ca\\u003e"}');
  assert.equal(notSupported('f', 'x', ['a', 'b']).message, 'Unsupported value: "x": supported values: "a", "b"');
  assert.equal(required('f').message, 'Required value');
  assert.equal(tooLong('f', '', 63).message, 'Too long: may not be more than 63 bytes');
  assert.equal(tooMany('f', 3, 1).message, 'Too many: 3: must have at most 1 item');
});

test('an invalid object lists its causes, equal ones once in the message', () => {
  const error = status.invalidObject({ group: 'apps', kind: 'Deployment' }, 'web', [required('a'), required('a'), invalid('b', 1, 'no')]);
  assert.equal(error.message, 'Deployment.apps "web" is invalid: [a: Required value, b: Invalid value: 1: no]');
  assert.equal(error.status.details?.causes?.length, 3);
  assert.deepEqual(error.status.details?.causes?.[2], { reason: 'FieldValueInvalid', message: 'Invalid value: 1: no', field: 'b' });
  assert.equal(error.code, 422);
  assert.ok(status.isInvalid(error) && !status.isNotFound(error));
});

test('statuses read as Kubernetes writes them', () => {
  const pods = { group: '', resource: 'pods' };
  assert.deepEqual(status.notFound({ group: 'apps', resource: 'deployments' }, 'x').status, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'deployments.apps "x" not found',
    reason: 'NotFound',
    details: { name: 'x', group: 'apps', kind: 'deployments' },
    code: 404,
  });
  assert.equal(
    status.conflict(pods, 'p').message,
    'Operation cannot be fulfilled on pods "p": the object has been modified; please apply your changes to the latest version and try again',
  );
  assert.equal(status.forbidden(pods, '', 'no').message, 'pods is forbidden: no');
  assert.equal(status.forbidden({ group: '', resource: '' }, '', 'no').message, 'forbidden: no');
  assert.ok(status.isGone(status.expired('too old')) && status.isGone(status.gone('gone')));
});

test('times are whole seconds, micro times have six digits', () => {
  assert.equal(formatTime(1_767_323_045_900), '2026-01-02T03:04:05Z');
  assert.equal(formatMicroTime(1_767_323_045_900), '2026-01-02T03:04:05.900000Z');
  assert.equal(normalizeMicroTime('2026-01-02T03:04:05.123456Z'), '2026-01-02T03:04:05.123456Z');
  assert.equal(normalizeTime('2026-01-02T03:04:05+02:00'), '2026-01-02T01:04:05Z');
  assert.equal(parseTime('1970-01-01T00:00:01.5Z'), 1500);
});
const badTimes: readonly (readonly [text: string, message: string])[] = [
  ['', 'parsing time "" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "2006"'],
  ['2026-1-02T03:04:05Z', 'parsing time "2026-1-02T03:04:05Z" as "2006-01-02T15:04:05Z07:00": cannot parse "1-02T03:04:05Z" as "01"'],
  ['2026-13-02T03:04:05Z', 'parsing time "2026-13-02T03:04:05Z": month out of range'],
  ['2026-02-30T03:04:05Z', 'parsing time "2026-02-30T03:04:05Z": day out of range'],
  ['2026-01-02T03:04:05', 'parsing time "2026-01-02T03:04:05" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "Z07:00"'],
  ['2026-01-02T03:04:05Zx', 'parsing time "2026-01-02T03:04:05Zx": extra text: "x"'],
];
for (const [text, message] of badTimes) test(`"${text}" is no time`, () => assert.throws(() => parseTime(text), { message }));

const ages: readonly (readonly [seconds: number, text: string])[] = [
  [-5, '<invalid>'],
  [-1, '0s'],
  [0, '0s'],
  [119, '119s'],
  [120, '2m'],
  [200, '3m20s'],
  [599, '9m59s'],
  [3600, '60m'],
  [10_800, '3h'],
  [11_100, '3h5m'],
  [47 * 3600, '47h'],
  [48 * 3600, '2d'],
  [49 * 3600, '2d1h'],
  [200 * 3600, '8d'],
  [730 * 86_400, '2y'],
  [731 * 86_400, '2y1d'],
  [3000 * 86_400, '8y'],
];
for (const [seconds, text] of ages) test(`${seconds} seconds are ${text} old`, () => assert.equal(humanDuration(seconds * 1000), text));

test("durations are Go's", () => {
  assert.deepEqual(['1h2m', '1.5s', '-250ms', '0', '1h2m3.5s'].map(parseDuration), [3_720_000, 1500, -250, 0, 3_723_500]);
  assert.deepEqual([3_720_000, 1500, 250, 0, 90_000].map(formatDuration), ['1h2m0s', '1.5s', '250ms', '0s', '1m30s']);
  assert.throws(() => parseDuration('5'), { message: 'time: missing unit in duration "5"' });
  assert.throws(() => parseDuration('5d'), { message: 'time: unknown unit "d" in duration "5d"' });
  assert.throws(() => parseDuration('x'), { message: 'time: invalid duration "x"' });
});

test('-o json prints four spaces, sorted keys and HTML escaped', () => {
  assert.equal(toJson({ b: [], a: { c: '<', d: {} } }), '{\n    "a": {\n        "c": "\\u003c",\n        "d": {}\n    },\n    "b": []\n}\n');
});

test("an internal struct prints Go's field names, nothing left out", () => {
  assert.equal(goInternalJson(typeNodeOf(DeploymentStrategy), { type: 'Bogus' }), '{"Type":"Bogus","RollingUpdate":null}');
});

test('values print as Go prints them', () => {
  assert.equal(goValue({ b: [1, 'x'], a: null }), 'map[a:<nil> b:[1 x]]');
  assert.equal(goSyntax({ a: ['x', 1, true] }), 'map[string]interface {}{"a":[]interface {}{"x", 1, true}}');
  assert.equal(goQuote('é\t\x01\u200b"'), '"é\\t\\x01\\u200b\\""');
  assert.equal(goJson({ a: '<&>' }), '{"a":"\\u003c\\u0026\\u003e"}');
  assert.deepEqual([1e21, 1e-7, 0.5, 12].map(goFloat), ['1e+21', '1e-07', '0.5', '12']);
});
