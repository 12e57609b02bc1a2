/** Bootstrap tokens go when their time has come, and not before. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { controlPlane } from '../../support/controlplane.js';

test('a token is deleted at the time it names, or at once if that cannot be read; one without stays', async () => {
  const plane = await controlPlane({ only: ['token-cleaner'] });
  const path = '/api/v1/namespaces/kube-system/secrets';
  const make = async (id: string, expiration?: string): Promise<void> => {
    const stringData = {
      'token-id': id,
      'token-secret': '0123456789abcdef',
      'usage-bootstrap-authentication': 'true',
      ...(expiration === undefined ? {} : { expiration }),
    };
    const { status, text } = await plane.send({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ metadata: { name: `bootstrap-token-${id}` }, type: 'bootstrap.kubernetes.io/token', stringData }),
    });
    assert.equal(status, 201, text);
  };
  const left = async (): Promise<string[]> => JSON.parse((await plane.send({ method: 'GET', path })).text).items.map(({ metadata }: any) => metadata.name);
  await make('aaaaaa', '2030-01-01T01:00:00Z');
  await make('bbbbbb');
  await make('cccccc', 'soon');
  await plane.clock.advance(3_599_000);
  assert.deepEqual(await left(), ['bootstrap-token-aaaaaa', 'bootstrap-token-bbbbbb']);
  await plane.clock.advance(2_000);
  assert.deepEqual(await left(), ['bootstrap-token-bbbbbb']);
  await plane.stop();
});
