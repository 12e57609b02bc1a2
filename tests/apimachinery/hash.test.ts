/** Names made of hashes: the same as a real cluster's. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { typeNodeOf } from '../../src/apimachinery/compile.js';
import { decodeJson } from '../../src/apimachinery/decode.js';
import { fnv32, fnv32a, podTemplateHash, safeEncode, spewText } from '../../src/apimachinery/hash.js';
import { fromWire } from '../../src/apimachinery/walk.js';
import { PodTemplateSpec } from '../../src/api/core/types/podspec.js';

const node = typeNodeOf(PodTemplateSpec);
const SPEC = { dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', schedulerName: 'manual', securityContext: {}, terminationGracePeriodSeconds: 30 };
const CONTAINER = {
  image: 'img:1',
  imagePullPolicy: 'IfNotPresent',
  name: 'c',
  resources: {},
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
};
const template = (container: object, spec: object = {}) =>
  fromWire<object>(
    node,
    decodeJson(JSON.stringify({ metadata: { labels: { app: 'web', v: '1' } }, spec: { ...SPEC, ...spec, containers: [{ ...CONTAINER, ...container }] } }))
      .value,
  ).object;

test("the FNV hashes are the standard's", () => {
  assert.deepEqual([fnv32a(''), fnv32a('a'), fnv32a('foobar'), fnv32('a'), fnv32('foobar')], [0x811c9dc5, 0xe40c292c, 0xbf9cf968, 0x050c5d7e, 0x31f0b262]);
  assert.equal(safeEncode('1234567890'), [...'1234567890'].map((char) => 'bcdfghjklmnpqrstvwxz2456789'[char.charCodeAt(0) % 27]).join(''));
});

test('a template has the hash that Kubernetes 1.36 gives it', () => {
  assert.equal(podTemplateHash({ node, template: template({}) }), '84c8c47467');
  assert.equal(podTemplateHash({ node, template: template({ env: [{ name: 'A', value: 'b' }] }) }), '676d6b47dd');
  assert.equal(podTemplateHash({ node, template: template({}, { nodeSelector: { no: 'where' } }) }), '5688dcd5db');
});

test('a collision count makes another hash', () => {
  const [first, second] = [undefined, 1].map((collisionCount) => podTemplateHash({ node, template: template({}), collisionCount }));
  assert.notEqual(first, second);
});

test('the dump shows amounts, embedded structs and ports as go-spew does', () => {
  const text = spewText(
    node,
    template({
      resources: { requests: { cpu: '500m', memory: '1Gi' } },
      livenessProbe: { httpGet: { port: 'http' }, failureThreshold: 3 },
    }),
  );
  assert.match(
    text,
    /Requests:\(v1\.ResourceList\)map\[cpu:\{i:\(resource\.int64Amount\)\{value:\(int64\)500 scale:\(resource\.Scale\)-3\} d:\(resource\.infDecAmount\)\{Dec:\(\*inf\.Dec\)<nil>\} s:\(string\)500m Format:\(resource\.Format\)DecimalSI\} memory:\{i:\(resource\.int64Amount\)\{value:\(int64\)1073741824 scale/,
  );
  assert.match(
    text,
    /LivenessProbe:\(\*v1\.Probe\)\{ProbeHandler:\(v1\.ProbeHandler\)\{Exec:\(\*v1\.ExecAction\)<nil> HTTPGet:\(\*v1\.HTTPGetAction\)\{Path:\(string\) Port:\(intstr\.IntOrString\)\{Type:\(intstr\.Type\)1 IntVal:\(int32\)0 StrVal:\(string\)http\}/,
  );
});
