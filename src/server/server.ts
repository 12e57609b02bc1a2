/**
 * The API server on a network: HTTPS (or a local socket) around handle().
 * Nothing is decided here; a request is read, handed over, and its answer is
 * written. Clients that send no certificate and no token are anonymous.
 */
import { createServer as createHttps } from 'node:https';
import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Duplex } from 'node:stream';
import type { ApiHandler, ApiRequest, Credentials } from '../apimachinery/request.js';
import type { Log } from '../platform/component.js';
import type { Soon } from '../platform/soon.js';
import { respond } from './respond.js';

export interface TlsOptions {
  cert: string;
  key: string;
  /** Signs client certificates. */
  clientCa: string;
}

export interface ApiListener {
  readonly port: number;
  close(): Promise<void>;
}

interface Options {
  handler: ApiHandler;
  log: Log;
}

/** Most bytes of a body that are read; the server's own limit, told by handle(), is below it. */
const BODY_MAX = 3 * 1024 * 1024 + 1;

/** Resolves when it listens. Rejects when the port is taken, with node's own error. */
export async function listenHttps(options: Options & { tls: TlsOptions; host: string; port: number }): Promise<ApiListener> {
  const { cert, key, clientCa } = options.tls;
  const server = createHttps({ cert, key, ca: clientCa, requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2', keepAlive: true });
  return start(server, options, credentialsOf, () => server.listen(options.port, options.host));
}

/** The same over a Unix socket that only its owner can open: whoever can is the administrator. */
export async function listenSocket(options: Options & { path: string; credentials: Credentials }): Promise<ApiListener> {
  const server = createHttp({ keepAlive: true });
  return start(
    server,
    options,
    (request) => bearer(request) ?? options.credentials,
    () => {
      // The folder is its owner's; the socket is made for nobody else from its first moment.
      const before = process.umask(0o177);
      server.listen(options.path, () => process.umask(before));
    },
  );
}

/** Plain HTTP for the user of this machine, as a proxy offers it: whoever asks has the same credentials. */
export async function listenHttp(options: Options & { at: { host: string; port: number } | { path: string }; credentials: Credentials }): Promise<ApiListener> {
  const { at, credentials } = options;
  const server = createHttp({ keepAlive: true });
  return start(
    server,
    options,
    () => credentials,
    () => {
      if ('port' in at) return void server.listen(at.port, at.host);
      const before = process.umask(0o177);
      server.listen(at.path, () => process.umask(before));
    },
  );
}

async function start(
  server: Server,
  { handler, log }: Options,
  credentials: (request: IncomingMessage) => Credentials | undefined,
  listen: () => void,
): Promise<ApiListener> {
  const sockets = new Set<Socket>();
  server.requestTimeout = 0;
  server.keepAliveTimeout = 90_000;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const writes = new Set<Promise<void>>();
  server.on('request', (request, response) => {
    if (request.method === 'GET' || request.method === 'HEAD') return;
    const ended = new Promise<void>((resolve) => response.once('close', resolve)).finally(() => writes.delete(ended));
    writes.add(ended);
  });
  server.on(
    'request',
    (request, response) => void serve(handler, request, response, credentials(request)).catch((error: Error) => broken(error, response, log)),
  );
  server.on(
    'upgrade',
    (request, socket, head) => void upgrade(handler, request, socket, head, credentials(request)).catch((error: Error) => socket.destroy(error)),
  );
  server.on('secureConnection', readInOrder);
  server.on('tlsClientError', () => {}); // a client that does not trust us, or no TLS at all: its own affair
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', resolve);
    listen();
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? (address as AddressInfo).port : 0,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // Of a write nobody could say afterwards whether it was done, so it gets its answer.
      while (writes.size > 0) await Promise.all(writes);
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/**
 * Node's parser reads TLS beneath the stream and is handed more after it paused, which ends the connection ("Parse Error: Paused"): so it goes
 * for a client whose long request follows a long answer at once. Whoever has listened for data makes it read through the stream, which waits.
 */
function readInOrder(socket: TLSSocket): void {
  const nothing = (): void => {};
  socket.on('data', nothing);
  socket.off('data', nothing);
}

async function serve(handler: ApiHandler, request: IncomingMessage, response: ServerResponse, credentials: Credentials | undefined): Promise<void> {
  const reading = readBody(request);
  const body = reading instanceof Promise ? await reading : reading;
  if (credentials === undefined) {
    response.writeHead(401, { 'content-type': 'application/json' }).end(UNAUTHORIZED);
    return;
  }
  const answer = await handler.handle(toApiRequest(request, credentials, body, signalOf(response)));
  await respond(answer, request, response);
}

async function upgrade(handler: ApiHandler, request: IncomingMessage, socket: Duplex, head: Buffer, credentials: Credentials | undefined): Promise<void> {
  const gone = new AbortController();
  socket.on('close', () => gone.abort());
  socket.on('error', () => gone.abort());
  const answer = credentials === undefined ? undefined : await handler.handle(toApiRequest(request, credentials, undefined, () => gone.signal));
  const { acceptUpgrade } = await import('./upgrade.js');
  await acceptUpgrade(answer, request, socket, head);
}

/** Most answers are written before anybody asks whether the client is still there. */
function signalOf(response: ServerResponse): () => AbortSignal {
  let gone: AbortController | undefined;
  return () => {
    if (gone !== undefined) return gone.signal;
    const controller = (gone = new AbortController());
    const abort = (): void => controller.abort();
    if (response.closed) abort();
    else response.on('close', () => response.writableFinished || abort());
    return controller.signal;
  };
}

function toApiRequest(request: IncomingMessage, credentials: Credentials, body: Uint8Array | undefined, signal: () => AbortSignal): ApiRequest {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  return {
    method: request.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    headers: headersOf(request),
    credentials,
    ...(body === undefined ? {} : { body }),
    get signal() {
      return signal();
    },
    remoteAddress: request.socket.remoteAddress ?? '',
  };
}

/** Node joins repeated headers with commas; impersonation, and front proxies, need them apart. */
function headersOf(request: IncomingMessage): Record<string, string | readonly string[] | undefined> {
  if (request.headers['impersonate-group'] === undefined && !request.rawHeaders.some((name) => /^(impersonate-extra|x-remote)-/i.test(name)))
    return request.headers;
  return { ...request.headers, ...request.headersDistinct };
}

function readBody(request: IncomingMessage): Soon<Uint8Array | undefined> {
  if (request.method === 'GET' || request.method === 'HEAD') {
    request.resume();
    return undefined;
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      if (length < BODY_MAX) chunks.push(chunk); // what is over the limit is read and dropped, so that the client gets its answer
      length += chunk.length;
    });
    request.on('end', () => resolve(length === 0 ? undefined : chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', reject);
    request.on('close', () => request.complete || reject(new Error('the client went away')));
  });
}

/** undefined: a certificate that our authority did not sign. */
function credentialsOf(request: IncomingMessage): Credentials | undefined {
  const token = bearer(request);
  if (token !== undefined) return token;
  const socket = request.socket as TLSSocket;
  let known = certificates.get(socket);
  // The certificate is its connection's for good; reading it costs more than a get.
  if (known === undefined) certificates.set(socket, (known = { credentials: certificateOf(socket) }));
  return known.credentials;
}

const certificates = new WeakMap<TLSSocket, { credentials: Credentials | undefined }>();

function certificateOf(socket: TLSSocket): Credentials | undefined {
  const certificate = socket.getPeerCertificate();
  if (certificate === undefined || certificate.subject === undefined) return { type: 'none' };
  if (!socket.authorized) return undefined;
  const { CN, O } = certificate.subject as { CN?: string; O?: string | string[] };
  const organizations = O === undefined ? [] : Array.isArray(O) ? O : [O];
  return { type: 'certificate', commonName: CN ?? '', organizations, fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase() };
}

function bearer(request: IncomingMessage): Credentials | undefined {
  const match = /^bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '');
  return match === null ? undefined : { type: 'bearer', token: match[1]! };
}

const UNAUTHORIZED = '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}\n';

function broken(error: Error, response: ServerResponse, log: Log): void {
  if (response.destroyed || response.writableEnded) return;
  log.error(`${error.name}: ${error.message}`);
  if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
  response.end();
}
