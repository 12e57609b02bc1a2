/** Ranges of Service addresses: ready when known, held back while an address is taken from them. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { asking } from '../../support/asking.js';
import { controlPlane } from '../../support/controlplane.js';

const API = '/apis/networking.k8s.io/v1';

test('a range is ready, waits for its last address, and goes ten seconds after it was asked to', async () => {
  const plane = await controlPlane({ only: ['service-cidr'] });
  const ask = asking(plane);
  await ask('POST', `${API}/servicecidrs`, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: 'more' },
    spec: { cidrs: ['10.200.0.0/24'] },
  });
  const ready = async () =>
    (await ask('GET', `${API}/servicecidrs/more`)).status.conditions.map(({ status, reason, message }: any) => `${status} ${reason}: ${message}`);
  assert.deepEqual(await ready(), ['True : Kubernetes Service CIDR is ready']);
  await ask('POST', `${API}/ipaddresses`, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: { name: '10.200.0.7' },
    spec: { parentRef: { resource: 'services', namespace: 'default', name: 's' } },
  });
  await ask('DELETE', `${API}/servicecidrs/more`);
  await plane.clock.advance(20_000);
  assert.deepEqual(await ready(), [
    'False Terminating: There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
  ]);
  await ask('DELETE', `${API}/ipaddresses/10.200.0.7`);
  assert.equal((await ask('GET', `${API}/servicecidrs/more`)).reason, 'NotFound');
  await plane.stop();
});
