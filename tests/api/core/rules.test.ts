/** Services, secrets, nodes, volumes, quotas: telling rules of each, in Kubernetes' words. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { KINDS } from '../../../src/api/kinds.js';
import { complaints, context, create, read, updateComplaints } from './make.js';

const strategyOf = (name: string) => KINDS.find(({ group, kind }) => group === '' && kind === name)!.strategy();
const named = (fields: object, metadata: object = {}) => ({ metadata: { name: 'x', ...metadata }, ...fields });
const ports = [{ port: 80 }];

const REFUSALS: readonly [kind: string, body: object, complaints: string[]][] = [
  ['Service', named({ spec: {} }), ['spec.ports: Required value']],
  ['Service', named({ spec: { ports: [{ port: 80 }, { port: 81 }] } }), ['spec.ports[0].name: Required value', 'spec.ports[1].name: Required value']],
  [
    'Service',
    named({ spec: { ports, clusterIP: 'bad' } }),
    ['spec.clusterIPs[0]: Invalid value: "bad": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
  ],
  ['Service', named({ spec: { ports, loadBalancerClass: 'a/b' } }), ["spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'"]],
  ['Service', named({ spec: { type: 'ExternalName' } }), ['spec.externalName: Required value']],
  ['Secret', named({ type: 'kubernetes.io/basic-auth' }), ['data[username]: Required value', 'data[password]: Required value']],
  [
    'Secret',
    named({ type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': 'nope' } }),
    [`data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character 'o' in literal null (expecting 'u')`],
  ],
  ['ConfigMap', named({ data: { a: '1' }, binaryData: { a: 'MQ==' } }), ['data[a]: Invalid value: "a": duplicate of key present in binaryData']],
  [
    'Node',
    named({ spec: { taints: [{ key: 'a', effect: 'Bogus' }] } }),
    ['metadata.taints[0].effect: Unsupported value: "Bogus": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"'],
  ],
  ['Node', named({ spec: { podCIDR: '10.0.0.1/24' } }), ['spec.podCIDRs[0]: Invalid value: "10.0.0.1/24": must not have bits set beyond the prefix length']],
  [
    'PersistentVolume',
    named({ spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], local: { path: '/d' } } }),
    ['spec.nodeAffinity: Required value: Local volume requires node affinity'],
  ],
  ['PersistentVolumeClaim', named({ spec: { accessModes: ['ReadWriteOnce'] } }), ['spec.resources[storage]: Required value']],
  [
    'LimitRange',
    named({ spec: { limits: [{ type: 'Container', min: { cpu: '2' }, max: { cpu: '1' }, default: { cpu: '1' }, defaultRequest: { cpu: '1' } }] } }),
    [
      'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
      'spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1',
      'spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1',
    ],
  ],
  [
    'ResourceQuota',
    named({ spec: { hard: { bogus: '1' } } }),
    [
      'spec.hard[bogus]: Invalid value: "bogus": must be a standard resource type or fully qualified',
      'spec.hard[bogus]: Invalid value: "bogus": must be a standard resource for quota',
    ],
  ],
  [
    'ResourceQuota',
    named({ spec: { scopes: ['BestEffort', 'NotBestEffort'] } }),
    ['spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes'],
  ],
  ['Endpoints', named({ subsets: [{}] }), ['subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`']],
  [
    'Event',
    named({ involvedObject: { namespace: 'other' } }, { namespace: 'default' }),
    ['involvedObject.namespace: Invalid value: "other": does not match event.namespace'],
  ],
  [
    'Event',
    named(
      { involvedObject: {}, eventTime: '2026-01-01T00:00:00.000000Z', action: 'a', reason: 'r', reportingInstance: 'i', reportingComponent: 'a b' },
      { namespace: 'default' },
    ),
    [
      `reportingController: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    ],
  ],
  ['Service', named({ spec: { ports, externalIPs: ['010.0.0.1'] } }), ['spec.externalIPs[0]: Invalid value: "010.0.0.1": must not have leading 0s']],
  [
    'Service',
    named({ spec: { ports, trafficDistribution: 'x' } }),
    ['spec.trafficDistribution: Unsupported value: "x": supported values: "PreferClose", "PreferSameZone", "PreferSameNode"'],
  ],
  [
    'Service',
    named({ spec: { ports } }, { annotations: { 'service.kubernetes.io/topology-mode': 'Auto', 'service.kubernetes.io/topology-aware-hints': 'auto' } }),
    [
      'metadata.annotations[service.kubernetes.io/topology-mode]: Invalid value: "Auto": must match annotations[service.kubernetes.io/topology-aware-hints] when both are specified',
    ],
  ],
  [
    'Namespace',
    named({ spec: { finalizers: ['mine'] } }),
    ['spec.finalizers: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified'],
  ],
  [
    'ResourceQuota',
    named({ spec: { scopeSelector: { matchExpressions: ['Terminating', 'NotTerminating'].map((scopeName) => ({ scopeName, operator: 'Exists' })) } } }),
    ['spec.scopeSelector.matchExpressions: Invalid value: null: conflicting scopes'],
  ],
  [
    'PersistentVolumeClaim',
    named({ spec: { accessModes: ['ReadWriteOnce', 'ReadWriteOncePod'], resources: { requests: { storage: '1' } } } }),
    ['spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes'],
  ],
  [
    'Node',
    named({ spec: {}, status: { declaredFeatures: ['B', 'A'] } }),
    ['status.declaredFeatures[1]: Invalid value: "A": list must be sorted alphabetically'],
  ],
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
  assert.deepEqual(updateComplaints(strategy, previous, named({ spec: { ports, clusterIP: '10.96.0.8' } })), [
    'spec.clusterIPs[0]: Invalid value: ["10.96.0.8"]: may not change once set',
  ]);
});

test('a namespace carries its name as a label and a finalizer', async () => {
  const namespace = create(await strategyOf('Namespace'), named({}));
  assert.deepEqual(namespace.metadata.labels, { 'kubernetes.io/metadata.name': 'x' });
  assert.deepEqual([namespace.spec, namespace.status], [{ finalizers: ['kubernetes'] }, { phase: 'Active' }]);
});

test('stringData becomes data', async () => {
  assert.deepEqual(read(await strategyOf('Secret'), named({ data: { a: 'eA==' }, stringData: { a: 'y', b: 'z' } })), {
    metadata: { name: 'x' },
    data: { a: 'eQ==', b: 'eg==' },
    type: 'Opaque',
  });
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

test('a service keeps its node ports by the names of its ports', async () => {
  const strategy = await strategyOf('Service');
  const node = (list: object[]) => named({ spec: { type: 'NodePort', clusterIP: '10.96.0.9', ports: list } });
  const previous = create(
    strategy,
    node([
      { name: 'a', port: 80, nodePort: 30001 },
      { name: 'b', port: 81, nodePort: 30002 },
    ]),
  );
  const next = read(
    strategy,
    node([
      { name: 'b', port: 80 },
      { name: 'a', port: 82, nodePort: 30002 },
    ]),
  );
  strategy.prepareForUpdate!(next, previous, context);
  assert.deepEqual(
    next.spec.ports!.map(({ nodePort }: { nodePort?: number }) => nodePort),
    [undefined, 30002],
  );
});

const WARNINGS: readonly [kind: string, body: object, warnings: string[]][] = [
  [
    'Service',
    named({ spec: { ports, externalIPs: ['2001:DB8::1'] } }),
    [
      'spec.externalIPs[0]: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")',
      'spec.externalIPs is deprecated and may no longer be implemented in some clusters',
    ],
  ],
  [
    'Service',
    named({ spec: { ports, type: 'LoadBalancer', loadBalancerIP: '192.168.001.5', loadBalancerSourceRanges: ['10.0.0.1/8'] } }),
    [
      'spec.loadBalancerIP: non-standard IP address "192.168.001.5" will be considered invalid in a future Kubernetes release: use "192.168.1.5"',
      'spec.loadBalancerSourceRanges[0]: CIDR value "10.0.0.1/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.0.0.1/32"?)',
    ],
  ],
  ['Node', named({ spec: { externalID: 'x' } }), ['spec.externalID: this field is deprecated, and is unused by Kubernetes']],
  [
    'Endpoints',
    named({ subsets: [{ addresses: [{ ip: 'fd00:0::1' }] }] }),
    ['subsets[0].addresses[0].ip: IPv6 address "fd00:0::1" should be in RFC 5952 canonical format ("fd00::1")'],
  ],
];
for (const [kind, body, expected] of WARNINGS) {
  test(`a ${kind} draws a warning: ${expected[0]}`, async () => {
    const strategy = await strategyOf(kind);
    assert.deepEqual(strategy.warnings!(read(strategy, body), undefined), expected);
  });
}
