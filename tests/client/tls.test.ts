/** Whose server a client talks to: the check that is made here refuses what Node's own would refuse. */
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, test } from 'vitest';
import assert from 'node:assert/strict';
import { httpHandler, type HttpTarget } from '../../src/client/http.js';
import { createAuthority, issueCertificate, type KeyPair, type LeafOptions } from '../../src/server/pki.js';

const DAY_MS = 86_400_000;
const servers: Server[] = [];
let ours: KeyPair;
let others: KeyPair;
beforeAll(async () => {
  [ours, others] = await Promise.all([createAuthority('ours', Date.now()), createAuthority('others', Date.now())]);
});
afterAll(() => servers.forEach((server) => server.close()));

async function serving({ cert, key }: KeyPair): Promise<number> {
  const server = createServer({ cert, key }, (_request, response) => response.end('hello'));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const leaf = (authority: KeyPair, options: Partial<LeafOptions> = {}, nowMs = Date.now()) =>
  issueCertificate(authority, { commonName: 'server', usage: 'server', ips: ['127.0.0.1'], dnsNames: ['api.example'], ...options }, nowMs);

async function ask(port: number, target: Partial<HttpTarget>): Promise<string> {
  const handler = httpHandler({ server: `https://127.0.0.1:${port}`, ca: ours.cert, ...target });
  try {
    const answer = await handler.handle({ method: 'GET', path: '/', query: new URLSearchParams(), headers: {}, credentials: { type: 'none' } });
    return answer.type === 'text' ? String(answer.body) : answer.type;
  } catch (error) {
    return String((error as { code?: string }).code);
  } finally {
    handler.close();
  }
}

test('a server that the named authority vouches for is spoken to, under its address or the name asked for', async () => {
  const port = await serving(await leaf(ours));
  assert.equal(await ask(port, {}), 'hello');
  assert.equal(await ask(port, { ca: `${others.cert}\n${ours.cert}` }), 'hello');
  assert.equal(await ask(port, { tlsServerName: 'api.example' }), 'hello');
});

test('any other is refused, unless nobody cares', async () => {
  const right = await serving(await leaf(ours));
  assert.equal(await ask(right, { ca: others.cert }), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'another authority');
  assert.equal(await ask(right, { ca: undefined }), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'no authority named');
  assert.equal(await ask(right, { tlsServerName: 'wrong.example' }), 'ERR_TLS_CERT_ALTNAME_INVALID', 'another name');
  assert.equal(await ask(await serving(await leaf(ours, { ips: ['10.0.0.1'] })), {}), 'ERR_TLS_CERT_ALTNAME_INVALID', 'another address');
  assert.equal(await ask(await serving(await leaf(ours, { usage: 'client' })), {}), 'INVALID_PURPOSE', "a client's certificate");
  assert.equal(await ask(await serving(await leaf(ours, {}, Date.now() - 4_000 * DAY_MS)), {}), 'CERT_HAS_EXPIRED', 'too old');
  assert.equal(await ask(right, { ca: others.cert, insecureSkipTlsVerify: true }), 'hello');
});

test('a certificate that was signed by another authority of the same name is refused', async () => {
  const impostor = await createAuthority('ours', Date.now());
  assert.match(await ask(await serving(await leaf(impostor)), {}), /CERT_SIGNATURE_FAILURE|UNABLE_TO_VERIFY_LEAF_SIGNATURE/);
});

test('an authority that cannot be read is an error, not trust', async () => {
  const port = await serving(await leaf(ours));
  assert.notEqual(await ask(port, { ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' }), 'hello');
});
