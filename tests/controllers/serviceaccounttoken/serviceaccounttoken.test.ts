/** Secrets that ask for an account's token get it, and go with the account. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { controlPlane } from '../../support/controlplane.js';

test('a Secret is filled with token, certificate and namespace, and goes when its account does', async () => {
  const plane = await controlPlane({
    only: ['serviceaccount-token'],
    config: { rootCa: 'CA', issueSecretToken: async ({ namespace, serviceAccount, secret }) => `token of ${namespace}/${serviceAccount.name} in ${secret}` },
  });
  const json = async (method: string, path: string, body?: object) => {
    const answer = await plane.send({
      method,
      path: `/api/v1/namespaces/default/${path}`,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    await plane.quiescence.settled();
    return JSON.parse(answer.text);
  };
  const { metadata } = await json('POST', 'serviceaccounts', { metadata: { name: 'robot' } });
  await json('POST', 'secrets', {
    metadata: { name: 's', annotations: { 'kubernetes.io/service-account.name': 'robot' } },
    type: 'kubernetes.io/service-account-token',
  });
  const secret = await json('GET', 'secrets/s');
  const data = Object.fromEntries(Object.entries(secret.data).map(([key, value]) => [key, Buffer.from(value as string, 'base64').toString()]));
  assert.deepEqual(data, { 'ca.crt': 'CA', namespace: 'default', token: 'token of default/robot in s' });
  assert.equal(secret.metadata.annotations['kubernetes.io/service-account.uid'], metadata.uid);
  await json('POST', 'secrets', {
    metadata: { name: 'orphan', annotations: { 'kubernetes.io/service-account.name': 'nobody' } },
    type: 'kubernetes.io/service-account-token',
  });
  assert.equal((await json('GET', 'secrets/orphan')).code, 404);
  await json('DELETE', 'serviceaccounts/robot');
  assert.equal((await json('GET', 'secrets/s')).code, 404);
  await plane.stop();
});
