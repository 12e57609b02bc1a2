/** What the watch cache lists, while keys come and go between the lists. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { Storage } from '../../../src/apiserver/registry/storage.js';
import { WatchCache } from '../../../src/apiserver/registry/watchcache.js';
import { VirtualClock } from '../../../src/platform/clock.js';
import { memoryStore } from '../../../src/store/memory.js';

test('lists are in the order of keys, of one namespace too, whatever came or went since the last', async () => {
  const clock = new VirtualClock(0);
  const storage = new Storage(memoryStore({ clock }), { prefix: '/registry/pods', namespaced: true });
  const cache = new WatchCache(storage, clock);
  const put = (namespace: string, name: string) =>
    storage.create({ namespace, name }, { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name } }, { durability: 'grouped' });
  const remove = async (namespace: string, name: string) =>
    storage.remove({ namespace, name }, (await storage.get({ namespace, name }))!, { durability: 'grouped' });
  const names = (folder?: string): string[] =>
    (folder === undefined ? cache.list() : cache.listIn(`/registry/pods/${folder}/`)).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);

  await put('b', '2');
  await put('a', '9');
  await cache.start();
  assert.deepEqual(names(), ['a/9', 'b/2']);
  for (const [namespace, name] of [
    ['b', '1'],
    ['b-c', '1'],
    ['a', '1'],
    ['c', '5'],
  ] as const)
    await put(namespace, name);
  await clock.advance(0);
  assert.deepEqual(names(), ['a/1', 'a/9', 'b-c/1', 'b/1', 'b/2', 'c/5']);
  assert.deepEqual([names('b'), names('a'), names('c'), names('d'), names('aa')], [['b/1', 'b/2'], ['a/1', 'a/9'], ['c/5'], [], []]);
  await remove('b', '1');
  await remove('c', '5');
  await clock.advance(0);
  assert.deepEqual([names(), names('b'), names('c')], [['a/1', 'a/9', 'b-c/1', 'b/2'], ['b/2'], []]);
});
