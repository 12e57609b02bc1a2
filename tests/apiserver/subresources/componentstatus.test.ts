/** What an API server says of the parts of its control plane. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { caller, testServer } from '../../support/inprocess.js';

test('what does not answer is told as a probe tells it, and one component can be asked for', async () => {
  const { server } = await testServer({ isLive: (component) => component === 'kube-scheduler' });
  const call = caller(server);
  const list: any = await call('GET', '/api/v1/componentstatuses');
  assert.deepEqual(
    list.object.items.map(({ metadata, conditions: [{ type, status, message }] }: any) => [metadata.name, type, status, message]),
    [
      ['scheduler', 'Healthy', 'True', 'ok'],
      ['controller-manager', 'Healthy', 'False', 'Get "https://127.0.0.1:10257/healthz": dial tcp 127.0.0.1:10257: connect: connection refused'],
      ['etcd-0', 'Healthy', 'True', 'ok'],
    ],
  );
  const one: any = await call('GET', '/api/v1/componentstatuses/controller-manager');
  assert.equal(one.object.conditions[0].status, 'False');
  assert.equal((await call('GET', '/api/v1/componentstatuses/kubelet')).status, 404);
});
