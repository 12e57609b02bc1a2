/** Namespaces that are going: what holds them up, and what their conditions say of it. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { controlPlane } from '../support/controlplane.js';

const NAMESPACE = '/api/v1/namespaces/x';

async function setUp() {
  const plane = await controlPlane({ only: ['namespace', 'serviceaccount'] });
  const ask = async (method: string, path: string, body?: object): Promise<{ status: number; body: any }> => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const answer = await plane.send({ method, path, headers: { 'content-type': type }, body: body === undefined ? undefined : JSON.stringify(body) });
    await plane.quiescence.settled();
    return { status: answer.status, body: JSON.parse(answer.text) };
  };
  const bad = async (): Promise<string[]> =>
    (await ask('GET', NAMESPACE)).body.status.conditions
      .filter(({ status }: any) => status === 'True')
      .map(({ reason, message }: any) => `${reason}: ${message}`);
  await ask('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } });
  const pod = (metadata: object): Promise<unknown> =>
    ask('POST', `${NAMESPACE}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', ...metadata },
      spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] },
    });
  return { ...plane, ask, bad, pod };
}

test('an aggregated API that is down holds up every namespace', async () => {
  const { ask, bad, clock, stop } = await setUp();
  const spec = {
    group: 'gone.example',
    version: 'v1',
    groupPriorityMinimum: 100,
    versionPriority: 10,
    insecureSkipTLSVerify: true,
    service: { namespace: 'default', name: 'gone' },
  };
  await ask('POST', '/apis/apiregistration.k8s.io/v1/apiservices', {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1.gone.example' },
    spec,
  });
  await ask('DELETE', NAMESPACE);
  await clock.advance(7_000);
  assert.deepEqual(await bad(), [
    'DiscoveryFailed: Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: gone.example/v1: stale GroupVersion discovery: gone.example/v1',
  ]);
  await ask('DELETE', '/apis/apiregistration.k8s.io/v1/apiservices/v1.gone.example');
  await clock.advance(60_000);
  assert.equal((await ask('GET', NAMESPACE)).status, 404);
  await stop();
});

test('pods whose grace is over and that still do not go are a failure, and hold up the rest', async () => {
  const { ask, bad, pod, clock, stop } = await setUp();
  await pod({});
  await ask('POST', `${NAMESPACE}/configmaps`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' } });
  await ask('DELETE', NAMESPACE);
  await clock.advance(20_000);
  assert.deepEqual(await bad(), []);
  await clock.advance(25_000);
  assert.deepEqual(await bad(), [
    'ContentDeletionFailed: Failed to delete all resource types, 1 remaining: unexpected items still remain in namespace: x for gvr: /v1, Resource=pods',
  ]);
  assert.equal((await ask('GET', `${NAMESPACE}/configmaps/m`)).status, 200);
  await ask('DELETE', `${NAMESPACE}/pods/p?gracePeriodSeconds=0`);
  await clock.advance(60_000);
  assert.equal((await ask('GET', NAMESPACE)).status, 404);
  await stop();
});

test('finalizers of pods are not told of, those of the rest are', async () => {
  const { ask, bad, pod, clock, stop } = await setUp();
  await pod({ finalizers: ['x.example/hold'] });
  await ask('POST', `${NAMESPACE}/configmaps`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm', finalizers: ['x.example/hold'] } });
  await ask('DELETE', NAMESPACE);
  await ask('DELETE', `${NAMESPACE}/pods/p?gracePeriodSeconds=0`);
  await clock.advance(60_000);
  assert.deepEqual(await bad(), []);
  await ask('PATCH', `${NAMESPACE}/pods/p`, { metadata: { finalizers: null } });
  await clock.advance(60_000);
  assert.deepEqual(await bad(), [
    'SomeResourcesRemain: Some resources are remaining: configmaps. has 1 resource instances',
    'SomeFinalizersRemain: Some content in the namespace has finalizers remaining: x.example/hold in 1 resource instances',
  ]);
  await stop();
});
