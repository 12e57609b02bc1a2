/** Admission webhooks: whom they are asked about, what they may change, and what a refusal reads like. The far end is a function. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../../src/platform/clock.js';
import { dialOut } from '../../../src/server/dial.js';
import { createAuthority, issueCertificate } from '../../../src/server/pki.js';
import type { DialRequest } from '../../../src/apiserver/nodeconnector.js';
import { testServer, type TestServer } from '../../support/inprocess.js';

type Answer = (request: any, dial: DialRequest) => object | Promise<object> | { raw: string; status?: number; type?: string };

interface World extends TestServer {
  asked: { url: string; review: any; dial: DialRequest }[];
  json(method: string, path: string, body?: object, headers?: Record<string, string>): Promise<{ status: number; body: any; headers: Record<string, any> }>;
}

async function world(answer: Answer = () => ({ allowed: true })): Promise<World> {
  const asked: World['asked'] = [];
  const made = await testServer({
    log: { info() {}, warning() {}, error: (line) => process.stderr.write(`${line}\n`) },
    dialer: {
      async dial(dial) {
        const review = JSON.parse(Buffer.from(dial.body!).toString());
        asked.push({ url: dial.url, review, dial });
        const given: any = await answer(review.request, dial);
        if (given.raw !== undefined)
          return { status: given.status ?? 200, headers: { 'content-type': given.type ?? 'application/json' }, body: Buffer.from(given.raw) };
        const { response, ...rest } = given;
        const whole = {
          kind: 'AdmissionReview',
          apiVersion: review.apiVersion,
          ...(response === undefined ? {} : rest),
          response: response ?? { uid: review.request.uid, ...given },
        };
        return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(whole)) };
      },
    },
  });
  const json: World['json'] = async (method, path, body, headers = {}) => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const answered = await made.send({
      method,
      path,
      headers: { 'content-type': type, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answered.status, body: JSON.parse(answered.text), headers: answered.headers };
  };
  return { ...made, asked, json };
}

const RULE = { apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE', 'UPDATE', 'DELETE'] };
const hook = (more: object = {}): object => ({
  name: 'w.example.com',
  clientConfig: { url: 'https://127.0.0.1:9443/hook' },
  rules: [RULE],
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
  ...more,
});
const GROUP = '/apis/admissionregistration.k8s.io/v1';
const configure = async ({ json }: World, role: 'mutating' | 'validating', ...webhooks: object[]): Promise<void> => {
  const kind = role === 'mutating' ? 'MutatingWebhookConfiguration' : 'ValidatingWebhookConfiguration';
  const made = await json('POST', `${GROUP}/${kind.toLowerCase()}s`, { metadata: { name: 'w' }, webhooks });
  assert.equal(made.status, 201, JSON.stringify(made.body));
};
const MAPS = '/api/v1/namespaces/default/configmaps';
const patchOf = (...operations: object[]) => ({ allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(operations)).toString('base64') });

test('a validating webhook is asked with a whole AdmissionReview, and its denial is told in its own words', async () => {
  const w = await world(() => ({ allowed: false, status: { message: 'no', code: 418 }, warnings: ['careful'] }));
  await configure(w, 'validating', hook());
  const { status, body, headers } = await w.json('POST', `${MAPS}?fieldManager=me`, { metadata: { name: 'a' }, data: { k: 'v' } });
  assert.equal(status, 418);
  assert.deepEqual(body, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'admission webhook "w.example.com" denied the request: no',
    code: 418,
  });
  assert.deepEqual(headers['warning'], ['299 - "careful"']);
  const [{ url, review }] = w.asked as [World['asked'][0]];
  assert.equal(url, 'https://127.0.0.1:9443/hook?timeout=10s');
  const { uid, object, ...request } = review.request;
  assert.match(uid, /^[0-9a-f-]{36}$/);
  assert.equal(object.kind, 'ConfigMap');
  assert.deepEqual(object.data, { k: 'v' });
  assert.deepEqual(request, {
    kind: { group: '', version: 'v1', kind: 'ConfigMap' },
    resource: { group: '', version: 'v1', resource: 'configmaps' },
    requestKind: { group: '', version: 'v1', kind: 'ConfigMap' },
    requestResource: { group: '', version: 'v1', resource: 'configmaps' },
    name: 'a',
    namespace: 'default',
    operation: 'CREATE',
    userInfo: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] },
    oldObject: null,
    dryRun: false,
    options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1', fieldManager: 'me' },
  });
});

test('a denial without words, with a reason alone, and with a code that is none', async () => {
  const said: object[] = [{}, { status: { reason: 'Forbidden' } }, { status: { code: 200, status: 'Success', message: 'm' } }];
  const w = await world(() => ({ allowed: false, ...said.shift() }));
  await configure(w, 'validating', hook());
  const told = [];
  for (let at = 0; at < 3; at++) told.push((await w.json('POST', MAPS, { metadata: { name: 'a' } })).body);
  assert.deepEqual(
    told.map(({ message, code, reason, status }) => [message, code, reason, status]),
    [
      ['admission webhook "w.example.com" denied the request without explanation', 400, undefined, 'Failure'],
      ['admission webhook "w.example.com" denied the request: Forbidden', 400, 'Forbidden', 'Failure'],
      ['admission webhook "w.example.com" denied the request: m', 400, undefined, 'Failure'],
    ],
  );
});

test('update and delete show what was there', async () => {
  const w = await world();
  await w.json('POST', MAPS, { metadata: { name: 'a' }, data: { k: '1' } });
  await configure(w, 'validating', hook());
  await w.json('PATCH', `${MAPS}/a`, { data: { k: '2' } });
  await w.json('DELETE', `${MAPS}/a`);
  const [update, remove] = w.asked.map(({ review }) => review.request);
  assert.deepEqual([update.operation, update.object.data.k, update.oldObject.data.k, update.options.kind], ['UPDATE', '2', '1', 'PatchOptions']);
  assert.deepEqual([remove.operation, remove.object, remove.oldObject.data.k, remove.options.kind], ['DELETE', null, '2', 'DeleteOptions']);
});

test('a mutating webhook changes what is stored, and what it changes is validated', async () => {
  const w = await world(({ name }) => patchOf({ op: 'add', path: '/data', value: name === 'bad' ? { 'no good': '' } : { added: 'yes' } }));
  await configure(w, 'mutating', hook());
  assert.deepEqual((await w.json('POST', MAPS, { metadata: { name: 'a' } })).body.data, { added: 'yes' });
  assert.deepEqual((await w.json('GET', `${MAPS}/a`)).body.data, { added: 'yes' });
  const bad = await w.json('POST', MAPS, { metadata: { name: 'bad' } });
  assert.equal(bad.status, 422);
  const pod = { ...hook(), rules: [{ ...RULE, resources: ['pods'] }] };
  await w.json('PATCH', `${GROUP}/mutatingwebhookconfigurations/w`, { webhooks: [pod] });
});

test('a patch is read by the schema of the kind and defaulted', async () => {
  const w = await world(() => patchOf({ op: 'add', path: '/spec/containers/-', value: { name: 'side', image: 'x' } }));
  await configure(w, 'mutating', hook({ rules: [{ ...RULE, resources: ['pods'] }] }));
  const { status, body } = await w.json('POST', '/api/v1/namespaces/default/pods', {
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'a', image: 'x' }] },
  });
  assert.equal(status, 201, JSON.stringify(body));
  assert.equal(body.spec.containers[1].terminationMessagePath, '/dev/termination-log');
});

test('who wants to be asked again is, once, when a later webhook changed something', async () => {
  const w = await world(({ object }, { url }) =>
    url.includes('second') && object.data?.b === undefined ? patchOf({ op: 'add', path: '/data', value: { b: '1' } }) : { allowed: true },
  );
  await configure(
    w,
    'mutating',
    hook({ name: 'first.example.com', reinvocationPolicy: 'IfNeeded', clientConfig: { url: 'https://h/first' } }),
    hook({ name: 'second.example.com', clientConfig: { url: 'https://h/second' } }),
  );
  await w.json('POST', MAPS, { metadata: { name: 'a' } });
  assert.deepEqual(
    w.asked.map(({ url }) => new URL(url).pathname),
    ['/first', '/second', '/first'],
  );
});

const FAILURES: readonly [string, Awaited<ReturnType<Answer>> | (() => never), string][] = [
  [
    'nobody listens',
    () => {
      throw new Error('dial tcp 127.0.0.1:9443: connect: connection refused');
    },
    'failed to call webhook: Post "https://127.0.0.1:9443/hook?timeout=10s": dial tcp 127.0.0.1:9443: connect: connection refused',
  ],
  [
    'a 500',
    { raw: 'boom\n', status: 500, type: 'text/plain' },
    'failed to call webhook: an error on the server ("boom") has prevented the request from succeeding',
  ],
  ['a 404', { raw: '', status: 404 }, 'failed to call webhook: the server could not find the requested resource'],
  ['nothing at all', { raw: '' }, 'failed to call webhook: 0-length response with status code: 200 and content type: application/json'],
  ['no response', { raw: '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}' }, 'received invalid webhook response: webhook response was absent'],
  ['a patch from who may not', { allowed: true, patch: 'W10=' }, 'received invalid webhook response: validating webhook may not return response.patch'],
];

test.each(FAILURES)('a webhook that answers with %s fails the request, or lets it pass, by its policy', async (_, answer, message) => {
  const w = await world(() => (typeof answer === 'function' ? (answer as () => never)() : answer));
  await configure(w, 'validating', hook());
  const { status, body } = await w.json('POST', MAPS, { metadata: { name: 'a' } });
  assert.equal(status, 500);
  assert.equal(body.message, `Internal error occurred: failed calling webhook "w.example.com": ${message}`);
  assert.equal(body.reason, 'InternalError');
  await w.json('PATCH', `${GROUP}/validatingwebhookconfigurations/w`, { webhooks: [hook({ failurePolicy: 'Ignore' })] });
  assert.equal((await w.json('POST', MAPS, { metadata: { name: 'a' } })).status, 201);
});

test('an answer to another question is none', async () => {
  const w = await world((request) => ({ response: { uid: 'x', allowed: true }, ...(request.name === 'b' ? { apiVersion: 'admission.k8s.io/v2' } : {}) }));
  await configure(w, 'validating', hook());
  assert.match(
    (await w.json('POST', MAPS, { metadata: { name: 'a' } })).body.message,
    /received invalid webhook response: expected response\.uid="[0-9a-f-]{36}", got "x"$/,
  );
});

test.each([
  ['another namespace by label', { namespaceSelector: { matchLabels: { team: 'a' } } }, false],
  ['this namespace by label', { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } } }, true],
  ['other objects by label', { objectSelector: { matchLabels: { x: 'y' } } }, false],
  ['objects by label', { objectSelector: { matchLabels: { app: 'web' } } }, true],
  ['cluster-wide objects alone', { rules: [{ ...RULE, scope: 'Cluster' }] }, false],
  ['namespaced objects', { rules: [{ ...RULE, scope: 'Namespaced' }] }, true],
  ['everything', { rules: [{ apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'], operations: ['*'] }] }, true],
  ['subresources alone', { rules: [{ ...RULE, resources: ['configmaps/status'] }] }, false],
  ['a condition that holds', { matchConditions: [{ name: 'a', expression: 'object.metadata.name == "a" && request.operation == "CREATE"' }] }, true],
  ['a condition that does not', { matchConditions: [{ name: 'a', expression: 'has(object.data)' }] }, false],
])('a webhook for %s', async (_, more, expected) => {
  const w = await world();
  await configure(w, 'validating', hook(more));
  assert.equal((await w.json('POST', MAPS, { metadata: { name: 'a', labels: { app: 'web' } } })).status, 201);
  assert.equal(w.asked.length > 0, expected);
});

test('a condition that fails refuses the request, or passes the webhook by', async () => {
  const w = await world();
  await configure(w, 'validating', hook({ matchConditions: [{ name: 'a', expression: 'object.nosuch.x == 1' }] }));
  const { status, body } = await w.json('POST', MAPS, { metadata: { name: 'a' } });
  assert.equal(status, 403);
  assert.equal(body.message, `configmaps "a" is forbidden: expression 'object.nosuch.x == 1' resulted in error: no such key: nosuch`);
  await w.json('PATCH', `${GROUP}/validatingwebhookconfigurations/w`, {
    webhooks: [hook({ failurePolicy: 'Ignore', matchConditions: [{ name: 'a', expression: 'object.nosuch.x == 1' }] })],
  });
  assert.equal((await w.json('POST', MAPS, { metadata: { name: 'a' } })).status, 201);
  assert.equal(w.asked.length, 0);
});

test('an equivalent version is asked about in the version the rule names, unless exactly that is wanted', async () => {
  const w = await world(() => patchOf({ op: 'add', path: '/spec/maxReplicas', value: 7 }));
  const rules = [{ apiGroups: ['autoscaling'], apiVersions: ['v1'], resources: ['horizontalpodautoscalers'], operations: ['CREATE'] }];
  await configure(w, 'mutating', hook({ rules }));
  const hpa = (name: string) => ({ metadata: { name }, spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' } } });
  const path = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers';
  const { body } = await w.json('POST', path, hpa('a'));
  const { request } = w.asked[0]!.review;
  assert.deepEqual(
    [request.kind.version, request.requestKind.version, request.object.apiVersion, request.object.spec.targetCPUUtilizationPercentage ?? 'none'],
    ['v1', 'v2', 'autoscaling/v1', 80],
  );
  assert.deepEqual([body.apiVersion, body.spec.maxReplicas], ['autoscaling/v2', 7]);
  await w.json('PATCH', `${GROUP}/mutatingwebhookconfigurations/w`, { webhooks: [hook({ rules, matchPolicy: 'Exact' })] });
  assert.equal((await w.json('POST', path, hpa('b'))).body.spec.maxReplicas, 3);
});

test('a dry run asks only webhooks without side effects', async () => {
  const w = await world();
  await configure(w, 'validating', hook({ sideEffects: 'NoneOnDryRun' }));
  assert.equal((await w.json('POST', `${MAPS}?dryRun=All`, { metadata: { name: 'a' } })).status, 201);
  assert.equal(w.asked[0]!.review.request.dryRun, true);
});

test('webhooks are not asked about webhooks', async () => {
  const w = await world(() => ({ allowed: false }));
  await configure(w, 'validating', hook({ rules: [{ apiGroups: ['*'], apiVersions: ['*'], resources: ['*'], operations: ['*'] }] }));
  assert.equal((await w.json('DELETE', `${GROUP}/validatingwebhookconfigurations/w`)).status, 200);
});

test('a Service stands for an endpoint that is ready, under its own name', async () => {
  const w = await world();
  await w.json('POST', '/api/v1/namespaces/default/services', { metadata: { name: 'web' }, spec: { ports: [{ port: 443, targetPort: 8443 }] } });
  await configure(
    w,
    'validating',
    hook({
      clientConfig: { service: { namespace: 'default', name: 'web', path: '/check' }, caBundle: Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64') },
    }),
  );
  const before = await w.json('POST', MAPS, { metadata: { name: 'a' } });
  assert.match(
    before.body.message,
    /failed to call webhook: Post "https:\/\/web\.default\.svc:443\/check\?timeout=10s": dial tcp 10\.\d+\.\d+\.\d+:443: connect: connection refused$/,
  );
  const slice = {
    metadata: { name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.244.1.9'], conditions: { ready: true } }],
    ports: [{ port: 8443, protocol: 'TCP' }],
  };
  assert.equal((await w.json('POST', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', slice)).status, 201);
  assert.equal((await w.json('POST', MAPS, { metadata: { name: 'a' } })).status, 201);
  const { dial } = w.asked[0]!;
  assert.deepEqual(
    [dial.url, dial.address, dial.caBundle, dial.timeoutMs],
    ['https://web.default.svc:443/check?timeout=10s', '10.244.1.9:8443', '-----BEGIN CERTIFICATE-----', 10_000],
  );
});

test('what is made or connected to below an object is asked about as its own kind', async () => {
  const w = await world();
  await w.json('POST', '/apis/apps/v1/namespaces/default/deployments', {
    metadata: { name: 'd' },
    spec: {
      replicas: 1,
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    },
  });
  await w.json('POST', '/api/v1/namespaces/default/services', { metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } });
  await w.json('POST', '/api/v1/namespaces/default/pods', { metadata: { name: 'p' }, spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] } });
  await w.json('POST', '/api/v1/namespaces/default/endpoints', {
    metadata: { name: 's' },
    subsets: [{ addresses: [{ ip: '10.1.1.1' }], ports: [{ port: 80 }] }],
  });
  await configure(w, 'validating', hook({ rules: [{ apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'], operations: ['*'] }] }));
  await w.json('PATCH', '/apis/apps/v1/namespaces/default/deployments/d/scale', { spec: { replicas: 4 } });
  await w.json('POST', '/api/v1/namespaces/default/serviceaccounts/default/token', { spec: {} });
  await w.json('GET', '/api/v1/namespaces/default/services/s/proxy/a/b');
  await w.json('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { spec: { nonResourceAttributes: { path: '/', verb: 'get' } } });
  await w.json('POST', '/api/v1/namespaces/default/pods/p/exec?command=sh&command=-c&stdout=true&container=c');
  await w.json('POST', '/api/v1/namespaces/default/pods/p/eviction', { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } });
  assert.deepEqual(
    w.asked
      .slice(0, 6)
      .map(({ review: { request } }) => [
        request.operation,
        request.resource.resource,
        request.subResource,
        request.kind.kind,
        request.object.kind,
        request.object.spec?.replicas ?? request.object.path ?? request.object.command,
      ]),
    [
      ['UPDATE', 'deployments', 'scale', 'Scale', 'Scale', 4],
      ['CREATE', 'serviceaccounts', 'token', 'TokenRequest', 'TokenRequest', undefined],
      ['CONNECT', 'services', 'proxy', 'ServiceProxyOptions', 'ServiceProxyOptions', '/a/b'],
      ['CREATE', 'selfsubjectaccessreviews', undefined, 'SelfSubjectAccessReview', 'SelfSubjectAccessReview', undefined],
      ['CONNECT', 'pods', 'exec', 'PodExecOptions', 'PodExecOptions', ['sh', '-c']],
      ['CREATE', 'pods', 'eviction', 'Eviction', 'Eviction', undefined],
    ],
  );
});

test('a webhook of another process is asked over TLS, and believed by its caBundle alone', async () => {
  const ca = await createAuthority('ca', Date.now());
  const { cert, key } = await issueCertificate(ca, { commonName: 'hook', usage: 'server', ips: ['127.0.0.1'] }, Date.now());
  const server = createServer({ cert, key }, (request, response) => {
    let text = '';
    request
      .on('data', (chunk: Buffer) => (text += chunk))
      .on('end', () => {
        const { uid } = JSON.parse(text).request;
        response.writeHead(200, { 'content-type': 'application/json' }).end(
          JSON.stringify({
            apiVersion: 'admission.k8s.io/v1',
            kind: 'AdmissionReview',
            response: { uid, ...patchOf({ op: 'add', path: '/data', value: { by: 'hook' } }) },
          }),
        );
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/mutate`;
    const made = await testServer({ dialer: { dial: (request) => dialOut(request, systemClock) } });
    const send = async (path: string, body: object) =>
      JSON.parse((await made.send({ method: 'POST', path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })).text);
    const configuration = (name: string, more: object) => ({ metadata: { name }, webhooks: [hook({ clientConfig: { url, ...more } })] });
    await send(`${GROUP}/mutatingwebhookconfigurations`, configuration('trusted', { caBundle: Buffer.from(ca.cert).toString('base64') }));
    assert.deepEqual((await send(MAPS, { metadata: { name: 'a' } })).data, { by: 'hook' });
    await send(`${GROUP}/mutatingwebhookconfigurations`, configuration('untrusted', {}));
    assert.equal(
      (await send(MAPS, { metadata: { name: 'b' } })).message,
      `Internal error occurred: failed calling webhook "w.example.com": failed to call webhook: Post "${url}?timeout=10s": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
