/**
 * What is asked of a running cluster and is no part of Kubernetes' API: to move
 * its clock, to cut a node off. Only the socket in the cluster's folder answers
 * it, below a path that no API has; over HTTPS it does not exist.
 */
import type { ApiHandler, ApiRequest, ApiResponse } from '../apimachinery/request.js';
import { ClusterError, type ClusterPaths } from './home.js';
import type { RunningCluster } from './running.js';

const ROOT = '/minikube-ts/';

/** What each path does with its body; the answer goes back as JSON. */
type Controls = Readonly<Record<string, (cluster: RunningCluster, asked: any) => Promise<object>>>;

const CONTROLS: Controls = {
  async clock(cluster, { ms }: { ms: number }) {
    await cluster.advance(ms);
    return { now: cluster.clock.now() };
  },
  async connect(cluster, { node, connected }: { node: string; connected: boolean }) {
    await cluster.setConnected(node, connected);
    return {};
  },
};

/** The cluster's own handler, and the controls beside it. */
export function controllable(cluster: RunningCluster): ApiHandler {
  return {
    async handle(request) {
      const control = request.path.startsWith(ROOT) && request.method === 'POST' ? CONTROLS[request.path.slice(ROOT.length)] : undefined;
      return control === undefined
        ? cluster.handler.handle(request)
        : answered(() => control(cluster, JSON.parse(Buffer.from(request.body as Uint8Array).toString())));
    },
  };
}

async function answered(work: () => Promise<object>): Promise<ApiResponse> {
  try {
    return text(200, await work());
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return text(409, { message: error.message });
  }
}

const text = (status: number, body: object): ApiResponse => ({ type: 'text', status, contentType: 'application/json', body: JSON.stringify(body) });

/** Asks the process that runs the cluster now; undefined: there is none. Rejects with its ClusterError. */
export async function askOwner<Answer>(paths: ClusterPaths, what: string, asked: object): Promise<Answer | undefined> {
  const { socketSession } = await import('./embedded/socket.js');
  const session = await socketSession(paths);
  if (session === undefined) return undefined;
  try {
    const request: ApiRequest = {
      method: 'POST',
      path: `${ROOT}${what}`,
      query: new URLSearchParams(),
      headers: { 'content-type': 'application/json' },
      credentials: session.credentials,
      body: asked,
    };
    const answer = await session.handler.handle(request);
    if (answer.type !== 'text') throw new ClusterError('the process that runs the cluster did not understand: is it of another version?');
    const body = JSON.parse(Buffer.from(answer.body).toString()) as Answer & { message: string };
    if (answer.status !== 200) throw new ClusterError(body.message);
    return body;
  } finally {
    await session.close();
  }
}
