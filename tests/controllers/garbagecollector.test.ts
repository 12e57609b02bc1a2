/** The garbage collector on a real API server: what is owned goes with its owner, of kinds that appear later too. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { controlPlane } from '../support/controlplane.js';

const CRD = {
  apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'things.x.example' },
  spec: { group: 'x.example', scope: 'Namespaced', names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }] },
};

async function setUp() {
  const plane = await controlPlane({ only: ['garbage-collector', 'namespace'] });
  const ask = async (method: string, path: string, body?: object) => {
    const answer = await plane.send({ method, path, headers: { 'content-type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body) });
    await plane.quiescence.settled();
    return { status: answer.status, body: JSON.parse(answer.text) };
  };
  const owned = (owner: any) => [{ apiVersion: owner.apiVersion, kind: owner.kind, name: owner.metadata.name, uid: owner.metadata.uid }];
  return { ...plane, ask, owned };
}

test('dependents of a custom resource made after the start go with it', async () => {
  const { ask, owned, clock, stop } = await setUp();
  await ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', CRD);
  await clock.advance(5_000);
  const thing = (await ask('POST', '/apis/x.example/v1/namespaces/default/things', { apiVersion: 'x.example/v1', kind: 'Thing', metadata: { name: 't' } })).body;
  await ask('POST', '/api/v1/namespaces/default/configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', ownerReferences: owned(thing) } });
  await clock.advance(5_000);
  assert.equal((await ask('GET', '/api/v1/namespaces/default/configmaps/c')).status, 200);
  await ask('DELETE', '/apis/x.example/v1/namespaces/default/things/t');
  await clock.advance(5_000);
  assert.equal((await ask('GET', '/api/v1/namespaces/default/configmaps/c')).status, 404);
  await stop();
});

test('orphans lose their owner and stay', async () => {
  const { ask, owned, clock, stop } = await setUp();
  const parent = (await ask('POST', '/api/v1/namespaces/default/configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'parent' } })).body;
  await ask('POST', '/api/v1/namespaces/default/configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'child', ownerReferences: owned({ ...parent, apiVersion: 'v1', kind: 'ConfigMap' }) } });
  await ask('DELETE', '/api/v1/namespaces/default/configmaps/parent', { propagationPolicy: 'Orphan' });
  await clock.advance(1_000);
  assert.equal((await ask('GET', '/api/v1/namespaces/default/configmaps/parent')).status, 404);
  assert.equal((await ask('GET', '/api/v1/namespaces/default/configmaps/child')).body.metadata.ownerReferences, undefined);
  await stop();
});

test('one of two owners gone, the dependent keeps the other', async () => {
  const { ask, owned, clock, stop } = await setUp();
  const make = async (name: string, refs: object[] = []) => ({ apiVersion: 'v1', kind: 'ConfigMap', ...(await ask('POST', '/api/v1/namespaces/default/configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ownerReferences: refs } })).body });
  const [one, two] = [await make('one'), await make('two')];
  await make('child', [...owned(one), ...owned(two)]);
  await ask('DELETE', '/api/v1/namespaces/default/configmaps/one');
  await clock.advance(1_000);
  assert.deepEqual((await ask('GET', '/api/v1/namespaces/default/configmaps/child')).body.metadata.ownerReferences, owned(two));
  await stop();
});
