/** The API server, asked through handle() over the memory store. */
import { beforeEach, describe, test } from 'vitest';
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { WatchEvent } from '../../src/apimachinery/object.js';
import { caller, testServer, type SentResponse, type TestServer } from '../support/inprocess.js';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const PODS = '/api/v1/namespaces/default/pods';
const JSON_TYPE = { 'content-type': 'application/json' };
const MERGE = { 'content-type': 'application/merge-patch+json' };

let at: TestServer;
beforeEach(async () => {
  at = await testServer();
});

async function ask(method: string, path: string, body?: object, headers: Record<string, string> = JSON_TYPE): Promise<SentResponse & { body: any }> {
  const answer = await at.send({ method, path, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { ...answer, body: answer.text.startsWith('{') && !answer.text.includes('\n{') ? JSON.parse(answer.text) : answer.text };
}

const configMap = (name: string, more: object = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...more }, data: { a: '1' } });
const pod = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'nginx' }], ...more },
});

describe('writes', () => {
  test('what was created is read back, and a second one of that name is refused', async () => {
    const made = await ask('POST', CONFIG_MAPS, configMap('one'));
    assert.equal(made.status, 201);
    assert.deepEqual((await ask('GET', `${CONFIG_MAPS}/one`)).body, made.body);
    const again = await ask('POST', CONFIG_MAPS, configMap('one'));
    assert.deepEqual([again.status, again.body.message], [409, 'configmaps "one" already exists']);
  });

  test('an update that changes nothing makes no revision', async () => {
    await ask('POST', CONFIG_MAPS, configMap('same'));
    const { revision } = await at.store.status();
    const answer = await ask('PATCH', `${CONFIG_MAPS}/same`, { data: { a: '1' } }, MERGE);
    assert.equal(answer.status, 200);
    assert.equal((await at.store.status()).revision, revision);
  });

  test('a dry run shows what would be and stores nothing', async () => {
    const { revision } = await at.store.status();
    assert.equal((await ask('POST', `${CONFIG_MAPS}?dryRun=All`, configMap('dry'))).status, 201);
    assert.equal((await at.store.status()).revision, revision);
  });

  test('patches without a resourceVersion that meet each other all hold', async () => {
    await ask('POST', CONFIG_MAPS, configMap('busy'));
    const answers = await Promise.all(Array.from({ length: 20 }, (_, key) => ask('PATCH', `${CONFIG_MAPS}/busy`, { data: { [`k${key}`]: 'x' } }, MERGE)));
    assert.ok(answers.every(({ status }) => status === 200));
    assert.equal(Object.keys((await ask('GET', `${CONFIG_MAPS}/busy`)).body.data).length, 21);
  });

  test('a name that is made up has five letters after at most 58 of the prefix', async () => {
    const { body } = await ask('POST', CONFIG_MAPS, { metadata: { generateName: 'x'.repeat(70) } });
    assert.match(body.metadata.name, /^x{58}[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  test('an object in a namespace that is not there is refused', async () => {
    const answer = await ask('POST', '/api/v1/namespaces/nowhere/configmaps', configMap('x'));
    assert.deepEqual([answer.status, answer.body.message], [404, 'namespaces "nowhere" not found']);
  });

  test('a caller in this process gets a frozen object, and an unknown field of its own is its mistake', async () => {
    const call = caller(at.server);
    const made = await call('POST', CONFIG_MAPS, { ...configMap('frozen'), data: { a: '1', b: undefined } });
    assert.ok(made.type === 'object' && Object.isFrozen(made.object) && Object.isFrozen((made.object as any).data));
    assert.deepEqual((made.object as any).data, { a: '1' });
    assert.equal((await call('POST', CONFIG_MAPS, { ...configMap('odd'), dta: {} })).status, 400);
  });
});

describe('deletes', () => {
  test('a pod without a node goes at once, one on a node after its grace period', async () => {
    await ask('POST', PODS, pod('loose'));
    await ask('POST', PODS, pod('bound', { nodeName: 'n1' }));
    await ask('DELETE', `${PODS}/loose`);
    assert.equal((await ask('GET', `${PODS}/loose`)).status, 404);
    const going = (await ask('DELETE', `${PODS}/bound`)).body;
    assert.deepEqual([going.metadata.deletionGracePeriodSeconds, going.metadata.deletionTimestamp], [30, '2030-01-01T00:00:30Z']);
    await ask('DELETE', `${PODS}/bound?gracePeriodSeconds=0`);
    assert.equal((await ask('GET', `${PODS}/bound`)).status, 404);
  });

  test('an object with a finalizer stays until the last one is taken off', async () => {
    await ask('POST', CONFIG_MAPS, configMap('held', { finalizers: ['example.com/hold'] }));
    assert.ok((await ask('DELETE', `${CONFIG_MAPS}/held`)).body.metadata.deletionTimestamp);
    await ask('PATCH', `${CONFIG_MAPS}/held`, { metadata: { finalizers: null } }, MERGE);
    assert.equal((await ask('GET', `${CONFIG_MAPS}/held`)).status, 404);
  });
});

describe('lists and watches', () => {
  test('a list in pages is one snapshot, whatever is written between them', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await ask('POST', CONFIG_MAPS, configMap(name, { labels: { set: 'x' } }));
    const first = (await ask('GET', `${CONFIG_MAPS}?limit=2&labelSelector=set%3Dx`)).body;
    await ask('POST', CONFIG_MAPS, configMap('e', { labels: { set: 'x' } }));
    await ask('DELETE', `${CONFIG_MAPS}/d`);
    const second = (await ask('GET', `${CONFIG_MAPS}?limit=2&labelSelector=set%3Dx&continue=${first.metadata.continue}`)).body;
    assert.deepEqual(
      [...first.items, ...second.items].map(({ metadata }: any) => metadata.name),
      ['a', 'b', 'c', 'd'],
    );
    assert.equal(second.metadata.resourceVersion, first.metadata.resourceVersion);
    assert.equal(second.metadata.continue, undefined);
  });

  test('watchers share one frozen event, and a list sees what was just written', async () => {
    const call = caller(at.server);
    const seen: WatchEvent[][] = [[], []];
    for (const events of seen) {
      const response = await call('GET', `${CONFIG_MAPS}?watch=1&resourceVersion=0&labelSelector=`);
      assert.ok(response.type === 'watch');
      response.events.start(
        (event) => events.push(event),
        () => {},
      );
    }
    const made = await call('POST', CONFIG_MAPS, configMap('shared'));
    const list = await call('GET', CONFIG_MAPS);
    await at.quiescence.settled();
    const [one, other] = seen.map((events) => events.find(({ object }) => object.metadata.name === 'shared')!.object);
    assert.equal(one, other);
    assert.ok(made.type === 'object' && list.type === 'object');
    assert.deepEqual(one, made.object);
    assert.ok((list.object as any).items.includes(one));
  });

  test('a selector turns changes into ADDED and DELETED', async () => {
    const { body } = await ask('POST', CONFIG_MAPS, configMap('w'));
    await ask('PATCH', `${CONFIG_MAPS}/w`, { metadata: { labels: { on: 'yes' } } }, MERGE);
    await ask('PATCH', `${CONFIG_MAPS}/w`, { metadata: { labels: { on: 'no' } } }, MERGE);
    const { text } = await ask('GET', `${CONFIG_MAPS}?watch=1&timeoutSeconds=1&labelSelector=on%3Dyes&resourceVersion=${body.metadata.resourceVersion}`);
    assert.deepEqual(
      text.split('\n').map((line) => JSON.parse(line).type),
      ['ADDED', 'DELETED'],
    );
  });

  test('a watch from a compacted revision is told so in its first event', async () => {
    const { body } = await ask('POST', CONFIG_MAPS, configMap('old'));
    await ask('DELETE', `${CONFIG_MAPS}/old`);
    await at.store.compact((await at.store.status()).revision);
    const { text } = await ask('GET', `${CONFIG_MAPS}?watch=1&timeoutSeconds=1&resourceVersion=${Number(body.metadata.resourceVersion) - 1}`);
    const event = JSON.parse(text.split('\n')[0]!);
    assert.deepEqual([event.type, event.object.code, event.object.reason], ['ERROR', 410, 'Expired']);
  });

  test('nothing is held when all is answered', async () => {
    await ask('GET', `${CONFIG_MAPS}?watch=1&timeoutSeconds=1`);
    await at.quiescence.settled();
    assert.equal(at.quiescence.busy, false);
  });
});

describe('custom kinds', () => {
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'things', kind: 'Thing' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } } } },
        },
      ],
    },
  };
  const things = '/apis/example.com/v1/namespaces/default/things';

  test('a kind is served once its definition was answered, and gone with it', async () => {
    assert.equal((await ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition)).status, 201);
    assert.equal((await ask('POST', things, { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'x' }, spec: { size: 3 } })).status, 201);
    await ask('DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.example.com');
    assert.equal((await ask('GET', `${things}/x`)).status, 404);
  });
});

describe('Services', () => {
  test('a hundred of them at once get a hundred addresses and node ports', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        ask('POST', '/api/v1/namespaces/default/services', {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: `s${index}` },
          spec: { type: 'NodePort', ports: [{ port: 80 }] },
        }),
      ),
    );
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201]);
    assert.equal(new Set(answers.map(({ body }) => body.spec.clusterIP)).size, 100);
    assert.equal(new Set(answers.map(({ body }) => body.spec.ports[0].nodePort)).size, 100);
  });
});

test('reading loads no schema: nothing that apiserver.ts imports at once reaches zod', () => {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
    for (const [, specifier] of text.matchAll(/^(?:import|export)(?! type)[^;]*?from '([^']+)'/gm)) {
      if (!specifier!.startsWith('.')) packages.add(specifier!);
      else if (existsSync(join(dirname(file), specifier!.replace(/\.js$/, '.ts')))) visit(join(dirname(file), specifier!.replace(/\.js$/, '.ts')));
    }
  };
  visit('src/apiserver/apiserver.ts');
  assert.deepEqual(
    [...packages].filter((name) => !name.startsWith('node:')),
    [],
  );
  assert.ok(![...seen].some((file) => /\/(write|admission|openapi|crd|managedfields)\//.test(file)), 'the writing path comes with the first write');
});
