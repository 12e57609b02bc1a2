/** How a word finds a resource: plural, singular, kind, short name, group and version. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { Discovery } from '../../src/cli/discovery.js';
import type { Rest } from '../../src/cli/rest.js';

const resource = (name: string, kind: string, shortNames: string[]) => ({
  resource: name,
  singularResource: kind.toLowerCase(),
  responseKind: { kind },
  scope: 'Namespaced',
  shortNames,
  verbs: ['list'],
});
const CORE = { items: [{ metadata: {}, versions: [{ version: 'v1', resources: [resource('pods', 'Pod', ['po']), resource('events', 'Event', ['ev'])] }] }] };
const GROUPS = {
  items: [
    { metadata: { name: 'apps' }, versions: [{ version: 'v1', resources: [resource('deployments', 'Deployment', ['deploy'])] }] },
    { metadata: { name: 'events.k8s.io' }, versions: [{ version: 'v1', resources: [resource('events', 'Event', ['ev'])] }] },
  ],
};

function make(): { discovery: Discovery; warnings: string[] } {
  const warnings: string[] = [];
  const rest = { object: async (_verb: string, path: string) => (path === '/api' ? CORE : GROUPS) } as unknown as Rest;
  return { discovery: new Discovery(rest, (text) => warnings.push(text)), warnings };
}

for (const [word, found] of [
  ['pods', 'pods'],
  ['PODS', 'pods'],
  ['Pod', 'pods'],
  ['po', 'pods'],
  ['PO', undefined],
  ['pods.v1', undefined],
  ['pods.v1.', 'pods'],
  ['deploy.apps', 'deployments.apps'],
  ['deploy.ap', 'deployments.apps'],
  ['deployments.v1.apps', 'deployments.apps'],
  ['deployments.v9.apps', undefined],
  ['deploy.v9.apps', 'deployments.apps'],
  ['events.events.k8s.io', 'events.events.k8s.io'],
  ['', undefined],
] as const) {
  test(`${JSON.stringify(word)} is ${found ?? 'nothing'}`, async () => {
    const one = await make().discovery.find(word);
    assert.equal(one === undefined ? undefined : one.group === '' ? one.name : `${one.name}.${one.group}`, found);
  });
}

test('a short name of two resources is told', async () => {
  const { discovery, warnings } = make();
  await discovery.find('ev');
  await discovery.find('events');
  assert.deepEqual(warnings, ['short name "ev" could also match lower priority resource events.events.k8s.io']);
});
