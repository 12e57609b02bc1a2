/** Endpoints by hand: edited ones stay, deleted ones come again, and those of a Service go with it. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { asking } from '../../support/asking.js';
import { controlPlane } from '../../support/controlplane.js';

test('what is edited stays until something changes, what is deleted is made again', async () => {
  const plane = await controlPlane({ only: ['endpoints'] });
  const ask = asking(plane);
  const path = '/api/v1/namespaces/default/endpoints/web';
  await ask('POST', '/api/v1/namespaces/default/services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
  });
  await ask('PATCH', path, { subsets: [{ addresses: [{ ip: '10.0.0.9' }], ports: [{ port: 80 }] }] });
  await plane.clock.advance(5_000);
  assert.equal((await ask('GET', path)).subsets[0].addresses[0].ip, '10.0.0.9');
  await ask('DELETE', path);
  assert.equal((await ask('GET', path)).subsets, undefined);
  await ask('DELETE', '/api/v1/namespaces/default/services/web');
  assert.equal((await ask('GET', path)).reason, 'NotFound');
  await plane.stop();
});
