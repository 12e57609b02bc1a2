/**
 * exec, attach and port-forward over WebSocket: the subprotocols v5 and v4
 * .channel.k8s.io, as k8s.io/client-go/tools/remotecommand speaks them. The
 * first byte of a message names its channel.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { STATUS_CODES } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import type { ApiResponse, StreamSession } from '../apimachinery/request.js';
import { encodeObject } from './encode.js';

const [STDIN, STDOUT, STDERR, ERROR, RESIZE, CLOSE] = [0, 1, 2, 3, 4, 255];
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io', 'base64.channel.k8s.io', 'channel.k8s.io'];

/** Answers an upgrade: with a stream where the API server gave one, with its error otherwise. */
export async function acceptUpgrade(answer: ApiResponse | undefined, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
  if (answer === undefined) return refuse(socket, 401, '');
  if (answer.type === 'object') return refuse(socket, answer.status, encodeObject(answer.object, 'json'));
  if (answer.type !== 'exec') return refuse(socket, 400, refusal('this stream is served over WebSocket for exec and attach alone'));
  if (String(request.headers.upgrade).toLowerCase() !== 'websocket') return refuse(socket, 400, refusal('unable to upgrade: SPDY is not served, use WebSocket'));
  const offered = String(request.headers['sec-websocket-protocol'] ?? '').split(',').map((text) => text.trim());
  const protocol = PROTOCOLS.find((known) => offered.includes(known));
  if (protocol === undefined) return refuse(socket, 400, refusal(`unable to upgrade: no known subprotocol in ${JSON.stringify(offered)}`));
  const server = new WebSocketServer({ noServer: true, handleProtocols: () => protocol });
  server.handleUpgrade(request, socket, head, (client) => pump(client, protocol, answer.session));
}

function pump(client: WebSocket, protocol: string, session: StreamSession): void {
  const frame = (channel: number, chunk: Uint8Array): void => {
    if (client.readyState === client.OPEN) client.send(Buffer.concat([Buffer.from([channel]), chunk]));
  };
  const process = session.start({
    stdout: (chunk) => frame(STDOUT!, chunk),
    stderr: (chunk) => frame(STDERR!, chunk),
    exit: (status) => {
      frame(ERROR!, Buffer.from(JSON.stringify(status)));
      client.close(1000);
    },
  });
  for (const channel of [STDIN!, STDOUT!, STDERR!]) frame(channel, new Uint8Array()); // clients of v4 and before wait for the channels to open
  client.on('message', (data) => {
    const message = Buffer.isBuffer(data) ? data : Buffer.concat(data as Buffer[]);
    const chunk = message.subarray(1);
    if (message[0] === STDIN) process.stdin(chunk);
    else if (message[0] === RESIZE) resize(chunk, process.resize);
    else if (message[0] === CLOSE && protocol.startsWith('v5') && chunk[0] === STDIN) process.closeStdin();
  });
  client.on('close', () => process.abort());
  client.on('error', () => process.abort());
}

function resize(chunk: Uint8Array, apply: (columns: number, rows: number) => void): void {
  const { Width, Height } = JSON.parse(Buffer.from(chunk).toString('utf8')) as { Width?: number; Height?: number };
  if (Number.isInteger(Width) && Number.isInteger(Height)) apply(Width!, Height!);
}

const refusal = (message: string): string => `${JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: 'BadRequest', code: 400 })}\n`;

function refuse(socket: Duplex, status: number, body: string): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`);
}
