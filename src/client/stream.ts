/** exec and attach to a remote server, over WebSocket with the subprotocol v5.channel.k8s.io. */
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { ApiRequest, ApiResponse, StreamSession } from '../apimachinery/request.js';
import type { Status } from '../apimachinery/meta/status.js';
import { ConnectionError, type HttpTarget } from './http.js';

const [STDIN, STDOUT, STDERR, ERROR, RESIZE, CLOSE] = [0, 1, 2, 3, 4, 255];
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

/** Resolves when the server has taken the stream, or with its refusal. */
export function openStream(target: HttpTarget, request: ApiRequest, path: string, headers: Record<string, string | string[]>): Promise<ApiResponse> {
  const url = target.socketPath === undefined ? `${target.server.replace(/^http/, 'ws')}${path}` : `ws+unix://${target.socketPath}:${path}`;
  const socket = new WebSocket(url, PROTOCOLS, {
    headers: headers as Record<string, string>,
    ...(target.ca === undefined ? {} : { ca: target.ca }),
    ...(target.cert === undefined ? {} : { cert: target.cert, key: target.key }),
    ...(target.tlsServerName === undefined ? {} : { servername: target.tlsServerName }),
    rejectUnauthorized: !target.insecureSkipTlsVerify,
    perMessageDeflate: false,
  });
  return new Promise((resolve, reject) => {
    socket.on('error', (error: NodeJS.ErrnoException) => reject(new ConnectionError(`Unable to connect to the server: ${error.message}`, error.code)));
    socket.on('unexpected-response', (_, message) => void refused(message).then(resolve, reject));
    // Frames may follow the handshake at once; they wait here for whoever starts the session.
    const early: Buffer[] = [];
    const hold = (data: Buffer): void => void early.push(data);
    socket.on('message', hold);
    socket.on('open', () => {
      const { query } = request;
      const on = (name: string): boolean => query.get(name) === 'true' || query.get(name) === '1';
      resolve({
        type: 'exec',
        status: 101,
        tty: on('tty'),
        streams: { stdin: on('stdin'), stdout: on('stdout'), stderr: on('stderr') },
        session: session(socket, early, hold),
      });
    });
  });
}

/** What an upgrade that was not granted was answered with. */
export async function refused(message: IncomingMessage): Promise<ApiResponse> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return refusal(message.statusCode ?? 500, Buffer.concat(chunks).toString('utf8'), message.headers['content-type'] ?? 'text/plain');
}

function refusal(status: number, text: string, contentType: string): ApiResponse {
  try {
    return { type: 'object', status, object: JSON.parse(text), form: 'json' };
  } catch (error) {
    if (error instanceof SyntaxError) return { type: 'text', status, contentType, body: text };
    throw error;
  }
}

function session(socket: WebSocket, early: Buffer[], hold: (data: Buffer) => void): StreamSession {
  return {
    start(client) {
      let over = false;
      const exit = (status: Status): void => {
        if (over) return;
        over = true;
        client.exit(status);
      };
      const receive = (data: Buffer): void => {
        const chunk = data.subarray(1);
        if (data[0] === STDOUT && chunk.length > 0) client.stdout(chunk);
        else if (data[0] === STDERR && chunk.length > 0) client.stderr(chunk);
        else if (data[0] === ERROR && chunk.length > 0) exit(JSON.parse(chunk.toString('utf8')) as Status);
      };
      socket.off('message', hold);
      early.forEach(receive);
      socket.on('message', (data) => receive(Buffer.isBuffer(data) ? data : Buffer.concat(data as Buffer[])));
      socket.on('close', () =>
        exit({
          status: 'Failure',
          message: 'the connection was closed before the command ended',
          reason: 'InternalError',
          code: 500,
          metadata: {},
        } as unknown as Status),
      );
      const send = (channel: number, chunk: Uint8Array): void => {
        if (socket.readyState === socket.OPEN) socket.send(Buffer.concat([Buffer.from([channel]), chunk]));
      };
      return {
        stdin: (chunk) => send(STDIN!, chunk),
        closeStdin: () => socket.protocol.startsWith('v5') && send(CLOSE!, Buffer.from([STDIN!])),
        resize: (columns, rows) => send(RESIZE!, Buffer.from(JSON.stringify({ Width: columns, Height: rows }))),
        abort: () => socket.terminate(),
      };
    },
  };
}
