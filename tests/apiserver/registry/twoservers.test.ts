/** Two API servers over one store: what one writes the other answers with, also after the store could tell no more. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import type { Store, Watcher, WatchListener } from '../../../src/store/store.js';
import { testServer, type TestServer } from '../../support/inprocess.js';

/** A store whose watches can all be ended, as an etcd ends those that it has compacted away, or be told of nothing yet. */
function breakable(store: Store): { store: Store; breakWatches(): void; mute(): void } {
  let muted = false;
  const watches = new Set<{ watcher: Watcher; listener: WatchListener }>();
  return {
    store: {
      ...bound(store),
      watch(request, listener) {
        const watch = {
          listener,
          watcher: store.watch(request, {
            events: (events, revision) => muted || listener.events(events, revision),
            ended: (reason) => watches.delete(watch) && listener.ended(reason),
          }),
        };
        watches.add(watch);
        return watch.watcher;
      },
    },
    breakWatches() {
      for (const watch of watches) {
        watches.delete(watch);
        watch.watcher.cancel();
        watch.listener.ended({ compacted: 1 });
      }
    },
    mute: () => (muted = true),
  };
}

const bound = (store: Store): Store =>
  Object.fromEntries(
    ['range', 'txn', 'watch', 'leaseGrant', 'leaseRevoke', 'leaseKeepAlive', 'leases', 'compact', 'status', 'snapshot', 'close'].map((name) => [
      name,
      (store[name as 'range'] as (...args: unknown[]) => unknown).bind(store),
    ]),
  ) as unknown as Store;

async function pair(): Promise<{ one: TestServer; other: TestServer; breakWatches(): void; mute(): void }> {
  const one = await testServer();
  const { store, breakWatches, mute } = breakable(one.store);
  const other = await testServer({ store, bootstrap: false, authorize: async () => ({ allowed: true, reason: '' }) });
  return { one, other, breakWatches, mute };
}

const definition = (plural: string, kind: string): string =>
  JSON.stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.example.com` },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural, kind },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  });
const json = { authorization: 'Bearer admin', 'content-type': 'application/json' };
const statusOf = async ({ send }: TestServer, method: string, path: string, body?: string): Promise<number> =>
  (await send({ method, path, headers: json, body })).status;

test('a definition that one server stores is served by the other, also when its watch has been ended', async () => {
  const { one, other, breakWatches } = await pair();
  assert.equal(await statusOf(one, 'POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition('apples', 'Apple')), 201);
  await other.quiescence.settled();
  assert.equal(await statusOf(other, 'GET', '/apis/example.com/v1/apples'), 200);
  breakWatches();
  assert.equal(await statusOf(one, 'POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition('pears', 'Pear')), 201);
  assert.equal(await statusOf(one, 'DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/apples.example.com'), 200);
  for (const { quiescence } of [one, other, one, other]) await quiescence.settled();
  assert.deepEqual([await statusOf(other, 'GET', '/apis/example.com/v1/pears'), await statusOf(other, 'GET', '/apis/example.com/v1/apples')], [200, 404]);
});

test('a list holds nothing that another server has deleted, whatever the cache was told', async () => {
  const { one, other, mute } = await pair();
  const path = '/api/v1/namespaces/default/secrets';
  assert.equal(await statusOf(other, 'POST', path, JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } })), 201);
  await other.send({ method: 'GET', path: `${path}?watch=1&timeoutSeconds=1`, headers: json });
  mute();
  assert.equal(await statusOf(one, 'DELETE', `${path}/a`), 200);
  const { items } = JSON.parse((await other.send({ method: 'GET', path, headers: json })).text) as { items: { metadata: { name: string } }[] };
  assert.deepEqual(
    items.filter(({ metadata }) => metadata.name === 'a'),
    [],
  );
});
