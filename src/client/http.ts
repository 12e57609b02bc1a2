/**
 * An API server behind HTTPS (or a local socket) as an ApiHandler: the same
 * requests and answers as in process, so that nobody above can tell. Failures
 * of the connection are ConnectionErrors in kubectl's words.
 */
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import type { ApiHandler, ApiRequest, ApiResponse, WatchStream } from '../apimachinery/request.js';
import type { WatchEvent } from '../apimachinery/object.js';
import { connector, type Trust } from './tls.js';

export interface HttpTarget {
  /** "https://127.0.0.1:6443", with a path where the API is not at the root. */
  server: string;
  /** PEM; absent: the system's authorities. */
  ca?: string | Buffer;
  cert?: string | Buffer;
  key?: string | Buffer;
  token?: string;
  insecureSkipTlsVerify?: boolean;
  tlsServerName?: string;
  /** A Unix socket in place of the address in `server`. */
  socketPath?: string;
}

/** The server could not be reached at all. */
export class ConnectionError extends Error {
  override name = 'ConnectionError';
  readonly code: string | undefined;
  constructor(message: string, code: string | undefined) {
    super(message);
    this.code = code;
  }
}

const SOCKETS_MAX = 16;

export interface HttpHandler extends ApiHandler {
  /** Closes idle connections, so that the process can end. */
  close(): void;
  readonly target: HttpTarget;
}

export function httpHandler(target: HttpTarget): HttpHandler {
  const base = new URL(target.server);
  const secure = base.protocol === 'https:' && target.socketPath === undefined;
  const { ca, cert, key, insecureSkipTlsVerify, tlsServerName } = target;
  /** For streams, which open connections of their own. */
  const tls = secure ? { ca, cert, key, rejectUnauthorized: !insecureSkipTlsVerify, ...(tlsServerName === undefined ? {} : { servername: tlsServerName }) } : {};
  const agentOf = secure ? secureAgents({ ca, cert, key, insecureSkipTlsVerify, tlsServerName }) : (options: object) => new HttpAgent(options);
  const agent = agentOf({ keepAlive: true, maxSockets: SOCKETS_MAX });
  const root = base.pathname.replace(/\/$/, '');
  const where = target.socketPath === undefined ? { host: base.hostname.replace(/^\[|\]$/g, ''), port: base.port || (secure ? 443 : 80) } : { socketPath: target.socketPath };
  return { target, handle, close: () => agent.destroy() };

  async function handle(request: ApiRequest): Promise<ApiResponse> {
    if (isForward(request)) {
      const { openPortForward, UPGRADE_HEADERS } = await import('./portforward.js');
      const options = { method: 'POST', path: `${root}${pathWithQuery(request)}`, headers: { ...headersOf(request, target), ...UPGRADE_HEADERS }, ...where, agent: false as const, ...tls };
      return openPortForward(secure ? httpsRequest(options) : httpRequest(options), request).catch((error: NodeJS.ErrnoException) => {
        throw connectionError(error, base);
      });
    }
    if (isUpgrade(request)) {
      const { openStream } = await import('./stream.js');
      return openStream(target, request, `${root}${pathWithQuery(request)}`, headersOf(request, target));
    }
    if (isProxyUpgrade(request)) {
      const { openUpgrade } = await import('./upgrade.js');
      const options = { method: request.method, path: `${root}${pathWithQuery(request)}`, headers: headersOf(request, target), ...where, agent: false as const, ...tls };
      return openUpgrade(secure ? httpsRequest(options) : httpRequest(options), request).catch((error: NodeJS.ErrnoException) => {
        throw connectionError(error, base);
      });
    }
    const body = request.body === undefined ? undefined : request.body instanceof Uint8Array ? request.body : Buffer.from(JSON.stringify(request.body));
    const long = isWatch(request) || request.query.get('follow') === 'true';
    return new Promise((resolve, reject) => {
      const options = {
        method: request.method,
        path: `${root}${pathWithQuery(request)}`,
        headers: { ...headersOf(request, target), ...(body === undefined ? {} : { 'content-length': body.length, 'content-type': contentTypeOf(request) }) },
        ...where,
        // A connection that lasts must not keep others from the pool.
        agent: long ? agentOf({ maxSockets: 1 }) : agent,
        ...(request.signal === undefined ? {} : { signal: request.signal }),
      };
      const call: ClientRequest = secure ? httpsRequest(options) : httpRequest(options as never);
      call.on('error', (error: NodeJS.ErrnoException) => reject(connectionError(error, base)));
      call.on('response', (message) => receive(message, request, call).then(resolve, (error: NodeJS.ErrnoException) => reject(connectionError(error, base))));
      call.end(body);
    });
  }
}

/** Agents over connections that are checked by tls.ts. */
function secureAgents(trust: Trust): (options: object) => HttpsAgent {
  const connect = connector(trust);
  return (options) => {
    const agent = new HttpsAgent(options);
    (agent as { createConnection: unknown }).createConnection = (to: Parameters<typeof connect>[0], done: (error: Error | null, socket?: unknown) => void) => connect(to, (error, socket) => done(error ?? null, socket));
    return agent;
  };
}

const isWatch = ({ query, method }: ApiRequest): boolean => method === 'GET' && query.has('watch') && query.get('watch') !== 'false' && query.get('watch') !== '0';
const isUpgrade = ({ path }: ApiRequest): boolean => /\/pods\/[^/]+\/(exec|attach)$/.test(path);
const isProxyUpgrade = ({ path, headers }: ApiRequest): boolean => headers.upgrade !== undefined && /\/(pods|services|nodes)\/[^/]+\/proxy(\/|$)/.test(path);
const isForward = ({ path }: ApiRequest): boolean => /\/pods\/[^/]+\/portforward$/.test(path);

function pathWithQuery({ path, query }: ApiRequest): string {
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

function headersOf({ headers, credentials }: ApiRequest, { token }: HttpTarget): Record<string, string | string[]> {
  const out: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) out[name] = typeof value === 'string' ? value : [...value];
  const bearer = credentials.type === 'bearer' ? credentials.token : token;
  if (bearer !== undefined) out.authorization = `Bearer ${bearer}`;
  return out;
}

function contentTypeOf({ headers }: ApiRequest): string {
  const given = headers['content-type'];
  return given === undefined ? 'application/json' : String(given);
}

async function receive(message: IncomingMessage, request: ApiRequest, call: ClientRequest): Promise<ApiResponse> {
  const status = message.statusCode ?? 0;
  const type = String(message.headers['content-type'] ?? '');
  const base = { status, warnings: warningsOf(message), headers: flat(message) };
  if (isWatch(request) && status === 200) return { ...base, type: 'watch', form: 'json', events: watchStream(message, call) };
  if (/\/namespaces\/[^/]+\/pods\/[^/]+\/log$/.test(request.path) && status === 200) return { ...base, type: 'bytes', contentType: type, chunks: message };
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const body = await decoded(Buffer.concat(chunks), message);
  if (/^application\/json\b/.test(type) && !request.path.startsWith('/openapi')) {
    const object = parse(body);
    if (object !== undefined && typeof object.kind === 'string') return { ...base, type: 'object', object, form: 'json' };
  }
  return { ...base, type: 'text', contentType: type, body };
}

async function decoded(body: Buffer, message: IncomingMessage): Promise<Buffer> {
  if (message.headers['content-encoding'] !== 'gzip') return body;
  const { gunzipSync } = await import('node:zlib');
  return gunzipSync(body);
}

// A proxy in between may answer JSON that is none; then it is shown as the text it is.
function parse(body: Buffer): any {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function warningsOf(message: IncomingMessage): string[] {
  const lines = message.headersDistinct.warning ?? [];
  return lines.flatMap((line) => [...Buffer.from(line, 'latin1').toString().matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text!.replace(/\\(.)/g, '$1')));
}

function flat(message: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(message.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
}

function watchStream(message: IncomingMessage, call: ClientRequest): WatchStream {
  return {
    start(deliver, ended) {
      let rest = '';
      let over = false;
      const end = (): void => {
        if (over) return;
        over = true;
        ended();
      };
      message.setEncoding('utf8');
      message.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop()!;
        for (const line of lines) if (line !== '' && !over) deliver(JSON.parse(line) as WatchEvent);
      });
      message.on('end', end);
      message.on('close', end);
      message.on('error', end);
    },
    stop() {
      call.destroy();
    },
  };
}

function connectionError(error: NodeJS.ErrnoException, base: URL): Error {
  if (error.name === 'AbortError') return error;
  const { code } = error;
  if (code === 'ECONNREFUSED' || code === 'ENOENT') return new ConnectionError(`The connection to the server ${base.host} was refused - did you specify the right host or port?`, code);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return new ConnectionError(`Unable to connect to the server: dial tcp: lookup ${base.hostname}: no such host`, code);
  return new ConnectionError(`Unable to connect to the server: ${UNTRUSTED.has(code ?? '') ? 'tls: failed to verify certificate: x509: certificate signed by unknown authority' : error.message}`, code);
}

const UNTRUSTED = new Set(['SELF_SIGNED_CERT_IN_CHAIN', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY']);
