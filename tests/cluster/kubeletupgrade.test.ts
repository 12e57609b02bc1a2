/** Upgrades of a kubelet through nodes/proxy: ports of its pods, and why there is nothing else. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { kubeletUpgrade } from '../../src/cluster/kubeletupgrade.js';

const kubelet = { api: { portForward: async (request: object) => ({ open: request }) } };
const pods = () => [{ metadata: { namespace: 'default', name: 'web', uid: 'u1' } }];
const ask = (path: string, upgrade = 'SPDY/3.1') => kubeletUpgrade({ kubelet, pods } as never, { path, headers: { upgrade } }) as Promise<any>;

test.each(['/portForward/default/web', '/portForward/default/web/', '/portForward/default/web/u1'])('%s forwards ports of the pod', async (path) => {
  assert.deepEqual((await ask(path)).open, { namespace: 'default', pod: 'web', uid: 'u1' });
});

test.each([
  ['/portForward/default/other', 'SPDY/3.1', 404, 'pod does not exist'],
  ['/portForward/default/web/u2', 'SPDY/3.1', 404, 'pod not found'],
  ['/portForward/default/web', 'websocket', 400, 'query parameter "port" is required'],
  ['/exec/default/web/c', 'websocket', 400, 'you must specify at least 1 of stdin, stdout, stderr'],
  ['/attach/default/web/c', 'SPDY/3.1', 400, 'you must specify at least 1 of stdin, stdout, stderr'],
  ['/healthz', 'websocket', 404, '404 page not found\n'],
])('%s over %s is refused', async (path, upgrade, status, text) => {
  const answer = await ask(path, upgrade);
  assert.deepEqual([answer.status, Buffer.from(answer.body).toString()], [status, text]);
});
