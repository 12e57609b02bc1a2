/** A node that runs short: conditions, Events, who goes first; room for critical pods; what its configuration keeps back. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { NodeKind, PodKind, type Node, type Pod } from '../../src/kubelet/kinds.js';
import { Event as EventKind } from '../../src/api/core/event.js';
import type { KubeletConfiguration } from '../../src/kubelet/config.js';
import { createLab, NODE, type Lab } from './lab.js';

const FOREVER = "trap 'exit 0' TERM; while :; do sleep 1; done";
const pod = (name: string, spec: object = {}, resources: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'busybox:1.36', command: ['sh', '-c', FOREVER], resources }], ...spec },
});

async function labWith(config: Partial<KubeletConfiguration> = {}): Promise<Lab> {
  const lab = await createLab({ kubelet: { config } });
  await lab.namespace('ns');
  return lab;
}

const get = (lab: Lab, name: string): Promise<Pod> => lab.client.on<Pod>(PodKind).get({ namespace: 'ns', name });
const condition = async (lab: Lab, type: string): Promise<string> => {
  const { status, reason, message } = (await lab.client.on<Node>(NodeKind).get({ name: NODE })).status.conditions!.find((one) => one.type === type)!;
  return `${status} ${reason} ${message}`;
};
const told = async (lab: Lab, namespace: string): Promise<string[]> =>
  (await lab.client.on<any>(EventKind).list({ namespace })).items.map(
    ({ type, reason, message, involvedObject }: any) => `${involvedObject.name}: ${type} ${reason} ${message}`,
  );

test('a node short of memory says so, ends who uses more than it asked for, and turns away who asks for nothing', async () => {
  // The node's own share of its 8Gi is 400Mi.
  const lab = await labWith({ evictionHard: { 'memory.available': '7900Mi' } });
  await lab.create('ns', [pod('modest', {}, { requests: { memory: '1Gi' } }), pod('greedy')]);
  await lab.clock.advance(25_000);
  assert.equal(await condition(lab, 'MemoryPressure'), 'True KubeletHasInsufficientMemory kubelet has insufficient memory available');
  const { status } = await get(lab, 'greedy');
  assert.equal(status.phase, 'Failed');
  assert.equal(status.reason, 'Evicted');
  assert.match(
    status.message!,
    /^The node was low on resource: memory\. Threshold quantity: 7900Mi, available: \d+Ki\. Container c was using \d+Ki, request is 0, has larger consumption of memory\. $/,
  );
  const disruption = status.conditions!.find(({ type }) => type === 'DisruptionTarget')!;
  assert.deepEqual([disruption.status, disruption.reason, disruption.message], ['True', 'TerminationByKubelet', status.message]);
  const [node, inNamespace] = [await told(lab, 'default'), await told(lab, 'ns')];
  assert.ok(node.includes(`${NODE}: Warning EvictionThresholdMet Attempting to reclaim memory`));
  assert.ok(node.includes(`${NODE}: Normal NodeHasInsufficientMemory Node ${NODE} status is now: NodeHasInsufficientMemory`));
  assert.ok(inNamespace.includes(`greedy: Warning Evicted ${status.message}`));
  await lab.create('ns', [pod('late')]);
  await lab.clock.advance(1_000);
  const { status: late } = await get(lab, 'late');
  assert.deepEqual([late.phase, late.reason, late.message], ['Failed', 'Evicted', 'Pod was rejected: The node had condition: [MemoryPressure]. ']);
  await lab.stop();
});

test('a node short of disk says so and first gives up images that nobody uses', async () => {
  const lab = await labWith({ evictionHard: { 'nodefs.available': '99%' }, evictionPressureTransitionPeriodMs: 60_000 });
  await lab.sim.images.pullImage('perl');
  for (let at = 0; at < 5; at++) await lab.sim.images.pullImage(`registry.k8s.io/big${at}:1`);
  assert.equal(await condition(lab, 'DiskPressure'), 'False KubeletHasNoDiskPressure kubelet has no disk pressure');
  const images = lab.sim.images as { imageFsInfo: () => Promise<{ usedBytes: number; capacityBytes: number }> };
  const real = images.imageFsInfo.bind(images);
  images.imageFsInfo = async () => ({ ...(await real()), usedBytes: (await lab.sim.images.listImages()).length > 1 ? 2 * 2 ** 30 : 0 });
  await lab.create('ns', [pod('p')]);
  await lab.clock.advance(25_000);
  assert.equal(await condition(lab, 'DiskPressure'), 'True KubeletHasDiskPressure kubelet has disk pressure');
  assert.deepEqual(
    (await lab.sim.images.listImages()).map(({ repoTags }) => repoTags[0]),
    ['docker.io/library/busybox:1.36'],
  );
  assert.equal((await get(lab, 'p')).status.phase, 'Running');
  await lab.clock.advance(90_000);
  assert.equal(await condition(lab, 'DiskPressure'), 'False KubeletHasNoDiskPressure kubelet has no disk pressure');
  await lab.stop();
});

test('a critical pod for which there is no room ends others, the least important and as few as will do', async () => {
  const lab = await labWith();
  await lab.create('ns', [
    pod('small', {}, { requests: { cpu: '300m' } }),
    pod('big', {}, { requests: { cpu: '1200m' } }),
    pod('sure', {}, { requests: { cpu: '400m', memory: '64Mi' }, limits: { cpu: '400m', memory: '64Mi' } }),
  ]);
  await lab.clock.advance(3_000);
  await lab.create('ns', [pod('critical', { priorityClassName: 'system-node-critical' }, { requests: { cpu: '1' } })]);
  await lab.clock.advance(5_000);
  assert.equal((await get(lab, 'critical')).status.phase, 'Running');
  const { status } = await get(lab, 'big');
  assert.deepEqual([status.phase, status.reason, status.message], ['Failed', 'Preempting', 'Preempted in order to admit critical pod']);
  assert.equal(status.conditions!.find(({ type }) => type === 'DisruptionTarget')!.message, 'Pod was preempted by Kubelet to accommodate a critical pod.');
  assert.deepEqual([(await get(lab, 'small')).status.phase, (await get(lab, 'sure')).status.phase], ['Running', 'Running']);
  await lab.create('ns', [pod('huge', { priorityClassName: 'system-node-critical' }, { requests: { cpu: '1900m' } })]);
  await lab.clock.advance(1_000);
  const { status: huge } = await get(lab, 'huge');
  assert.equal(huge.reason, 'UnexpectedAdmissionError');
  assert.equal(
    huge.message,
    'Pod was rejected: Unexpected error while attempting to recover from admission failure: preemption: error finding a set of pods to preempt: no set of running pods found to reclaim resources: [(res: cpu, q: 900), ]',
  );
  await lab.stop();
});

test('what others said of a disruption stays in the status', async () => {
  const lab = await labWith();
  await lab.create('ns', [pod('p')]);
  await lab.clock.advance(2_000);
  await lab.client
    .on(PodKind)
    .patch(
      { namespace: 'ns', name: 'p' },
      'strategic',
      { status: { conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', message: 'm' }] } },
      { subresource: 'status' },
    );
  await lab.client.on(PodKind).delete({ namespace: 'ns', name: 'p' }, { gracePeriodSeconds: 5 });
  await lab.clock.advance(100);
  const seen = await get(lab, 'p').catch(() => undefined);
  assert.ok(seen === undefined || seen.status.conditions!.some(({ type }) => type === 'DisruptionTarget'));
  await lab.stop();
});

test('what a configuration keeps back is not for pods', async () => {
  const lab = await labWith({
    kubeReserved: { cpu: '100m', memory: '1Gi' },
    systemReserved: { cpu: '400m' },
    evictionHard: { 'memory.available': '1Gi', 'nodefs.available': '50Gi' },
    maxPods: 20,
  });
  const { status } = await lab.client.on<Node>(NodeKind).get({ name: NODE });
  const { cpu, memory, pods, 'ephemeral-storage': storage } = status.allocatable as Record<string, string>;
  assert.deepEqual(
    { cpu, memory, pods, storage, ofAll: (status.capacity as Record<string, string>)['pods'] },
    { cpu: '1500m', memory: '6Gi', pods: '20', storage: String(50 * 2 ** 30), ofAll: '20' },
  );
  await lab.stop();
});
