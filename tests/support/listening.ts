/** A test server behind HTTPS, with one pod on a node that is not there. */
import { createAuthority, issueCertificate } from '../../src/server/pki.js';
import { listenHttps } from '../../src/server/server.js';
import type { Dialer } from '../../src/apiserver/nodeconnector.js';
import { caller, testServer } from './inprocess.js';
import { fakeNodes } from './fakenode.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');

export async function listening(options: { dialer?: Dialer } = {}) {
  const nodes = fakeNodes();
  const test = await testServer({ nodes, ...options });
  const ask = caller(test.server);
  await ask('POST', '/api/v1/namespaces/default/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i', stdin: true }] },
  });
  const authority = await createAuthority('kubernetes', NOW);
  const server = await issueCertificate(authority, { commonName: 'kube-apiserver', usage: 'server', dnsNames: ['localhost'], ips: ['127.0.0.1'] }, NOW);
  const log = { info() {}, warning() {}, error: (line: string) => void process.stderr.write(`${line}\n`) };
  const listener = await listenHttps({ handler: test.server, log, tls: { ...server, clientCa: authority.cert }, host: '127.0.0.1', port: 0 });
  return { ...test, ask, nodes, ca: authority.cert, url: `https://127.0.0.1:${listener.port}`, close: () => listener.close() };
}
