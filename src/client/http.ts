/**
 * An API server behind HTTPS (or a local socket) as an ApiHandler: the same
 * requests and answers as in process, so that nobody above can tell. Failures
 * of the connection are ConnectionErrors in kubectl's words.
 */
import { Readable } from 'node:stream';
import type { ApiHandler, ApiRequest, ApiResponse, WatchStream } from '../apimachinery/request.js';
import type { WatchEvent } from '../apimachinery/object.js';
import { dialCause } from './dialerrors.js';
import { connections, type Exchange, type Head, type Open, type Sink } from './http1.js';
import { KubeconfigError } from './kubeconfig.js';
import type { Connect } from './tls.js';

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
  /** What failed, as Go's url.Error has it: "dial tcp 127.0.0.1:6443: connect: connection refused". */
  readonly said: string | undefined;
  constructor(message: string, code: string | undefined, said?: string) {
    super(message);
    this.code = code;
    this.said = said;
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
  const pool = connections(opener(target, base, secure), SOCKETS_MAX);
  const root = base.pathname.replace(/\/$/, '');
  return { target, handle, close: () => pool.close() };

  async function handle(request: ApiRequest): Promise<ApiResponse> {
    const path = `${root}${pathWithQuery(request)}`;
    if (isForward(request) || isProxyUpgrade(request)) {
      const { upgraded } = await import('./upgrades.js');
      return upgraded(target, request, path, headersOf(request, target)).catch((error: NodeJS.ErrnoException) => {
        throw connectionError(error, base);
      });
    }
    if (isUpgrade(request)) {
      const { openStream } = await import('./stream.js');
      return openStream(target, request, path, headersOf(request, target));
    }
    const body = request.body === undefined ? undefined : request.body instanceof Uint8Array ? request.body : Buffer.from(JSON.stringify(request.body));
    const headers = { host: base.host, ...headersOf(request, target), ...(body === undefined ? {} : { 'content-type': contentTypeOf(request) }) };
    const isLong = isWatch(request) || request.query.get('follow') === 'true';
    return new Promise((resolve, reject) => {
      request.signal?.throwIfAborted();
      const aborted = (): void => {
        exchange.abort();
        answer.sink.failed(request.signal!.reason as Error);
      };
      const settled = (): void => request.signal?.removeEventListener('abort', aborted);
      const failed = (error: Error): void => {
        settled();
        reject(connectionError(error, base));
      };
      const answered = (given: ApiResponse): void => {
        if (given.type === 'object' || given.type === 'text') settled();
        resolve(given);
      };
      const answer = receiver(request, answered, failed);
      const exchange = pool.send({ method: request.method, path, headers, ...(body === undefined ? {} : { body }) }, answer.sink, isLong);
      answer.exchange = exchange;
      request.signal?.addEventListener('abort', aborted);
    });
  }
}

/** What TLS needs is loaded for the first connection: not every command makes one. */
function opener({ socketPath, ...trust }: HttpTarget, base: URL, secure: boolean): Open {
  const where = { host: base.hostname.replace(/^\[|\]$/g, ''), port: Number(base.port || (secure ? 443 : 80)) };
  let connector: Promise<Connect> | undefined;
  return (done) => {
    connector ??= secure ? import('./tls.js').then((tls) => tls.connector(trust)) : import('./plain.js').then(({ plainly }) => plainly(socketPath));
    connector.then((open) => open(where, done)).catch(done);
  };
}

const isWatch = ({ query, method }: ApiRequest): boolean =>
  method === 'GET' && query.has('watch') && query.get('watch') !== 'false' && query.get('watch') !== '0';
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

/** Makes the answer to a request of what a connection tells. */
function receiver(request: ApiRequest, resolve: (answer: ApiResponse) => void, failed: (error: Error) => void): { sink: Sink; exchange?: Exchange } {
  const chunks: Buffer[] = [];
  let head: Head | undefined;
  let body: Sink | undefined;
  const answer: { sink: Sink; exchange?: Exchange } = {
    sink: {
      head(given) {
        head = given;
        if (given.status !== 200) return;
        if (isWatch(request)) {
          const { events, sink } = watchStream(() => answer.exchange?.abort());
          body = sink;
          resolve({ ...toldBy(given), type: 'watch', form: 'json', events });
        } else if (isLog(request)) {
          const { stream, sink } = bytes(() => answer.exchange);
          body = sink;
          resolve({ ...toldBy(given), type: 'bytes', contentType: first(given, 'content-type') ?? '', chunks: stream });
        }
      },
      data(chunk) {
        if (body === undefined) chunks.push(chunk);
        else body.data(chunk);
      },
      end() {
        if (body === undefined) void whole(request, head!, Buffer.concat(chunks)).then(resolve, failed);
        else body.end();
      },
      failed(error) {
        if (body === undefined) failed(error);
        else body.failed(error);
      },
    },
  };
  return answer;
}

const isLog = ({ path }: ApiRequest): boolean => /\/namespaces\/[^/]+\/pods\/[^/]+\/log$/.test(path);
const first = ({ headers }: Head, name: string): string | undefined => headers.get(name)?.[0];

async function whole(request: ApiRequest, head: Head, bytes: Buffer): Promise<ApiResponse> {
  const type = first(head, 'content-type') ?? '';
  const base = toldBy(head);
  const body = await decoded(bytes, head);
  if (/^application\/json\b/.test(type) && !request.path.startsWith('/openapi')) {
    const object = parse(body);
    if (object !== undefined && typeof object.kind === 'string') return { ...base, type: 'object', object, form: 'json' };
  }
  return { ...base, type: 'text', contentType: type, body };
}

async function decoded(body: Buffer, head: Head): Promise<Buffer> {
  if (first(head, 'content-encoding') !== 'gzip') return body;
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

function warningsOf({ headers }: Head): string[] {
  const lines = headers.get('warning') ?? [];
  return lines.flatMap((line) =>
    [
      ...Buffer.from(line, 'latin1')
        .toString()
        .matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g),
    ].map(([, text]) => text!.replace(/\\(.)/g, '$1')),
  );
}

const toldBy = (head: Head) => ({ status: head.status, warnings: warningsOf(head), headers: flat(head) });
const flat = ({ headers }: Head): Record<string, string> => Object.fromEntries([...headers].map(([name, values]) => [name, values.join(', ')]));

/** A body as it comes, no faster than it is read. */
function bytes(exchange: () => Exchange | undefined): { stream: Readable; sink: Sink } {
  const stream = new Readable({
    read: () => exchange()?.resume(),
    destroy(error, done) {
      exchange()?.abort();
      done(error);
    },
  });
  return {
    stream,
    sink: {
      head() {},
      data: (chunk) => void (stream.push(chunk) || exchange()?.pause()),
      end: () => void stream.push(null),
      failed: (error) => void stream.destroy(error),
    },
  };
}

/** Events are lines of JSON; what comes before anyone listens waits. */
function watchStream(abort: () => void): { events: WatchStream; sink: Sink } {
  const decoder = new TextDecoder();
  const early: WatchEvent[] = [];
  let deliver: (event: WatchEvent) => void = (event) => void early.push(event);
  let ended = (): void => {};
  let rest = '';
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    ended();
  };
  return {
    events: {
      start(toDeliver, whenEnded) {
        for (const event of early.splice(0)) toDeliver(event);
        [deliver, ended] = [toDeliver, whenEnded];
        if (isOver) ended();
      },
      stop: abort,
    },
    sink: {
      head() {},
      data(chunk) {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
        rest = lines.pop()!;
        for (const line of lines) if (line !== '' && !isOver) deliver(JSON.parse(line) as WatchEvent);
      },
      end,
      failed: end,
    },
  };
}

function connectionError(error: NodeJS.ErrnoException, base: URL): Error {
  if (error.name === 'AbortError' || error instanceof KubeconfigError) return error;
  const { code } = error;
  const said = dialCause(error, base);
  const isRefused = code === 'ECONNREFUSED' || code === 'ENOENT';
  return new ConnectionError(
    isRefused ? `The connection to the server ${base.host} was refused - did you specify the right host or port?` : `Unable to connect to the server: ${said}`,
    code,
    said,
  );
}
