/**
 * Paths that are no resources: discovery, health, version, OpenAPI, metrics and
 * the token issuer's documents. What nobody serves is Go's plain 404 page.
 */
import type { KubeObject } from '../apimachinery/object.js';
import type { ApiResponse } from '../apimachinery/request.js';
import type { Call } from './context.js';
import { aggregated, apiGroup, apiGroupList, apiResourceList, apiVersions } from './discovery.js';
import type { Definitions } from './dispatch.js';
import { healthAnswer, type Health } from './health.js';
import type { InFlight } from './inflight.js';
import type { RequestMetrics } from './metrics.js';
import { negotiate, type Output } from './negotiate.js';
import { VERSION } from './options.js';
import { methodNotAllowed, noSuchResource } from './verbs/errors.js';

export const notFoundPage = (): ApiResponse => ({
  type: 'text',
  status: 404,
  contentType: 'text/plain; charset=utf-8',
  headers: { 'x-content-type-options': 'nosniff' },
  body: '404 page not found\n',
});

/** What the whole server knows of itself. */
type Whole = Definitions & { health: Health; requests: RequestMetrics; inFlight: InFlight };

export async function nonResource(call: Call, server: Whole): Promise<ApiResponse> {
  const { request, info } = call;
  const healthy = await healthAnswer(info.path, request.query, server.health);
  if (healthy !== undefined) return healthy;
  const path = info.path.length > 1 && info.path.endsWith('/') ? info.path.slice(0, -1) : info.path;
  if (path === '/api' || path === '/apis' || path.startsWith('/api/') || path.startsWith('/apis/')) return discovery(call, server, path);
  if (path === '/version') return onlyGet(call, () => json(call, { ...VERSION, ...call.server.options.version }));
  if (path === '') return onlyGet(call, () => rootPaths(call, server));
  if (path === '/') return onlyGet(call, () => rootPaths(call, server));
  if (path === '/.well-known/openid-configuration') return onlyGet(call, () => issuer(call));
  if (path === '/openid/v1/jwks') return onlyGet(call, () => jwks(call));
  if (path === '/metrics') {
    const { metricsText } = await import('./metricstext.js');
    return {
      type: 'text',
      status: 200,
      contentType: 'text/plain; version=0.0.4; charset=utf-8',
      body: await metricsText(call.server, server.requests, server.inFlight),
    };
  }
  if (path === '/openapi/v2' || path.startsWith('/openapi/v3')) {
    await server.definitions();
    await (await import('./aggregation/aggregator.js')).refreshMetrics(call.server);
    const { openapi } = await import('./schemas.js');
    return (await openapi(call, path)) ?? notFoundPage();
  }
  return notFoundPage();
}

async function discovery(call: Call, server: Definitions, path: string): Promise<ApiResponse> {
  await server.definitions();
  const { aggregated: asked, refreshMetrics, staleVersions } = await import('./aggregation/aggregator.js');
  await refreshMetrics(call.server);
  const { registry } = call.server;
  const [, root, group, version] = path.split('/');
  const method = call.request.method;
  if (group === undefined) {
    if (root === 'api' && method !== 'GET') throw methodNotAllowed();
    const output = negotiate(call.request.headers, 'discovery');
    if (root === 'api' && output.as !== 'APIGroupDiscoveryList') return shown(apiVersions(call.server.options.serverAddress ?? '127.0.0.1:6443'), output);
    const { remoteDiscovery, remoteGroupBody, remoteGroups } = await import('./aggregation/remote.js');
    if (output.as !== 'APIGroupDiscoveryList') return shown(apiGroupList(registry, (await remoteGroups(call.server)).map(remoteGroupBody)), output);
    return shown(
      aggregated(registry, root as 'api' | 'apis', await staleVersions(call.server), root === 'api' ? [] : await remoteDiscovery(call)),
      output,
      DISCOVERY_TYPE,
    );
  }
  const elsewhere = root === 'apis' && version !== undefined && group.includes('.') ? await asked(call, { group, version }) : undefined;
  if (elsewhere !== undefined) return elsewhere;
  const served = registry.group(root === 'api' ? '' : group);
  if (served === undefined) return root === 'apis' && version === undefined ? remoteGroup(call, group) : notFoundPage();
  const wanted = root === 'api' ? group : version;
  if (wanted === undefined) return onlyGet(call, () => shown(apiGroup(served), negotiate(call.request.headers, 'none')));
  const found = served.versions.find((one) => one.version === wanted);
  if (found === undefined) throw noSuchResource();
  return onlyGet(call, () => shown(apiResourceList(served.name, found), negotiate(call.request.headers, 'none')));
}

async function remoteGroup(call: Call, name: string): Promise<ApiResponse> {
  const { remoteGroupBody, remoteGroups } = await import('./aggregation/remote.js');
  const found = (await remoteGroups(call.server)).find((one) => one.name === name);
  return found === undefined
    ? notFoundPage()
    : onlyGet(call, () => shown({ kind: 'APIGroup', apiVersion: 'v1', ...remoteGroupBody(found) }, negotiate(call.request.headers, 'none')));
}

const DISCOVERY_TYPE = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

function onlyGet(call: Call, answer: () => ApiResponse | Promise<ApiResponse>): ApiResponse | Promise<ApiResponse> {
  if (call.request.method !== 'GET' && call.request.method !== 'HEAD') throw methodNotAllowed();
  return answer();
}

function shown(object: object, output: Output, contentType?: string): ApiResponse {
  return {
    type: 'object',
    status: 200,
    object: object as KubeObject,
    form: output.form,
    ...(contentType === undefined ? {} : { headers: { 'content-type': contentType } }),
  };
}

const json = (_call: Call, body: object): ApiResponse => ({ type: 'text', status: 200, contentType: 'application/json', body: JSON.stringify(body, null, 2) });

async function rootPaths(call: Call, server: Definitions): Promise<ApiResponse> {
  await server.definitions();
  await (await import('./aggregation/aggregator.js')).refreshMetrics(call.server);
  const paths = [
    '/.well-known/openid-configuration',
    '/api',
    '/api/v1',
    '/apis',
    '/apis/',
    '/healthz',
    '/livez',
    '/metrics',
    '/openapi/v2',
    '/openapi/v3',
    '/openapi/v3/',
    '/openid/v1/jwks',
    '/readyz',
    '/version',
  ];
  for (const { name, versions } of call.server.registry.groups()) {
    if (name !== '') paths.push(`/apis/${name}`, ...versions.map(({ version }) => `/apis/${name}/${version}`));
  }
  return json(call, { paths: paths.sort() });
}

async function issuer(call: Call): Promise<ApiResponse> {
  const { tokens, serverAddress = '127.0.0.1:6443' } = call.server.options;
  if (tokens === undefined) return notFoundPage();
  const algorithms = [...new Set((await tokens.keys()).keys.map((key) => ('alg' in key ? String(key.alg) : 'RS256')))];
  return {
    ...json(call, {}),
    body: JSON.stringify({
      issuer: tokens.issuer,
      jwks_uri: `https://${serverAddress}/openid/v1/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: algorithms,
    }),
  } as ApiResponse;
}

async function jwks(call: Call): Promise<ApiResponse> {
  const { tokens } = call.server.options;
  if (tokens === undefined) return notFoundPage();
  return { type: 'text', status: 200, contentType: 'application/jwk-set+json', body: JSON.stringify(await tokens.keys()) };
}
