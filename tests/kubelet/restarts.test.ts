/** What starts again, and how: all containers by a rule, init containers in a new sandbox, sidecars that a probe found ill. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { PodKind, type Pod } from '../../src/kubelet/kinds.js';
import { Event as EventKind } from '../../src/api/core/event.js';
import { createLab, record, type Lab } from './lab.js';

const FOREVER = "trap 'exit 0' TERM; while :; do sleep 0.2; done";
const container = (name: string, script: string, rest: object = {}): object => ({ name, image: 'busybox:1.36', command: ['sh', '-c', script], ...rest });
const pod = (spec: object): object => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });

async function labWith(spec: object): Promise<{ lab: Lab; seen: Awaited<ReturnType<typeof record>>; get(): Promise<Pod> }> {
  const lab = await createLab();
  await lab.namespace('ns');
  const seen = await record(lab, 'ns');
  await lab.create('ns', [pod(spec)]);
  return { lab, seen, get: () => lab.client.on<Pod>(PodKind).get({ namespace: 'ns', name: 'p' }) };
}

const events = (seen: Awaited<ReturnType<typeof record>>): string[] =>
  seen.events.map(({ object }) => object as any).map(({ reason, message, involvedObject }) => `${reason} ${message} ${involvedObject.fieldPath ?? ''}`);

async function killSandbox(lab: Lab): Promise<void> {
  for (const { id, state } of await lab.sim.runtime.listPodSandbox()) if (state === 'SANDBOX_READY') lab.sim.kill(id);
  await lab.quiescence.settled();
}

test('a rule may start all containers anew, init containers first, and each shows why its last run ended', async () => {
  const rule = { action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [42] } };
  const { lab, seen, get } = await labWith({
    restartPolicy: 'Never',
    initContainers: [container('i', 'echo init')],
    containers: [
      container('main', FOREVER, { lifecycle: { preStop: { exec: { command: ['false'] } } } }),
      container('source', 'test -f /e/f && sleep 1000; touch /e/f; sleep 5; exit 42', {
        restartPolicy: 'Never',
        restartPolicyRules: [rule],
        volumeMounts: [{ name: 'e', mountPath: '/e' }],
      }),
    ],
    volumes: [{ name: 'e', emptyDir: {} }],
  });
  await lab.clock.advance(3_000);
  assert.deepEqual((await get()).status.conditions!.at(-1), {
    type: 'AllContainersRestarting',
    status: 'False',
    lastProbeTime: null,
    lastTransitionTime: '2030-01-01T00:00:00Z',
  });
  await lab.clock.advance(20_000);
  const { status } = await get();
  assert.equal(status.phase, 'Running');
  const ended = {
    exitCode: 137,
    reason: 'RestartingAllContainers',
    message: 'The container is removed because RestartAllContainers in place',
    startedAt: null,
    finishedAt: null,
  };
  assert.deepEqual(
    [...status.initContainerStatuses!, ...status.containerStatuses!].map(({ name, restartCount, lastState, ready }) => ({
      name,
      restartCount,
      lastState,
      ready,
    })),
    ['i', 'main', 'source'].map((name) => ({ name, restartCount: 1, lastState: { terminated: ended }, ready: true })),
  );
  const during = seen.pods
    .map(({ object }) => (object as Pod).status)
    .filter(({ conditions = [] }) => conditions.some(({ type, status: is }) => type === 'AllContainersRestarting' && is === 'True'));
  assert.deepEqual([...new Set(during.map(({ phase }) => phase))], ['Running']);
  assert.ok(
    seen.pods.some(({ object }) => (object as Pod).status.containerStatuses?.every(({ state }) => state?.waiting?.reason === 'RestartingAllContainers')),
  );
  assert.ok(during.every(({ conditions = [] }) => conditions.find(({ type }) => type === 'Initialized')?.status === 'True'));
  assert.ok(events(seen).includes('Killing killing spec.containers{main}'));
  assert.ok(!events(seen).some((text) => text.startsWith('FailedPreStopHook')));
  await lab.stop();
});

test('a new sandbox begins with the init containers again, and the pod stays initialized', async () => {
  const { lab, seen, get } = await labWith({ initContainers: [container('i', 'echo init')], containers: [container('c', FOREVER)] });
  await lab.clock.advance(3_000);
  await killSandbox(lab);
  await lab.clock.advance(5_000);
  const { status } = await get();
  assert.deepEqual(
    [...status.initContainerStatuses!, ...status.containerStatuses!].map(({ name, restartCount, ready }) => `${name} ${restartCount} ${ready}`),
    ['i 1 true', 'c 1 true'],
  );
  assert.deepEqual(
    [...new Set(seen.pods.map(({ object }) => (object as Pod).status.conditions?.find(({ type }) => type === 'Initialized')?.status))],
    [undefined, 'False', 'True'],
  );
  await lab.stop();
});

test('a pod that never restarts ends with its sandbox', async () => {
  const { lab, get } = await labWith({ restartPolicy: 'Never', containers: [container('c', FOREVER)] });
  await lab.clock.advance(3_000);
  await killSandbox(lab);
  await lab.clock.advance(5_000);
  const { status } = await get();
  assert.equal(status.phase, 'Succeeded');
  assert.equal(status.containerStatuses![0]!.restartCount, 0);
  await lab.stop();
});

test('a sidecar that fails its liveness probe is killed and started again, in words of its own', async () => {
  const { lab, seen, get } = await labWith({
    initContainers: [
      container('side', FOREVER, { restartPolicy: 'Always', livenessProbe: { exec: { command: ['false'] }, periodSeconds: 1, failureThreshold: 1 } }),
    ],
    containers: [container('c', FOREVER)],
  });
  await lab.clock.advance(2_500);
  assert.ok(events(seen).includes('Killing Init container side failed liveness probe spec.initContainers{side}'));
  const { status } = await get();
  assert.ok(status.initContainerStatuses![0]!.restartCount > 0);
  assert.equal(status.containerStatuses![0]!.restartCount, 0);
  await lab.stop();
});

test('hooks of sidecars run when the pod is deleted; only their signals wait for the containers they serve', async () => {
  const hook = (name: string): object => ({
    lifecycle: { preStop: { exec: { command: ['sh', '-c', `echo ${name} $(date +%s) >> /e/log`] } } },
    volumeMounts: [{ name: 'e', mountPath: '/e' }],
  });
  const { lab, get } = await labWith({
    initContainers: [container('side', FOREVER, { restartPolicy: 'Always', ...hook('side') })],
    containers: [container('c', "trap 'sleep 5; exit 0' TERM; while :; do sleep 0.2; done", hook('c'))],
    volumes: [{ name: 'e', emptyDir: {} }],
  });
  await lab.clock.advance(2_000);
  const { metadata } = await get();
  await lab.client.on(PodKind).delete({ namespace: 'ns', name: 'p' });
  await lab.clock.advance(3_000);
  const log = Buffer.from(lab.files.read(`/var/lib/kubelet/pods/${metadata.uid}/volumes/kubernetes.io~empty-dir/e/log`)!).toString();
  assert.deepEqual(
    log
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0])
      .sort(),
    ['c', 'side'],
  );
  assert.equal(
    new Set(
      log
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[1]),
    ).size,
    1,
  );
  await lab.stop();
});

test('a kubelet that begins anew keeps to the turns it was waiting for, and counts on in its Events', async () => {
  const lab = await createLab();
  await lab.namespace('ns');
  const pod = (name: string, spec: object): object => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec });
  const c = { name: 'c', image: 'busybox:1.36' };
  await lab.create('ns', [
    pod('crash', { containers: [{ ...c, command: ['false'] }] }),
    pod('config', { containers: [{ ...c, command: ['sleep', '9999'], envFrom: [{ configMapRef: { name: 'none' } }] }] }),
    pod('mount', { containers: [{ ...c, command: ['sleep', '9999'] }], volumes: [{ name: 'v', configMap: { name: 'none' } }] }),
  ]);
  await lab.clock.advance(65_000);
  const told = async (): Promise<string[]> =>
    (await lab.client.on<any>(EventKind).list({ namespace: 'ns' })).items
      .map(({ involvedObject, reason, count }: any) => `${involvedObject.name} ${reason} x${count}`)
      .sort();
  const before = await told();
  for (let at = 0; at < 5; at++) {
    await lab.restart();
    await lab.clock.advance(100);
  }
  assert.deepEqual(await told(), before);
  await lab.clock.advance(120_000);
  const after = await told();
  assert.equal(after.length, before.length);
  assert.notDeepEqual(after, before);
  // What changes ends the wait.
  await lab.restart();
  await lab.client.on(PodKind).patch({ namespace: 'ns', name: 'config' }, 'strategic', { spec: { containers: [{ name: 'c', image: 'busybox' }] } } as never);
  await lab.clock.advance(100);
  assert.ok((await told()).some((line) => line === 'config Pulling x1'));
  await lab.stop();
});
