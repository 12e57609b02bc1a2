/**
 * From a path to a kind and a verb: what is not served is 404, what it cannot
 * do is 405, and what is asked in no form we speak is 406, in the order in
 * which kube-apiserver's router looks at them.
 */
import type { Kind, Subresource } from '../api/kind.js';
import type { KubeObject } from '../apimachinery/object.js';
import type { ApiResponse } from '../apimachinery/request.js';
import { isStatusError } from '../apimachinery/status.js';
import { warn, type Call, type KindCall } from './context.js';
import { shapeList, shapeObject, tableOptions } from './encode.js';
import { lazy } from './lazy.js';
import { acceptable, headerText, negotiate, NOT_ACCEPTABLE } from './negotiate.js';
import { notFoundPage } from './paths.js';
import { methodNotAllowed, noSuchResource, noSuchSubresource, routerMediaType, routerNotAcceptable } from './verbs/errors.js';
import { getObject, listObjects } from './verbs/read.js';

/** What a verb gives back, before it is brought into the form that was asked for. */
export interface Outcome {
  status: number;
  object: KubeObject;
  /** The kind of the object, where it is not the one of the path. */
  kind?: Kind;
  list?: boolean;
}

const DEPRECATED: Readonly<Record<string, string>> = {
  '/v1/ComponentStatus': 'v1 ComponentStatus is deprecated in v1.19+',
  '/v1/Endpoints': 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
};

export interface Definitions {
  /** Serves what CustomResourceDefinitions define; done once. */
  definitions(): Promise<void>;
}

export async function dispatchResource(call: Call, definitions: Definitions): Promise<ApiResponse> {
  const { info, server } = call;
  let kind = server.registry.resource(info.group, info.version, info.resource);
  if (kind === undefined && info.prefix === 'apis' && info.group.includes('.')) {
    await definitions.definitions();
    kind = server.registry.resource(info.group, info.version, info.resource);
  }
  if (info.group.includes('.') && (kind === undefined || kind.group === 'metrics.k8s.io')) {
    const { aggregated, refreshMetrics } = await aggregation();
    await refreshMetrics(server);
    const answer = await aggregated(call, info);
    if (answer !== undefined) return answer;
    kind = server.registry.resource(info.group, info.version, info.resource);
  }
  if (kind === undefined || (kind.group === '') !== (info.prefix === 'api')) return unknownResource(call);
  const { parts } = info;
  if (info.namespace !== '' && !kind.namespaced && kind.plural !== 'namespaces') throw noSuchResource();
  if (kind.namespaced && info.namespace === '' && parts.length > 1) throw noSuchResource();
  const subresource = parts.length > 2 ? kind.subresources.find(({ name }) => name === parts[2]) : undefined;
  if (parts.length > 2 && subresource === undefined) throw kind.custom === undefined ? noSuchResource() : noSuchSubresource(kind.group, kind.plural, info.name);
  if (parts.length > 3 && subresource?.name !== 'proxy') throw noSuchResource();
  const kindCall: KindCall = { ...call, kind };
  try {
    return withWarnings(kindCall, await (subresource === undefined ? serveKind(kindCall) : serveSubresource(kindCall, subresource)));
  } catch (error) {
    if (isStatusError(error) && call.warnings.length > 0) Object.assign(error, { warnings: [...call.warnings] });
    throw error;
  }
}

function withWarnings(call: KindCall, response: ApiResponse): ApiResponse {
  return call.warnings.length === 0 ? response : { ...response, warnings: [...call.warnings] };
}

/** A group that exists answers with a Status, one that does not with the router's page. */
function unknownResource({ info, server }: Call): ApiResponse {
  const group = server.registry.group(info.prefix === 'api' ? '' : info.group);
  if (group === undefined || group.versions.every(({ kinds }) => kinds.every(({ custom }) => custom !== undefined))) return notFoundPage();
  throw noSuchResource();
}

const VERB_OF: Readonly<Record<string, { one: string; many: string }>> = {
  GET: { one: 'get', many: 'list' },
  POST: { one: '', many: 'create' },
  PUT: { one: 'update', many: '' },
  PATCH: { one: 'patch', many: '' },
  DELETE: { one: 'delete', many: 'deletecollection' },
};

const aggregation = lazy(() => import('./aggregation/aggregator.js'));
const watches = lazy(() => import('./verbs/watch.js'));
const writes = lazy(() => import('./verbs/write.js'));
const subresources = lazy(() => import('./subresources/subresources.js'));

async function serveKind(call: KindCall): Promise<ApiResponse> {
  const { kind, info, request } = call;
  const single = info.parts.length > 1;
  const verb = VERB_OF[request.method]?.[single ? 'one' : 'many'] ?? '';
  if (verb === '' || !kind.verbs.includes(verb)) throw methodNotAllowed();
  if (kind.namespaced && info.namespace === '' && verb !== 'list') throw methodNotAllowed();
  warn(call, [DEPRECATED[`${kind.group}/${kind.version}/${kind.kind}`] ?? (kind as { deprecation?: string }).deprecation ?? '']);
  checkMedia(call, verb === 'list');
  // As Kubernetes does: a form that is not to be had is refused before anything is looked for.
  negotiate(request.headers, 'meta');
  if (info.legacyWatch || (verb === 'list' && info.verb === 'watch')) {
    if (!kind.verbs.includes('watch')) throw methodNotAllowed();
    const { watchObjects } = await watches();
    return watchObjects(call);
  }
  if (verb === 'get') return shaped(call, { status: 200, object: kind.prefix === '' ? await unstored(call) : await getObject(call) });
  if (verb === 'list') {
    const list = kind.prefix === '' ? await unstored(call) : ((await listObjects(call)) as unknown as KubeObject);
    return shaped(call, { status: 200, object: list, list: true });
  }
  const module = writes();
  const { write } = module instanceof Promise ? await module : module;
  const outcome = await write(call, verb);
  if (kind.custom !== undefined || kind.plural === 'customresourcedefinitions') await definitionChanged(call);
  return shaped(call, outcome);
}

/** A definition that was just written is served by the time its writer is answered. */
async function definitionChanged({ kind, server, info }: KindCall): Promise<void> {
  if (kind.custom !== undefined) server.crds?.objectGone(kind);
  if (kind.plural === 'customresourcedefinitions' && kind.group === 'apiextensions.k8s.io' && info.name !== '') await server.crds?.settle(info.name);
}

/** Kinds that are read without being stored: ComponentStatus, and what is measured. */
async function unstored(call: KindCall): Promise<KubeObject> {
  if (call.kind.group === 'metrics.k8s.io') return (await import('./aggregation/metrics.js')).measured(call);
  const { componentStatuses } = await import('./subresources/componentstatus.js');
  return componentStatuses(call);
}

async function serveSubresource(call: KindCall, subresource: Subresource): Promise<ApiResponse> {
  const { request } = call;
  const verb = { GET: 'get', HEAD: 'get', POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }[request.method] ?? '';
  if (subresource.name === 'proxy') return (await subresources()).serve(call, subresource, verb) as Promise<ApiResponse>;
  if (!subresource.verbs.includes(verb) || request.method === 'HEAD') throw methodNotAllowed();
  checkMedia(call, false);
  if (verb === 'get' && (subresource.kind === undefined || subresource.kind.kind === call.kind.kind) && subresource.name !== 'log')
    return shaped(call, { status: 200, object: await getObject(call) });
  const { serve } = await subresources();
  const served = await serve(call, subresource, verb);
  return 'type' in served ? served : shaped(call, served);
}

const PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
  'application/apply-patch+cbor',
];

function checkMedia(call: KindCall, list: boolean): void {
  const { request, kind } = call;
  if (request.method === 'PATCH' && kind.custom === undefined) {
    const type = headerText(request.headers, 'content-type').split(';')[0]!.trim();
    if (!PATCH_TYPES.includes(type)) throw routerMediaType();
  }
  if (acceptable(request.headers)) return;
  throw routerNotAcceptable(list ? NOT_ACCEPTABLE : NOT_ACCEPTABLE.split(', application/json;stream')[0]!);
}

export function shaped(call: KindCall, outcome: Outcome): ApiResponse {
  const { request, server } = call;
  const output = negotiate(request.headers, 'meta');
  const kind = outcome.kind ?? call.kind;
  const table = () => tableOptions(request.query, server.options.clock.now());
  const object =
    outcome.list === true && output.as !== 'object'
      ? shapeList(outcome.object as never, kind, output, table)
      : shapeObject(outcome.object, kind, output.as === 'object' || outcome.list !== true ? output : { ...output, as: 'object' }, table);
  return {
    type: 'object',
    status: outcome.status,
    object: outcome.list === true && kind.custom !== undefined && output.as === 'object' ? withContinue(object) : object,
    form: output.form,
  };
}

/** As Kubernetes does: lists of custom resources, being untyped, always say where they go on. */
function withContinue(list: KubeObject): KubeObject {
  const metadata = list.metadata as { continue?: string };
  return { ...list, metadata: { ...metadata, continue: metadata.continue ?? '' } as KubeObject['metadata'] };
}
