/**
 * Strangers' requests, made from good ones by a seed: whatever comes, handle()
 * answers, in time, and never with an error of our own. A failure prints the
 * seed; run it alone with FUZZ_SEED=n, and longer with FUZZ_ROUNDS=n.
 */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { seededRandom, type Random } from '../../src/platform/random.js';
import { testServer } from '../support/inprocess.js';

const ROUNDS = Number(process.env['FUZZ_ROUNDS'] ?? 250);
const SEEDS = process.env['FUZZ_SEED'] === undefined ? [1, 2] : [Number(process.env['FUZZ_SEED'])];
const ANSWER_MS_MAX = 1_000;

const OBJECTS: readonly [string, any][] = [
  [
    '/api/v1/namespaces/default/pods',
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', labels: { a: 'b' } },
      spec: {
        containers: [
          {
            name: 'c',
            image: 'i',
            ports: [{ containerPort: 80 }],
            env: [{ name: 'A', value: 'b' }],
            resources: { limits: { cpu: '1', memory: '1Gi' } },
            livenessProbe: { httpGet: { path: '/', port: 80 } },
          },
        ],
        volumes: [{ name: 'v', emptyDir: {} }],
      },
    },
  ],
  ['/api/v1/namespaces/default/configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, data: { k: 'v' }, binaryData: { b: 'AAAA' } }],
  [
    '/api/v1/namespaces/default/secrets',
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'x' },
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': 'e30=' },
      stringData: { k: 'v' },
    },
  ],
  [
    '/apis/batch/v1/namespaces/default/jobs',
    {
      metadata: { name: 'job' },
      spec: {
        completionMode: 'Indexed',
        completions: 2,
        parallelism: 1,
        backoffLimitPerIndex: 1,
        podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [1] } }] },
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } },
      },
    },
  ],
  [
    '/api/v1/namespaces/default/services',
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { selector: { a: 'b' }, ports: [{ port: 80, targetPort: 'http' }] } },
  ],
  [
    '/apis/apps/v1/namespaces/default/deployments',
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd' },
      spec: {
        replicas: 1,
        selector: { matchLabels: { a: 'b' }, matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    },
  ],
  [
    '/apis/batch/v1/namespaces/default/cronjobs',
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'j' },
      spec: { schedule: '* * * * *', jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } } } },
    },
  ],
  [
    '/apis/rbac.authorization.k8s.io/v1/clusterroles',
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'r' },
      rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }],
    },
  ],
  [
    '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies',
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'n' },
      spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }] },
    },
  ],
  [
    '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
    {
      metadata: { name: 'w' },
      webhooks: [
        {
          name: 'a.b.c',
          clientConfig: { url: 'https://127.0.0.1/x' },
          rules: [{ apiGroups: ['none.example.com'], apiVersions: ['v1'], resources: ['x'], operations: ['CREATE'] }],
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
        },
      ],
    },
  ],
  [
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    {
      metadata: { name: 'as.f.example.com' },
      spec: {
        group: 'f.example.com',
        scope: 'Namespaced',
        names: { plural: 'as', kind: 'A' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { n: { type: 'integer' } } } } } },
          },
        ],
      },
    },
  ],
  ['/apis/f.example.com/v1/namespaces/default/as', { apiVersion: 'f.example.com/v1', kind: 'A', metadata: { name: 'a' }, spec: { n: 1 } }],
  ['/apis/authorization.k8s.io/v1/subjectaccessreviews', { spec: { user: 'x', resourceAttributes: { verb: 'get', resource: 'pods' } } }],
  ['/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token: 'x' } }],
  [
    '/apis/certificates.k8s.io/v1/certificatesigningrequests',
    {
      metadata: { name: 'c' },
      spec: {
        signerName: 'kubernetes.io/kube-apiserver-client',
        usages: ['client auth'],
        request: Buffer.from('-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n').toString('base64'),
      },
    },
  ],
  [
    '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers',
    {
      metadata: { name: 'h' },
      spec: {
        maxReplicas: 3,
        scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' },
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
      },
    },
  ],
];

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

const ODD: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  -1e308,
  2 ** 53,
  2 ** 63,
  '',
  ' ',
  'a'.repeat(300),
  '\u0000',
  '\ud800',
  '💥',
  '../..',
  '%',
  '%zz',
  '{{',
  '*',
  '__proto__',
  'constructor',
  [],
  {},
  [[]],
  [null],
  [{}],
  { a: null },
  ['x', 'x'],
  '9999999999999999999999Gi',
  '1e99999',
  '-0',
  '0x1',
  '2030-13-45T99:99:99Z',
  '1.2.3.4/99',
  '::1',
  '(((((((((((((((((((((a*)*)*)*)*)*)*)*)*)*)*)*',
  'a'.repeat(64),
  { matchLabels: { '': '' } },
  'toString',
  'hasOwnProperty',
];
const KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  '',
  'a.b/c',
  '$patch',
  '$setElementOrder/x',
  '$deleteFromPrimitiveList/y',
  '$retainKeys',
  'metadata',
  'spec',
  'status',
  'kind',
  'apiVersion',
  'f:x',
  'k:{"name":"x"}',
  '.',
  'managedFields',
  'ownerReferences',
  'finalizers',
  'generateName',
  'uid',
  'resourceVersion',
  'deletionTimestamp',
  'creationTimestamp',
];
const SELECTORS = [
  'a=b',
  'a in (b,c)',
  '!a',
  'a!=b',
  '',
  ',',
  '=',
  '==',
  'a in ()',
  'a in (',
  '(',
  'a=b=c',
  'a\u0000=b',
  'x'.repeat(5_000),
  'metadata.name=x',
  'spec.nodeName=',
  'metadata.name!=x',
  'a\\,b=c',
  'status.phase=Running',
  '💥',
  'a>1',
  'a<x',
  'a notin (b',
  '__proto__=x',
];
const CONTINUES = [
  '',
  'x',
  '%',
  'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6LTEsInN0YXJ0IjoieFx1MDAwMCJ9',
  Buffer.from('{"v":"meta.k8s.io/v1","rv":99999999,"start":"../../x"}').toString('base64url'),
  Buffer.from('null').toString('base64url'),
  Buffer.from('[]').toString('base64url'),
  Buffer.from('{"v":"meta.k8s.io/v1","rv":"x","start":{}}').toString('base64url'),
  Buffer.from('{"v":"meta.k8s.io/v1","rv":-5,"start":"a"}').toString('base64url'),
  Buffer.from('{"v":"meta.k8s.io/v1","rv":1.5,"start":"a"}').toString('base64url'),
];
const TYPES = [
  'application/json',
  'application/yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
  'application/vnd.kubernetes.protobuf',
  'text/plain',
  '',
  ';',
  'application/json; charset="',
  'APPLICATION/JSON',
  'multipart/form-data',
];
const ACCEPTS = [
  'application/json',
  'application/yaml',
  '*/*',
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
  'application/vnd.kubernetes.protobuf',
  ',,,',
  'a/b;q=x',
  'application/json;as=;v=;g=',
  'application/json;q=NaN,*/*;q=-1',
  '',
  'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
  '\u0000',
];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT', '', 'get'];
const PATHS = [
  '/',
  '',
  '//',
  '/api',
  '/apis',
  '/api/',
  '/api/v1',
  '/apis/apps',
  '/apis/apps/v1',
  '/openapi/v2',
  '/openapi/v3',
  '/openapi/v3/api/v1',
  '/openapi/v3/apis/apps/v1',
  '/openapi/v3/x',
  '/healthz',
  '/livez/x',
  '/readyz',
  '/metrics',
  '/version',
  '/logs',
  '/debug/pprof/',
  '/.well-known/openid-configuration',
  '/openid/v1/jwks',
  '/api/v1/watch/pods',
  '/api/v1/watch/namespaces/default/pods/p',
  '/api/v1/namespaces/__proto__/pods/constructor',
  '/apis/constructor/v1/toString',
  '/apis/__proto__/v1',
  '/api/v1/%E0%A4%A',
  '/api/v1/namespaces/%2e%2e/pods',
  '/api/v1/namespaces/default/pods/a%2Fb',
  '/api/v1/nodes/x/proxy/../../secrets',
  '/api/v1/namespaces/default/pods/p/log',
  '/api/v1/namespaces/default/pods/p/exec',
  '/api/v1/namespaces/default/serviceaccounts/default/token',
  '/api/v1/componentstatuses',
  '/api/v1/namespaces/default/services/s:x:y:z/proxy',
  `/${'a/'.repeat(2_000)}`,
];
const SUBRESOURCES = [
  'status',
  'scale',
  'binding',
  'eviction',
  'log',
  'exec',
  'attach',
  'portforward',
  'proxy',
  'finalize',
  'approval',
  'token',
  'resize',
  'ephemeralcontainers',
  '__proto__',
  '',
];
const PARAMETERS: readonly (readonly [string, readonly string[]])[] = [
  ['labelSelector', SELECTORS],
  ['fieldSelector', SELECTORS],
  ['continue', CONTINUES],
  ['limit', ['0', '1', '-1', 'x', '99999999999999999999', '1.5', '']],
  ['resourceVersion', ['0', '1', '-1', 'x', '99999999', '1.5', '99999999999999999999999']],
  ['resourceVersionMatch', ['Exact', 'NotOlderThan', 'x']],
  ['dryRun', ['All', 'x', '']],
  ['fieldManager', ['m', '\u0000', 'm'.repeat(200), '']],
  ['fieldValidation', ['Strict', 'Warn', 'Ignore', 'x']],
  ['force', ['true', 'x']],
  ['pretty', ['true']],
  ['gracePeriodSeconds', ['0', '-1', 'x', '9999999999999']],
  ['propagationPolicy', ['Orphan', 'x']],
  ['orphanDependents', ['true', 'x']],
  ['timeoutSeconds', ['1', '-1', 'x']],
  ['includeObject', ['None', 'x']],
  ['container', ['c', 'x']],
  ['tailLines', ['-1', 'x']],
  ['allowWatchBookmarks', ['x']],
  ['sendInitialEvents', ['true', 'x']],
];

function chooser(random: Random) {
  const one = <T>(list: readonly T[]): T => list[random.int(list.length)]!;
  const chance = (percent: number): boolean => random.int(100) < percent;
  const mutate = (value: any, depth = 0): any => {
    if (chance(8)) return one(ODD);
    if (Array.isArray(value)) {
      const next = value.map((item) => mutate(item, depth + 1));
      return chance(10) ? [...next, one(ODD)] : chance(5) ? [...next, ...next] : next;
    }
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value)
      .filter(() => !chance(5))
      .map(([key, inner]) => [chance(4) ? one(KEYS) : key, mutate(inner, depth + 1)] as const);
    if (chance(10)) entries.push([one(KEYS), one(ODD)]);
    const out: any = {};
    // As JSON.parse would: "__proto__" is a member like any other.
    for (const [key, inner] of entries) Object.defineProperty(out, key, { value: inner, enumerable: true, configurable: true, writable: true });
    return out;
  };
  const text = (value: unknown): Buffer => {
    const bytes = Buffer.from(JSON.stringify(value) ?? '');
    if (!chance(12) || bytes.length === 0) return bytes;
    const way = random.int(6);
    if (way === 0) return bytes.subarray(0, random.int(bytes.length));
    if (way === 1) return Buffer.concat([bytes, bytes]);
    if (way === 2) return Buffer.from('['.repeat(20_000));
    if (way === 3) return Buffer.from(`{"a":${'9'.repeat(400)}}`);
    if (way === 4)
      return Buffer.from(
        'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f,*f,*f,*f,*f]\n',
      );
    const at = random.int(bytes.length);
    const copy = Buffer.from(bytes);
    copy[at] = random.int(256);
    return copy;
  };
  const operations = (): unknown =>
    Array.from({ length: random.int(4) }, () => ({
      op: one(['add', 'remove', 'replace', 'copy', 'move', 'test', 'x', null]),
      path: one([
        '/metadata/labels/x',
        '/spec',
        '',
        '/',
        'x',
        '/metadata/__proto__/x',
        '/__proto__/y',
        '/spec/containers/0',
        '/spec/containers/-1',
        '/spec/containers/-',
        '/spec/containers/99999999',
        '/~0~1~2',
        null,
        1,
        '/constructor/prototype/z',
      ]),
      from: one(['/spec', '/metadata', '/nosuch', '', undefined]),
      value: one(ODD),
    }));
  return { one, chance, mutate, text, operations };
}

type Choose = ReturnType<typeof chooser>;

function requestOf({ one, chance, mutate, text, operations }: Choose): {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
} {
  const [collection, object] = one(OBJECTS);
  const method = chance(85) ? one(['POST', 'PUT', 'PATCH', 'GET', 'DELETE']) : one(METHODS);
  const name = chance(85) ? (object.metadata?.name ?? 'x') : String(one(ODD.filter((value) => typeof value === 'string' && value !== '\ud800')));
  let path = method === 'POST' && chance(80) ? collection : `${collection}/${encodeURIComponent(name)}`;
  if (chance(15)) path += `/${one(SUBRESOURCES)}`;
  if (chance(15)) path = one(PATHS);
  const query = new URLSearchParams();
  while (chance(35)) {
    const [key, values] = one(PARAMETERS);
    query.append(key, one(values));
  }
  const type = method === 'PATCH' ? one(TYPES.slice(2, 6)) : 'application/json';
  const headers: Record<string, string> = { 'content-type': chance(90) ? type : one(TYPES), accept: chance(80) ? 'application/json' : one(ACCEPTS) };
  if (chance(5)) headers['impersonate-user'] = String(one(['jane', 'system:serviceaccount:a:b', 'system:serviceaccount::', '\u0000', 'system:anonymous']));
  if (chance(3)) headers['impersonate-extra-%zz'] = 'x';
  if (chance(3)) headers['authorization'] = String(one(['Bearer x', 'Bearer a.b.c', `Bearer ${'x'.repeat(10_000)}`]));
  const body = type === 'application/json-patch+json' ? text(operations()) : text(mutate(object));
  return { method, path: query.size === 0 ? path : `${path}?${query.toString()}`, headers, body: method === 'GET' || method === 'HEAD' ? undefined : body };
}

/** 500s that are Kubernetes' own answer. */
const KNOWN_500 =
  /strconv|unable to parse|failed to create typed patch object|failed to convert|patch|\$|merge key|invalid object|unmarshal|not support|resourceVersion should not be set|target\.|unknown fields? in|typed|before-first-apply|error adding|already|name must be provided|cannot|no endpoints|json: |metadata\.managedFields|invalid|list element types|but received/i;

test.each(SEEDS)('seed %i: every request is answered, in time, by no error of our own', { timeout: 120_000 }, async (seed) => {
  const ours: string[] = [];
  const { send } = await testServer({ log: { info() {}, warning() {}, error: (line) => void ours.push(line) } });
  await send({
    method: 'POST',
    path: DEFINITIONS,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(OBJECTS.find(([path]) => path === DEFINITIONS)![1]),
  });
  const choose = chooser(seededRandom(seed));
  for (let round = 0; round < ROUNDS; round++) {
    const { body, ...request } = requestOf(choose);
    const shown = `seed ${seed}, round ${round}: ${request.method} ${request.path.slice(0, 300)} ${JSON.stringify(request.headers).slice(0, 300)}\n${body?.subarray(0, 1_500).toString() ?? ''}`;
    if (/watch/.test(request.path)) continue;
    const timed = async () => {
      const before = performance.now();
      const answer = await send({ ...request, body: body as never }).catch((error: unknown) =>
        assert.fail(`${String(error instanceof Error ? error.stack : error)}\n${shown}`),
      );
      return { answer, took: performance.now() - before };
    };
    const { answer, took } = await timed();
    assert.deepEqual(ours.splice(0), [], shown);
    assert.ok(answer.status >= 200 && answer.status < 600, `${answer.status} ${shown}`);
    if (answer.status === 500) assert.match(answer.text, KNOWN_500, shown);
    // What is asked for the first time is loaded first.
    if (took > ANSWER_MS_MAX) assert.ok((await timed()).took < ANSWER_MS_MAX, `${Math.round(took)} ms: ${shown}`);
    assert.equal(
      ({} as Record<string, unknown>)['x'] ?? ({} as Record<string, unknown>)['y'] ?? ({} as Record<string, unknown>)['z'],
      undefined,
      `a prototype was changed: ${shown}`,
    );
  }
});

const MAPS = '/api/v1/namespaces/default/configmaps';
const map = (data: string): string => `{"metadata":{"name":"m"},"data":{"k":${data}}}`;
const BOMB = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
  .split('')
  .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[at]}`).join(',')}]`)
  .join('\n')}\n`;
const HUGE = Buffer.from(map(`"${'x'.repeat(3 * 1024 * 1024)}"`));

test.each<[string, { method?: string; path?: string; type?: string; accept?: string; body: string | Buffer }, number, RegExp]>([
  ['a body over three megabytes', { body: HUGE }, 413, /Request entity too large: limit is 3145728/],
  ['a body over three megabytes for an update', { method: 'PUT', path: `${MAPS}/m`, body: HUGE }, 413, /limit is 3145728/],
  ['a patch over three megabytes', { method: 'PATCH', path: `${MAPS}/there`, type: 'application/merge-patch+json', body: HUGE }, 413, /limit is 3145728/],
  [
    'a configuration over three megabytes',
    { method: 'PATCH', path: `${MAPS}/m?fieldManager=m`, type: 'application/apply-patch+yaml', body: HUGE },
    413,
    /limit is 3145728/,
  ],
  ['options over three megabytes', { method: 'DELETE', path: `${MAPS}/there`, body: HUGE }, 413, /limit is 3145728/],
  ['lists in lists without end', { body: map('['.repeat(500_000)) }, 400, /exceeded max depth/],
  ['maps in maps without end', { body: map('{"a":'.repeat(200_000)) }, 400, /exceeded max depth/],
  ['YAML in YAML without end', { type: 'application/yaml', body: `a: ${'['.repeat(50_000)}` }, 400, /exceeded max depth/],
  [
    'a configuration without end',
    { method: 'PATCH', path: `${MAPS}/m?fieldManager=m`, type: 'application/apply-patch+yaml', body: `a: ${'['.repeat(50_000)}` },
    400,
    /exceeded max depth/,
  ],
  ['options in YAML that is none', { method: 'DELETE', path: `${MAPS}/there`, type: 'application/yaml', body: '{"metadata"' }, 400, /did not find expected/],
  [
    'options in a form that is none',
    { method: 'DELETE', path: `${MAPS}/there`, type: 'application/apply-patch+yaml', body: '{}' },
    415,
    /accepted media types/,
  ],
  ['YAML that doubles itself', { type: 'application/yaml', body: BOMB }, 400, /./],
  ['a configuration that doubles itself', { method: 'PATCH', path: `${MAPS}/m?fieldManager=m`, type: 'application/apply-patch+yaml', body: BOMB }, 400, /./],
  ['a number beyond all', { body: '{"metadata":{"name":"m"},"immutable":1e999}' }, 400, /./],
  [
    'text that is no UTF-8',
    { body: Buffer.concat([Buffer.from('{"metadata":{"name":"m"},"data":{"k":"'), Buffer.from([0xff, 0xfe, 0x80]), Buffer.from('"}}')]) },
    201,
    /\ufffd/,
  ],
  ['members of the prototype', { body: '{"metadata":{"name":"m"},"data":{"__proto__":"x","constructor":"y","toString":"z"}}' }, 201, /"__proto__":"x"/],
  [
    'protobuf without an object',
    { type: 'application/vnd.kubernetes.protobuf', body: Buffer.from([0x6b, 0x38, 0x73, 0]) },
    422,
    /name or generateName is required/,
  ],
  ['protobuf that breaks off', { type: 'application/vnd.kubernetes.protobuf', body: Buffer.from([0x6b, 0x38, 0x73, 0, 0x12, 9]) }, 400, /unexpected EOF/],
  [
    'a wish for protobuf alone',
    { method: 'GET', path: `${MAPS}/there`, accept: 'application/vnd.kubernetes.protobuf', body: '' },
    406,
    /only the following media types are accepted/,
  ],
])('%s', async (_, { method = 'POST', path = MAPS, type = 'application/json', accept = 'application/json', body }, status, text) => {
  const { send } = await testServer();
  await send({ method: 'POST', path: MAPS, headers: { 'content-type': 'application/json' }, body: '{"metadata":{"name":"there"}}' });
  const timed = async () => {
    const before = performance.now();
    const answer = await send({
      method,
      path: path.includes('?') ? `${path}&dryRun=All` : `${path}?dryRun=All`,
      headers: { 'content-type': type, accept },
      body: method === 'GET' ? undefined : (body as never),
    });
    return { answer, took: performance.now() - before };
  };
  const { answer, took } = await timed();
  if (took > ANSWER_MS_MAX) assert.ok((await timed()).took < ANSWER_MS_MAX); // what is asked for the first time is loaded first
  assert.equal(answer.status, status, answer.text.slice(0, 500));
  assert.match(answer.text, text);
});
