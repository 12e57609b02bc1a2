/** Controllers together on a real API server and a virtual clock: histories that take minutes, and that repeat. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { CONTROLLERS } from '../../src/controllers/index.js';
import { controlPlane, type ControlPlane } from '../support/controlplane.js';

function asker({ send, quiescence }: ControlPlane) {
  return async (method: string, path: string, body?: object, type = 'application/json') => {
    const answer = await send({ method, path, headers: { 'content-type': type }, body: body === undefined ? undefined : JSON.stringify(body) });
    await quiescence.settled();
    return JSON.parse(answer.text);
  };
}

const MERGE = 'application/merge-patch+json';
const node = (name: string, now: number) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  status: {
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'KubeletReady',
        lastHeartbeatTime: new Date(now).toISOString(),
        lastTransitionTime: new Date(now).toISOString(),
      },
    ],
  },
});
const template = (image: string) => ({ metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image }] } });
const deployment = (replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: template('a:1') },
});

test('one seed gives one history, byte for byte', async () => {
  const run = async () => {
    const plane = await controlPlane({ seed: 11 });
    const ask = asker(plane);
    await ask('POST', '/apis/apps/v1/namespaces/default/deployments', deployment(5));
    await plane.clock.advance(10_000);
    await ask('PATCH', '/apis/apps/v1/namespaces/default/deployments/web', { spec: { template: template('a:2') } }, MERGE);
    await plane.clock.advance(10_000);
    const lists = await Promise.all(
      ['/api/v1/pods', '/api/v1/events', '/apis/apps/v1/replicasets', '/apis/apps/v1/deployments'].map((path) => ask('GET', path)),
    );
    await plane.stop();
    return JSON.stringify(lists);
  };
  await run(); // modules are loaded on first use, which takes real time: from then on nothing does
  assert.equal((await run()) === (await run()), true);
});

test('nothing is left to do after a rollout: no write follows however long one waits', async () => {
  const plane = await controlPlane();
  const ask = asker(plane);
  await ask('POST', '/apis/apps/v1/namespaces/default/deployments', deployment(3));
  const ready = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2020-01-01T00:00:00Z' }] } };
  for (const { metadata } of (await ask('GET', '/api/v1/namespaces/default/pods')).items)
    await ask('PATCH', `/api/v1/namespaces/default/pods/${metadata.name}/status`, ready, MERGE);
  await plane.clock.advance(60_000);
  const { revision } = await plane.store.status();
  assert.equal((await ask('GET', '/apis/apps/v1/namespaces/default/deployments/web')).status.availableReplicas, 3);
  await plane.clock.advance(3_000_000); // less than events live
  assert.equal((await plane.store.status()).revision, revision);
  await plane.stop();
});

test('a node falls silent: NotReady after 40 s, its pods gone 300 s after the taint; the other node keeps its own', async () => {
  const plane = await controlPlane();
  const ask = asker(plane);
  for (const name of ['one', 'two']) await ask('POST', '/api/v1/nodes', node(name, plane.clock.now()));
  for (const name of ['one', 'two'])
    await ask('POST', '/api/v1/namespaces/default/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `on-${name}` },
      spec: { nodeName: name, containers: [{ name: 'c', image: 'a' }] },
    });
  const beat = async (seconds: number) => {
    for (let at = 0; at < seconds; at += 10) {
      await ask(
        'PATCH',
        '/api/v1/nodes/two/status',
        { status: { conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: new Date(plane.clock.now()).toISOString() }] } },
        'application/strategic-merge-patch+json',
      );
      await plane.clock.advance(10_000);
    }
  };
  const taints = async () => ((await ask('GET', '/api/v1/nodes/one')).spec.taints ?? []).map(({ key, effect }: any) => `${key}:${effect}`);
  await beat(30);
  assert.deepEqual(await taints(), []);
  await beat(20);
  assert.deepEqual(await taints(), ['node.kubernetes.io/unreachable:NoSchedule', 'node.kubernetes.io/unreachable:NoExecute']);
  assert.equal((await ask('GET', '/api/v1/namespaces/default/pods/on-one')).metadata.deletionTimestamp, undefined);
  await beat(310);
  const gone = await ask('GET', '/api/v1/namespaces/default/pods/on-one');
  assert.equal(gone.status.conditions.find(({ type }: any) => type === 'DisruptionTarget').reason, 'DeletionByTaintManager');
  assert.notEqual(gone.metadata.deletionTimestamp, undefined);
  assert.equal((await ask('GET', '/api/v1/namespaces/default/pods/on-two')).metadata.deletionTimestamp, undefined);
  await plane.stop();
});

test('a cron job runs at its times, and forgets what is beyond its history', async () => {
  const plane = await controlPlane();
  const ask = asker(plane);
  await ask('POST', '/apis/batch/v1/namespaces/default/cronjobs', {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'c' },
    spec: {
      schedule: '*/5 * * * *',
      successfulJobsHistoryLimit: 1,
      jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'a' }] } } } },
    },
  });
  for (let at = 0; at < 3; at++) {
    await plane.clock.advance(301_000);
    for (const { metadata } of (await ask('GET', '/api/v1/namespaces/default/pods')).items)
      await ask('PATCH', `/api/v1/namespaces/default/pods/${metadata.name}/status`, { status: { phase: 'Succeeded' } }, MERGE);
    await plane.clock.advance(2_000);
  }
  const minute = Date.parse('2030-01-01T00:15:00Z') / 60_000;
  assert.deepEqual(
    (await ask('GET', '/apis/batch/v1/namespaces/default/jobs')).items.map(({ metadata }: any) => metadata.name),
    [`c-${minute}`],
  );
  assert.equal((await ask('GET', '/apis/batch/v1/namespaces/default/cronjobs/c')).status.lastScheduleTime, '2030-01-01T00:15:00Z');
  await plane.stop();
});

test('what is due later outlives the process: another takes up the delayed keys', async () => {
  const plane = await controlPlane({ only: ['node-lifecycle'] });
  const ask = asker(plane);
  await ask('POST', '/api/v1/nodes', node('one', plane.clock.now()));
  const [controller] = plane.controllers;
  assert.deepEqual(
    controller!.delayed().map(({ key, due }) => [key, due - plane.clock.now()]),
    [['one', 40_000]],
  );
  await plane.stop();
});

test('every controller bears the name it is listed under, and what it saves is found again by it', async () => {
  const plane = await controlPlane();
  assert.deepEqual(
    plane.controllers.map(({ name }) => name),
    CONTROLLERS.map(({ name }) => name),
  );
  await plane.stop();
});

test('the control plane goes on where it was stopped, mid-rollout, from any point', async () => {
  const plane = await controlPlane();
  const ask = asker(plane);
  await ask('POST', '/apis/apps/v1/namespaces/default/deployments', deployment(4));
  for (const controller of plane.controllers) await controller.stop();
  plane.informers.stop();
  await ask('PATCH', '/apis/apps/v1/namespaces/default/deployments/web', { spec: { template: template('a:2') } }, MERGE);
  const again = await plane.restart();
  await again.clock.advance(5_000);
  const sets = (await ask('GET', '/apis/apps/v1/namespaces/default/replicasets')).items.map(({ spec }: any) => spec.replicas).sort();
  assert.deepEqual(sets, [2, 3]);
  await again.stop();
});
