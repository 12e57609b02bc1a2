/** When a quota is counted: at once where it is new, a little later where another process has counted it, and when something goes away. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { controlPlane, type ControlPlane } from '../support/controlplane.js';

const QUOTA = '/api/v1/namespaces/default/resourcequotas/few';
const MAPS = '/api/v1/namespaces/default/configmaps';

async function ask({ send, quiescence }: ControlPlane, method: string, path: string, body?: object): Promise<any> {
  const { text } = await send({ method, path, headers: { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body) });
  await quiescence.settled();
  return JSON.parse(text);
}
const used = async (plane: ControlPlane): Promise<unknown> => (await ask(plane, 'GET', QUOTA)).status.used;

test('who starts does not overwrite what the API server is charging, and counts again a second later', async () => {
  const only = ['resourcequota'];
  const before = await controlPlane({ only });
  await ask(before, 'POST', QUOTA.slice(0, QUOTA.lastIndexOf('/')), { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'few' }, spec: { hard: { configmaps: '5' } } });
  await ask(before, 'POST', MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } });
  assert.deepEqual(await used(before), { configmaps: '1' });
  await before.stop();
  // Charged, and the object is not stored yet.
  await ask(before, 'PATCH', `${QUOTA}/status`, { status: { used: { configmaps: '2' } } });
  const after = await before.restart();
  assert.deepEqual(await used(after), { configmaps: '2' });
  await ask(after, 'POST', MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' } });
  assert.deepEqual(await used(after), { configmaps: '3' });
  await after.clock.advance(1_000);
  assert.deepEqual(await used(after), { configmaps: '2' });
  await after.stop();
});

test('what goes away in the first second is counted at once', async () => {
  const only = ['resourcequota'];
  const before = await controlPlane({ only });
  await ask(before, 'POST', QUOTA.slice(0, QUOTA.lastIndexOf('/')), { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'few' }, spec: { hard: { configmaps: '5' } } });
  await ask(before, 'POST', MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } });
  await before.stop();
  const after = await before.restart();
  await ask(after, 'DELETE', `${MAPS}/a`);
  assert.deepEqual(await used(after), { configmaps: '0' });
  await after.stop();
});
