/** When a quota is counted: at once where it is new, a little later where another process has counted it, and when something goes away. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import type { Kind } from '../../src/api/kind.js';
import { inScope, usageOf } from '../../src/api/core/quotausage.js';
import { controlPlane, type ControlPlane } from '../support/controlplane.js';

const QUOTA = '/api/v1/namespaces/default/resourcequotas/few';
const MAPS = '/api/v1/namespaces/default/configmaps';

async function ask({ send, quiescence }: ControlPlane, method: string, path: string, body?: object): Promise<any> {
  const { text } = await send({
    method,
    path,
    headers: { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  await quiescence.settled();
  return JSON.parse(text);
}
const used = async (plane: ControlPlane): Promise<unknown> => (await ask(plane, 'GET', QUOTA)).status.used;

test('who starts does not overwrite what the API server is charging, and counts again a second later', async () => {
  const only = ['resourcequota'];
  const before = await controlPlane({ only });
  await ask(before, 'POST', QUOTA.slice(0, QUOTA.lastIndexOf('/')), {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'few' },
    spec: { hard: { configmaps: '5' } },
  });
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
  await ask(before, 'POST', QUOTA.slice(0, QUOTA.lastIndexOf('/')), {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'few' },
    spec: { hard: { configmaps: '5' } },
  });
  await ask(before, 'POST', MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } });
  await before.stop();
  const after = await before.restart();
  await ask(after, 'DELETE', `${MAPS}/a`);
  assert.deepEqual(await used(after), { configmaps: '0' });
  await after.stop();
});

const POD = { group: '', plural: 'pods' } as Kind;
const pod = (spec: object, rest: object = {}): object => ({ spec: { containers: [{ name: 'c' }], ...spec }, ...rest });

test('what an object takes', () => {
  const cases: [Pick<Kind, 'group' | 'plural'>, object, Record<string, string>][] = [
    [
      POD,
      pod({ overhead: { cpu: '1', memory: '1Mi' }, containers: [{ name: 'c', resources: { requests: { cpu: '1' }, limits: { cpu: '2' } } }] }),
      { 'requests.cpu': '2', cpu: '2', 'requests.memory': '1Mi', 'limits.cpu': '3', 'limits.memory': '' },
    ],
    [
      POD,
      pod({
        resources: { requests: { cpu: '5' } },
        containers: [{ name: 'c', resources: { requests: { cpu: '1', 'hugepages-2Mi': '4Mi', 'x.example/gpu': '1' } } }],
      }),
      { 'requests.cpu': '5', 'hugepages-2Mi': '4Mi', 'requests.hugepages-2Mi': '4Mi', 'requests.x.example/gpu': '1' },
    ],
    [POD, pod({}, { metadata: { deletionTimestamp: '2029-12-31T23:59:00Z', deletionGracePeriodSeconds: 30 } }), { pods: '', 'count/pods': '1' }],
    [
      { group: '', plural: 'services' },
      { spec: { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: [{ port: 1 }, { port: 2, nodePort: 30000 }] } },
      { 'services.nodeports': '1', 'services.loadbalancers': '1' },
    ],
    [
      { group: '', plural: 'persistentvolumeclaims' },
      { spec: { storageClassName: 's', resources: { requests: { storage: '1Gi' } } }, status: { allocatedResources: { storage: '2Gi' } } },
      { 'requests.storage': '2Gi', 's.storageclass.storage.k8s.io/persistentvolumeclaims': '1' },
    ],
    [
      { group: 'resource.k8s.io', plural: 'resourceclaims' },
      {
        spec: {
          devices: {
            requests: [
              { exactly: { deviceClassName: 'g', allocationMode: 'ExactCount', count: 2 } },
              {
                firstAvailable: [
                  { deviceClassName: 'g', allocationMode: 'All' },
                  { deviceClassName: 'h', count: 3 },
                ],
              },
            ],
          },
        },
      },
      { 'g.deviceclass.resource.k8s.io/devices': '34', 'h.deviceclass.resource.k8s.io/devices': '3' },
    ],
  ];
  for (const [kind, object, wanted] of cases) {
    const usage = usageOf(kind as Kind, object, Date.parse('2030-01-01T00:00:00Z'));
    for (const [name, amount] of Object.entries(wanted)) assert.equal(usage.get(name)?.toString() ?? '', amount, name);
  }
});

test('claims fall under quotas of the attributes they have, had or get', () => {
  const claims = { group: '', plural: 'persistentvolumeclaims' } as Kind;
  const inClass = (claim: object, operator: string, values?: string[]): boolean =>
    inScope(claims, claim, {
      scopeSelector: { matchExpressions: [{ scopeName: 'VolumeAttributesClass', operator, ...(values === undefined ? {} : { values }) }] },
    });
  const claim = { spec: { volumeAttributesClassName: 'gold' }, status: { currentVolumeAttributesClassName: 'silver' } };
  assert.deepEqual(
    [inClass(claim, 'Exists'), inClass(claim, 'In', ['silver']), inClass(claim, 'In', ['tin']), inClass({}, 'Exists'), inClass({}, 'DoesNotExist')],
    [true, true, false, false, true],
  );
  assert.equal(inScope(claims, claim, { scopes: ['BestEffort'] }), false);
});

test('custom resources are counted, and nothing is said of what nobody counts', async () => {
  const plane = await controlPlane({ only: ['resourcequota'] });
  const names = { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' };
  const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }];
  await ask(plane, 'POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.x.example' },
    spec: { group: 'x.example', scope: 'Namespaced', names, versions },
  });
  await plane.clock.advance(2_000);
  const things = '/apis/x.example/v1/namespaces/default/things';
  for (const name of ['a', 'b']) await ask(plane, 'POST', things, { apiVersion: 'x.example/v1', kind: 'Thing', metadata: { name } });
  await ask(plane, 'POST', QUOTA.slice(0, QUOTA.lastIndexOf('/')), {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'few' },
    spec: { hard: { 'count/things.x.example': '5', 'count/others.x.example': '5' } },
  });
  assert.deepEqual(await used(plane), { 'count/things.x.example': '2' });
  await ask(plane, 'DELETE', `${things}/a`);
  assert.deepEqual(await used(plane), { 'count/things.x.example': '1' });
  await plane.stop();
});

test('a pod that should be gone is not charged for ever', async () => {
  const plane = await controlPlane({ only: ['resourcequota', 'serviceaccount'] });
  await ask(plane, 'POST', QUOTA.slice(0, QUOTA.lastIndexOf('/')), {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'few' },
    spec: { hard: { pods: '5', 'count/pods': '5' } },
  });
  await ask(plane, 'POST', '/api/v1/namespaces/default/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] },
  });
  await ask(plane, 'DELETE', '/api/v1/namespaces/default/pods/p');
  await plane.clock.advance(60_000);
  assert.deepEqual(await used(plane), { 'count/pods': '1', pods: '1' });
  await plane.clock.advance(300_000);
  assert.deepEqual(await used(plane), { 'count/pods': '1', pods: '0' });
  await plane.stop();
});

test('a pod grows within its quota only', async () => {
  const plane = await controlPlane({ only: ['resourcequota', 'serviceaccount'] });
  await ask(plane, 'POST', QUOTA.slice(0, QUOTA.lastIndexOf('/')), {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'few' },
    spec: { hard: { 'requests.cpu': '1' } },
  });
  const containers = (cpu: string): object[] => [{ name: 'c', image: 'i', resources: { requests: { cpu } } }];
  await ask(plane, 'POST', '/api/v1/namespaces/default/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: containers('500m') },
  });
  const resize = async (cpu: string): Promise<string | undefined> =>
    (await ask(plane, 'PATCH', '/api/v1/namespaces/default/pods/p/resize', { spec: { containers: containers(cpu) } })).message;
  assert.equal(
    await resize('2'),
    'pods "p" is forbidden: exceeded quota: few, requested: requests.cpu=1500m, used: requests.cpu=500m, limited: requests.cpu=1',
  );
  assert.equal(await resize('900m'), undefined);
  assert.deepEqual(await used(plane), { 'requests.cpu': '900m' });
  await plane.stop();
});
