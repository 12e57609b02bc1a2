import assert from 'node:assert/strict';
import { test } from 'vitest';
import { caller, testServer } from '../../support/inprocess.js';

test('a pod does not grow beyond what its node could ever give', async () => {
  const ask = caller((await testServer()).server);
  await ask('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } });
  await ask('PATCH', '/api/v1/nodes/n/status', { status: { allocatable: { cpu: '2', memory: '1Gi' } } }, 'application/merge-patch+json');
  await ask('POST', '/api/v1/namespaces/default/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '1', memory: '1Mi' } } }] },
  });
  const resize = async (requests: object): Promise<any> =>
    (await ask(
      'PATCH',
      '/api/v1/namespaces/default/pods/p/resize',
      { spec: { containers: [{ name: 'c', resources: { requests } }] } },
      'application/strategic-merge-patch+json',
    )) as any;
  const refused = await resize({ cpu: '3', memory: '2Gi' });
  assert.deepEqual(
    [refused.object.code, refused.object.message, refused.object.details.causes],
    [
      403,
      'pods "p" is forbidden: node didn\'t have enough allocatable resources: cpu, requested: 3000, allocatable: 2000; memory, requested: 2147483648, allocatable: 1073741824',
      [{ reason: 'NodeCapacity' }],
    ],
  );
  assert.equal((await resize({ cpu: '2' })).status, 200);
});
