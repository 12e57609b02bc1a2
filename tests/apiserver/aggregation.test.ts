/** metrics.k8s.io through its APIService: absent, unavailable, served. */
import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { NodeMetrics, PodMetrics } from '../../src/api/metrics/types/nodemetrics.js';
import { caller, testServer } from '../support/inprocess.js';

const measured = { timestamp: '2030-01-01T00:00:00Z', window: '15s' };
const metrics = {
  nodes: async () =>
    [
      {
        kind: 'NodeMetrics',
        apiVersion: 'metrics.k8s.io/v1beta1',
        metadata: { name: 'n1', labels: { a: 'b' } },
        ...measured,
        usage: { cpu: '250m', memory: '64Mi' },
      },
    ] as unknown as NodeMetrics[],
  pods: async () =>
    [
      {
        kind: 'PodMetrics',
        apiVersion: 'metrics.k8s.io/v1beta1',
        metadata: { name: 'p', namespace: 'default' },
        ...measured,
        containers: [{ name: 'c', usage: { cpu: '1m', memory: '5Mi' } }],
      },
    ] as unknown as PodMetrics[],
};
const apiService = {
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: 'v1beta1.metrics.k8s.io' },
  spec: {
    group: 'metrics.k8s.io',
    version: 'v1beta1',
    groupPriorityMinimum: 100,
    versionPriority: 100,
    insecureSkipTLSVerify: true,
    service: { name: 'ms', namespace: 'default' },
  },
};
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'ms' },
  spec: { ports: [{ name: 'https', port: 443, targetPort: 10250 }], selector: { a: 'b' } },
};
const slice = (ready: boolean) => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'ms-x1', labels: { 'kubernetes.io/service-name': 'ms' } },
  addressType: 'IPv4',
  ports: [{ name: 'https', port: 10250 }],
  endpoints: [{ addresses: ['10.244.0.7'], conditions: { ready } }],
});

async function cluster() {
  const test = await testServer({ metrics });
  const ask = caller(test.server);
  const condition = async () => {
    await test.quiescence.settled();
    const { object } = (await ask('GET', '/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io')) as any;
    const { status, reason, message } = object.status.conditions[0];
    return `${status} ${reason}: ${message}`;
  };
  return { ...test, ask, condition };
}

describe('metrics.k8s.io', () => {
  it('is not there without its APIService', async () => {
    const { send } = await cluster();
    assert.equal((await send({ method: 'GET', path: '/apis/metrics.k8s.io/v1beta1/nodes' })).status, 404);
    assert.ok(!(await send({ method: 'GET', path: '/apis' })).text.includes('metrics.k8s.io'));
  });

  it('is listed, unavailable and told so until its Service has ready endpoints', async () => {
    const { send, ask, condition } = await cluster();
    await ask('POST', '/apis/apiregistration.k8s.io/v1/apiservices', apiService);
    assert.equal(await condition(), 'False ServiceNotFound: service/ms in "default" is not present');
    assert.ok((await send({ method: 'GET', path: '/apis' })).text.includes('metrics.k8s.io/v1beta1'));
    const refused = await send({ method: 'GET', path: '/apis/metrics.k8s.io/v1beta1/nodes' });
    assert.deepEqual([refused.status, refused.text], [503, 'service unavailable\n']);
    await ask('POST', '/api/v1/namespaces/default/services', service);
    assert.equal(await condition(), 'False EndpointsNotFound: cannot find endpointslices for service/ms in "default"');
    await ask('POST', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', slice(false));
    assert.equal(await condition(), 'False MissingEndpoints: endpointslices for service/ms in "default" have no addresses with port name "https"');
    const discovered = await send({
      method: 'GET',
      path: '/apis',
      headers: { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' },
    });
    assert.deepEqual(JSON.parse(discovered.text).items.at(-1), {
      metadata: { name: 'metrics.k8s.io' },
      versions: [{ version: 'v1beta1', freshness: 'Stale' }],
    });
    await ask('PUT', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/ms-x1', slice(true));
    assert.equal(await condition(), 'True Passed: all checks passed');
    assert.equal((await send({ method: 'GET', path: '/apis/metrics.k8s.io/v1beta1' })).status, 200);
  });

  it('answers lists, single objects and Tables while it is available, and leaves with its APIService', async () => {
    const { send, ask } = await cluster();
    await ask('POST', '/apis/apiregistration.k8s.io/v1/apiservices', apiService);
    await ask('POST', '/api/v1/namespaces/default/services', service);
    await ask('POST', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', slice(true));
    const list = JSON.parse((await send({ method: 'GET', path: '/apis/metrics.k8s.io/v1beta1/nodes?labelSelector=a%3Db' })).text);
    assert.deepEqual([list.kind, list.items.length, list.items[0].kind, list.items[0].usage.cpu], ['NodeMetricsList', 1, undefined, '250m']);
    assert.equal(JSON.parse((await send({ method: 'GET', path: '/apis/metrics.k8s.io/v1beta1/nodes?labelSelector=a%3Dc' })).text).items.length, 0);
    const pod = JSON.parse((await send({ method: 'GET', path: '/apis/metrics.k8s.io/v1beta1/namespaces/default/pods/p' })).text);
    assert.deepEqual([pod.kind, pod.containers[0].usage.memory], ['PodMetrics', '5Mi']);
    const missing = JSON.parse((await send({ method: 'GET', path: '/apis/metrics.k8s.io/v1beta1/namespaces/default/pods/q' })).text);
    assert.equal(missing.message, 'pods "q" not found');
    const table = JSON.parse(
      (await send({ method: 'GET', path: '/apis/metrics.k8s.io/v1beta1/nodes', headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } })).text,
    );
    assert.deepEqual(table.rows[0].cells, ['n1', '250m', '64Mi', '15s']);
    assert.equal((await send({ method: 'GET', path: '/apis/metrics.k8s.io/v1beta1/nodes?watch=1' })).status, 405);
    await ask('DELETE', '/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io');
    assert.equal((await send({ method: 'GET', path: '/apis/metrics.k8s.io/v1beta1/nodes' })).status, 404);
  });
});

it('a group that another server serves is listed with what that server lists, and is stale when it does not answer', async () => {
  let up = true;
  const { send } = await testServer({
    dialer: {
      async dial({ url, address, headers, asFrontProxy }) {
        if (!up) throw new Error('connection refused');
        assert.deepEqual(
          [url, address, headers['x-remote-user'], asFrontProxy],
          ['https://ext.default.svc:443/apis/ext.example.com/v1', '10.244.1.7:8443', 'kubernetes-admin', true],
        );
        const resources = [
          { name: 'things', singularName: 'thing', namespaced: true, kind: 'Thing', verbs: ['get', 'list'], shortNames: ['th'] },
          { name: 'things/status', namespaced: true, kind: 'Thing', verbs: ['get'] },
        ];
        return {
          status: 200,
          headers: { 'content-type': 'application/json' },
          body: Buffer.from(JSON.stringify({ kind: 'APIResourceList', apiVersion: 'v1', groupVersion: 'ext.example.com/v1', resources })),
        };
      },
    },
  });
  const post = async (path: string, body: object): Promise<void> => {
    const { status, text } = await send({ method: 'POST', path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    assert.equal(status, 201, text);
  };
  const get = async (path: string, accept = 'application/json') => JSON.parse((await send({ method: 'GET', path, headers: { accept } })).text);
  await post('/api/v1/namespaces/default/services', { metadata: { name: 'ext' }, spec: { ports: [{ port: 443, targetPort: 8443 }] } });
  await post('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
    metadata: { name: 'ext-1', labels: { 'kubernetes.io/service-name': 'ext' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.244.1.7'] }],
    ports: [{ port: 8443, protocol: 'TCP' }],
  });
  await post('/apis/apiregistration.k8s.io/v1/apiservices', {
    metadata: { name: 'v1.ext.example.com' },
    spec: {
      group: 'ext.example.com',
      version: 'v1',
      groupPriorityMinimum: 100,
      versionPriority: 10,
      insecureSkipTLSVerify: true,
      service: { name: 'ext', namespace: 'default' },
    },
  });
  const group = {
    name: 'ext.example.com',
    versions: [{ groupVersion: 'ext.example.com/v1', version: 'v1' }],
    preferredVersion: { groupVersion: 'ext.example.com/v1', version: 'v1' },
  };
  assert.deepEqual((await get('/apis')).groups.at(-1), group);
  assert.deepEqual(await get('/apis/ext.example.com'), { kind: 'APIGroup', apiVersion: 'v1', ...group });
  assert.equal((await get('/apis/ext.example.com/v1')).resources.length, 2);
  const listed = async () => (await get('/apis', 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList')).items.at(-1);
  const kind = { group: 'ext.example.com', version: 'v1', kind: 'Thing' };
  assert.deepEqual(await listed(), {
    metadata: { name: 'ext.example.com' },
    versions: [
      {
        version: 'v1',
        freshness: 'Current',
        resources: [
          {
            resource: 'things',
            responseKind: kind,
            scope: 'Namespaced',
            singularResource: 'thing',
            verbs: ['get', 'list'],
            shortNames: ['th'],
            subresources: [{ subresource: 'status', responseKind: kind, verbs: ['get'] }],
          },
        ],
      },
    ],
  });
  up = false;
  assert.deepEqual(await listed(), { metadata: { name: 'ext.example.com' }, versions: [{ version: 'v1', freshness: 'Stale' }] });
});
