/** Pods leave devices that are tainted, as their claims tolerate it. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { asking, eventsAbout } from '../../support/asking.js';
import { controlPlane } from '../../support/controlplane.js';

const API = '/apis/resource.k8s.io/v1';
const CLAIMS = `${API}/namespaces/default/resourceclaims`;
const PODS = '/api/v1/namespaces/default/pods';

test('a pod whose device is tainted goes at once, when its time is over, or not at all', async () => {
  const plane = await controlPlane({ only: ['device-taint-eviction', 'serviceaccount'] });
  const ask = asking(plane);
  const names = ['now', 'later', 'back', 'never'];
  const slice = (taints: (name: string) => object[]): object => ({
    driver: 'd.example.com',
    nodeName: 'n',
    pool: { name: 'n', generation: 1, resourceSliceCount: 1 },
    devices: names.map((name) => ({ name, taints: taints(name) })),
  });
  await ask('POST', `${API}/resourceslices`, { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceSlice', metadata: { name: 's' }, spec: slice(() => []) });
  const toleration = { key: 'k', operator: 'Exists', effect: 'NoExecute' };
  const tolerations: Record<string, object[]> = {
    later: [{ ...toleration, tolerationSeconds: 60 }],
    back: [{ ...toleration, tolerationSeconds: 60 }],
    never: [toleration],
  };
  for (const name of names) {
    await ask('POST', CLAIMS, {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceClaim',
      metadata: { name },
      spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'g' } }] } },
    });
    const { metadata } = await ask('POST', PODS, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { nodeName: 'n', resourceClaims: [{ name: 'g', resourceClaimName: name }], containers: [{ name: 'c', image: 'i' }] },
    });
    const results = [{ request: 'r', driver: 'd.example.com', pool: 'n', device: name, tolerations: tolerations[name] ?? [] }];
    const claim = await ask('PATCH', `${CLAIMS}/${name}/status`, {
      status: { allocation: { devices: { results } }, reservedFor: [{ resource: 'pods', name, uid: metadata.uid }] },
    });
    assert.equal(claim.status?.reservedFor.length, 1, claim.message);
  }
  const timeAdded = new Date(plane.clock.now()).toISOString().replace(/\.\d+/, '');
  await ask('PATCH', `${API}/resourceslices/s`, { spec: slice(() => [{ key: 'k', effect: 'NoExecute', timeAdded }]) });
  const going = async (): Promise<string[]> =>
    (await ask('GET', PODS)).items.filter(({ metadata }: any) => metadata.deletionTimestamp !== undefined).map(({ metadata }: any) => metadata.name);
  assert.deepEqual(await going(), ['now']);
  assert.equal((await ask('GET', `${PODS}/now`)).status.conditions.at(-1).message, 'Device Taint manager: deleting due to NoExecute taint');
  await ask('PATCH', `${API}/resourceslices/s`, { spec: slice((name) => (name === 'back' ? [] : [{ key: 'k', effect: 'NoExecute', timeAdded }])) });
  await plane.clock.advance(61_000);
  assert.deepEqual(await going(), ['later', 'now']);
  assert.deepEqual(
    [await eventsAbout(ask, 'back'), await eventsAbout(ask, 'later'), await eventsAbout(ask, 'never')],
    [['DeviceTaintManagerEviction: Cancelling deletion'], ['DeviceTaintManagerEviction: Marking for deletion'], []],
  );
  await plane.stop();
});
