/** From raw data to canonical objects: Go's zero values, Go's complaints, nothing of the caller's kept. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { typeNodeOf } from '../../src/apimachinery/compile.js';
import { decodeJson } from '../../src/apimachinery/decode.js';
import { canonicalize, copyCanonical, deepEqual, deepFreeze, fromWire } from '../../src/apimachinery/walk.js';
import { Deployment } from '../../src/api/apps/types/deployment.js';
import { ConfigMap } from '../../src/api/core/types/configmap.js';
import { Event } from '../../src/api/core/types/event.js';
import { Pod } from '../../src/api/core/types/pod.js';
import { Secret } from '../../src/api/core/types/secret.js';
import { JSONSchemaProps } from '../../src/api/apiextensions/types/jsonschema.js';

const pod = typeNodeOf(Pod);
const deployment = typeNodeOf(Deployment);
const walk = (node: typeof pod, body: string) => fromWire<any>(node, decodeJson(body).value);

const complaints: readonly (readonly [node: typeof pod, body: string, message: string])[] = [
  [pod, '{"metadata":{"labels":{"a":1}}}', 'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string'],
  [pod, '{"metadata":{"labels":[]}}', 'json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string'],
  [pod, '{"metadata":"x"}', 'json: cannot unmarshal string into Go struct field Pod.metadata of type v1.ObjectMeta'],
  [pod, '{"spec":{"containers":{}}}', 'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container'],
  [pod, '{"spec":{"containers":[7]}}', 'json: cannot unmarshal number into Go struct field PodSpec.spec.containers of type v1.Container'],
  [pod, '{"spec":{"containers":[{"command":[7]}]}}', 'json: cannot unmarshal number into Go struct field Container.spec.containers.command of type string'],
  [pod, '{"spec":{"containers":[{"stdin":"yes"}]}}', 'json: cannot unmarshal string into Go struct field Container.spec.containers.stdin of type bool'],
  [
    pod,
    '{"spec":{"containers":[{"resources":{"limits":"x"}}]}}',
    'json: cannot unmarshal string into Go struct field ResourceRequirements.spec.containers.resources.limits of type v1.ResourceList',
  ],
  [
    pod,
    '{"spec":{"terminationGracePeriodSeconds":1.0}}',
    'json: cannot unmarshal number 1.0 into Go struct field PodSpec.spec.terminationGracePeriodSeconds of type int64',
  ],
  [deployment, '{"spec":{"replicas":2147483648}}', 'json: cannot unmarshal number 2147483648 into Go struct field DeploymentSpec.spec.replicas of type int32'],
  [
    pod,
    '{"spec":{"volumes":[{"fc":{"lun":"1"}}]}}',
    'json: cannot unmarshal string into Go struct field FCVolumeSource.spec.volumes.VolumeSource.fc.lun of type int32',
  ],
  [
    pod,
    '{"spec":{"containers":[{"livenessProbe":{"httpGet":{"port":1.5}}}]}}',
    'json: cannot unmarshal number 1.5 into Go struct field HTTPGetAction.spec.containers.livenessProbe.ProbeHandler.httpGet.port of type int32',
  ],
  [pod, '{"spec":{"overhead":{"cpu":"1 "}}}', ''],
  [pod, '{"spec":{"overhead":{"cpu":"one"}}}', "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
  [pod, '{"metadata":{"creationTimestamp":"yesterday"}}', 'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"'],
  [pod, '{"metadata":{"deletionTimestamp":5}}', 'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.deletionTimestamp of type string'],
  // An error of a type's own decoder ends the decoding, even after a wrong type.
  [pod, '{"metadata":{"name":1,"creationTimestamp":"x"}}', 'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"'],
  // Otherwise the document's first wins, whatever Go's order of fields.
  [pod, '{"spec":{"nodeName":1},"metadata":{"name":[]}}', 'json: cannot unmarshal number into Go struct field PodSpec.spec.nodeName of type string'],
];
for (const [node, body, message] of complaints) {
  test(`${body} reads ${message === '' ? 'well' : 'as Go complains'}`, () => {
    assert.deepEqual(walk(node, body).errors, message === '' ? [] : [message]);
  });
}

test('base64 is checked where Go checks it', () => {
  const secret = typeNodeOf(Secret);
  const offset = (data: string) => walk(secret, JSON.stringify({ data: { a: data } })).errors[0];
  assert.equal(offset('not base64!'), 'illegal base64 data at input byte 3');
  assert.equal(offset('!!!'), 'illegal base64 data at input byte 0');
  assert.equal(offset('YWJ'), 'illegal base64 data at input byte 0');
  assert.equal(offset('YWJjZA'), 'illegal base64 data at input byte 4');
  assert.equal(offset('YQ==x'), 'illegal base64 data at input byte 4');
  assert.equal(offset('YW\nJj'), undefined);
});

test('unknown fields are dropped and listed in the order of the document', () => {
  const { object, unknown } = walk(pod, '{"b":1,"spec":{"containers":[{"foo":1,"name":"c"}],"bar":{}},"a":2}');
  assert.deepEqual(unknown, ['b', 'spec.containers[0].foo', 'spec.bar', 'a']);
  assert.deepEqual(object.spec.containers[0], { name: 'c', resources: {} });
});

test('what Go always writes is there, and what omitempty leaves out is not', () => {
  const { object } = walk(
    pod,
    '{"kind":"Pod","apiVersion":"v1","metadata":{"labels":{},"name":"","generation":0},"spec":{"hostNetwork":false,"nodeSelector":null,"priority":0,"containers":[null]}}',
  );
  assert.deepEqual(object, { kind: 'Pod', apiVersion: 'v1', metadata: {}, spec: { containers: [{ name: '', resources: {} }], priority: 0 }, status: {} });
  assert.deepEqual(walk(typeNodeOf(ConfigMap), '{"data":{"a":null}}').object, { metadata: {}, data: { a: '' } });
  assert.deepEqual(walk(deployment, '{}').object.spec, { selector: null, template: { metadata: {}, spec: { containers: null } }, strategy: {} });
  const event = walk(typeNodeOf(Event), '{}').object;
  assert.deepEqual([event.eventTime, event.firstTimestamp, event.reportingComponent], [null, null, '']);
});

test('times, amounts and ports come out in the one form they have', () => {
  const { object } = walk(
    pod,
    '{"metadata":{"creationTimestamp":"2026-01-02T03:04:05.9+01:00"},"spec":{"containers":[{"name":"c","resources":{"limits":{"memory":"0.5m","cpu":1000}},"env":[{"name":"A","valueFrom":{"resourceFieldRef":{"resource":"limits.cpu"}}}]}]}}',
  );
  assert.equal(object.metadata.creationTimestamp, '2026-01-02T02:04:05Z');
  assert.deepEqual(object.spec.containers[0].resources.limits, { cpu: '1k', memory: '1m' });
  assert.equal(object.spec.containers[0].env[0].valueFrom.resourceFieldRef.divisor, '0');
});

test("fields come in Go's order and maps sorted, so that JSON.stringify prints what Go prints", () => {
  const { object } = walk(typeNodeOf(ConfigMap), '{"data":{"b":"2","a":"1"},"metadata":{"namespace":"n","name":"m"},"apiVersion":"v1","kind":"ConfigMap"}');
  assert.equal(JSON.stringify(object), '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"m","namespace":"n"},"data":{"a":"1","b":"2"}}');
});

test('the canonical form of a canonical object is itself', () => {
  const once = walk(pod, '{"kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"name":"c","ports":[{"containerPort":80}]}]}}').object;
  assert.ok(deepEqual(copyCanonical(pod, once), once));
});

test('a copy keeps nothing of the caller, drops undefined and refuses what the kind does not have', () => {
  const labels = { a: 'b' };
  const given = deepFreeze({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'c', labels, uid: undefined }, data: undefined });
  const copy = copyCanonical<any>(typeNodeOf(ConfigMap), given);
  assert.deepEqual(copy, { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'c', labels: { a: 'b' } } });
  assert.notEqual(copy.metadata.labels, labels);
  assert.throws(() => copyCanonical(typeNodeOf(ConfigMap), { datum: {} }), { message: 'strict decoding error: unknown field "datum"' });
  assert.throws(() => copyCanonical(typeNodeOf(ConfigMap), { data: { a: 1 } }), /cannot unmarshal number into Go struct field ConfigMap.data of type string/);
});

test('canonicalize works in place', () => {
  const object: any = { data: {}, metadata: { name: 'x' }, kind: 'ConfigMap' };
  canonicalize(typeNodeOf(ConfigMap), object);
  assert.deepEqual(Object.keys(object), ['kind', 'metadata']);
});

test('a label named __proto__ survives', () => {
  const { object } = walk(pod, '{"metadata":{"labels":{"__proto__":"x"}}}');
  assert.deepEqual(Object.keys(object.metadata.labels), ['__proto__']);
});

test('a struct that holds itself compiles to a node that holds itself', () => {
  const node = typeNodeOf(JSONSchemaProps);
  const properties = node.byName.get('properties')?.type;
  assert.ok(properties?.kind === 'map' && properties.values === node);
  assert.deepEqual(fromWire(node, decodeJson('{"properties":{"a":{"properties":{"b":{"typo":1}}}}}').value).unknown, ['properties.a.properties.b.typo']);
});

test('equality does not look at the order of keys or at undefined', () => {
  assert.ok(deepEqual({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1, d: undefined }));
  for (const [a, b] of [
    [{ a: 1 }, { b: 1 }],
    [[1], { 0: 1 }],
    [{ a: undefined }, { a: null }],
    [[1, 2], [1]],
  ])
    assert.ok(!deepEqual(a, b));
});
