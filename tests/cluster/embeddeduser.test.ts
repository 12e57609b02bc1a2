/** Users with a certificate or token of their own, at an embedded cluster: who they are is proved, and what they may is what roles say. */
import { X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, test } from 'vitest';
import type { ApiRequest } from '../../src/apimachinery/request.js';
import type { Session } from '../../src/cli/host.js';
import { systemClock } from '../../src/platform/clock.js';
import { asUser, embeddedUserOf } from '../../src/cluster/embeddeduser.js';
import { createAuthority, signRequest } from '../../src/server/pki.js';
import { createCsr } from '../support/csr.js';

let home: string;
let certificate: string;
let foreign: string;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'embedded-user-'));
  const nowMs = systemClock.now();
  const [own, other] = [await createAuthority('kubernetes', nowMs), await createAuthority('kubernetes', nowMs)];
  mkdirSync(join(home, 'clusters', 'default', 'pki'), { recursive: true });
  writeFileSync(join(home, 'clusters', 'default', 'pki', 'ca.crt'), own.cert);
  const request = await createCsr('jane', 'devs');
  const sign = (authority: typeof own): Promise<string> => signRequest(authority, request, { usages: ['client auth'], ttlSeconds: 3_600, nowMs });
  [certificate, foreign] = await Promise.all([sign(own), sign(other)]);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function session(): { session: Session; asked: ApiRequest[] } {
  const asked: ApiRequest[] = [];
  const handler = { handle: async (request: ApiRequest) => (asked.push(request), { type: 'text' as const, status: 200, contentType: 'text/plain', body: '' }) };
  return {
    asked,
    session: {
      handler,
      credentials: { type: 'none' },
      clock: systemClock,
      namespace: 'kept',
      server: '',
      embedded: true,
      settle: async () => {},
      close: async () => {},
    },
  };
}
const get: ApiRequest = { method: 'GET', path: '/api/v1/pods', query: new URLSearchParams(), headers: {}, credentials: { type: 'none' } };

test('a certificate for nothing but clients has no list of other usages, and its owner asks in their own name', async () => {
  assert.equal(new X509Certificate(certificate).keyUsage.join(), '1.3.6.1.5.5.7.3.2');
  assert.ok(!new X509Certificate(certificate).raw.includes(Buffer.from([0x55, 0x1d, 0x0f])), 'no key usage');
  const { session: admin, asked } = session();
  const jane = asUser(admin, home, { cluster: 'default', namespace: 'dev', certificate: Buffer.from(certificate) });
  assert.equal((await jane.handler.handle(get)).status, 200);
  assert.deepEqual(asked[0]!.headers, { 'impersonate-user': 'jane', 'impersonate-group': ['devs'] });
  assert.equal(jane.namespace, 'dev');
});

test("a certificate of another authority is nobody's", async () => {
  const { session: admin, asked } = session();
  assert.equal((await asUser(admin, home, { cluster: 'default', certificate: Buffer.from(foreign) }).handler.handle(get)).status, 401);
  assert.equal(asked.length, 0);
});

test("a context of the user's file whose cluster is an embedded one means that cluster", () => {
  const file = join(home, 'config');
  const users = '[{name: jane, user: {token: abc}}]';
  writeFileSync(
    file,
    `clusters: [{name: far, cluster: {server: "https://far"}}]\nusers: ${users}\ncurrent-context: jane\ncontexts:\n- {name: jane, context: {cluster: minikube-ts, user: jane, namespace: dev}}\n- {name: admin, context: {cluster: default, user: kubernetes-admin}}\n- {name: far, context: {cluster: far, user: jane}}\n- {name: none, context: {cluster: nowhere, user: jane}}\n- {name: typo, context: {cluster: two, user: jnae}}\n`,
  );
  const of = (context?: string) => embeddedUserOf(file, context === undefined ? {} : { context }, ['default', 'two']);
  assert.deepEqual(of(), { cluster: 'default', namespace: 'dev', token: 'abc' });
  assert.deepEqual(of('admin'), { cluster: 'default' });
  assert.equal(of('far'), undefined);
  assert.equal(of('none'), undefined);
  assert.throws(() => of('typo'), /auth info "jnae" does not exist/);
});
