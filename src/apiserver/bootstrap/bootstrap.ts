/**
 * What a new control plane holds before anyone touches it: namespaces, roles
 * and bindings, flow schemas, priority classes, API services, the `kubernetes`
 * Service with its endpoints. Written through handle() as the API server's own
 * loopback identity, as kube-apiserver's post-start hooks do; what is already
 * there is left as it is.
 */
import type { Kind } from '../../api/kind.js';
import { formatTime } from '../../apimachinery/time.js';
import type { KubeObject } from '../../apimachinery/object.js';
import { InProcessIdentity, type ApiHandler, type ApiResponse } from '../../apimachinery/request.js';
import type { Status } from '../../apimachinery/meta/status.js';
import type { Clock } from '../../platform/clock.js';

export interface BootstrapOptions {
  handler: ApiHandler;
  kinds: readonly Kind[];
  clock: Clock;
  /** manifests/bootstrap, in the order in which they are to be made. */
  objects: readonly KubeObject[];
  /** Where clients inside the cluster reach the API server. */
  advertise: { address: string; port: number };
  serviceIp: string;
  clientCa: string;
  frontProxyCa: string;
  /** Where no controller will: make the service account default/default. */
  withDefaultAccount: boolean;
}

const LOOPBACK = new InProcessIdentity({ name: 'system:apiserver', uid: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] });

/** Resolves when every object is there. */
export async function ensureBootstrap(options: BootstrapOptions): Promise<void> {
  const { handler, kinds, objects, clock } = options;
  await ensureObjects({ handler, kinds, identity: LOOPBACK, userAgent: 'kube-apiserver', objects: [...objects, ...ownObjects(options)], nowMs: clock.now() });
}

export interface EnsureOptions {
  handler: ApiHandler;
  kinds: readonly Kind[];
  identity: InProcessIdentity;
  userAgent: string;
  objects: readonly KubeObject[];
  /** For conditions of a status that is written; without it no status is. */
  nowMs?: number;
}

/** Creates what is not there, in order; an object that is there already is left as it is. */
export async function ensureObjects({ handler, kinds, identity, userAgent, objects, nowMs }: EnsureOptions): Promise<void> {
  const resources = new Map(kinds.map((kind) => [`${kind.group}/${kind.version}/${kind.kind}`, kind]));
  const send = sender(handler, identity, userAgent);
  for (const { status, ...whole } of objects as readonly (KubeObject & { status?: any })[]) {
    const object = withoutAggregated(whole);
    const path = collectionPath(object, resources);
    const made = await send('POST', path, object);
    // An address that is taken is told before the name is.
    if (made.status === 409 || (made.status === 422 && (await send('GET', `${path}/${encodeURIComponent(object.metadata.name!)}`)).status === 200)) continue;
    const created = objectOf(made, object);
    if (object !== whole) await aggregate(handler, identity, `${path}/${encodeURIComponent(object.metadata.name!)}`, whole);
    if (nowMs === undefined || status === undefined || Object.keys(status).length === 0) continue;
    const body = { ...created, status: withTimes(status, formatTime(nowMs)) };
    objectOf(await send('PUT', `${path}/${encodeURIComponent(object.metadata.name!)}/status`, body), object);
  }
}

const AGGREGATOR = 'clusterrole-aggregation-controller';

/** The rules of a role that aggregates others are its controller's, which owns them. */
function withoutAggregated(object: KubeObject): KubeObject {
  const { rules, ...rest } = object as KubeObject & { rules?: unknown; aggregationRule?: unknown };
  return rest.aggregationRule === undefined || rules === undefined ? object : (rest as KubeObject);
}

async function aggregate(
  handler: ApiHandler,
  identity: InProcessIdentity,
  path: string,
  { apiVersion, kind, metadata, ...rest }: KubeObject & { rules?: unknown },
): Promise<void> {
  const body = { apiVersion, kind, metadata: { name: metadata.name }, rules: rest.rules };
  const query = new URLSearchParams({ fieldManager: AGGREGATOR, force: 'true' });
  objectOf(
    await handler.handle({
      method: 'PATCH',
      path,
      query,
      headers: { 'user-agent': AGGREGATOR, 'content-type': 'application/apply-patch+yaml' },
      credentials: { type: 'inProcess', identity },
      body,
      durability: 'background',
    }),
    { apiVersion, kind, metadata },
  );
}

function ownObjects({ advertise, serviceIp, clientCa, frontProxyCa, clock, withDefaultAccount }: BootstrapOptions): KubeObject[] {
  const metadata = { name: 'kubernetes', namespace: 'default' };
  const ports = [{ name: 'https', port: advertise.port, protocol: 'TCP' }];
  const objects = [
    ...(withDefaultAccount ? [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } }] : []),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'extension-apiserver-authentication', namespace: 'kube-system' },
      data: {
        'client-ca-file': clientCa,
        'requestheader-allowed-names': '["front-proxy-client"]',
        'requestheader-client-ca-file': frontProxyCa,
        'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
        'requestheader-group-headers': '["X-Remote-Group"]',
        'requestheader-username-headers': '["X-Remote-User"]',
      },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-apiserver-legacy-service-account-token-tracking', namespace: 'kube-system' },
      data: { since: formatTime(clock.now()).slice(0, 10) },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...metadata, labels: { component: 'apiserver', provider: 'kubernetes' } },
      spec: {
        clusterIP: serviceIp,
        clusterIPs: [serviceIp],
        ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: advertise.port }],
        sessionAffinity: 'None',
        type: 'ClusterIP',
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { ...metadata, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
      subsets: [{ addresses: [{ ip: advertise.address }], ports }],
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [advertise.address], conditions: { ready: true } }],
      ports,
    },
  ];
  return objects as unknown as KubeObject[];
}

function collectionPath({ apiVersion, kind, metadata }: KubeObject, resources: ReadonlyMap<string, Kind>): string {
  const [group, version] = apiVersion.includes('/') ? (apiVersion.split('/') as [string, string]) : ['', apiVersion];
  const resource = resources.get(`${group}/${version}/${kind}`);
  if (resource === undefined) throw new Error(`bootstrap names a kind that is not served: ${apiVersion} ${kind}`);
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return metadata.namespace === undefined ? `${root}/${resource.plural}` : `${root}/namespaces/${metadata.namespace}/${resource.plural}`;
}

function sender(handler: ApiHandler, identity: InProcessIdentity, userAgent: string) {
  return (method: string, path: string, body?: object): Promise<ApiResponse> =>
    handler.handle({
      method,
      path,
      query: new URLSearchParams(),
      headers: { 'user-agent': userAgent },
      credentials: { type: 'inProcess', identity },
      ...(body === undefined ? {} : { body }),
      durability: 'background',
    });
}

function objectOf(response: ApiResponse, wanted: KubeObject): KubeObject {
  if (response.type === 'object' && response.status < 300) return response.object;
  const reason = response.type === 'object' ? (response.object as unknown as Status).message : response.type;
  throw new Error(`bootstrap: ${wanted.kind} ${wanted.metadata.name}: ${reason}`);
}

function withTimes(status: any, now: string): any {
  if (!Array.isArray(status.conditions)) return status;
  return { ...status, conditions: status.conditions.map((condition: object) => ({ ...condition, lastTransitionTime: now })) };
}
