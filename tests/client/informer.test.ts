/** Informers keep a cache current over watches that end, are refused, or miss what happened. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { ConfigMap } from '../../src/controllers/kinds.js';
import { createInformerFactory } from '../../src/client/informerfactory.js';
import { createClient } from '../../src/client/resource.js';
import type { ApiHandler, ApiRequest, ApiResponse } from '../../src/apimachinery/request.js';
import { InProcessIdentity } from '../../src/apimachinery/request.js';
import { seededRandom } from '../../src/platform/random.js';
import { ADMIN, testServer } from '../support/inprocess.js';

/** The real server, with a hand on its watches. */
async function setUp() {
  const base = await testServer();
  const watches: { end(): void; gone(): void }[] = [];
  let lists = 0;
  const handler: ApiHandler = {
    async handle(request: ApiRequest): Promise<ApiResponse> {
      const answer = await base.server.handle(request);
      if (answer.type === 'object' && request.method === 'GET' && request.path.endsWith('/configmaps')) lists += 1;
      if (answer.type !== 'watch') return answer;
      return {
        ...answer,
        events: {
          start(deliver, ended) {
            let over = false;
            const stop = (): void => {
              over = true;
              answer.events.stop();
            };
            watches.push({
              end: () => (stop(), ended()),
              gone: () => (
                stop(),
                deliver({ type: 'ERROR', object: { kind: 'Status', apiVersion: 'v1', metadata: {}, code: 410, reason: 'Expired' } as any }),
                ended()
              ),
            });
            answer.events.start(
              (event) => (over ? undefined : deliver(event)),
              () => (over ? undefined : ended()),
            );
          },
          stop: () => answer.events.stop(),
        },
      };
    },
  };
  const credentials = { type: 'inProcess' as const, identity: new InProcessIdentity(ADMIN) };
  const client = createClient({ handler, credentials, userAgent: 'test', quiescence: base.quiescence });
  const informers = createInformerFactory({ client, clock: base.clock, quiescence: base.quiescence, random: seededRandom(3) });
  const make = (name: string, labels: Record<string, string> = {}) =>
    client.on(ConfigMap).create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', labels } } as any);
  return { ...base, client, informers, watches, make, lists: () => lists };
}

const names = (objects: { metadata: { name?: string } }[]) => objects.map(({ metadata }) => metadata.name).sort();

test('handlers hear of what was there and of every change after', async () => {
  const { informers, client, make, quiescence } = await setUp();
  await make('a');
  const told: string[] = [];
  const maps = informers.of(ConfigMap, { namespace: 'default' });
  maps.handle({
    added: ({ metadata }) => told.push(`+${metadata.name}`),
    updated: ({ metadata }) => told.push(`~${metadata.name}`),
    deleted: ({ metadata }) => told.push(`-${metadata.name}`),
  });
  await informers.start();
  await make('b');
  await client.on(ConfigMap).patch({ namespace: 'default', name: 'a' }, 'merge', { data: { x: '1' } });
  await client.on(ConfigMap).delete({ namespace: 'default', name: 'a' });
  await quiescence.settled();
  assert.deepEqual(told, ['+a', '+b', '~a', '-a']);
  assert.deepEqual(names(maps.lister.list()), ['b']);
});

test('a watch that ends is taken up where it stopped, without a new list', async () => {
  const { informers, make, quiescence, watches, lists } = await setUp();
  const maps = informers.of(ConfigMap, { namespace: 'default' });
  await informers.start();
  await quiescence.settled();
  watches.at(-1)!.end();
  await make('meanwhile');
  await quiescence.settled();
  assert.deepEqual(names(maps.lister.list()), ['meanwhile']);
  assert.equal(lists(), 1);
});

test('a watch refused as too old leads to a new list, and handlers hear only what differs', async () => {
  const { informers, client, make, quiescence, watches, lists } = await setUp();
  await make('stays');
  await make('goes');
  const told: string[] = [];
  const maps = informers.of(ConfigMap, { namespace: 'default' });
  await informers.start();
  await quiescence.settled();
  maps.handle({ added: ({ metadata }) => told.push(`+${metadata.name}`), deleted: ({ metadata }) => told.push(`-${metadata.name}`) });
  told.length = 0;
  const gone = watches.at(-1)!.gone;
  const deleted = client.on(ConfigMap).delete({ namespace: 'default', name: 'goes' });
  gone();
  await deleted;
  await make('comes');
  await quiescence.settled();
  assert.deepEqual(told.sort(), ['+comes', '-goes']);
  assert.deepEqual(names(maps.lister.list()), ['comes', 'stays']);
  assert.equal(lists(), 2);
});

test('indexes follow changes, and a lookup gives what is there now', async () => {
  const { informers, client, make, quiescence } = await setUp();
  const maps = informers.of(ConfigMap, { namespace: 'default', indexers: { colour: ({ metadata }) => [metadata.labels?.['colour'] ?? ''] } });
  await informers.start();
  await make('a', { colour: 'red' });
  await quiescence.settled();
  assert.deepEqual(names(maps.lister.byIndex('colour', 'red')), ['a']);
  await client.on(ConfigMap).patch({ namespace: 'default', name: 'a' }, 'merge', { metadata: { labels: { colour: 'blue' } } });
  await quiescence.settled();
  assert.deepEqual(names(maps.lister.byIndex('colour', 'red')), []);
  assert.deepEqual(names(maps.lister.byIndex('colour', 'blue')), ['a']);
});
