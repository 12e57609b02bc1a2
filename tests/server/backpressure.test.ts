import assert from 'node:assert/strict';
import { connect } from 'node:tls';
import { it } from 'vitest';
import type { ApiRequest, ApiResponse } from '../../src/apimachinery/request.js';
import { silentLog } from '../../src/platform/component.js';
import { createAuthority, issueCertificate } from '../../src/server/pki.js';
import { listenHttps } from '../../src/server/server.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');

it('a long request that comes before the long answer to the last one was taken is read, and answered', async () => {
  const authority = await createAuthority('kubernetes', NOW);
  const certificate = await issueCertificate(authority, { commonName: 'kube-apiserver', usage: 'server', dnsNames: ['localhost'], ips: ['127.0.0.1'] }, NOW);
  let answered = (): void => {};
  const first = new Promise<void>((resolve) => (answered = resolve));
  const handle = async ({ method, body }: ApiRequest): Promise<ApiResponse> => {
    setImmediate(answered);
    return { type: 'text', status: 200, contentType: 'text/plain', body: method === 'GET' ? 'x'.repeat(8_000_000) : `got ${(body as Uint8Array).length}.` };
  };
  const listener = await listenHttps({ handler: { handle }, log: silentLog, tls: { ...certificate, clientCa: authority.cert }, host: '127.0.0.1', port: 0 });
  const client = connect({ port: listener.port, host: '127.0.0.1', ca: authority.cert });
  client.pause();
  client.write('GET /x HTTP/1.1\r\nHost: x\r\n\r\n');
  await first;
  client.write(`PATCH /y HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n${'y'.repeat(300_000)}`);
  const told = await new Promise<string>((resolve) => {
    let tail = '';
    client.on('data', (bytes) => {
      tail = (tail + bytes.toString()).slice(-100);
      if (tail.endsWith('.')) resolve(tail);
    });
    client.on('error', () => resolve(tail));
    client.on('close', () => resolve(tail));
    setImmediate(() => client.resume());
  });
  assert.match(told, /got 300000\.$/);
  client.destroy();
  await listener.close();
});
