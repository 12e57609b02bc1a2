/** Budgets over pods that cannot be counted, and pods that were said to go and did not. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { asking, eventsAbout } from '../../support/asking.js';
import { controlPlane } from '../../support/controlplane.js';

const PODS = '/api/v1/namespaces/default/pods';
const BUDGET = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';

test('a percentage of the pods of a Job cannot be told: no eviction is allowed', async () => {
  const plane = await controlPlane({ only: ['disruption', 'job', 'serviceaccount'] });
  const ask = asking(plane);
  await ask('POST', '/apis/batch/v1/namespaces/default/jobs', {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j' },
    spec: { template: { metadata: { labels: { app: 'j' } }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'a' }] } } },
  });
  await ask('POST', BUDGET, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'b' },
    spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'j' } } },
  });
  const { conditions, disruptionsAllowed } = (await ask('GET', `${BUDGET}/b`)).status;
  assert.equal(disruptionsAllowed, 0);
  assert.deepEqual(
    conditions.map(({ reason, message }: any) => [reason, message]),
    [['SyncFailed', 'jobs.batch does not implement the scale subresource']],
  );
  assert.equal(
    (await eventsAbout(ask, 'b'))[0],
    'CalculateExpectedPodCountFailed: Failed to calculate the number of expected pods: jobs.batch does not implement the scale subresource',
  );
  await plane.stop();
});

test('a pod that was to go but is still there after two minutes is no longer a target', async () => {
  const plane = await controlPlane({ only: ['disruption', 'serviceaccount'] });
  const ask = asking(plane);
  await ask('POST', PODS, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'a' }] } });
  const lastTransitionTime = new Date(plane.clock.now()).toISOString().replace(/\.\d+/, '');
  await ask('PATCH', `${PODS}/p/status`, {
    status: { conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', lastTransitionTime }] },
  });
  const status = async () => (await ask('GET', `${PODS}/p`)).status.conditions.find(({ type }: any) => type === 'DisruptionTarget').status;
  await plane.clock.advance(119_000);
  assert.equal(await status(), 'True');
  await plane.clock.advance(2_000);
  assert.equal(await status(), 'False');
  await plane.stop();
});
