/** The scheduler seen through the API: where pods go, what is said of those that go nowhere, and what lets them try again. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { schedulerPlane, type NodeOptions, type PodOptions } from './support.js';

const ZONE = 'topology.kubernetes.io/zone';
const NOT_HELPFUL = (count: number, all: number): string =>
  `no new claims to deallocate, preemption: 0/${all} nodes are available: ${count} Preemption is not helpful for scheduling.`;

test('a pod goes to the node that has room, and both its condition and an event say so', async () => {
  const { makeNode, makePod, start, nodeOf, events, pod } = await schedulerPlane();
  await makeNode('small', { allocatable: { cpu: '1' } });
  await makeNode('big');
  await start();
  await makePod('p', { cpu: '2' });
  assert.equal(await nodeOf('p'), 'big');
  assert.deepEqual(await events('p'), ['Scheduled: Successfully assigned default/p to big']);
  assert.equal((await pod('p')).status.conditions.find(({ type }: any) => type === 'PodScheduled').status, 'True');
});

test('a pod without a node is told why, and tries again when a node comes that would do', async () => {
  const { makeNode, makePod, start, nodeOf, why, events } = await schedulerPlane();
  await start();
  await makePod('p', { cpu: '2' });
  assert.deepEqual(await why('p'), { reason: 'Unschedulable', message: 'no nodes available to schedule pods' });
  await makeNode('small', { allocatable: { cpu: '1' } });
  const message = `0/1 nodes are available: 1 Insufficient cpu. ${NOT_HELPFUL(1, 1)}`;
  assert.deepEqual(await why('p'), { reason: 'Unschedulable', message });
  assert.deepEqual((await events('p')).sort(), [`FailedScheduling: ${message}`, 'FailedScheduling: no nodes available to schedule pods']);
  await makeNode('small-too', { allocatable: { cpu: '1' } });
  assert.deepEqual(await why('p'), { reason: 'Unschedulable', message }, 'a node that would not do changes nothing');
  await makeNode('big');
  assert.equal(await nodeOf('p'), 'big');
});

test('pods of higher priority go first, then those that came first', async () => {
  const { ask, makeNode, makePod, start, nodeOf } = await schedulerPlane();
  await ask('POST', '/apis/scheduling.k8s.io/v1/priorityclasses', {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'high' },
    value: 100,
  });
  await makeNode('n', { allocatable: { cpu: '2' } });
  await makePod('first', { cpu: '1' });
  await makePod('second', { cpu: '1' });
  await makePod('urgent', { cpu: '1', priorityClassName: 'high' });
  await start();
  assert.deepEqual([await nodeOf('urgent'), await nodeOf('first'), await nodeOf('second')], ['n', 'n', undefined]);
});

test('a gated pod waits, and lets others pass, until its last gate is gone', async () => {
  const { ask, makeNode, makePod, start, nodeOf, why } = await schedulerPlane();
  await makeNode('n');
  await start();
  await makePod('gated', { schedulingGates: [{ name: 'example.com/wait' }] });
  await makePod('open');
  assert.deepEqual([await nodeOf('gated'), await nodeOf('open')], [undefined, 'n']);
  assert.deepEqual(await why('gated'), { reason: 'SchedulingGated', message: 'Scheduling is blocked due to non-empty scheduling gates' });
  await ask('PATCH', '/api/v1/namespaces/default/pods/gated', { spec: { schedulingGates: null } }, 'application/merge-patch+json');
  assert.equal(await nodeOf('gated'), 'n');
});

test('pods of another scheduler are left alone', async () => {
  const { makeNode, makePod, start, pod } = await schedulerPlane();
  await makeNode('n');
  await start();
  await makePod('p', { schedulerName: 'other' });
  assert.deepEqual([(await pod('p')).spec.nodeName, (await pod('p')).status.conditions], [undefined, undefined]);
});

const refusals: { name: string; nodes: NodeOptions[]; spec?: PodOptions; message: string }[] = [
  {
    name: 'taints',
    nodes: [{ spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } }],
    message: `0/1 nodes are available: 1 node(s) had untolerated taint(s). ${NOT_HELPFUL(1, 1)}`,
  },
  {
    name: 'cordoned nodes',
    nodes: [{ spec: { unschedulable: true } }],
    message: `0/1 nodes are available: 1 node(s) were unschedulable. ${NOT_HELPFUL(1, 1)}`,
  },
  {
    name: 'selectors',
    nodes: [{}, { labels: { disk: 'hdd' } }],
    spec: { nodeSelector: { disk: 'ssd' } },
    message: `0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. ${NOT_HELPFUL(2, 2)}`,
  },
  {
    name: 'several reasons, sorted as text',
    nodes: [{ allocatable: { cpu: '1', memory: '1Gi' } }, { allocatable: { memory: '1Gi' } }, {}],
    spec: { nodeSelector: {}, containers: [{ name: 'c', image: 'a', resources: { requests: { cpu: '9', memory: '4Gi' } } }] },
    message: `0/3 nodes are available: 2 Insufficient memory, 3 Insufficient cpu. ${NOT_HELPFUL(3, 3)}`,
  },
  {
    name: 'names of nodes that are not there',
    nodes: [{}],
    spec: {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['gone'] }] }],
          },
        },
      },
    },
    message: `0/1 nodes are available: 1 node(s) didn't satisfy plugin(s) [NodeAffinity]. ${NOT_HELPFUL(1, 1)}`,
  },
  {
    name: 'claims that are not there',
    nodes: [{}],
    spec: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'nope' } }] },
    message: '0/1 nodes are available: persistentvolumeclaim "nope" not found. not found',
  },
];

test.each(refusals)('refuses in Kubernetes’ words: $name', async ({ nodes, spec, message }) => {
  const { makeNode, makePod, start, why } = await schedulerPlane();
  for (const [at, options] of nodes.entries()) await makeNode(`n${at}`, options);
  await start();
  await makePod('p', spec);
  assert.deepEqual(await why('p'), { reason: 'Unschedulable', message });
});

test('pods are spread over zones as far as their constraint asks, and no pod joins one that shuns it', async () => {
  const { makeNode, makePod, start, nodeOf, why } = await schedulerPlane();
  await makeNode('a1', { labels: { [ZONE]: 'a' } });
  await makeNode('a2', { labels: { [ZONE]: 'a' } });
  await makeNode('b1', { labels: { [ZONE]: 'b' } });
  await start();
  const labels = { app: 'web' };
  const selector = { labelSelector: { matchLabels: labels } };
  const spread = { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule', ...selector }] };
  for (const name of ['p0', 'p1', 'p2', 'p3']) await makePod(name, spread, { labels });
  const zones = await Promise.all(['p0', 'p1', 'p2', 'p3'].map(async (name) => (await nodeOf(name))![0]));
  assert.deepEqual(zones.sort(), ['a', 'a', 'b', 'b']);
  const lonely = { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: ZONE, ...selector }] } } };
  await makePod('lonely', lonely);
  assert.equal(
    (await why('lonely')).message,
    "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules. no new claims to deallocate, preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.",
  );
});

test('preemption evicts the least important pod that helps, and the pod takes its place', async () => {
  const { ask, makeNode, makePod, start, nodeOf, events, quiescence } = await schedulerPlane();
  for (const [name, value] of [
    ['low', 1],
    ['middle', 10],
    ['high', 100],
  ] as const)
    await ask('POST', '/apis/scheduling.k8s.io/v1/priorityclasses', { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value });
  await makeNode('a', { allocatable: { cpu: '2' } });
  await makeNode('b', { allocatable: { cpu: '2' } });
  await makePod('keep', { cpu: '2', priorityClassName: 'middle', nodeName: 'a' });
  await makePod('victim', { cpu: '2', priorityClassName: 'low', nodeName: 'b' });
  await start();
  await makePod('urgent', { cpu: '1', priorityClassName: 'high' });
  await quiescence.settled();
  assert.equal(await nodeOf('urgent'), 'b');
  await assert.rejects(nodeOf('victim'), /not found/);
  assert.equal(await nodeOf('keep'), 'a');
  const told = await events('victim');
  assert.match(told[0]!, /^Preempted: Preempted by pod [0-9a-f-]{36} on node b$/);
  assert.deepEqual((await events('urgent')).sort(), [
    'FailedScheduling: 0/2 nodes are available: 2 Insufficient cpu.',
    'Scheduled: Successfully assigned default/urgent to b',
  ]);
});

test('room that was promised is not given to a pod of lower priority while the victim goes', async () => {
  const { ask, makeNode, makePod, start, nodeOf, pod, why } = await schedulerPlane();
  await ask('POST', '/apis/scheduling.k8s.io/v1/priorityclasses', {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'high' },
    value: 100,
  });
  await makeNode('n', { allocatable: { cpu: '2' } });
  await makePod('victim', { cpu: '1', nodeName: 'n', terminationGracePeriodSeconds: 30 });
  await start();
  await makePod('urgent', { cpu: '2', priorityClassName: 'high' });
  assert.deepEqual([await nodeOf('urgent'), (await pod('urgent')).status.nominatedNodeName], [undefined, 'n']);
  const { metadata, status } = await pod('victim');
  assert.ok(metadata.deletionTimestamp);
  assert.equal(status.conditions.find(({ type }: any) => type === 'DisruptionTarget').reason, 'PreemptionByScheduler');
  await makePod('squatter', { cpu: '1' });
  assert.match((await why('squatter')).message, /^0\/1 nodes are available: 1 Insufficient cpu\./);
  await ask('DELETE', '/api/v1/namespaces/default/pods/victim', { gracePeriodSeconds: 0 });
  assert.deepEqual([await nodeOf('urgent'), await nodeOf('squatter')], ['n', undefined]);
});

test('a claim that waits for its consumer is bound to a volume of the node, before the pod is', async () => {
  const { ask, makeNode, makePod, start, nodeOf, clock } = await schedulerPlane({ controllers: ['persistentvolume-binder'] });
  await makeNode('a');
  await makeNode('b');
  const storageClassName = 'local';
  await ask('POST', '/apis/storage.k8s.io/v1/storageclasses', {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: storageClassName },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
  });
  const nodeAffinity = { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['b'] }] }] } };
  await ask('POST', '/api/v1/persistentvolumes', {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'v' },
    spec: { capacity: { storage: '2Gi' }, accessModes: ['ReadWriteOnce'], storageClassName, local: { path: '/mnt' }, nodeAffinity },
  });
  const claims = '/api/v1/namespaces/default/persistentvolumeclaims';
  await ask('POST', claims, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'c' },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage: '1Gi' } } },
  });
  await start();
  await makePod('p', { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'c' } }] });
  await clock.advance(1_000);
  const { spec, status } = await ask('GET', `${claims}/c`);
  assert.deepEqual([await nodeOf('p'), spec.volumeName, status.phase], ['b', 'v', 'Bound']);
});

test('a pod that found no place is tried again after five minutes, whatever happened', async () => {
  const { ask, makeNode, makePod, start, clock } = await schedulerPlane();
  const count = async (): Promise<number> =>
    (await ask('GET', '/api/v1/namespaces/default/events')).items.reduce((sum: number, one: any) => sum + (one.series?.count ?? 1), 0);
  await makeNode('n', { allocatable: { cpu: '1' } });
  await start();
  await makePod('p', { cpu: '2' });
  await clock.advance(299_000);
  assert.equal(await count(), 1);
  await clock.advance(2_000);
  assert.equal(await count(), 2);
});

test('what waits is taken up by the next process, which does not try in vain at once', async () => {
  const { ask, makeNode, makePod, start, nodeOf, clock } = await schedulerPlane();
  const count = async (): Promise<number> =>
    (await ask('GET', '/api/v1/namespaces/default/events')).items.reduce((sum: number, one: any) => sum + (one.series?.count ?? 1), 0);
  await makeNode('n', { allocatable: { cpu: '1' } });
  const first = await start();
  await makePod('p', { cpu: '2' });
  assert.equal(await count(), 1);
  const left = first.scheduler.delayed();
  await first.stop();
  await clock.advance(60_000);
  const second = await start(left);
  assert.equal(await count(), 1);
  assert.deepEqual(second.scheduler.delayed(), left);
  await clock.advance(241_000);
  assert.equal(await count(), 2);
  await makeNode('big');
  assert.equal(await nodeOf('p'), 'big');
});

test('what happened between two processes is not missed', async () => {
  const { makeNode, makePod, start, nodeOf } = await schedulerPlane();
  await makeNode('n', { allocatable: { cpu: '1' } });
  const first = await start();
  await makePod('p', { cpu: '2' });
  const left = first.scheduler.delayed();
  await first.stop();
  await makeNode('big');
  await start(left);
  assert.equal(await nodeOf('p'), 'big');
});

test('a binding that fails is taken back, and the pod is tried again after a while', async () => {
  const { ask, makeNode, makePod, start, nodeOf, why, clock, server } = await schedulerPlane();
  await makeNode('n', { allocatable: { cpu: '1' } });
  const handle = server.handle.bind(server);
  let failures = 1;
  server.handle = (request) => {
    if (!request.path.endsWith('/binding') || failures-- <= 0) return handle(request);
    throw new Error('the door is shut');
  };
  await start();
  await makePod('p', { cpu: '1' });
  assert.deepEqual(
    [await nodeOf('p'), await why('p')],
    [undefined, { reason: 'SchedulerError', message: 'running Bind plugin "DefaultBinder": the door is shut' }],
  );
  await clock.advance(900);
  assert.equal(await nodeOf('p'), undefined);
  await clock.advance(200);
  assert.equal(await nodeOf('p'), 'n');
  assert.equal((await ask('GET', '/api/v1/nodes')).items.length, 1);
});

test('a claimed device is given to the pod on the node that has it, and to no other pod', async () => {
  const { ask, makeNode, makePod, start, nodeOf, why } = await schedulerPlane();
  await makeNode('a');
  await makeNode('b');
  const api = '/apis/resource.k8s.io/v1';
  const apiVersion = 'resource.k8s.io/v1';
  await ask('POST', `${api}/deviceclasses`, {
    apiVersion,
    kind: 'DeviceClass',
    metadata: { name: 'gpu' },
    spec: { selectors: [{ cel: { expression: 'device.driver == "gpu.example.com" && device.attributes["gpu.example.com"].model == "x"' } }] },
  });
  const device = (model: string) => ({ name: `d-${model}`, attributes: { model: { string: model } } });
  await ask('POST', `${api}/resourceslices`, {
    apiVersion,
    kind: 'ResourceSlice',
    metadata: { name: 's' },
    spec: { driver: 'gpu.example.com', nodeName: 'b', pool: { name: 'b', generation: 1, resourceSliceCount: 1 }, devices: [device('w'), device('x')] },
  });
  for (const name of ['c1', 'c2'])
    await ask('POST', `${api}/namespaces/default/resourceclaims`, {
      apiVersion,
      kind: 'ResourceClaim',
      metadata: { name },
      spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'gpu' } }] } },
    });
  await start();
  await makePod('p1', { resourceClaims: [{ name: 'dev', resourceClaimName: 'c1' }] });
  await makePod('p2', { resourceClaims: [{ name: 'dev', resourceClaimName: 'c2' }] });
  assert.equal(await nodeOf('p1'), 'b');
  const { allocation, reservedFor } = (await ask('GET', `${api}/namespaces/default/resourceclaims/c1`)).status;
  assert.deepEqual([allocation.devices.results, reservedFor[0].name], [[{ request: 'r', driver: 'gpu.example.com', pool: 'b', device: 'd-x' }], 'p1']);
  assert.equal(
    (await why('p2')).message,
    '0/2 nodes are available: 2 cannot allocate all claims. still not schedulable, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
  );
});

test('extended resources that a class stands for are claimed for the pod; a device still to be made ready is waited for', async () => {
  const { ask, makeNode, makePod, start, nodeOf, events, pod, clock } = await schedulerPlane();
  await makeNode('a');
  const api = '/apis/resource.k8s.io/v1';
  const apiVersion = 'resource.k8s.io/v1';
  await ask('POST', `${api}/deviceclasses`, { apiVersion, kind: 'DeviceClass', metadata: { name: 'gpu' }, spec: { extendedResourceName: 'example.com/gpu' } });
  const device = { name: 'd', bindingConditions: ['example.com/ready'], bindingFailureConditions: ['example.com/broken'], bindsToNode: true };
  await ask('POST', `${api}/resourceslices`, {
    apiVersion,
    kind: 'ResourceSlice',
    metadata: { name: 's' },
    spec: { driver: 'gpu.example.com', nodeName: 'a', pool: { name: 'a', generation: 1, resourceSliceCount: 1 }, devices: [device] },
  });
  await start();
  const amounts = { 'example.com/gpu': '1' };
  await makePod('p', { containers: [{ name: 'c', image: 'app:1', resources: { requests: amounts, limits: amounts } }] });
  const [claim] = (await ask('GET', `${api}/namespaces/default/resourceclaims`)).items;
  assert.match(claim.metadata.name, /^p-extended-resources-/);
  assert.deepEqual(claim.spec.devices.requests, [
    { name: 'container-0-request-0', exactly: { deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 1 } },
  ]);
  const { status } = await pod('p');
  assert.deepEqual(status.extendedResourceClaimStatus, {
    requestMappings: [{ containerName: 'c', resourceName: 'example.com/gpu', requestName: 'container-0-request-0' }],
    resourceClaimName: claim.metadata.name,
  });
  assert.deepEqual(
    [await nodeOf('p'), status.nominatedNodeName, await events('p')],
    [undefined, 'a', ['BindingConditionsPending: waiting for binding conditions for device on node a']],
  );
  const ready = {
    driver: 'gpu.example.com',
    pool: 'a',
    device: 'd',
    conditions: [
      { type: 'example.com/ready', status: 'True', reason: 'Ready', message: '', lastTransitionTime: new Date(clock.now()).toISOString().replace(/\.\d+/, '') },
    ],
  };
  await ask('PUT', `${api}/namespaces/default/resourceclaims/${claim.metadata.name}/status`, { ...claim, status: { ...claim.status, devices: [ready] } });
  assert.equal(await nodeOf('p'), 'a');
});

test('the same seed gives the same places', async () => {
  const places = async (): Promise<(string | undefined)[]> => {
    const { makeNode, makePod, start, nodeOf, quiescence } = await schedulerPlane({ seed: 3 });
    for (let at = 0; at < 6; at++) await makeNode(`n${at}`);
    await start();
    const found: (string | undefined)[] = [];
    for (let at = 0; at < 12; at++) {
      await makePod(`p${at}`);
      await quiescence.settled();
      found.push(await nodeOf(`p${at}`));
    }
    return found;
  };
  const first = await places();
  assert.deepEqual(await places(), first);
  assert.equal(new Set(first).size, 6, 'spread over all nodes, as they fill');
});
