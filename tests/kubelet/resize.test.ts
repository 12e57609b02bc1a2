/** Resizes that wait for room: whose turn it is, what others count, and what the pod as a whole asks for. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { PodKind, type Pod } from '../../src/kubelet/kinds.js';
import { createLab, type Lab } from './lab.js';

const FOREVER = "trap 'exit 0' TERM; while :; do sleep 1; done";
const pod = (name: string, resources: object, spec: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'busybox:1.36', command: ['sh', '-c', FOREVER], resources }], ...spec },
});
const get = (lab: Lab, name: string): Promise<Pod> => lab.client.on<Pod>(PodKind).get({ namespace: 'ns', name });
const resize = (lab: Lab, name: string, spec: object): Promise<unknown> =>
  lab.client.on(PodKind).patch({ namespace: 'ns', name }, 'strategic', { spec } as never, { subresource: 'resize' });
const pending = async (lab: Lab, name: string): Promise<string | undefined> =>
  (await get(lab, name)).status.conditions!.find(({ type }) => type === 'PodResizePending')?.message;

test('room goes to the waiting resize of the highest priority, then to a guaranteed pod, then to who waited longest', async () => {
  const lab = await createLab();
  await lab.namespace('ns');
  const small = { requests: { cpu: '100m' } };
  const guaranteed = { requests: { cpu: '100m', memory: '1Mi' }, limits: { cpu: '100m', memory: '1Mi' } };
  await lab.create('ns', [
    { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'high' }, value: 10 },
    pod('holder', { requests: { cpu: '1200m' } }),
    pod('plain', small),
    pod('sure', guaranteed),
    pod('high', small, { priorityClassName: 'high' }),
  ]);
  await lab.clock.advance(2_000);
  const more = (resources: object): object => ({ containers: [{ name: 'c', resources }] });
  await resize(lab, 'plain', more({ requests: { cpu: '800m' } }));
  await lab.clock.advance(2_000);
  await resize(lab, 'sure', more({ requests: { cpu: '800m' }, limits: { cpu: '800m' } }));
  await lab.clock.advance(2_000);
  await resize(lab, 'high', more({ requests: { cpu: '800m' } }));
  await lab.clock.advance(2_000);
  // What the others only ask for takes no room.
  for (const name of ['plain', 'sure', 'high'])
    assert.equal(await pending(lab, name), "Node didn't have enough resource: cpu, requested: 800, used: 1400, capacity: 2000", name);
  await lab.client.on(PodKind).delete({ namespace: 'ns', name: 'holder' });
  await lab.clock.advance(5_000);
  assert.deepEqual([await pending(lab, 'high'), await pending(lab, 'sure')], [undefined, undefined]);
  assert.equal(await pending(lab, 'plain'), "Node didn't have enough resource: cpu, requested: 800, used: 1600, capacity: 2000");
  assert.equal((await get(lab, 'high')).status.containerStatuses![0]!.allocatedResources!['cpu'], '800m');
  // Who asks for less is never kept waiting, and makes room for the rest.
  await resize(lab, 'high', more({ requests: { cpu: '200m' } }));
  await lab.clock.advance(2_000);
  assert.equal(await pending(lab, 'plain'), undefined);
  await lab.stop();
});

test('what a pod asks for as a whole is resized with it', async () => {
  const lab = await createLab();
  await lab.namespace('ns');
  await lab.create('ns', [pod('p', {}, { resources: { requests: { cpu: '500m', memory: '10Mi' }, limits: { cpu: '1', memory: '20Mi' } } })]);
  await lab.clock.advance(2_000);
  assert.deepEqual((await get(lab, 'p')).status.allocatedResources, { cpu: '500m', memory: '10Mi' });
  await resize(lab, 'p', { resources: { requests: { cpu: '700m' } } });
  await lab.clock.advance(2_000);
  const { status } = await get(lab, 'p');
  assert.deepEqual(status.allocatedResources, { cpu: '700m', memory: '10Mi' });
  assert.deepEqual(status.resources, { requests: { cpu: '700m', memory: '10Mi' }, limits: { cpu: '1', memory: '20Mi' } });
  assert.equal(
    status.conditions!.some(({ type }) => type.startsWith('PodResize')),
    false,
  );
  await lab.stop();
});
