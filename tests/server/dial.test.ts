/** Calls out of the cluster, over real sockets: TLS is checked, and what fails is told in Go's words. */
import { afterAll, beforeAll, test } from 'vitest';
import assert from 'node:assert/strict';
import { createServer as createHttp, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../src/platform/clock.js';
import { dialOut } from '../../src/server/dial.js';
import { createAuthority, issueCertificate, type KeyPair } from '../../src/server/pki.js';

let ca: KeyPair;
const servers: Server[] = [];
const ports: Record<string, number> = {};

const listen = async (name: string, server: Server): Promise<void> => {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ports[name] = (server.address() as AddressInfo).port;
};

beforeAll(async () => {
  ca = await createAuthority('ca', Date.now());
  const web = await issueCertificate(ca, { commonName: 'web', usage: 'server', dnsNames: ['web.default.svc'], ips: ['127.0.0.1'] }, Date.now());
  await listen(
    'tls',
    createHttps({ cert: web.cert, key: web.key }, (request, response) => {
      if (request.url === '/never') return;
      let body = '';
      request
        .on('data', (chunk: Buffer) => (body += chunk))
        .on('end', () => response.writeHead(201, { 'x-host': request.headers.host ?? '' }).end(`${request.method} ${request.url} ${body}`));
    }),
  );
  await listen(
    'plain',
    createHttp((_, response) => response.end('plain')),
  );
  const closed = createHttp();
  await listen('closed', closed);
  closed.close();
});

afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

const dial = (url: string, more: object = {}) =>
  dialOut({ method: 'POST', url, headers: {}, body: Buffer.from('hi'), caBundle: ca.cert, ...more }, systemClock);

test('a request goes out and its answer comes back whole', async () => {
  const { status, headers, body } = await dial(`https://127.0.0.1:${ports['tls']}/a?b=c`);
  assert.deepEqual([status, Buffer.from(body).toString(), headers['x-host']], [201, 'POST /a?b=c hi', `127.0.0.1:${ports['tls']}`]);
});

test("a connection may go elsewhere than the name, and the certificate must be the name's", async () => {
  const address = `127.0.0.1:${ports['tls']}`;
  assert.equal((await dial('https://web.default.svc:443/a', { address })).headers['x-host'], 'web.default.svc');
  await assert.rejects(dial('https://other.default.svc:443/a', { address }), {
    message: 'tls: failed to verify certificate: x509: certificate is valid for web.default.svc, not other.default.svc',
  });
});

test.each([
  [
    'a port where nobody listens',
    () => dial(`https://127.0.0.1:${ports['closed']}/`),
    () => `dial tcp 127.0.0.1:${ports['closed']}: connect: connection refused`,
  ],
  [
    'an authority that is not known',
    () => dial(`https://127.0.0.1:${ports['tls']}/`, { caBundle: undefined }),
    () => 'tls: failed to verify certificate: x509: certificate signed by unknown authority',
  ],
  ['a server without TLS', () => dial(`https://127.0.0.1:${ports['plain']}/`), () => 'http: server gave HTTP response to HTTPS client'],
  ['no answer in time', () => dial(`https://127.0.0.1:${ports['tls']}/never`, { timeoutMs: 30 }), () => 'context deadline exceeded'],
])('%s', async (_, call, message) => {
  await assert.rejects(call(), { message: message() });
});
