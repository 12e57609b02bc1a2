/**
 * The nodes of a cluster that several servers share, as a server without them
 * has them: logs, streams and measurements are asked of the server that runs
 * the nodes, as the administrator, once this one has judged who asked. Where
 * nobody runs them, or nobody can be reached, the error says so.
 */
import type { ApiRequest, ApiResponse } from '../apimachinery/request.js';
import type { Status } from '../apimachinery/meta/status.js';
import { failure, internalError, StatusError } from '../apimachinery/status.js';
import type { NodeConnection, PodContainer, StreamRequest } from '../apiserver/nodeconnector.js';
import type { MetricsSource } from '../apiserver/options.js';
import { httpHandler, type HttpHandler } from '../client/http.js';
import type { ClusterKeys } from './keys.js';

/** The server that runs the nodes. */
export interface Peer {
  hostname: string;
  /** undefined: it does not say where it listens yet. */
  url?: string;
}

export interface PeersOptions {
  hostname: string;
  keys: Pick<ClusterKeys, 'authority' | 'admin'>;
  /** undefined: nobody runs them now. */
  find(): Promise<Peer | undefined>;
}

export interface Peers {
  connect(node: string): NodeConnection;
  metrics: MetricsSource;
  close(): void;
}

/** Every server's certificate has this name. */
const SERVER_NAME = 'kubernetes';
const LOOPBACK = /^https:\/\/(127\.|localhost|\[::1\])/;

export function peers({ hostname, keys, find }: PeersOptions): Peers {
  const handlers = new Map<string, HttpHandler>();
  return {
    connect: (node) => connection(send, node),
    metrics: {
      nodes: async () => (await listOf('/apis/metrics.k8s.io/v1beta1/nodes', 'NodeMetrics')) as never,
      pods: async (namespace) =>
        (await listOf(`/apis/metrics.k8s.io/v1beta1${namespace === undefined ? '' : `/namespaces/${namespace}`}/pods`, 'PodMetrics')) as never,
    },
    close() {
      for (const handler of handlers.values()) handler.close();
    },
  };

  async function send(request: Pick<ApiRequest, 'method' | 'path'> & Partial<ApiRequest>): Promise<ApiResponse> {
    const handler = await handlerOf(await find());
    const answer = await handler.handle({ query: new URLSearchParams(), headers: {}, credentials: { type: 'none' }, ...request }).catch((error: Error) => {
      throw backendError(error.message);
    });
    if (answer.type === 'object' && answer.status >= 400) throw new StatusError(answer.object as unknown as Status);
    if (answer.type === 'text' && answer.status >= 400) throw failure({ code: answer.status, message: Buffer.from(answer.body).toString('utf8') });
    if (answer.status >= 400) throw backendError(`the server that runs the nodes answered ${answer.status}`);
    return answer;
  }

  async function handlerOf(peer: Peer | undefined): Promise<HttpHandler> {
    if (peer === undefined) throw backendError('no server runs the nodes of this cluster now');
    const { url } = peer;
    if (url === undefined) throw backendError(`the server on ${peer.hostname}, which runs the nodes, does not answer yet`);
    if (LOOPBACK.test(url) && peer.hostname !== hostname)
      throw backendError(`the server on ${peer.hostname}, which runs the nodes, can be reached from there alone: start it with --bind-address`);
    let handler = handlers.get(url);
    if (handler === undefined) {
      const [{ cert: ca }, admin] = [await keys.authority(), await keys.admin()];
      handlers.set(url, (handler = httpHandler({ server: url, ca, cert: admin.cert, key: admin.key, tlsServerName: SERVER_NAME })));
    }
    return handler;
  }

  async function listOf(path: string, kind: string): Promise<object[]> {
    const answer = await send({ method: 'GET', path });
    const { items = [] } = (answer.type === 'object' ? answer.object : {}) as { items?: object[] };
    return items.map((item) => ({ kind, apiVersion: 'metrics.k8s.io/v1beta1', ...item }));
  }
}

const backendError = (why: string): StatusError => internalError(`error dialing backend: ${why}`);

type Send = (request: Pick<ApiRequest, 'method' | 'path'> & Partial<ApiRequest>) => Promise<ApiResponse>;

function connection(send: Send, node: string): NodeConnection {
  const pathOf = ({ namespace, pod }: Pick<PodContainer, 'namespace' | 'pod'>, subresource: string): string =>
    `/api/v1/namespaces/${namespace}/pods/${pod}/${subresource}`;
  const stream = async (subresource: 'exec' | 'attach', request: StreamRequest) => {
    const query = new URLSearchParams({ container: request.container });
    for (const word of request.command) query.append('command', word);
    for (const name of ['stdin', 'stdout', 'stderr', 'tty'] as const) if (request[name]) query.set(name, 'true');
    const answer = await send({ method: 'GET', path: pathOf(request, subresource), query });
    if (answer.type !== 'exec') throw backendError(`${subresource} was answered with ${answer.type}, not a stream`);
    return answer.session;
  };
  return {
    async *log({ namespace, pod, uid: _, signal, stream: which, follow, previous, timestamps, ...rest }) {
      const query = new URLSearchParams(
        Object.entries({ ...rest, ...(which === undefined ? {} : { stream: which }) }).map(([name, value]) => [name, String(value)] as [string, string]),
      );
      for (const [name, on] of Object.entries({ follow, previous, timestamps })) if (on) query.set(name, 'true');
      const answer = await send({ method: 'GET', path: pathOf({ namespace, pod }, 'log'), query, ...(signal === undefined ? {} : { signal }) });
      if (answer.type === 'bytes') yield* answer.chunks;
      else if (answer.type === 'text') yield Buffer.from(answer.body);
    },
    exec: (request) => stream('exec', request),
    attach: (request) => stream('attach', request),
    async portForward(request) {
      const answer = await send({ method: 'POST', path: pathOf(request, 'portforward') });
      if (answer.type !== 'portforward') throw backendError(`port-forward was answered with ${answer.type}`);
      return answer.session;
    },
    async http({ method, path, query }) {
      const answer = await send({ method, path: `/api/v1/nodes/${node}/proxy${path.startsWith('/') ? path : `/${path}`}`, query });
      const [type, body] =
        answer.type === 'object'
          ? ['application/json', Buffer.from(JSON.stringify(answer.object))]
          : answer.type === 'text'
            ? [answer.contentType, Buffer.from(answer.body)]
            : ['text/plain', Buffer.alloc(0)];
      return { status: answer.status, headers: { 'content-type': type }, body };
    },
    async upgrade({ method, path, headers }) {
      const answer = await send({ method, path: `/api/v1/nodes/${node}/proxy${path.startsWith('/') ? path : `/${path}`}`, headers });
      if (answer.type !== 'upgraded') throw backendError(`an upgrade was answered with ${answer.type}`);
      return answer;
    },
  };
}
