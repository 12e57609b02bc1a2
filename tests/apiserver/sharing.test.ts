/** Writes that change a part of an object leave the rest as it is stored: the very same frozen values. */
import { beforeEach, test } from 'vitest';
import assert from 'node:assert/strict';
import { caller, testServer } from '../support/inprocess.js';

const PODS = '/api/v1/namespaces/default/pods';
const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const pod = (name: string, more: object = {}) => ({ metadata: { name, labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'nginx', ...more }] } });

let call: ReturnType<typeof caller>;
beforeEach(async () => {
  call = caller((await testServer()).server);
});

async function ask(method: string, path: string, body?: object, type?: string): Promise<any> {
  const answer = (await call(method, path, body, type)) as any;
  assert.ok(answer.status < 300, JSON.stringify(answer.object));
  return answer.object;
}

test.each([MERGE, STRATEGIC])('a status patch of type %s keeps the spec that is stored, and reads back the same', async (type) => {
  const made = await ask('POST', PODS, pod('p'));
  const patched = await ask('PATCH', `${PODS}/p/status`, { status: { phase: 'Running' } }, type);
  assert.equal(patched.spec, made.spec);
  assert.equal(patched.status.phase, 'Running');
  assert.deepEqual(await ask('GET', `${PODS}/p`), patched);
});

test('a status patch that also names the spec leaves the spec alone', async () => {
  const made = await ask('POST', PODS, pod('p'));
  const patched = await ask('PATCH', `${PODS}/p/status`, { spec: { nodeName: 'elsewhere' }, status: { message: 'm' } }, MERGE);
  assert.deepEqual(patched.spec, made.spec);
  assert.equal(patched.status.message, 'm');
});

test('where defaults change what is stored, a status patch still works', async () => {
  await ask('POST', '/apis/apps/v1/namespaces/default/statefulsets', {
    metadata: { name: 's' },
    spec: {
      serviceName: 's',
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: pod('x').spec },
      volumeClaimTemplates: [{ metadata: { name: 'v' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }],
    },
  });
  const patched = await ask('PATCH', '/apis/apps/v1/namespaces/default/statefulsets/s/status', { status: { replicas: 1 } }, MERGE);
  assert.equal(patched.status.replicas, 1);
});

test("a patch of a pod's labels keeps its spec, and a patch of its image does not", async () => {
  const made = await ask('POST', PODS, pod('p'));
  const labelled = await ask('PATCH', `${PODS}/p`, { metadata: { labels: { b: '1' } } }, MERGE);
  assert.equal(labelled.spec, made.spec);
  assert.deepEqual(labelled.metadata.labels, { app: 'a', b: '1' });
  const other = await ask('PATCH', `${PODS}/p`, { spec: { containers: [{ name: 'c', image: 'httpd' }] } }, STRATEGIC);
  assert.equal(other.spec.containers[0].image, 'httpd');
  assert.equal(other.metadata.generation, 2);
});

test('a status written back with the spec it was read with is stored, and a stale one is refused', async () => {
  const watch = (await call('GET', `${PODS}?watch=1&resourceVersion=0`)) as any;
  watch.events.start(
    () => {},
    () => {},
  );
  const made = await ask('POST', PODS, pod('p'));
  const written = await ask('PUT', `${PODS}/p/status`, { ...made, status: { ...made.status, phase: 'Running' } });
  assert.equal(written.status.phase, 'Running');
  assert.equal(written.spec, made.spec);
  const stale = await call('PUT', `${PODS}/p/status`, { ...made, status: { ...made.status, phase: 'Failed' } });
  assert.equal(stale.status, 409);
  watch.events.stop();
});

test('pods of one shape have one set of managed fields between them', async () => {
  const [one, other] = [await ask('POST', PODS, pod('one')), await ask('POST', PODS, pod('other'))];
  assert.equal(one.metadata.managedFields[0].fieldsV1, other.metadata.managedFields[0].fieldsV1);
  const third = await ask(
    'POST',
    PODS,
    pod('third', {
      env: [
        { name: 'B', value: '1' },
        { name: 'A', value: '2' },
      ],
    }),
  );
  const env = third.metadata.managedFields[0].fieldsV1['f:spec']['f:containers']['k:{"name":"c"}']['f:env'];
  assert.deepEqual(Object.keys(env), ['.', 'k:{"name":"A"}', 'k:{"name":"B"}']);
});

test('a binding tells when the pod was scheduled and is no new generation of it', async () => {
  await ask('POST', PODS, pod('p'));
  await ask('POST', `${PODS}/p/binding`, { metadata: { name: 'p' }, target: { kind: 'Node', name: 'n' } });
  const bound = await ask('GET', `${PODS}/p`);
  assert.equal(bound.spec.nodeName, 'n');
  assert.equal(bound.metadata.generation, 1);
  assert.deepEqual(bound.status.conditions, [{ type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: '2030-01-01T00:00:00Z' }]);
});

test('limits and quotas hold for the very next write, and no longer once they are gone', async () => {
  await ask('POST', PODS, pod('before'));
  await ask('POST', '/api/v1/namespaces/default/limitranges', { metadata: { name: 'l' }, spec: { limits: [{ type: 'Container', default: { cpu: '1' } }] } });
  assert.equal((await ask('POST', PODS, pod('limited'))).spec.containers[0].resources.limits.cpu, '1');
  await ask('DELETE', '/api/v1/namespaces/default/limitranges/l');
  assert.equal((await ask('POST', PODS, pod('after'))).spec.containers[0].resources.limits, undefined);
  await ask('POST', '/api/v1/namespaces/default/resourcequotas', { metadata: { name: 'q' }, spec: { hard: { pods: '1' } } });
  await ask('PATCH', '/api/v1/namespaces/default/resourcequotas/q/status', { status: { hard: { pods: '1' }, used: { pods: '0' } } }, MERGE);
  await ask('POST', PODS, pod('first'));
  assert.equal((await call('POST', PODS, pod('second'))).status, 403);
});
