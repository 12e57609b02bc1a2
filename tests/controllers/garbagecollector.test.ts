/** The garbage collector on a real API server: what is owned goes with its owner, of kinds that appear later too. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { controlPlane } from '../support/controlplane.js';

const CRD = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.x.example' },
  spec: {
    group: 'x.example',
    scope: 'Namespaced',
    names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
};

async function setUp() {
  const plane = await controlPlane({ only: ['garbage-collector', 'namespace'] });
  const ask = async (method: string, path: string, body?: object) => {
    const answer = await plane.send({
      method,
      path,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
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
  const thing = (await ask('POST', '/apis/x.example/v1/namespaces/default/things', { apiVersion: 'x.example/v1', kind: 'Thing', metadata: { name: 't' } }))
    .body;
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
  await ask('POST', '/api/v1/namespaces/default/configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'child', ownerReferences: owned({ ...parent, apiVersion: 'v1', kind: 'ConfigMap' }) },
  });
  await ask('DELETE', '/api/v1/namespaces/default/configmaps/parent', { propagationPolicy: 'Orphan' });
  await clock.advance(1_000);
  assert.equal((await ask('GET', '/api/v1/namespaces/default/configmaps/parent')).status, 404);
  assert.equal((await ask('GET', '/api/v1/namespaces/default/configmaps/child')).body.metadata.ownerReferences, undefined);
  await stop();
});

test('one of two owners gone, the dependent keeps the other', async () => {
  const { ask, owned, clock, stop } = await setUp();
  const make = async (name: string, refs: object[] = []) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    ...(await ask('POST', '/api/v1/namespaces/default/configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ownerReferences: refs } })).body,
  });
  const [one, two] = [await make('one'), await make('two')];
  await make('child', [...owned(one), ...owned(two)]);
  await ask('DELETE', '/api/v1/namespaces/default/configmaps/one');
  await clock.advance(1_000);
  assert.deepEqual((await ask('GET', '/api/v1/namespaces/default/configmaps/child')).body.metadata.ownerReferences, owned(two));
  await stop();
});

const MAPS = '/api/v1/namespaces/default/configmaps';
const eventsOf = async (ask: (method: string, path: string) => Promise<{ body: any }>): Promise<string[]> =>
  (await ask('GET', '/api/v1/namespaces/default/events')).body.items.map(({ reason, message }: any) => `${reason} ${message}`);

test('an owner in another namespace is none: it is told once, and the dependent goes', async () => {
  const { ask, owned, clock, stop } = await setUp();
  await ask('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } });
  const owner = (await ask('POST', '/api/v1/namespaces/other/configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'parent' } })).body;
  const ownerReferences = owned({ ...owner, apiVersion: 'v1', kind: 'ConfigMap' });
  await ask('POST', MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'child', ownerReferences } });
  await ask('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', ownerReferences } });
  await clock.advance(1_000);
  await ask('PATCH', '/api/v1/nodes/n', { metadata: { labels: { a: 'b' } } });
  assert.equal((await ask('GET', `${MAPS}/child`)).status, 404);
  assert.equal((await ask('GET', '/api/v1/nodes/n')).status, 200);
  const ref = (namespace: string): string =>
    `OwnerRefInvalidNamespace ownerRef [v1/ConfigMap, namespace: ${namespace}, name: parent, uid: ${owner.metadata.uid}] does not exist in namespace "${namespace}"`;
  assert.deepEqual((await eventsOf(ask)).sort(), [ref(''), ref('default')]);
  await stop();
});

test('one owner of a kind or version that nobody serves, and nothing happens to the object', async () => {
  const { ask, clock, stop } = await setUp();
  const gone = { apiVersion: 'v1', kind: 'ConfigMap', name: 'never', uid: '00000000-0000-0000-0000-000000000001' };
  const odd = [
    { apiVersion: 'x.example/v1', kind: 'Thing' },
    { apiVersion: 'apps/v1beta1', kind: 'Deployment' },
  ];
  for (const [at, kind] of odd.entries()) {
    const ownerReferences = [gone, { ...kind, name: 'never', uid: `00000000-0000-0000-0000-00000000001${at}` }];
    await ask('POST', MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `c${at}`, ownerReferences } });
    await clock.advance(5_000);
    assert.deepEqual((await ask('GET', `${MAPS}/c${at}`)).body.metadata.ownerReferences, ownerReferences);
  }
  await stop();
});

test('what is served in a version that its group does not prefer is collected too', async () => {
  const { ask, owned, clock, stop } = await setUp();
  await ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', CRD);
  const names = { plural: 'olds', singular: 'old', kind: 'Old', listKind: 'OldList' };
  await ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    ...CRD,
    metadata: { name: 'olds.x.example' },
    spec: { ...CRD.spec, names, versions: [{ ...CRD.spec.versions[0], name: 'v1alpha1' }] },
  });
  await clock.advance(5_000);
  const parent = (await ask('POST', MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'parent' } })).body;
  const olds = '/apis/x.example/v1alpha1/namespaces/default/olds';
  await ask('POST', olds, {
    apiVersion: 'x.example/v1alpha1',
    kind: 'Old',
    metadata: { name: 'o', ownerReferences: owned({ ...parent, apiVersion: 'v1', kind: 'ConfigMap' }) },
  });
  await ask('DELETE', `${MAPS}/parent`);
  await clock.advance(1_000);
  assert.equal((await ask('GET', `${olds}/o`)).status, 404);
  await stop();
});
