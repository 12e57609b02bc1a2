/**
 * /healthz, /livez and /readyz: named checks, one by one or all together, in
 * kube-apiserver's texts. `etcd` asks the store; the start-up hooks are good
 * once the server has started.
 */
import type { ApiResponse } from '../apimachinery/request.js';

const HOOKS_FIRST = [
  'start-apiserver-admission-initializer',
  'generic-apiserver-start-informers',
  'priority-and-fairness-config-consumer',
  'priority-and-fairness-filter',
  'storage-object-count-tracker-hook',
  'start-apiextensions-informers',
  'start-apiextensions-controllers',
  'crd-informer-synced',
  'start-system-namespaces-controller',
  'peer-endpoint-reconciler-controller',
  'start-cluster-authentication-info-controller',
  'start-kube-apiserver-identity-lease-controller',
  'start-kube-apiserver-identity-lease-garbage-collector',
  'storage-readiness',
  'start-legacy-token-tracking-controller',
  'start-service-ip-repair-controllers',
  'rbac/bootstrap-roles',
  'scheduling/bootstrap-system-priority-classes',
  'priority-and-fairness-config-producer',
  'bootstrap-controller',
  'start-kubernetes-service-cidr-controller',
  'aggregator-reload-proxy-client-cert',
  'start-kube-aggregator-informers',
  'apiservice-status-local-available-controller',
  'apiservice-status-remote-available-controller',
  'apiservice-registration-controller',
  'apiservice-discovery-controller',
  'kube-apiserver-autoregistration',
].map((name) => `poststarthook/${name}`);
const HOOKS = [...HOOKS_FIRST, 'autoregister-completion', 'poststarthook/apiservice-openapi-controller', 'poststarthook/apiservice-openapiv3-controller'];

const CHECKS: Readonly<Record<string, readonly string[]>> = {
  healthz: ['ping', 'log', 'loopback-serving-certificate', 'etcd', ...HOOKS],
  livez: ['ping', 'log', 'loopback-serving-certificate', 'etcd', ...HOOKS],
  readyz: ['ping', 'log', 'etcd', 'etcd-readiness', 'informer-sync', ...HOOKS, 'shutdown'],
};

export interface Health {
  store(): Promise<boolean>;
  started: boolean;
  stopping: boolean;
}

/** undefined: not a path of health checks. */
export async function healthAnswer(path: string, query: URLSearchParams, health: Health): Promise<ApiResponse | undefined> {
  const [, root = '', ...rest] = path.split('/');
  const checks = CHECKS[root];
  if (checks === undefined) return undefined;
  const excluded = new Set(query.getAll('exclude'));
  if (rest.length === 0) return allChecks(root, checks, excluded, query.has('verbose'), health);
  const name = rest.join('/');
  if (!checks.includes(name)) return undefined;
  return (await holds(name, health)) ? text(200, 'ok') : text(500, `internal server error: ${failure(name)}\n`);
}

async function allChecks(root: string, checks: readonly string[], excluded: ReadonlySet<string>, verbose: boolean, health: Health): Promise<ApiResponse> {
  const lines: string[] = [];
  let failed = false;
  for (const name of checks) {
    if (excluded.has(name)) lines.push(`[+]${name} excluded: ok`);
    else if (await holds(name, health)) lines.push(`[+]${name} ok`);
    else {
      failed = true;
      lines.push(`[-]${name} failed: reason withheld`);
    }
  }
  const unknown = [...excluded].filter((name) => !checks.includes(name));
  if (unknown.length > 0) lines.push(`warn: some health checks cannot be excluded: no matches for ${unknown.map((name) => JSON.stringify(name)).join(', ')}`);
  if (failed) return text(500, `${lines.join('\n')}\n${root} check failed\n`);
  return text(200, verbose ? `${lines.join('\n')}\n${root} check passed\n` : 'ok');
}

async function holds(name: string, health: Health): Promise<boolean> {
  if (name === 'etcd' || name === 'etcd-readiness') return health.store();
  if (name === 'shutdown') return !health.stopping;
  if (name === 'ping' || name === 'log' || name === 'loopback-serving-certificate') return true;
  return health.started;
}

const failure = (name: string): string => (name.startsWith('etcd') ? 'etcd failed: error getting data from etcd' : `${name} failed: not finished`);

function text(status: number, body: string): ApiResponse {
  return { type: 'text', status, contentType: 'text/plain; charset=utf-8', headers: { 'x-content-type-options': 'nosniff' }, body };
}
