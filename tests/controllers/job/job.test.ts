/** Jobs over minutes: how long the next pod waits, what it is told of failures before it, and when enough is enough. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { controlPlane, type ControlPlane } from '../../support/controlplane.js';

const PODS = '/api/v1/namespaces/default/pods';
const JOB = '/apis/batch/v1/namespaces/default/jobs/j';

function asker({ send, quiescence }: ControlPlane) {
  return async (method: string, path: string, body?: object) => {
    const answer = await send({
      method,
      path,
      headers: { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    await quiescence.settled();
    return JSON.parse(answer.text);
  };
}

async function running(spec: object) {
  const plane = await controlPlane({ only: ['job', 'serviceaccount'] });
  const ask = asker(plane);
  await ask('POST', '/apis/batch/v1/namespaces/default/jobs', {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j' },
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'a' }] } }, ...spec },
  });
  const pods = async () => (await ask('GET', PODS)).items as any[];
  const end = async (pod: any, phase: string) =>
    ask('PATCH', `${PODS}/${pod.metadata.name}/status`, {
      status: {
        phase,
        containerStatuses: [
          {
            name: 'c',
            image: 'a',
            imageID: 'a',
            ready: false,
            restartCount: 0,
            state: { terminated: { exitCode: phase === 'Failed' ? 1 : 0, finishedAt: new Date(plane.clock.now()).toISOString().replace(/\.\d+/, '') } },
          },
        ],
      },
    });
  return { ...plane, ask, pods, end };
}

test('a pod that was deleted counts as failed, and the next one waits ten seconds', async () => {
  const { ask, pods, clock, stop } = await running({});
  const [first] = await pods();
  await ask('DELETE', `${PODS}/${first.metadata.name}`);
  assert.deepEqual(await pods(), []);
  assert.equal((await ask('GET', JOB)).status.failed, 1);
  await clock.advance(9_000);
  assert.equal((await pods()).length, 0);
  await clock.advance(2_000);
  assert.equal((await pods()).length, 1);
  await stop();
});

test('the failed pod of an index is kept until there is another, which takes over its count', async () => {
  const { ask, pods, end, clock, stop } = await running({ completionMode: 'Indexed', completions: 1, backoffLimitPerIndex: 3 });
  const [first] = await pods();
  await end(first, 'Failed');
  assert.deepEqual(
    (await pods()).map(({ metadata }) => metadata.finalizers),
    [['batch.kubernetes.io/job-tracking']],
  );
  assert.equal((await ask('GET', JOB)).status.failed, undefined);
  await clock.advance(11_000);
  const [old, next] = (await pods()).sort((one, other) => Number(one.status.phase !== 'Failed') - Number(other.status.phase !== 'Failed'));
  assert.equal(next.metadata.annotations['batch.kubernetes.io/job-index-failure-count'], '1');
  assert.equal(old.metadata.finalizers, undefined);
  assert.equal((await ask('GET', JOB)).status.failed, 1);
  await stop();
});

test('a Job that shrinks keeps what it has counted, and is complete when enough have ended well', async () => {
  const { ask, pods, end, stop } = await running({ parallelism: 3, completions: 3 });
  const [first, second] = await pods();
  await end(first, 'Succeeded');
  await end(second, 'Succeeded');
  await ask('PATCH', JOB, { spec: { parallelism: 1 } });
  assert.equal((await ask('GET', JOB)).status.active, 1);
  const last = (await pods()).find(({ status }) => status.phase === 'Pending');
  await end(last, 'Succeeded');
  const { status } = await ask('GET', JOB);
  assert.deepEqual(
    status.conditions.map(({ type, reason }: any) => `${type}:${reason}`),
    ['SuccessCriteriaMet:CompletionsReached', 'Complete:CompletionsReached'],
  );
  assert.equal(status.succeeded, 3);
  await stop();
});
