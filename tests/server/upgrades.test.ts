/** WebSocket and other upgrades through the proxy subresources: over HTTPS, to a server that is really there. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, it, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { ApiResponse } from '../../src/apimachinery/request.js';
import { httpHandler } from '../../src/client/http.js';
import { dialUpgrade } from '../../src/server/dialupgrade.js';
import { listening } from '../support/listening.js';

const PATH = '/api/v1/namespaces/default/pods/web:80/proxy';
let backend: Server;
let asked: IncomingMessage[] = [];
let serving: Awaited<ReturnType<typeof listening>>;

/** Echoes over WebSocket, and over a protocol of its own; refuses below /no, and answers as if nothing was asked below /page. */
function echoing(): Server {
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered][0] ?? false });
  server.on('upgrade', (request, socket, head) => {
    asked.push(request);
    if (request.url === '/no') return socket.end('HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain\r\nx-why: because\r\ncontent-length: 6\r\n\r\nnot so');
    if (request.url === '/page') return socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi');
    if (request.url === '/gone') return socket.destroy();
    if (request.headers.upgrade === 'echo') {
      socket.write('HTTP/1.1 101 Changing\r\nConnection: upgrade\r\nUpgrade: echo\r\nX-Own-Case: Kept\r\n\r\nhello ');
      return socket.pipe(socket);
    }
    sockets.handleUpgrade(request, socket, head, (client) =>
      client.on('message', (data, binary) => (String(data) === 'bye' ? client.close(4001, 'as asked') : client.send(data, { binary }))),
    );
  });
  return server;
}

beforeAll(async () => {
  backend = echoing();
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  const { port } = backend.address() as AddressInfo;
  // The pod's address is nowhere; its connections go to the server here, and port 81 is closed.
  const upgrade = async (request: Parameters<typeof dialUpgrade>[0]) =>
    dialUpgrade({ ...request, address: new URL(request.url).port === '81' ? '127.0.0.1:1' : `127.0.0.1:${port}` });
  serving = await listening({ dialer: { upgrade, dial: async () => ({ status: 200, headers: {}, body: Buffer.from('plain') }) } });
  await serving.ask('POST', '/api/v1/namespaces/default/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }] },
  });
  await serving.send({
    method: 'PATCH',
    path: '/api/v1/namespaces/default/pods/web/status',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: JSON.stringify({ status: { podIP: '10.244.1.4', podIPs: [{ ip: '10.244.1.4' }] } }),
  });
});
afterAll(async () => {
  await serving.close();
  backend.closeAllConnections();
  backend.close();
});

const open = (path: string, protocols: string[] = []): WebSocket =>
  new WebSocket(`${serving.url.replace('https', 'wss')}${PATH}${path}`, protocols, {
    ca: serving.ca,
    headers: { authorization: 'Bearer admin', 'x-mine': '1', 'impersonate-user': '' },
  });

/** Everything that one request is answered with, and what `more` brings. */
function raw(path: string, upgrade: string, more = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(new URL(serving.url).port), host: '127.0.0.1', ca: serving.ca, servername: 'localhost' });
    let got = '';
    socket.on('data', (chunk) => (got += chunk.toString()).endsWith(more === '' ? '\0' : more) && socket.end());
    socket.on('end', () => socket.end());
    socket.on('close', () => resolve(got));
    socket.on('error', reject);
    socket.write(`GET ${path} HTTP/1.1\r\nhost: api\r\nauthorization: Bearer admin\r\nconnection: Upgrade\r\nupgrade: ${upgrade}\r\n\r\n${more}`);
  });
}

describe('a WebSocket', () => {
  it('is the one of the other side, with its subprotocol, frames and reason to close', async () => {
    asked = [];
    const socket = open('/chat?room=1', ['chat.v1', 'chat.v0']);
    const got: string[] = [];
    const closed = await new Promise<[number, string]>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('open', () => socket.send('one'));
      socket.on('message', (data) => (got.push(String(data)) === 1 ? socket.send('x'.repeat(100_000)) : socket.send('bye')));
      socket.on('close', (code, reason) => resolve([code, String(reason)]));
    });
    assert.deepEqual([socket.protocol, got[0], got[1]?.length, closed], ['chat.v1', 'one', 100_000, [4001, 'as asked']]);
    const [{ url, headers }] = asked as [IncomingMessage];
    // As Kubernetes does: the query stays behind, the caller's Host goes on, and credentials do not.
    assert.deepEqual(
      [url, headers.host, headers['x-mine'], headers.authorization, headers['x-forwarded-for']],
      ['/chat', new URL(serving.url).host, '1', undefined, '127.0.0.1'],
    );
  });
});

test('another protocol goes both ways, and the head is what the other side sent', async () => {
  const got = await raw(`${PATH}/x`, 'echo', 'early');
  assert.equal(got, 'HTTP/1.1 101 Changing\r\nConnection: upgrade\r\nUpgrade: echo\r\nX-Own-Case: Kept\r\n\r\nhello early');
});

test('a refusal is the one of the other side', async () => {
  const [head, body] = (await raw(`${PATH}/no`, 'websocket')).split('\r\n\r\n') as [string, string];
  assert.match(head, /^HTTP\/1\.1 403 Forbidden\r\n/);
  assert.match(head, /^x-why: because$/m);
  assert.equal(body, 'not so');
});

test.each([
  ['/page', 500, 'invalid upgrade response: status code 200'],
  ['/gone', 500, 'EOF'],
])('an answer to %s is none to an upgrade', async (path, code, message) => {
  const [head, body] = (await raw(`${PATH}${path}`, 'websocket')).split('\r\n\r\n') as [string, string];
  assert.match(head, new RegExp(`^HTTP/1.1 ${code} `));
  assert.deepEqual(JSON.parse(body), { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code });
});

test('where nobody listens, dialling failed', async () => {
  const [, body] = (await raw(PATH.replace(':80', ':81'), 'websocket')).split('\r\n\r\n') as [string, string];
  assert.equal(JSON.parse(body).message, 'error dialing backend: dial tcp 127.0.0.1:1: connect: connection refused');
});

test('our own client upgrades through the proxy too', async () => {
  const handler = httpHandler({ server: serving.url, ca: serving.ca, token: 'admin' });
  const ask = (path: string): Promise<ApiResponse> =>
    handler.handle({
      method: 'GET',
      path: `${PATH}${path}`,
      query: new URLSearchParams(),
      headers: { connection: 'Upgrade', upgrade: 'echo' },
      credentials: { type: 'none' },
    });
  const answer = (await ask('/x')) as ApiResponse & { type: 'upgraded' };
  assert.match(Buffer.from(answer.head).toString(), /X-Own-Case: Kept/);
  let got = '';
  await new Promise<void>((resolve) => {
    answer.connection.on('data', (chunk: Buffer) => (got += chunk.toString()) === 'hello there' && resolve());
    answer.connection.write('there');
  });
  answer.connection.destroy();
  const refused = await ask('/no');
  assert.deepEqual([refused.type, refused.status], ['text', 403]);
});
