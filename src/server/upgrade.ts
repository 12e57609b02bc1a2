/**
 * Answers an upgrade: exec, attach and port-forward as clients of all ages ask
 * for them, over WebSocket or SPDY/3.1, or with the API server's refusal. What
 * flows then is channels.ts' and spdy.ts' affair.
 */
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocketServer, type WebSocket } from 'ws';
import type { ApiResponse } from '../apimachinery/request.js';
import { EXEC_PROTOCOLS, FORWARD_PROTOCOLS, pumpForward, pumpStreams } from './channels.js';
import { SPDY_EXEC_PROTOCOLS, SPDY_FORWARD_PROTOCOL, spdyForward, spdyStreams } from './spdy.js';

/** How kubectl from 1.31 on carries SPDY where only WebSocket passes. */
const TUNNEL = `SPDY/3.1+${SPDY_FORWARD_PROTOCOL}`;

type StreamAnswer = ApiResponse & { type: 'exec' | 'portforward' };

export async function acceptUpgrade(answer: ApiResponse | undefined, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
  if (answer === undefined) return refuse(socket, 401, UNAUTHORIZED);
  if (answer.type === 'object') return refuse(socket, answer.status, `${JSON.stringify(answer.object)}\n`);
  if (answer.type === 'text') return refuse(socket, answer.status, answer.body, { ...answer.headers, 'content-type': answer.contentType });
  if (answer.type === 'upgraded') return join(answer, socket, head);
  if (answer.type !== 'exec' && answer.type !== 'portforward') return refuse(socket, 400, refusal('only exec, attach and portforward are upgraded'));
  const kind = String(request.headers.upgrade).toLowerCase();
  if (kind === 'websocket') return overWebSocket(answer, request, socket, head);
  if (kind === 'spdy/3.1') return overSpdy(answer, request, socket, head);
  return refuse(socket, 400, refusal(`unable to upgrade: unknown protocol ${JSON.stringify(request.headers.upgrade)}`));
}

function overWebSocket(answer: StreamAnswer, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const offered = listed(request.headers['sec-websocket-protocol']);
  const known = answer.type === 'exec' ? EXEC_PROTOCOLS : [TUNNEL, ...FORWARD_PROTOCOLS];
  const protocol = known.find((name) => offered.includes(name)) ?? (offered.length === 0 ? '' : undefined);
  if (protocol === undefined) return refuse(socket, 400, refusal(`unable to upgrade: no known subprotocol in ${JSON.stringify(offered)}`));
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, handleProtocols: () => protocol });
  if (protocol === TUNNEL) nameTunnel(server, request);
  server.handleUpgrade(request, socket, head, (client) => pump(answer, client, protocol));
}

/** Its name has a slash, which ws takes for no name at all; so it is kept from ws, and answered beside it. */
function nameTunnel(server: WebSocketServer, request: IncomingMessage): void {
  delete request.headers['sec-websocket-protocol'];
  server.on('headers', (headers) => headers.push(`Sec-WebSocket-Protocol: ${TUNNEL}`));
}

function pump(answer: StreamAnswer, client: WebSocket, protocol: string): void {
  if (answer.type === 'exec') return pumpStreams(client, protocol, answer);
  if (protocol !== TUNNEL) return pumpForward(client, protocol, answer);
  const tunnel = createWebSocketStream(client);
  tunnel.on('error', () => client.terminate());
  spdyForward(tunnel, answer.session);
}

function overSpdy(answer: StreamAnswer, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const offered = listed(request.headers['x-stream-protocol-version']);
  const known = answer.type === 'exec' ? SPDY_EXEC_PROTOCOLS : [SPDY_FORWARD_PROTOCOL];
  const protocol = known.find((name) => offered.includes(name)) ?? (offered.length === 0 ? known.at(-1) : undefined);
  if (protocol === undefined)
    return refuse(
      socket,
      403,
      refusal(`unable to upgrade: unable to negotiate protocol: client supports ${JSON.stringify(offered)}, server supports ${JSON.stringify(known)}`),
    );
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`);
  if (head.length > 0) socket.unshift(head);
  if (answer.type === 'exec') spdyStreams(socket, protocol, answer);
  else spdyForward(socket, answer.session);
}

const listed = (header: string | readonly string[] | undefined): string[] =>
  String(header ?? '')
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '');

const UNAUTHORIZED = '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}\n';

const refusal = (message: string): string =>
  `${JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: 'BadRequest', code: 400 })}\n`;

/** What concerns the connection behind, and not this one. */
const OF_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);

function refuse(
  socket: Duplex,
  status: number,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
): void {
  const lines = Object.entries(headers).flatMap(([name, value]) => (OF_CONNECTION.has(name) || value === '' ? [] : [`${name}: ${value}\r\n`]));
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n`);
  socket.end(body);
}

/** As Kubernetes does: bytes go both ways until one side ends, which ends the other. */
function join({ head, connection }: ApiResponse & { type: 'upgraded' }, socket: Duplex, early: Buffer): void {
  const over = (): void => {
    socket.destroy();
    connection.destroy();
  };
  for (const side of [socket, connection]) side.on('error', over).on('close', over);
  socket.on('end', () => connection.end(over));
  connection.on('end', () => socket.end(over));
  if (socket.destroyed) return over();
  socket.write(head);
  if (early.length > 0) connection.write(early);
  socket.pipe(connection, { end: false });
  connection.pipe(socket, { end: false });
}
