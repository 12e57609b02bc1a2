/**
 * The typed client over any ApiHandler. Bodies are handed over as objects: a
 * handler in this process takes them as they are, one behind HTTPS writes them
 * out. Every answer of 400 and above is thrown as a StatusError.
 */
import type { Kind } from '../api/kind.js';
import { keyOf, type KubeList, type KubeObject, type ObjectKey, type WatchEvent } from '../apimachinery/object.js';
import type { ApiHandler, ApiRequest, ApiResponse, Credentials } from '../apimachinery/request.js';
import type { Status } from '../apimachinery/meta/status.js';
import { StatusError } from '../apimachinery/status.js';
import type { Quiescence } from '../platform/quiescence.js';
import type { Client, DeleteOptions, ListOptions, PatchType, RawRequest, ResourceClient, WatchOptions, WriteOptions } from './client.js';

export interface ClientOptions {
  handler: ApiHandler;
  credentials: Credentials;
  userAgent: string;
  /** Held while a request is on its way. */
  quiescence?: Quiescence;
  /** 'background' for loops: their writes may share a later fsync. */
  durability?: 'background';
}

type Query = Record<string, string | number | boolean | undefined>;

interface Call {
  method: string;
  path: string;
  query?: Query;
  body?: object;
  contentType?: string;
}

const PATCH_CONTENT_TYPES: Record<PatchType, string> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

export function createClient(options: ClientOptions): Client {
  const resources = new Map<Kind, ResourceClient<any>>();
  return {
    userAgent: options.userAgent,
    on<T extends KubeObject>(kind: Kind<T>): ResourceClient<T> {
      let resource = resources.get(kind);
      if (resource === undefined) resources.set(kind, (resource = resourceClient(kind, options)));
      return resource as ResourceClient<T>;
    },
    raw: (request: RawRequest) => objectOf(options, request),
  };
}

function resourceClient<T extends KubeObject>(kind: Kind<T>, options: ClientOptions): ResourceClient<T> {
  const call = (request: Call): Promise<any> => objectOf(options, request);
  const one = (key: ObjectKey, subresource?: string): string => objectPath(kind, key, subresource);
  return {
    get: (key) => call({ method: 'GET', path: one(key) }),
    list: ({ namespace, ...list } = {}) => call({ method: 'GET', path: collectionPath(kind, namespace), query: { ...list } }) as Promise<KubeList<T>>,
    watch: ({ namespace, ...watch }, listener) => openWatch<T>(options, collectionPath(kind, namespace), watch, listener),
    create: (object, write) =>
      call({
        method: 'POST',
        path: collectionPath(kind, (object.metadata as { namespace?: string } | undefined)?.namespace),
        query: writeQuery(write),
        body: object,
      }),
    update: (object, write) => call({ method: 'PUT', path: one(keyFor(object)), query: writeQuery(write), body: object }),
    updateStatus: (object, write) => call({ method: 'PUT', path: one(keyFor(object), 'status'), query: writeQuery(write), body: object }),
    patch: (key, type, body, { subresource, force, ...write } = {}) =>
      call({
        method: 'PATCH',
        path: one(key, subresource),
        query: { ...writeQuery(write), force },
        body: body as object,
        contentType: PATCH_CONTENT_TYPES[type],
      }),
    delete: (key, deletion) => call({ method: 'DELETE', path: one(key), ...deleteBody(deletion) }),
    deleteCollection: ({ namespace, gracePeriodSeconds, propagationPolicy, preconditions, ...list }: ListOptions & DeleteOptions & { namespace?: string }) =>
      call({
        method: 'DELETE',
        path: collectionPath(kind, namespace),
        query: { ...list },
        ...deleteBody({ gracePeriodSeconds, propagationPolicy, preconditions }),
      }),
    createSubresource: (key, subresource, body) => call({ method: 'POST', path: one(key, subresource), body }),
    updateSubresource: (key, subresource, body) => call({ method: 'PUT', path: one(key, subresource), body }),
  };
}

/** Where a kind's objects are listed: "/apis/apps/v1/namespaces/default/deployments". */
export function collectionPath(kind: Kind, namespace?: string): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  return kind.namespaced && namespace !== undefined && namespace !== ''
    ? `${root}/namespaces/${encodeURIComponent(namespace)}/${kind.plural}`
    : `${root}/${kind.plural}`;
}

export function objectPath(kind: Kind, { namespace, name }: ObjectKey, subresource?: string): string {
  return `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}${subresource === undefined ? '' : `/${subresource}`}`;
}

/** The key of an object, without a namespace where it has none. */
export function keyFor(object: { metadata: { name?: string; namespace?: string } }): ObjectKey {
  const { namespace, name = '' } = object.metadata;
  return namespace === undefined || namespace === '' ? { name } : { namespace, name };
}

/** "namespace/name" of an object. */
export function keyTextOf(object: { metadata: { name?: string; namespace?: string } }): string {
  const { namespace, name = '' } = object.metadata;
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

export { keyOf };

function writeQuery({ dryRun, fieldManager, fieldValidation }: WriteOptions = {}): Query {
  return { dryRun: dryRun ? 'All' : undefined, fieldManager, fieldValidation };
}

function deleteBody(options: DeleteOptions = {}): { body?: object } {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return Object.keys(given).length === 0 ? {} : { body: { kind: 'DeleteOptions', apiVersion: 'v1', ...given } };
}

function requestOf({ credentials, userAgent, durability }: ClientOptions, { method, path, query = {}, body, contentType }: Call): ApiRequest {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return {
    method,
    path,
    query: search,
    headers: { accept: 'application/json', 'user-agent': userAgent, ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }) },
    credentials,
    ...(body === undefined ? {} : { body }),
    ...(durability === undefined ? {} : { durability }),
  };
}

async function objectOf(options: ClientOptions, call: Call): Promise<unknown> {
  const release = options.quiescence?.hold();
  try {
    const answer = await options.handler.handle(requestOf(options, call));
    if (answer.status >= 400) throw failure(answer);
    if (answer.type === 'text') return parsedText(answer);
    if (answer.type !== 'object') throw new Error(`${call.method} ${call.path} was answered with a stream`);
    return answer.object;
  } finally {
    release?.();
  }
}

function parsedText(answer: Extract<ApiResponse, { type: 'text' }>): unknown {
  const text = typeof answer.body === 'string' ? answer.body : Buffer.from(answer.body).toString();
  return answer.contentType.includes('json') ? JSON.parse(text) : text;
}

function failure(answer: ApiResponse): StatusError {
  if (answer.type === 'object') return new StatusError(answer.object as unknown as Status);
  const message =
    answer.type === 'text' ? (typeof answer.body === 'string' ? answer.body : Buffer.from(answer.body).toString()) : 'the server answered with a stream';
  return new StatusError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: 'Unknown', code: answer.status });
}

async function openWatch<T extends KubeObject>(
  options: ClientOptions,
  path: string,
  watch: WatchOptions,
  listener: { event(event: WatchEvent<T>): void; ended(): void },
): Promise<{ stop(): void }> {
  const answer = await options.handler.handle(requestOf(options, { method: 'GET', path, query: { ...watch, watch: true } }));
  if (answer.status >= 400) throw failure(answer);
  if (answer.type !== 'watch') throw new Error(`a watch of ${path} was answered without a stream`);
  let stopped = false;
  answer.events.start(
    (event) => {
      if (!stopped) listener.event(event as WatchEvent<T>);
    },
    () => {
      if (!stopped) listener.ended();
    },
  );
  return {
    stop() {
      stopped = true;
      answer.events.stop();
    },
  };
}
