/** Claims made by template: the pod learns their names, and they go when it is done. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { asking, eventsAbout } from '../../support/asking.js';
import { controlPlane } from '../../support/controlplane.js';

const API = '/apis/resource.k8s.io/v1/namespaces/default';
const PODS = '/api/v1/namespaces/default/pods';
const template = {
  apiVersion: 'resource.k8s.io/v1',
  kind: 'ResourceClaimTemplate',
  metadata: { name: 't' },
  spec: { metadata: { labels: { a: 'b' } }, spec: { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu' } }] } } },
};
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: {
    resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 't' }],
    containers: [{ name: 'c', image: 'a', resources: { claims: [{ name: 'gpu' }] } }],
  },
};

test('a pod gets a claim of its own, waits for its template, and gives it back', async () => {
  const plane = await controlPlane({ only: ['resource-claim', 'serviceaccount'] });
  const ask = asking(plane);
  await ask('POST', PODS, pod);
  assert.equal(
    (await eventsAbout(ask, 'p'))[0],
    'FailedResourceClaimCreation: PodResourceClaim gpu: resource claim template "t": resourceclaimtemplate.resource.k8s.io "t" not found',
  );
  await ask('POST', `${API}/resourceclaimtemplates`, template);
  await plane.clock.advance(10_000);
  const [claim] = (await ask('GET', `${API}/resourceclaims`)).items;
  assert.match(claim.metadata.name, /^p-gpu-\w{5}$/);
  assert.deepEqual(
    [claim.metadata.labels, claim.metadata.annotations, claim.metadata.ownerReferences[0].kind],
    [{ a: 'b' }, { 'resource.kubernetes.io/pod-claim-name': 'gpu' }, 'Pod'],
  );
  const { status, metadata } = await ask('GET', `${PODS}/p`);
  assert.deepEqual(status.resourceClaimStatuses, [{ name: 'gpu', resourceClaimName: claim.metadata.name }]);
  const allocation = { devices: { results: [{ request: 'gpu', driver: 'd.example.com', pool: 'n', device: 'one' }] } };
  await ask('PATCH', `${API}/resourceclaims/${claim.metadata.name}`, { metadata: { finalizers: ['resource.kubernetes.io/delete-protection'] } });
  await ask('PATCH', `${API}/resourceclaims/${claim.metadata.name}/status`, {
    status: { allocation, reservedFor: [{ resource: 'pods', name: 'p', uid: metadata.uid }] },
  });
  assert.equal((await ask('GET', `${API}/resourceclaims/${claim.metadata.name}`)).status.reservedFor.length, 1);
  await ask('PATCH', `${PODS}/p/status`, { status: { phase: 'Succeeded' } });
  assert.deepEqual((await ask('GET', `${API}/resourceclaims`)).items, []);
  await plane.stop();
});
