/** Bootstrap tokens: they sign cluster-info as long as they last, and go when their time is over. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { asking } from '../../support/asking.js';
import { controlPlane } from '../../support/controlplane.js';

const INFO = '/api/v1/namespaces/kube-public/configmaps';
const SECRETS = '/api/v1/namespaces/kube-system/secrets';

test('a token signs what clients are to trust, and takes its signature with it', async () => {
  const plane = await controlPlane({ only: ['token-cleaner', 'bootstrap-signer'] });
  const ask = asking(plane);
  const made = await ask('POST', INFO, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cluster-info' }, data: { kubeconfig: 'clusters: []' } });
  assert.equal(made.kind, 'ConfigMap');
  const expiration = new Date(plane.clock.now() + 60_000).toISOString().replace(/\.\d+/, '');
  await ask('POST', SECRETS, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'bootstrap-token-abcdef' },
    type: 'bootstrap.kubernetes.io/token',
    stringData: { 'token-id': 'abcdef', 'token-secret': '0123456789abcdef', 'usage-bootstrap-signing': 'true', expiration },
  });
  const { data } = await ask('GET', `${INFO}/cluster-info`);
  const [header, content, signed] = data['jws-kubeconfig-abcdef'].split('.');
  assert.deepEqual([JSON.parse(Buffer.from(header, 'base64url').toString()), content], [{ alg: 'HS256', kid: 'abcdef' }, '']);
  assert.equal(
    signed,
    createHmac('sha256', '0123456789abcdef')
      .update(`${header}.${Buffer.from('clusters: []').toString('base64url')}`)
      .digest('base64url'),
  );
  await plane.clock.advance(61_000);
  assert.equal((await ask('GET', `${SECRETS}/bootstrap-token-abcdef`)).reason, 'NotFound');
  assert.deepEqual((await ask('GET', `${INFO}/cluster-info`)).data, { kubeconfig: 'clusters: []' });
  await plane.stop();
});
