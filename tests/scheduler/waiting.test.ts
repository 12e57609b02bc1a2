/** Pods that wait: how long, what wakes them, what is told of them; and evictions under way. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { decisionOn } from './decision.js';
import { schedulerPlane } from './support.js';

const CLASSES = '/apis/scheduling.k8s.io/v1/priorityclasses';
const priorityClass = (name: string, value: number): object => ({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value });
const PODS = '/api/v1/namespaces/default/pods';
const EVENTS = '/apis/events.k8s.io/v1/namespaces/default/events';

test('an event that happens again to the same version of a pod becomes a series, whose end is written', async () => {
  const { ask, makeNode, makePod, start, clock } = await schedulerPlane();
  const told = async (): Promise<unknown[]> =>
    (await ask('GET', EVENTS)).items.map(({ series, deprecatedSource, deprecatedCount }: any) => [series?.count, deprecatedSource, deprecatedCount]);
  await makeNode('n', { allocatable: { cpu: '1' } });
  await start();
  await makePod('p', { cpu: '2' });
  assert.deepEqual(await told(), [[undefined, {}, undefined]]);
  await clock.advance(301_000);
  assert.deepEqual((await told()).length, 2, 'the pod has a condition by now: another version');
  await makeNode('n2', { allocatable: { cpu: '3' } });
  const [first] = (await ask('GET', EVENTS)).items;
  assert.deepEqual(
    [first.reportingController, first.reportingInstance, first.action, first.reason, first.type],
    ['default-scheduler', 'default-scheduler-m-k8s', 'Scheduling', 'FailedScheduling', 'Warning'],
  );
  assert.match(first.eventTime, /^\d{4}-.*\.\d{6}Z$/);
});

test('the count of a series goes on in memory and is written now and then', async () => {
  const { ask, makeNode, makePod, start, clock } = await schedulerPlane();
  const counts = async (): Promise<(number | undefined)[]> => (await ask('GET', EVENTS)).items.map(({ series }: any) => series?.count);
  await makeNode('n', { allocatable: { cpu: '1' } });
  await start();
  await makePod('p', { cpu: '2' });
  const flushes = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time++) await clock.advance(300_001);
  };
  await flushes(4);
  assert.deepEqual(await counts(), [undefined, 2]);
  await flushes(6);
  assert.ok((await counts())[1]! > 5, String(await counts()));
});

test('the longer a pod is refused, the longer it waits, up to ten seconds', async () => {
  const { ask, makeNode, makePod, start, nodeOf, clock, server } = await schedulerPlane();
  await makeNode('n', { allocatable: { cpu: '1' } });
  const handle = server.handle.bind(server);
  let tries = 0;
  server.handle = (request) => {
    if (!request.path.endsWith('/binding')) return handle(request);
    tries += 1;
    throw new Error('the door is shut');
  };
  await start();
  await makePod('p', { cpu: '1' });
  const seen: number[] = [tries];
  for (const seconds of [1, 2, 4, 8, 10, 10]) {
    await clock.advance(seconds * 1_000 + 1);
    seen.push(tries);
  }
  assert.deepEqual(seen, [1, 2, 3, 4, 5, 6, 7]);
  server.handle = handle;
  await clock.advance(11_000);
  assert.equal(await nodeOf('p'), 'n');
  assert.ok((await ask('GET', EVENTS)).items.length >= 2);
});

test('a pod that victims make room for is not tried again before the last of them is going', async () => {
  const { ask, makeNode, makePod, start, nodeOf, pod, server, quiescence } = await schedulerPlane();
  for (const [name, value] of [
    ['low', 1],
    ['high', 100],
  ] as const)
    await ask('POST', CLASSES, priorityClass(name, value));
  await makeNode('n', { allocatable: { cpu: '2' } });
  for (const name of ['v1', 'v2']) await makePod(name, { cpu: '1', priorityClassName: 'low', nodeName: 'n' });
  const handle = server.handle.bind(server);
  const wanted: string[] = [];
  server.handle = async (request) => {
    const isDelete = request.method === 'DELETE' && request.path.includes('/pods/v');
    if (isDelete)
      wanted.push(
        `${request.path.split('/').at(-1)} before ${((await handle({ ...request, method: 'GET', body: undefined } as never)) as { status: number }).status}`,
      );
    return handle(request);
  };
  await start();
  await makePod('urgent', { cpu: '2', priorityClassName: 'high' });
  await quiescence.settled();
  assert.equal(await nodeOf('urgent'), 'n');
  assert.equal(wanted.length, 2, 'each victim is deleted once');
  assert.equal((await pod('urgent')).status.nominatedNodeName, undefined);
  const { items } = await ask('GET', `${EVENTS}?fieldSelector=reason=Preempted`);
  assert.deepEqual(items.map(({ action, related, regarding }: any) => [action, related.name, regarding.name]).sort(), [
    ['Preempting', 'urgent', 'v1'],
    ['Preempting', 'urgent', 'v2'],
  ]);
});

test('who is already going is not evicted again', async () => {
  const { ask, makeNode, makePod, start, pod } = await schedulerPlane();
  for (const [name, value] of [
    ['low', 1],
    ['high', 100],
  ] as const)
    await ask('POST', CLASSES, priorityClass(name, value));
  await makeNode('n', { allocatable: { cpu: '1' } });
  await makePod('v', { cpu: '1', priorityClassName: 'low', nodeName: 'n', terminationGracePeriodSeconds: 60 });
  await ask('DELETE', `${PODS}/v`);
  await start();
  await makePod('urgent', { cpu: '1', priorityClassName: 'high' });
  assert.equal((await pod('urgent')).status.nominatedNodeName, 'n');
  assert.deepEqual((await ask('GET', `${EVENTS}?fieldSelector=reason=Preempted`)).items, []);
  assert.equal((await pod('v')).status.conditions?.some(({ type }: any) => type === 'DisruptionTarget') ?? false, false);
});

test('room that was promised is given to others when the pod it was promised to goes', async () => {
  const { ask, makeNode, makePod, start, nodeOf } = await schedulerPlane();
  await ask('POST', CLASSES, priorityClass('high', 100));
  await makeNode('n', { allocatable: { cpu: '2' } });
  await makePod('victim', { cpu: '1', nodeName: 'n', terminationGracePeriodSeconds: 30 });
  await start();
  await makePod('urgent', { cpu: '2', priorityClassName: 'high' });
  await makePod('patient', { cpu: '1' });
  assert.equal(await nodeOf('patient'), undefined);
  await ask('DELETE', `${PODS}/urgent`, { gracePeriodSeconds: 0 });
  assert.equal(await nodeOf('patient'), 'n');
});

test('a pod whose claims come later is tried when its status names them', async () => {
  const { ask, makeNode, makePod, start, nodeOf } = await schedulerPlane();
  const api = '/apis/resource.k8s.io/v1';
  const apiVersion = 'resource.k8s.io/v1';
  await makeNode('n');
  await ask('POST', `${api}/deviceclasses`, { apiVersion, kind: 'DeviceClass', metadata: { name: 'gpu' }, spec: {} });
  await ask('POST', `${api}/resourceslices`, {
    apiVersion,
    kind: 'ResourceSlice',
    metadata: { name: 's' },
    spec: { driver: 'gpu.example.com', nodeName: 'n', pool: { name: 'n', generation: 1, resourceSliceCount: 1 }, devices: [{ name: 'd' }] },
  });
  await start();
  const { metadata } = await makePod('p', { resourceClaims: [{ name: 'dev', resourceClaimTemplateName: 't' }] });
  const ownerReferences = [{ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: metadata.uid, controller: true }];
  await ask('POST', `${api}/namespaces/default/resourceclaims`, {
    apiVersion,
    kind: 'ResourceClaim',
    metadata: { name: 'c', ownerReferences },
    spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'gpu' } }] } },
  });
  assert.equal(await nodeOf('p'), undefined);
  await ask('PATCH', `${PODS}/p/status`, { status: { resourceClaimStatuses: [{ name: 'dev', resourceClaimName: 'c' }] } }, 'application/merge-patch+json');
  assert.equal(await nodeOf('p'), 'n');
});

test('a provisioner that cannot make a volume on the node has the pod tried again', async () => {
  const { ask, makeNode, makePod, start, nodeOf, why } = await schedulerPlane();
  await makeNode('n');
  const storageClassName = 'fast';
  await ask('POST', '/apis/storage.k8s.io/v1/storageclasses', {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: storageClassName },
    provisioner: 'csi.example.com',
    volumeBindingMode: 'WaitForFirstConsumer',
  });
  const claims = '/api/v1/namespaces/default/persistentvolumeclaims';
  await ask('POST', claims, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'c' },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage: '1Gi' } } },
  });
  await start();
  await makePod('p', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] });
  assert.equal((await ask('GET', `${claims}/c`)).metadata.annotations['volume.kubernetes.io/selected-node'], 'n');
  await ask('PATCH', `${claims}/c`, { metadata: { annotations: { 'volume.kubernetes.io/selected-node': null } } }, 'application/merge-patch+json');
  assert.equal(await nodeOf('p'), undefined);
  assert.deepEqual(await why('p'), {
    reason: 'SchedulerError',
    message: 'running PreBind plugin "VolumeBinding": binding volumes: provisioning failed for PVC "c"',
  });
});

const node = (name: string, status: object = {}): any => ({
  metadata: { name, labels: { 'kubernetes.io/hostname': name } },
  status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' }, ...status },
});

test('a pod that needs a feature of the kubelet goes where a node declares it', () => {
  const { decide } = decisionOn({ nodes: [node('old'), node('new', { declaredFeatures: ['RestartAllContainersOnContainerExits'] })] });
  const spec = {
    containers: [
      { name: 'c', image: 'a', restartPolicy: 'Never', restartPolicyRules: [{ action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [1] } }] },
    ],
  };
  assert.equal(decide({ spec }).node?.name, 'new');
  const { decide: never } = decisionOn({ nodes: [node('old')] });
  assert.match(
    (never({ spec }) as any).message,
    /^0\/1 nodes are available: 1 node declared features check failed - unsatisfied requirements: RestartAllContainersOnContainerExits\. no new claims/,
  );
});

test('volumes that are attached though no pod uses them count against the limit of the node', () => {
  const volume = (name: string): object => ({ kind: 'PersistentVolume', metadata: { name }, spec: { csi: { driver: 'csi.example.com', volumeHandle: name } } });
  const claim = {
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'c', namespace: 'default', uid: 'c', annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
    spec: { volumeName: 'wanted' },
    status: { phase: 'Bound' },
  };
  const csiNode = (count: number): object => ({
    kind: 'CSINode',
    metadata: { name: 'n' },
    spec: { drivers: [{ name: 'csi.example.com', allocatable: { count } }] },
  });
  const attachment = (persistentVolumeName: string): object => ({
    kind: 'VolumeAttachment',
    metadata: { name: persistentVolumeName },
    spec: { attacher: 'csi.example.com', nodeName: 'n', source: { persistentVolumeName } },
  });
  const verdict = (count: number, ...attached: string[]): any =>
    decisionOn({ nodes: [node('n')], others: [volume('wanted'), volume('left'), claim, csiNode(count), ...attached.map(attachment)] }).decide({
      spec: { containers: [], volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] },
    });
  assert.equal(verdict(1).node?.name, 'n');
  assert.match(verdict(1, 'left').message, /1 node\(s\) exceed max volume count/);
  assert.equal(verdict(2, 'left').node?.name, 'n');
});
