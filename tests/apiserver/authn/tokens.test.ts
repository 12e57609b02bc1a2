/** Who a token, a certificate or a front proxy speaks for, and when a token is good no more. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { createAuthenticator } from '../../../src/apiserver/authn/authenticate.js';
import { bootstrapTokens } from '../../../src/apiserver/authn/bootstraptoken.js';
import { storedTokenObjects } from '../../../src/apiserver/authn/objects.js';
import { serviceAccountTokens } from '../../../src/apiserver/authn/serviceaccount.js';
import type { Credentials } from '../../../src/apimachinery/request.js';
import { VirtualClock } from '../../../src/platform/clock.js';
import { seededRandom } from '../../../src/platform/random.js';
import { memoryStore } from '../../../src/store/memory.js';

const RSA = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ type: 'pkcs1', format: 'pem' }) as string;
const START = Date.parse('2030-01-01T00:00:00Z');

async function world() {
  const clock = new VirtualClock(START);
  const random = seededRandom(1);
  const store = memoryStore({ clock, random });
  const put = (key: string, object: object) =>
    store.txn({ compare: [], success: [{ type: 'put', key, value: Buffer.from(JSON.stringify(object)) }], failure: [] }, 'durable');
  const remove = (key: string) => store.txn({ compare: [], success: [{ type: 'delete', key }], failure: [] }, 'durable');
  await put('/registry/serviceaccounts/ns/sa', { metadata: { uid: 'u1' } });
  const tokens = serviceAccountTokens({ signingKey: RSA, clock, random, objects: storedTokenObjects(store) });
  const issue = async (more: object = {}) =>
    (await tokens.issue({ namespace: 'ns', serviceAccount: { name: 'sa', uid: 'u1' }, audiences: [], expirationSeconds: 600, ...more })).token;
  return { clock, store, put, remove, tokens, issue };
}

const partsOf = (token: string) =>
  token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));

test('a token is signed with RS256, names its key, and is its account', async () => {
  const { tokens, issue } = await world();
  const token = await issue();
  const [header, claims] = partsOf(token);
  const [key] = tokens.keys().keys as { kid: string; kty: string; alg: string; use: string; e: string }[];
  assert.deepEqual(header, { alg: 'RS256', kid: key!.kid });
  assert.deepEqual(Object.keys(key!), ['use', 'kty', 'kid', 'alg', 'n', 'e']);
  assert.deepEqual(
    [claims.iss, claims.aud, claims.sub, claims.exp - claims.iat],
    ['https://kubernetes.default.svc.cluster.local', ['https://kubernetes.default.svc.cluster.local'], 'system:serviceaccount:ns:sa', 600],
  );
  const found = await tokens.authenticateToken(token);
  assert.deepEqual(
    [found?.user.name, found?.user.uid, found?.user.groups],
    ['system:serviceaccount:ns:sa', 'u1', ['system:serviceaccounts', 'system:serviceaccounts:ns']],
  );
});

test.each<[string, (w: Awaited<ReturnType<typeof world>>) => Promise<string>, boolean]>([
  [
    'in its time',
    async ({ issue, clock }) => {
      const token = await issue();
      await clock.advance(599_000);
      return token;
    },
    true,
  ],
  [
    'past its time',
    async ({ issue, clock }) => {
      const token = await issue();
      await clock.advance(600_000);
      return token;
    },
    false,
  ],
  [
    'of an account that is gone',
    async ({ issue, remove }) => {
      const token = await issue();
      await remove('/registry/serviceaccounts/ns/sa');
      return token;
    },
    false,
  ],
  [
    'of an account made anew',
    async ({ issue, put }) => {
      const token = await issue();
      await put('/registry/serviceaccounts/ns/sa', { metadata: { uid: 'u2' } });
      return token;
    },
    false,
  ],
  [
    'of an account on its way out for less than a minute',
    async ({ issue, put, clock }) => {
      const token = await issue();
      await put('/registry/serviceaccounts/ns/sa', { metadata: { uid: 'u1', deletionTimestamp: '2030-01-01T00:00:00Z' } });
      await clock.advance(59_000);
      return token;
    },
    true,
  ],
  [
    'of an account on its way out for longer',
    async ({ issue, put, clock }) => {
      const token = await issue();
      await put('/registry/serviceaccounts/ns/sa', { metadata: { uid: 'u1', deletionTimestamp: '2030-01-01T00:00:00Z' } });
      await clock.advance(61_000);
      return token;
    },
    false,
  ],
  [
    'bound to a pod that is there',
    async ({ issue, put }) => {
      await put('/registry/pods/ns/p', { metadata: { uid: 'p1' } });
      return issue({ bound: { kind: 'Pod', name: 'p', uid: 'p1' } });
    },
    true,
  ],
  ['bound to a pod that is not', async ({ issue }) => issue({ bound: { kind: 'Pod', name: 'p', uid: 'p1' } }), false],
  [
    'bound to a node that was made anew',
    async ({ issue, put }) => {
      await put('/registry/minions/n', { metadata: { uid: 'n2' } });
      return issue({ bound: { kind: 'Node', name: 'n', uid: 'n1' } });
    },
    false,
  ],
  [
    'of another key',
    async ({ issue }) => {
      const [header, claims] = (await issue()).split('.');
      return `${header}.${claims}.${Buffer.alloc(128).toString('base64url')}`;
    },
    false,
  ],
  [
    'without a signature',
    async ({ issue }) => {
      const [, claims] = (await issue()).split('.');
      return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`;
    },
    false,
  ],
  ['that is no token', async () => 'a.b.c', false],
  ['with null for claims', async () => `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${Buffer.from('null').toString('base64url')}.x`, false],
])('a token %s', async (_, make, good) => {
  const w = await world();
  assert.equal((await w.tokens.authenticateToken(await make(w))) !== undefined, good);
});

test('audiences: those asked for that the token has', async () => {
  const { tokens, issue } = await world();
  const token = await issue({ audiences: ['a', 'b'] });
  assert.equal(await tokens.authenticateToken(token), undefined);
  assert.deepEqual((await tokens.authenticateToken(token, ['b', 'c']))?.audiences, ['b']);
});

test('a token in a Secret has no end, and is good while the Secret holds it', async () => {
  const { tokens, put, clock } = await world();
  const token = await tokens.issueForSecret({ namespace: 'ns', serviceAccount: { name: 'sa', uid: 'u1' }, secret: 's' });
  assert.equal(await tokens.authenticateToken(token), undefined);
  await put('/registry/secrets/ns/s', { metadata: { uid: 's1' }, data: { token: Buffer.from(token).toString('base64') } });
  await clock.advance(365 * 24 * 3_600_000);
  assert.equal((await tokens.authenticateToken(token))?.user.name, 'system:serviceaccount:ns:sa');
});

const SECRET = {
  metadata: { uid: 'x' },
  type: 'bootstrap.kubernetes.io/token',
  data: {
    'token-id': 'abcdef',
    'token-secret': '0123456789abcdef',
    'usage-bootstrap-authentication': 'true',
    'auth-extra-groups': 'system:bootstrappers:kubeadm:default-node-token',
    expiration: '2030-01-02T00:00:00Z',
  },
};

test.each<[string, object, string, boolean]>([
  ['as it should be', {}, 'abcdef.0123456789abcdef', true],
  ['with another secret', {}, 'abcdef.0123456789abcdeg', false],
  ['that has expired', { expiration: '2029-12-31T23:59:59Z' }, 'abcdef.0123456789abcdef', false],
  ['whose end cannot be read', { expiration: 'soon' }, 'abcdef.0123456789abcdef', false],
  ['that may not authenticate', { 'usage-bootstrap-authentication': 'false' }, 'abcdef.0123456789abcdef', false],
  ['that gives a group it may not', { 'auth-extra-groups': 'system:masters' }, 'abcdef.0123456789abcdef', false],
  ['of another form', {}, 'ABCDEF.0123456789abcdef', false],
])('a bootstrap token %s', async (_, more, token, good) => {
  const { store, put, clock } = await world();
  const data = Object.fromEntries(Object.entries({ ...SECRET.data, ...more }).map(([key, value]) => [key, Buffer.from(value as string).toString('base64')]));
  await put('/registry/secrets/kube-system/bootstrap-token-abcdef', { ...SECRET, data });
  const found = await bootstrapTokens({ store, clock }).authenticateToken(token);
  assert.deepEqual(
    found?.user,
    good ? { name: 'system:bootstrap:abcdef', groups: ['system:bootstrappers', 'system:bootstrappers:kubeadm:default-node-token'] } : undefined,
  );
});

test.each<[string, Credentials, Record<string, string | string[]>, object]>([
  ['a certificate', { type: 'certificate', commonName: 'jane', organizations: ['dev'] }, {}, { name: 'jane', groups: ['dev', 'system:authenticated'] }],
  [
    'a certificate that says it is a proxy and is none',
    { type: 'certificate', commonName: 'jane', organizations: [] },
    { 'x-remote-user': 'root' },
    { name: 'jane', groups: ['system:authenticated'] },
  ],
  [
    'a front proxy',
    { type: 'certificate', commonName: 'front-proxy-client', organizations: [] },
    { 'x-remote-user': 'joe', 'x-remote-group': ['a', 'b'], 'x-remote-uid': '7', 'x-remote-extra-scope%2Fs': ['1'], 'x-remote-extra-bad%': ['2'] },
    { name: 'joe', groups: ['a', 'b', 'system:authenticated'], uid: '7', extra: { 'scope/s': ['1'], 'bad%': ['2'] } },
  ],
  ['nobody', { type: 'none' }, {}, { name: 'system:anonymous', groups: ['system:unauthenticated'] }],
])('%s', async (_, credentials, headers, user) => {
  assert.deepEqual(await createAuthenticator([])({ method: 'GET', path: '/', query: new URLSearchParams(), headers, credentials }), user);
});
