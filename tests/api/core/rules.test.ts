/** Services, secrets, nodes, volumes, quotas: telling rules of each, in Kubernetes' words. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { KINDS } from '../../../src/api/kinds.js';
import { complaints, create, read, updateComplaints } from './make.js';

const strategyOf = (name: string) => KINDS.find(({ group, kind }) => group === '' && kind === name)!.strategy();
const named = (fields: object, metadata: object = {}) => ({ metadata: { name: 'x', ...metadata }, ...fields });
const ports = [{ port: 80 }];

const REFUSALS: readonly [kind: string, body: object, complaints: string[]][] = [
  ['Service', named({ spec: {} }), ['spec.ports: Required value']],
  ['Service', named({ spec: { ports: [{ port: 80 }, { port: 81 }] } }), ['spec.ports[0].name: Required value', 'spec.ports[1].name: Required value']],
  ['Service', named({ spec: { ports, clusterIP: 'bad' } }), ['spec.clusterIPs[0]: Invalid value: "bad": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
  ['Service', named({ spec: { ports, loadBalancerClass: 'a/b' } }), ["spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'"]],
  ['Service', named({ spec: { type: 'ExternalName' } }), ['spec.externalName: Required value']],
  ['Secret', named({ type: 'kubernetes.io/basic-auth' }), ['data[username]: Required value', 'data[password]: Required value']],
  ['Secret', named({ type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': 'nope' } }), [`data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character 'o' in literal null (expecting 'u')`]],
  ['ConfigMap', named({ data: { a: '1' }, binaryData: { a: 'MQ==' } }), ['data[a]: Invalid value: "a": duplicate of key present in binaryData']],
  ['Node', named({ spec: { taints: [{ key: 'a', effect: 'Bogus' }] } }), ['metadata.taints[0].effect: Unsupported value: "Bogus": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"']],
  ['Node', named({ spec: { podCIDR: '10.0.0.1/24' } }), ['spec.podCIDRs[0]: Invalid value: "10.0.0.1/24": must not have bits set beyond the prefix length']],
  ['PersistentVolume', named({ spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], local: { path: '/d' } } }), ['spec.nodeAffinity: Required value: Local volume requires node affinity']],
  ['PersistentVolumeClaim', named({ spec: { accessModes: ['ReadWriteOnce'] } }), ['spec.resources[storage]: Required value']],
  ['LimitRange', named({ spec: { limits: [{ type: 'Container', min: { cpu: '2' }, max: { cpu: '1' }, default: { cpu: '1' }, defaultRequest: { cpu: '1' } }] } }), [
    'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
    'spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1',
    'spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1',
  ]],
  ['ResourceQuota', named({ spec: { hard: { bogus: '1' } } }), ['spec.hard[bogus]: Invalid value: "bogus": must be a standard resource type or fully qualified', 'spec.hard[bogus]: Invalid value: "bogus": must be a standard resource for quota']],
  ['ResourceQuota', named({ spec: { scopes: ['BestEffort', 'NotBestEffort'] } }), ['spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes']],
  ['Endpoints', named({ subsets: [{}] }), ['subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`']],
  ['Event', named({ involvedObject: { namespace: 'other' } }, { namespace: 'default' }), ['involvedObject.namespace: Invalid value: "other": does not match event.namespace']],
  ['ReplicationController', named({ spec: { template: { spec: { containers: [{ name: 'c', image: 'i' }] } } } }), ['spec.selector: Required value']],
];
for (const [kind, body, expected] of REFUSALS) {
  test(`a ${kind} is refused: ${expected[0]}`, async () => assert.deepEqual(complaints(await strategyOf(kind), body), expected));
}

test('a service keeps the address that was allocated, and may not change it', async () => {
  const strategy = await strategyOf('Service');
  const previous = create(strategy, named({ spec: { ports, clusterIP: '10.96.0.9' } }));
  const next = read(strategy, named({ spec: { ports } }));
  strategy.prepareForUpdate!(next, previous, { user: { name: '', groups: [] }, now: 0, dryRun: false });
  assert.deepEqual(next.spec.clusterIPs, ['10.96.0.9']);
  assert.deepEqual(updateComplaints(strategy, previous, named({ spec: { ports, clusterIP: '10.96.0.8' } })), ['spec.clusterIPs[0]: Invalid value: ["10.96.0.8"]: may not change once set']);
});

test('a namespace carries its name as a label and a finalizer', async () => {
  const namespace = create(await strategyOf('Namespace'), named({}));
  assert.deepEqual(namespace.metadata.labels, { 'kubernetes.io/metadata.name': 'x' });
  assert.deepEqual([namespace.spec, namespace.status], [{ finalizers: ['kubernetes'] }, { phase: 'Active' }]);
});

test('stringData becomes data', async () => {
  assert.deepEqual(read(await strategyOf('Secret'), named({ data: { a: 'eA==' }, stringData: { a: 'y', b: 'z' } })), { metadata: { name: 'x' }, data: { a: 'eQ==', b: 'eg==' }, type: 'Opaque' });
});

test("a volume's source is immutable, and the refusal shows how it differs", async () => {
  const strategy = await strategyOf('PersistentVolume');
  const volume = (path: string) => named({ spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path } } });
  assert.deepEqual(updateComplaints(strategy, create(strategy, volume('/x')), volume('/y')), [
    'spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation\n@@ -2,7 +2,7 @@\n  "GCEPersistentDisk": null,\n  "AWSElasticBlockStore": null,\n  "HostPath": {\n-  "Path": "/x",\n+  "Path": "/y",\n   "Type": ""\n  },\n  "Glusterfs": null,\n',
  ]);
});

test('what is immutable stays so', async () => {
  const strategy = await strategyOf('ConfigMap');
  const previous = create(strategy, named({ immutable: true, data: { a: '1' } }));
  const text = 'Forbidden: field is immutable when `immutable` is set';
  assert.deepEqual(updateComplaints(strategy, previous, named({ data: { a: '2' } })), [`immutable: ${text}`, `data: ${text}`]);
});
