/** What may be written to a pod's resources, status and ephemeral containers, and what is said of it on the way. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { strategy } from '../../../src/api/core/strategy/pod.js';
import { context, create, read, updateComplaints } from './make.js';

const pod = (spec: object, more: object = {}) => ({
  metadata: { name: 'p' },
  spec: { serviceAccountName: 'default', containers: [{ name: 'c', image: 'nginx:1', resources: { requests: { cpu: '1' } } }], ...spec },
  ...more,
});
const sized = (cpu: string, fields: object = {}) => ({ name: 'c', image: 'nginx:1', resources: { requests: { cpu } }, ...fields });
const stored = (body: object, status: object = {}) => {
  const made = create(strategy, body);
  return { ...made, status: { ...made.status, ...status } };
};

const RESIZES: readonly [what: string, before: object, status: object, after: object, refusals: string[]][] = [
  ['another amount', pod({}), {}, pod({ containers: [sized('2')] }), []],
  [
    'another container',
    pod({}),
    {},
    pod({ containers: [sized('1'), { name: 'd', image: 'i' }] }),
    ['spec.containers: Forbidden: containers may not be added or removed on resize'],
  ],
  [
    'another name',
    pod({}),
    {},
    pod({ containers: [sized('1', { name: 'd' })] }),
    ['spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize'],
  ],
  [
    'a mirror pod',
    pod({ nodeName: 'n' }, { metadata: { name: 'p', annotations: { 'kubernetes.io/config.mirror': 'x' } } }),
    {},
    pod({ nodeName: 'n' }),
    [': Forbidden: static pods cannot be resized'],
  ],
  [
    'a node that can not',
    pod({}),
    { containerStatuses: [{ name: 'c', state: { running: {} }, resources: undefined }] },
    pod({ containers: [sized('2')] }),
    ['spec: Forbidden: Pod running on node without support for resize'],
  ],
  [
    'an init container that is not there for good',
    pod({ initContainers: [sized('1', { name: 'i' })] }),
    {},
    pod({ initContainers: [{ name: 'i', image: 'nginx:1', resources: {} }] }),
    ['spec.initContainers[0].resources.requests: Forbidden: resource requests cannot be removed'],
  ],
];
for (const [what, before, status, after, refusals] of RESIZES) {
  test(`a resize with ${what} is ${refusals.length === 0 ? 'taken' : 'refused'}`, () => {
    assert.deepEqual(updateComplaints(strategy, stored(before, status) as any, after, 'resize'), refusals);
  });
}

const ended = (exitCode: number) => ({ containerStatuses: [{ name: 'c', state: { terminated: { exitCode } } }] });
const running = { containerStatuses: [{ name: 'c', ready: true, restartCount: 0, image: 'i', imageID: 'i', state: { running: {} } }] };
const BACK = 'status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state';
const STATUSES: readonly [what: string, spec: object, before: object, after: object, refusals: string[]][] = [
  ['a restart where the pod restarts', {}, ended(0), running, []],
  ['a restart where nothing does', { restartPolicy: 'Never' }, ended(1), running, [BACK]],
  ['a restart after a failure', { restartPolicy: 'OnFailure' }, ended(1), running, []],
  [
    'a restart that a rule asks for',
    {
      restartPolicy: 'Never',
      containers: [sized('1', { restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }] })],
    },
    ended(42),
    running,
    [],
  ],
  [
    'a nominated node for a bound pod',
    { nodeName: 'n' },
    {},
    { nominatedNodeName: 'm' },
    ['status.nominatedNodeName: Forbidden: may not be set on pods that are already bound to a node'],
  ],
  [
    'an address that can not be read',
    {},
    {},
    { podIPs: [{ ip: '10.0.0.300' }] },
    ['status.podIPs[0]: Invalid value: "10.0.0.300": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
  ],
  [
    'another address of the host',
    {},
    {},
    { hostIP: '10.0.0.1', hostIPs: [{ ip: '10.0.0.2' }] },
    ['status.hostIPs[0].ip: Invalid value: "10.0.0.2": must be equal to `hostIP`'],
  ],
  [
    'a claim that nobody made',
    {},
    {},
    { resourceClaimStatuses: [{ name: 'x' }] },
    ['status.resourceClaimStatuses[0].name: Invalid value: "x": must match the name of an entry in `spec.resourceClaims`'],
  ],
];
for (const [what, spec, before, after, refusals] of STATUSES) {
  test(`a status with ${what} is ${refusals.length === 0 ? 'taken' : 'refused'}`, () => {
    assert.deepEqual(updateComplaints(strategy, stored(pod(spec), before) as any, pod(spec, { status: after }), 'status'), refusals);
  });
}

test('a status that leaves out observed generations keeps those that were there', () => {
  const previous = stored(pod({}), { observedGeneration: 3, conditions: [{ type: 'Ready', status: 'True', observedGeneration: 2 }] });
  const next = read(strategy, pod({}, { status: { conditions: [{ type: 'Ready', status: 'False' }] } }));
  strategy.subresources!['status']!.prepareForUpdate(next, previous as any, context);
  assert.deepEqual([next.status.observedGeneration, next.status.conditions![0]!.observedGeneration], [3, 2]);
});

test('annotations that mark a mirror pod stay for ever', () => {
  const mirror = (value: string) => pod({ nodeName: 'n' }, { metadata: { name: 'p', annotations: { 'kubernetes.io/config.mirror': value } } });
  assert.deepEqual(updateComplaints(strategy, create(strategy, mirror('a')), mirror('b')), [
    'metadata.annotations[kubernetes.io/config.mirror]: Forbidden: may not remove or update mirror pod annotation',
  ]);
});

test('an AppArmor annotation becomes a field, with a warning', () => {
  const made = create(strategy, pod({}, { metadata: { name: 'p', annotations: { 'container.apparmor.security.beta.kubernetes.io/c': 'runtime/default' } } }));
  assert.deepEqual(made.spec.containers![0]!.securityContext, { appArmorProfile: { type: 'RuntimeDefault' } });
  assert.deepEqual(strategy.warnings!(made, undefined), [
    'metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: deprecated since v1.30; use the "appArmorProfile" field instead',
  ]);
});

test('fields of features that are off are dropped', () => {
  const made = create(
    strategy,
    pod({
      containers: [sized('1', { lifecycle: { stopSignal: 'SIGUSR1' } })],
      os: { name: 'linux' },
      volumes: [{ name: 'v', projected: { sources: [{ clusterTrustBundle: { path: 'p', name: 'n' } }] } }],
    }),
  );
  assert.equal(made.spec.containers![0]!.lifecycle, undefined);
  assert.deepEqual(made.spec.volumes![0]!.projected!.sources, [{}]);
  assert.deepEqual(strategy.warnings!(made, undefined), ['volume "v" (Projected) has no sources provided']);
});

test('files in the way of each other and names that are no labels draw warnings', () => {
  const items = [
    { key: 'a', path: 'x' },
    { key: 'b', path: 'x/y' },
  ];
  const made = read(strategy, pod({ volumes: [{ name: 'v', configMap: { name: 'm', items } }] }, { metadata: { name: 'a.b' } }));
  const [name, paths] = strategy.warnings!(made, undefined);
  assert.equal(
    name,
    "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]",
  );
  assert.equal(paths, 'volume "v" (ConfigMap "m"): overlapping paths: "x/y" with "x"');
});
