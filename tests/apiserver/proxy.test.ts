/** proxy subresources: where a request goes, what comes back under the proxy's own path, and what is said when nothing does. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import type { DialRequest, DialResponse } from '../../src/apiserver/nodeconnector.js';
import { testServer } from '../support/inprocess.js';
import { rewritePage, rewriteUrl } from '../../src/apiserver/subresources/proxyrewrite.js';

async function world(answer: Partial<DialResponse> | (() => never) = {}) {
  const dialled: DialRequest[] = [];
  const made = await testServer({
    dialer: {
      async dial(request) {
        dialled.push(request);
        if (typeof answer === 'function') answer();
        return { status: 200, headers: { 'content-type': 'text/plain' }, body: Buffer.from('hello'), ...(answer as object) };
      },
    },
    nodes: {
      connect: (name) =>
        name === 'n1'
          ? ({ http: async ({ path }: { path: string }) => ({ status: 200, headers: {}, body: Buffer.from(`kubelet ${path}`) }) } as never)
          : undefined,
    },
  });
  const json = async (method: string, path: string, body: object, type = 'application/json'): Promise<void> => {
    const { status, text } = await made.send({ method, path, headers: { 'content-type': type }, body: JSON.stringify(body) });
    assert.ok(status < 300, text);
  };
  await json('POST', '/api/v1/namespaces/default/pods', {
    metadata: { name: 'web', labels: { app: 'web' } },
    spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'nginx', ports: [{ containerPort: 8080 }] }] },
  });
  await json(
    'PATCH',
    '/api/v1/namespaces/default/pods/web/status',
    { status: { phase: 'Running', podIP: '10.244.1.4', podIPs: [{ ip: '10.244.1.4' }] } },
    'application/merge-patch+json',
  );
  await json('POST', '/api/v1/namespaces/default/pods', { metadata: { name: 'new' }, spec: { containers: [{ name: 'c', image: 'nginx' }] } });
  await json('POST', '/api/v1/namespaces/default/services', { metadata: { name: 'svc' }, spec: { ports: [{ name: 'http', port: 80, targetPort: 8080 }] } });
  await json('POST', '/api/v1/namespaces/default/services', { metadata: { name: 'empty' }, spec: { ports: [{ port: 80 }] } });
  await json('POST', '/api/v1/namespaces/default/endpoints', {
    metadata: { name: 'svc' },
    subsets: [{ addresses: [{ ip: '10.244.1.4' }], ports: [{ name: 'http', port: 8080 }] }],
  });
  await json('POST', '/api/v1/nodes', { metadata: { name: 'n1' } });
  return { ...made, dialled };
}

const NS = '/api/v1/namespaces/default';
test.each([
  [`${NS}/pods/web/proxy/`, 'http://10.244.1.4:8080/'],
  [`${NS}/pods/web:9090/proxy/a/b?c=d`, 'http://10.244.1.4:9090/a/b?c=d'],
  [`${NS}/pods/https:web:9443/proxy/a/`, 'https://10.244.1.4:9443/a/'],
  [`${NS}/pods/web/proxy/a%2Fb`, 'http://10.244.1.4:8080/a%2Fb'],
  [`${NS}/services/svc:http/proxy/x`, 'http://10.244.1.4:8080/x'],
  [`${NS}/services/svc:80/proxy/x`, 'http://10.244.1.4:8080/x'],
  [`${NS}/services/https:svc:http/proxy/x`, 'https://10.244.1.4:8080/x'],
])('%s goes to %s', async (path, url) => {
  const { send, dialled } = await world();
  const { status, text } = await send({ method: 'GET', path, headers: { 'x-mine': '1', authorization: 'Bearer admin' } });
  assert.deepEqual([status, text], [200, 'hello']);
  assert.equal(dialled[0]!.url, url);
  assert.deepEqual([dialled[0]!.headers['x-mine'], dialled[0]!.headers['authorization']], ['1', undefined]);
});

test.each([
  [`${NS}/pods/none/proxy/`, 404, 'pods "none" not found'],
  [`${NS}/pods/new/proxy/`, 400, 'address not allowed'],
  [`${NS}/pods/ftp:web:1/proxy/`, 400, 'invalid pod request "ftp:web:1"'],
  [`${NS}/services/a:b:c:d/proxy/`, 400, 'invalid service request "a:b:c:d"'],
  [`${NS}/services/svc:81/proxy/`, 503, 'no service port 81 found for service "svc"'],
  [`${NS}/services/svc/proxy/`, 503, 'no endpoints available for service "svc"'],
  [`${NS}/services/empty/proxy/`, 404, 'endpoints "empty" not found'],
  ['/api/v1/nodes/none/proxy/healthz', 404, 'nodes "none" not found'],
])('%s is refused', async (path, code, message) => {
  const { send } = await world();
  const { status, text } = await send({ method: 'GET', path });
  assert.deepEqual([status, JSON.parse(text).message], [code, message]);
});

test('a node answers for its kubelet', async () => {
  const { send } = await world();
  assert.equal((await send({ method: 'GET', path: '/api/v1/nodes/n1/proxy/healthz' })).text, 'kubelet /healthz');
});

test('where nobody answers, that is told', async () => {
  const { send } = await world(() => {
    throw new Error('dial tcp 10.244.1.4:8080: connect: connection refused');
  });
  const { status, text } = await send({ method: 'GET', path: `${NS}/pods/web/proxy/` });
  assert.deepEqual(
    [status, JSON.parse(text).message, JSON.parse(text).reason],
    [503, 'error trying to reach service: dial tcp 10.244.1.4:8080: connect: connection refused', 'ServiceUnavailable'],
  );
});

test('an empty path is sent to the one with a slash', async () => {
  const { send } = await world();
  const { status, headers } = await send({ method: 'GET', path: `${NS}/pods/web/proxy?a=b` });
  assert.deepEqual([status, headers['location']], [301, `${NS}/pods/web/proxy/?a=b`]);
});

test('status, headers, redirects and the links of pages come back as they concern the caller', async () => {
  const page = '<html><body><a href="/next?x=1">n</a><img src=\'rel.png\'><a href="https://other/">o</a></body></html>';
  const { send } = await world({
    status: 202,
    headers: { 'content-type': 'text/html; charset=utf-8', 'x-own': 'y', 'access-control-allow-origin': '*' },
    body: Buffer.from(page),
  });
  const { status, headers, text } = await send({
    method: 'POST',
    path: `${NS}/pods/web/proxy/`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'a=b',
  });
  assert.equal(status, 202);
  assert.deepEqual([headers['x-own'], headers['access-control-allow-origin']], ['y', undefined]);
  assert.equal(text, page.replace('"/next', `"${NS}/pods/web/proxy/next`));
});

test.each([
  ['/a', '/p/a'],
  ['/a/?b#c', '/p/a/?b#c'],
  ['rel', 'rel'],
  ['http://10.0.0.1:80/a', '/p/a'],
  ['http://me:8001/a', '/p/a'],
  ['http://else/a', 'http://else/a'],
  ['/p/a', '/p/a'],
  ['#top', '#top'],
  ['', ''],
])('the URL %s becomes %s', (url, expected) => {
  assert.equal(rewriteUrl(url, { prefix: '/p', host: '10.0.0.1:80', sent: 'me:8001' }), expected);
});

test('text that only looks like tags is left alone, however long', () => {
  const text = `<a ${'href= '.repeat(20_000)}`;
  assert.equal(Buffer.from(rewritePage(Buffer.from(text), { prefix: '/p', host: '', sent: '' })).toString(), text);
});
