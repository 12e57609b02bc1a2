/**
 * The part of kube-aggregator that asks others: a group-version whose
 * APIService names a Service is served while that Service has endpoints that
 * are ready. metrics.k8s.io is answered from what the cluster measured; any
 * other is passed on through the Dialer.
 */
import type { APIService } from '../../api/apiregistration/types/apiservice.js';
import { kinds as METRICS_KINDS } from '../../api/metrics/index.js';
import type { ApiResponse } from '../../apimachinery/request.js';
import { NeedsWholeCluster } from '../../platform/reading.js';
import { read } from '../registry/reads.js';
import type { Call, Server } from '../context.js';
import { headerText } from '../negotiate.js';
import { availabilityOf } from './availability.js';

const METRICS = { group: 'metrics.k8s.io', version: 'v1beta1' } as const;

/** As kube-aggregator: an http.Error, not a Status. */
const unavailable = (message: string): ApiResponse => ({
  type: 'text',
  status: 503,
  contentType: 'text/plain; charset=utf-8',
  headers: { 'x-content-type-options': 'nosniff' },
  body: `${message}\n`,
});

/** Serves metrics.k8s.io from now on if its APIService is there, and no longer if it is not. */
export async function refreshMetrics(server: Server): Promise<void> {
  if (server.options.metrics === undefined) return;
  const { registry } = server;
  const wanted = (await apiService(server, METRICS)) !== undefined;
  const served = registry.group(METRICS.group) !== undefined;
  if (wanted === served) return;
  for (const kind of METRICS_KINDS) {
    if (wanted) registry.add(kind);
    else registry.remove(kind);
  }
}

async function apiService(server: Server, { group, version }: { group: string; version: string }): Promise<APIService | undefined> {
  const found = (await read(server, 'apiregistration.k8s.io', 'apiservices', { namespace: '', name: `${version}.${group}` })) as APIService | undefined;
  return found?.spec.service ? found : undefined;
}

/** Group-versions that are listed and cannot be asked just now. */
export async function staleVersions(server: Server): Promise<ReadonlySet<string>> {
  const service = server.registry.group(METRICS.group) === undefined ? undefined : await apiService(server, METRICS);
  if (service === undefined || (await availabilityOf(server, service)).status === 'True') return new Set();
  return new Set([`${METRICS.group}/${METRICS.version}`]);
}

/** undefined: this server answers for that group-version itself, or nobody does. */
export async function aggregated(call: Call, { group, version }: { group: string; version: string }): Promise<ApiResponse | undefined> {
  const service = await apiService(call.server, { group, version });
  if (service === undefined) return undefined;
  const { status, address } = await availabilityOf(call.server, service);
  if (status !== 'True') return unavailable('service unavailable');
  if (group === METRICS.group && version === METRICS.version && call.server.options.metrics !== undefined) return undefined;
  return passedOn(call, service, address);
}

async function passedOn({ server, request, user }: Call, { spec }: APIService, address: string | undefined): Promise<ApiResponse> {
  const { dialer } = server.options;
  if (dialer === undefined || address === undefined) return unavailable('service unavailable');
  const search = request.query.toString();
  const { name = '', namespace = '', port = 443 } = spec.service!;
  const answer = await dialer
    .dial({
      method: request.method,
      url: `https://${name}.${namespace}.svc:${port}${request.path}${search === '' ? '' : `?${search}`}`,
      address,
      asFrontProxy: true,
      headers: remoteHeaders(request, user),
      ...(request.body instanceof Uint8Array ? { body: request.body } : request.body === undefined ? {} : { body: Buffer.from(JSON.stringify(request.body)) }),
      ...(spec.insecureSkipTLSVerify === true ? { insecureSkipTlsVerify: true } : {}),
      ...(spec.caBundle ? { caBundle: Buffer.from(spec.caBundle, 'base64').toString() } : {}),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    })
    .catch((error: unknown) => {
      if (error instanceof NeedsWholeCluster) throw error;
      return error instanceof Error ? error.message : String(error);
    });
  if (typeof answer === 'string') return unavailable(`error trying to reach service: ${answer}`);
  return { type: 'text', status: answer.status, contentType: answer.headers['content-type'] ?? 'application/json', body: answer.body };
}

/** Who asks, as a front proxy tells it: one header a group, and one a value of extra. */
function remoteHeaders({ headers }: Call['request'], { name, uid, groups, extra = {} }: Call['user']): Record<string, string | readonly string[]> {
  const passed = Object.fromEntries(
    ['accept', 'content-type', 'user-agent'].map((key) => [key, headerText(headers, key)] as const).filter(([, value]) => value !== ''),
  );
  const extras = Object.entries(extra).map(([key, values]) => [`x-remote-extra-${encodeURIComponent(key)}`, values] as const);
  return {
    ...passed,
    'x-remote-user': name,
    ...(uid === undefined || uid === '' ? {} : { 'x-remote-uid': uid }),
    'x-remote-group': groups,
    ...Object.fromEntries(extras),
  };
}
