/** Pods: defaults, the words of refusals, what an update may change, QoS. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { strategy } from '../../../src/api/core/strategy/pod.js';
import { pullPolicyOf } from '../../../src/api/core/defaults/container.js';
import { complaints, create, read, updateComplaints } from './make.js';

const pod = (spec: object, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', ...metadata },
  spec: { serviceAccountName: 'default', containers: [{ name: 'c', image: 'nginx:1' }], ...spec },
});
const container = (fields: object) => pod({ containers: [{ name: 'c', image: 'nginx:1', ...fields }] });

test('a bare pod gets every default and nothing else', () => {
  const { spec, status } = create(strategy, pod({}));
  assert.deepEqual(spec, {
    containers: [
      {
        name: 'c',
        image: 'nginx:1',
        resources: {},
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        imagePullPolicy: 'IfNotPresent',
      },
    ],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'default',
    serviceAccount: 'default',
    securityContext: {},
    schedulerName: 'default-scheduler',
    enableServiceLinks: true,
  });
  assert.deepEqual(status, { phase: 'Pending', qosClass: 'BestEffort' });
});

test('the pull policy follows the tag', () => {
  const digest = `nginx@sha256:${'a'.repeat(64)}`;
  const cases = {
    nginx: 'Always',
    'nginx:latest': 'Always',
    'nginx:1.29': 'IfNotPresent',
    'host:5000/a/nginx': 'Always',
    [digest]: 'IfNotPresent',
    'NOT an image': 'IfNotPresent',
  };
  for (const [image, policy] of Object.entries(cases)) assert.equal(pullPolicyOf(image), policy, image);
});

test('probes, ports of the host network, environment and volumes are defaulted', () => {
  const { spec } = read(
    strategy,
    pod({
      hostNetwork: true,
      containers: [
        {
          name: 'c',
          image: 'i:1',
          ports: [{ containerPort: 80 }],
          livenessProbe: { httpGet: { port: 80 } },
          readinessProbe: { grpc: { port: 1 } },
          env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
        },
      ],
      volumes: [
        { name: 'e' },
        { name: 's', secret: { secretName: 'x' } },
        { name: 'h', hostPath: { path: '/x' } },
        { name: 't', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
      ],
    }),
  );
  const [first] = spec.containers;
  assert.deepEqual(first!.ports, [{ containerPort: 80, protocol: 'TCP', hostPort: 80 }]);
  assert.deepEqual(first!.livenessProbe, {
    httpGet: { path: '/', port: 80, scheme: 'HTTP' },
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  });
  assert.equal(first!.readinessProbe!.grpc!.service, '');
  assert.equal(first!.env![0]!.valueFrom!.fieldRef!.apiVersion, 'v1');
  assert.deepEqual(
    spec.volumes!.map(({ name: _, ...source }) => source),
    [
      { emptyDir: {} },
      { secret: { secretName: 'x', defaultMode: 420 } },
      { hostPath: { path: '/x', type: '' } },
      { projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 3600 } }], defaultMode: 420 } },
    ],
  );
});

test('limits stand in for requests, and make the QoS class', () => {
  const qos = (...resources: object[]) =>
    create(strategy, pod({ containers: resources.map((one, at) => ({ name: `c${at}`, image: 'i:1', resources: one })) })).status.qosClass;
  const full = { limits: { cpu: '1', memory: '1Gi' } };
  assert.equal(qos(full), 'Guaranteed');
  assert.equal(qos(full, {}), 'Burstable');
  assert.equal(qos({ limits: { cpu: '1' } }), 'Burstable');
  assert.equal(qos({ limits: { 'example.com/gpu': '1' } }), 'BestEffort');
  assert.deepEqual(create(strategy, container({ resources: { ...full, requests: { cpu: '500m' } } })).spec.containers[0]!.resources.requests, {
    cpu: '500m',
    memory: '1Gi',
  });
});

test('scheduling gates are told in the status', () => {
  const { status } = create(strategy, pod({ schedulingGates: [{ name: 'example.com/hold' }] }));
  assert.equal(status.conditions![0]!.reason, 'SchedulingGated');
});

const REFUSALS: readonly [string, object, string[]][] = [
  ['no containers', pod({ containers: [] }), ['spec.containers: Required value']],
  ['no name and no image', pod({ containers: [{}] }), ['spec.containers[0].name: Required value', 'spec.containers[0].image: Required value']],
  [
    'a name twice',
    pod({
      containers: [
        { name: 'c', image: 'i' },
        { name: 'c', image: 'i' },
      ],
    }),
    ['spec.containers[1].name: Duplicate value: "c"'],
  ],
  [
    'a small protocol',
    container({ ports: [{ containerPort: 80, protocol: 'tcp' }] }),
    ['spec.containers[0].ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"'],
  ],
  ['a mount of no volume', container({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }), ['spec.containers[0].volumeMounts[0].name: Not found: "v"']],
  [
    'two volume types',
    pod({ volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/' } }] }),
    ['spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type'],
  ],
  [
    'two handlers',
    container({ livenessProbe: { exec: { command: ['x'] }, tcpSocket: { port: 1 } } }),
    ['spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type'],
  ],
  [
    'a request over its limit',
    container({ resources: { requests: { cpu: '5' }, limits: { cpu: '2' } } }),
    ['spec.containers[0].resources.requests: Invalid value: "5": must be less than or equal to cpu limit of 2'],
  ],
  [
    'a request of a device without a limit',
    container({ resources: { requests: { 'example.com/gpu': '1' } } }),
    ['spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources'],
  ],
  [
    'privileged without escalation',
    container({ securityContext: { privileged: true, allowPrivilegeEscalation: false } }),
    [
      'spec.containers[0].securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
    ],
  ],
  [
    'an init container with a probe',
    pod({ initContainers: [{ name: 'i', image: 'i', readinessProbe: { exec: { command: ['x'] } } }] }),
    ['spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always'],
  ],
  ['an ephemeral container', pod({ ephemeralContainers: [{ name: 'e', image: 'i' }] }), ['spec.ephemeralContainers: Forbidden: cannot be set on create']],
  [
    'a gated pod on a node',
    pod({ nodeName: 'n', schedulingGates: [{ name: 'a.b/c' }] }),
    ['spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared'],
  ],
  [
    'a keyless toleration',
    pod({ tolerations: [{ operator: 'Equal' }] }),
    ['spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"'],
  ],
  ['no nameserver', pod({ dnsPolicy: 'None' }), ['spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None']],
  [
    'a steep path',
    pod({ volumes: [{ name: 'v', hostPath: { path: '/a/../b' } }] }),
    ['spec.volumes[0].hostPath.path: Invalid value: "/a/../b": must not contain \'..\''],
  ],
];
for (const [what, body, expected] of REFUSALS)
  test(`a pod with ${what} is refused in Kubernetes' words`, () => assert.deepEqual(complaints(strategy, body), expected));

const CHANGES: readonly [string, object, string[]][] = [
  ['an image', { containers: [{ name: 'c', image: 'nginx:2' }] }, []],
  ['a new toleration', { tolerations: [{ key: 'a', operator: 'Exists' }] }, []],
  ['a new deadline', { activeDeadlineSeconds: 5 }, []],
  [
    'another container',
    {
      containers: [
        { name: 'c', image: 'nginx:1' },
        { name: 'd', image: 'i' },
      ],
    },
    ['spec.containers: Forbidden: pod updates may not add or remove containers'],
  ],
  [
    'a gate',
    { schedulingGates: [{ name: 'a.b/c' }] },
    ["spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'a.b/c'"],
  ],
];
for (const [what, change, expected] of CHANGES) {
  test(`an update with ${what} is ${expected.length === 0 ? 'allowed' : 'refused'}`, () => {
    assert.deepEqual(updateComplaints(strategy, create(strategy, pod({})), pod(change)), expected);
  });
}

test('another change is refused with a diff of the spec as Go holds it', () => {
  const [refusal] = updateComplaints(strategy, create(strategy, pod({})), pod({ hostNetwork: true }));
  assert.match(refusal!, /^spec: Forbidden: pod updates may not change fields other than `spec\.containers\[\*\]\.image`/);
  assert.ok(
    refusal!.endsWith(
      '  "NodeName": "",\n  "SecurityContext": {\n-  "HostNetwork": false,\n+  "HostNetwork": true,\n   "HostPID": false,\n   "HostIPC": false,\n   "ShareProcessNamespace": null,\n',
    ),
    refusal,
  );
});

test('generation rises with the spec and with nothing else', () => {
  const previous = create(strategy, pod({}));
  const next = read(strategy, pod({ activeDeadlineSeconds: 9 }));
  strategy.prepareForUpdate!(next, previous, { user: { name: '', groups: [] }, now: 0, dryRun: false });
  assert.equal(next.metadata.generation, 2);
});

test('resizing changes cpu and memory, within the QoS class', () => {
  const sized = (requests: object, limits: object) => container({ resources: { requests, limits } });
  const previous = create(strategy, sized({ cpu: '1' }, { cpu: '2' }));
  assert.deepEqual(updateComplaints(strategy, previous, sized({ cpu: '1500m' }, { cpu: '2' }), 'resize'), []);
  assert.deepEqual(updateComplaints(strategy, previous, sized({}, {}), 'resize').length > 0, true);
});

test('warnings name what is dead or hidden', () => {
  const warned = read(
    strategy,
    container({
      env: [
        { name: 'A', value: '1' },
        { name: 'A', value: '2' },
      ],
    }),
  );
  warned.spec.volumes = [{ name: 'v', rbd: { monitors: ['m'], image: 'i' } }];
  assert.deepEqual(strategy.warnings!(warned, undefined), [
    'spec.volumes[0].rbd: deprecated in v1.28, non-functional in v1.31+',
    'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
  ]);
});
