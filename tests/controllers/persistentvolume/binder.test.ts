/** Claims and volumes: who is bound to whom, why a claim waits, and what becomes of a volume that lost its claim. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { asking, eventsAbout, type Ask } from '../../support/asking.js';
import { controlPlane } from '../../support/controlplane.js';

const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims';
const VOLUMES = '/api/v1/persistentvolumes';

async function plane() {
  const started = await controlPlane({
    only: [
      'persistentvolume-binder',
      'persistentvolumeclaim-protection',
      'persistentvolume-protection',
      'persistentvolume-expander',
      'ephemeral-volume',
      'serviceaccount',
      'volumeattributesclass-protection',
    ],
  });
  return { ...started, ask: asking(started) };
}
const volume = (ask: Ask, name: string, spec: object = {}) =>
  ask('POST', VOLUMES, {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data' }, storageClassName: 's', ...spec },
  });
const claim = (ask: Ask, name: string, spec: object = {}) =>
  ask('POST', CLAIMS, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 's', resources: { requests: { storage: '1Gi' } }, ...spec },
  });
const storageClass = (ask: Ask, name: string, more: object) =>
  ask('POST', '/apis/storage.k8s.io/v1/storageclasses', { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name }, ...more });
const phase = async (ask: Ask, path: string): Promise<string> => (await ask('GET', path)).status.phase;

test('the volume with the fewest access modes goes first, then the smallest', async () => {
  const { ask, stop } = await plane();
  await volume(ask, 'many', { accessModes: ['ReadWriteOnce', 'ReadOnlyMany'] });
  await volume(ask, 'large', { capacity: { storage: '9Gi' } });
  await volume(ask, 'small', { capacity: { storage: '2Gi' } });
  await claim(ask, 'c');
  assert.equal((await ask('GET', `${CLAIMS}/c`)).spec.volumeName, 'small');
  await stop();
});

test('a claim that names a volume it cannot have is told why', async () => {
  const { ask, stop } = await plane();
  await volume(ask, 'v');
  await claim(ask, 'c', { volumeName: 'v', resources: { requests: { storage: '5Gi' } } });
  assert.equal(await phase(ask, `${CLAIMS}/c`), 'Pending');
  assert.deepEqual(await eventsAbout(ask, 'c'), ['VolumeMismatch: Cannot bind to requested volume "v": requested PV is too small']);
  await stop();
});

test('a volume reserved for a claim that went elsewhere is reserved again', async () => {
  const { ask, stop } = await plane();
  const { metadata } = await claim(ask, 'c', { volumeName: 'other' });
  await volume(ask, 'v', { claimRef: { namespace: 'default', name: 'c', uid: metadata.uid } });
  const found = await ask('GET', `${VOLUMES}/v`);
  assert.deepEqual([found.status.phase, found.spec.claimRef.uid], ['Available', undefined]);
  await stop();
});

const reclaims: [string, object, string | undefined, string | undefined][] = [
  ['what lies below /tmp is deleted', { hostPath: { path: '/tmp/x' } }, undefined, undefined],
  ['what lies elsewhere is not', {}, 'Failed', 'host_path deleter only supports /tmp/.+ but received provided /data'],
  [
    'what no plugin knows is not',
    { hostPath: undefined, nfs: { server: 'n', path: '/' } },
    'Failed',
    'error getting deleter volume plugin for volume "v": no deletable volume plugin matched',
  ],
];
for (const [name, spec, then, message] of reclaims) {
  test(`Delete: ${name}`, async () => {
    const { ask, stop } = await plane();
    await volume(ask, 'v', { persistentVolumeReclaimPolicy: 'Delete', ...spec });
    await claim(ask, 'c');
    await ask('DELETE', `${CLAIMS}/c`);
    const found = await ask('GET', `${VOLUMES}/v`);
    if (then === undefined) assert.equal(found.reason, 'NotFound');
    else assert.deepEqual([found.status.phase, found.status.message], [then, message]);
    await stop();
  });
}

test('a class that waits for a consumer says so, and then for which pod', async () => {
  const { ask, clock, stop } = await plane();
  await storageClass(ask, 's', { provisioner: 'example.com/p', volumeBindingMode: 'WaitForFirstConsumer' });
  await claim(ask, 'c');
  await ask('POST', '/api/v1/namespaces/default/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', image: 'a' }], volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'c' } }] },
  });
  await clock.advance(16_000);
  assert.deepEqual(await eventsAbout(ask, 'c'), [
    'WaitForFirstConsumer: waiting for first consumer to be created before binding',
    'WaitForPodScheduled: waiting for pod p to be scheduled',
  ]);
  await stop();
});

test('an external provisioner is named on the claim, one in the tree is missed', async () => {
  const { ask, stop } = await plane();
  await storageClass(ask, 's', { provisioner: 'example.com/p' });
  await storageClass(ask, 't', { provisioner: 'kubernetes.io/no-provisioner' });
  await claim(ask, 'c');
  await claim(ask, 'd', { storageClassName: 't' });
  assert.equal((await ask('GET', `${CLAIMS}/c`)).metadata.annotations['volume.kubernetes.io/storage-provisioner'], 'example.com/p');
  assert.deepEqual(await eventsAbout(ask, 'd'), ['ProvisioningFailed: no volume plugin matched name: kubernetes.io/no-provisioner']);
  await stop();
});

test('a claim without a class gets the default one that comes later', async () => {
  const { ask, clock, stop } = await plane();
  await claim(ask, 'c', { storageClassName: undefined });
  await storageClass(ask, 's', {
    provisioner: 'example.com/p',
    metadata: { name: 's', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  });
  await clock.advance(16_000);
  assert.equal((await ask('GET', `${CLAIMS}/c`)).spec.storageClassName, 's');
  await stop();
});

test('a larger request of a bound claim waits for somebody outside', async () => {
  const { ask, stop } = await plane();
  await storageClass(ask, 's', { provisioner: 'example.com/p', allowVolumeExpansion: true });
  await volume(ask, 'v');
  await claim(ask, 'c');
  await ask('PATCH', `${CLAIMS}/c`, { spec: { resources: { requests: { storage: '2Gi' } } } });
  assert.deepEqual(await eventsAbout(ask, 'c'), ['ExternalExpanding: waiting for an external controller to expand this PVC']);
  assert.equal((await ask('GET', `${CLAIMS}/c`)).status.capacity.storage, '1Gi');
  await stop();
});

test("an ephemeral volume is a claim of the pod's own; a namesake is not taken", async () => {
  const { ask, stop } = await plane();
  const pod = (name: string) =>
    ask('POST', '/api/v1/namespaces/default/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: {
        containers: [{ name: 'c', image: 'a' }],
        volumes: [
          {
            name: 'd',
            ephemeral: {
              volumeClaimTemplate: {
                metadata: { labels: { a: 'b' } },
                spec: { accessModes: ['ReadWriteOnce'], storageClassName: 's', resources: { requests: { storage: '1Gi' } } },
              },
            },
          },
        ],
      },
    });
  await claim(ask, 'two-d');
  const { metadata } = await pod('one');
  await pod('two');
  const made = (await ask('GET', `${CLAIMS}/one-d`)).metadata;
  assert.deepEqual([made.ownerReferences[0].uid, made.labels], [metadata.uid, { a: 'b' }]);
  assert.equal(
    (await eventsAbout(ask, 'two'))[0],
    'FailedBinding: ephemeral volume d: PVC default/two-d was not created for pod default/two (pod is not owner)',
  );
  await stop();
});

test('who once provisioned in the tree waits for the driver that took over, or is told that nothing does', async () => {
  const { ask, stop } = await plane();
  const cases = [
    [
      'kubernetes.io/aws-ebs',
      "ExternalProvisioning: Waiting for a volume to be created either by the external provisioner 'ebs.csi.aws.com' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.",
    ],
    ['kubernetes.io/no-provisioner', 'ProvisioningFailed: no volume plugin matched name: kubernetes.io/no-provisioner'],
    ['kubernetes.io/nfs', 'ProvisioningFailed: no provisionable volume plugin matched'],
  ] as const;
  for (const [at, [provisioner, told]] of cases.entries()) {
    await storageClass(ask, `s${at}`, { provisioner });
    await claim(ask, `c${at}`, { storageClassName: `s${at}` });
    assert.deepEqual(await eventsAbout(ask, `c${at}`), [told]);
  }
  assert.equal((await ask('GET', `${CLAIMS}/c0`)).metadata.annotations['volume.kubernetes.io/storage-provisioner'], 'ebs.csi.aws.com');
  await stop();
});

test("a finished pod's own claim is kept until the pod has gone too", async () => {
  const { ask, stop } = await plane();
  const own = { metadata: {}, spec: { accessModes: ['ReadWriteOnce'], storageClassName: 's', resources: { requests: { storage: '1Gi' } } } };
  await ask('POST', '/api/v1/namespaces/default/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }], volumes: [{ name: 'v', ephemeral: { volumeClaimTemplate: own } }] },
  });
  await ask('PATCH', '/api/v1/namespaces/default/pods/p/status', { status: { phase: 'Succeeded' } });
  await ask('DELETE', `${CLAIMS}/p-v`);
  assert.deepEqual((await ask('GET', `${CLAIMS}/p-v`)).metadata.finalizers, ['kubernetes.io/pvc-protection']);
  await ask('DELETE', '/api/v1/namespaces/default/pods/p?gracePeriodSeconds=0');
  assert.equal((await ask('GET', `${CLAIMS}/p-v`)).reason, 'NotFound');
  await stop();
});

test('a class of attributes stays as long as a claim asks for it', async () => {
  const { ask, stop } = await plane();
  const path = '/apis/storage.k8s.io/v1/volumeattributesclasses';
  await ask('POST', path, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'VolumeAttributesClass',
    metadata: { name: 'gold' },
    driverName: 'd',
    parameters: { a: 'b' },
  });
  await claim(ask, 'c', { volumeAttributesClassName: 'gold' });
  await ask('DELETE', `${path}/gold`);
  assert.deepEqual((await ask('GET', `${path}/gold`)).metadata.finalizers, ['kubernetes.io/vac-protection']);
  await ask('DELETE', `${CLAIMS}/c`);
  assert.equal((await ask('GET', `${path}/gold`)).reason, 'NotFound');
  await stop();
});
