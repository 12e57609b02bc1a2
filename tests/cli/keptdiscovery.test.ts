/** What a server elsewhere serves is kept between commands, and asked for again where it does not do. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { Discovery } from '../../src/cli/discovery.js';
import type { Host } from '../../src/cli/host.js';
import { keptDiscovery } from '../../src/cli/keptdiscovery.js';
import type { Rest } from '../../src/cli/rest.js';
import { VirtualClock } from '../../src/platform/clock.js';

function world() {
  const clock = new VirtualClock(1_800_000_000_000);
  const files = new Map<string, string>();
  const served = ['pods'];
  let asked = 0;
  const host = {
    home: '/home',
    version: 'v1',
    clock,
    makeFolder() {},
    readFile: (path: string) => Buffer.from(files.get(path) ?? raise()),
    writeFile: (path: string, content: string) => void files.set(path, content),
  } as unknown as Host;
  const rest = {
    async object(_method: string, path: string) {
      if (path === '/api') asked++;
      const resources = served.map((name) => ({
        resource: name,
        singularResource: name.slice(0, -1),
        responseKind: { kind: name },
        scope: 'Namespaced',
        verbs: ['list'],
      }));
      return { items: path === '/api' ? [{ metadata: { name: '' }, versions: [{ version: 'v1', resources }] }] : [] };
    },
  } as unknown as Rest;
  return {
    clock,
    files,
    served,
    asked: () => asked,
    command: (server = 'https://10.0.0.1:6443') => new Discovery(rest, () => {}, keptDiscovery(host, server)),
  };
}

function raise(): never {
  throw new Error('no such file');
}

test('the next command asks nothing, until six hours have passed', async () => {
  const { clock, asked, command } = world();
  for (let n = 0; n < 3; n++) assert.equal((await command().find('pods'))?.name, 'pods');
  assert.equal(asked(), 1);
  await command('https://10.0.0.2:6443').find('pods');
  assert.equal(asked(), 2, 'another server is another file');
  await clock.advance(6 * 3600 * 1000);
  await command().find('pods');
  assert.equal(asked(), 3);
});

test('what is not in what was kept is asked for, once', async () => {
  const { served, asked, command } = world();
  await command().find('pods');
  served.push('widgets');
  assert.equal((await command().find('widget'))?.name, 'widgets');
  assert.equal(asked(), 2);
  assert.equal(await command().find('nothing'), undefined);
  assert.equal(asked(), 3);
  assert.equal((await command().findKind('v1', 'widgets'))?.name, 'widgets');
  assert.deepEqual(await command().category('all'), []);
  assert.equal(asked(), 4);
  for (const word of ['pods', 'widget', 'pods.v1.']) assert.deepEqual(await command().category(word), []);
  assert.equal(asked(), 4, 'a resource is no category');
});

test('a file that is broken, or of another version, is as none', async () => {
  const { files, asked, command } = world();
  await command().find('pods');
  const [[path, text]] = [...files] as [[string, string]];
  for (const broken of ['{', '[]', text.replace('"v1"', '"v0"')]) {
    files.set(path, broken);
    assert.equal((await command().find('pods'))?.name, 'pods');
  }
  assert.equal(asked(), 4);
});
