/**
 * The API server as one function: route, authenticate, authorize, then the verb
 * (decode, admit, validate, store), then the form that was asked for. Nothing
 * else in the product writes to the store. `get` loads neither schemas nor any
 * of the writing path.
 */
import type { KubeObject } from '../apimachinery/object.js';
import type { ApiHandler, ApiRequest, ApiResponse, UserInfo } from '../apimachinery/request.js';
import { isStatusError, unforeseen, StatusError } from '../apimachinery/status.js';
import { NeedsWholeCluster } from '../platform/reading.js';
import { silentLog } from '../platform/component.js';
import { stopwatch } from '../platform/stopwatch.js';
import type { Soon } from '../platform/soon.js';
import type { AdmissionChain } from './admission/chain.js';
import type { AvailabilityKeeper } from './aggregation/keeper.js';
import type { Attributes } from './authz/authorizer.js';
import type { NodeRelations } from './authz/noderelations.js';
import type { Call, Server } from './context.js';
import { dispatchResource } from './dispatch.js';
import { denied, impersonated } from './impersonate.js';
import { InFlight, TOO_MANY } from './inflight.js';
import { RequestMetrics } from './metrics.js';
import { errorForm } from './negotiate.js';
import { nonResource } from './paths.js';
import type { ApiServerOptions } from './options.js';
import { KindRegistry } from './registry/kinds.js';
import { freeze } from './registry/codec.js';
import { Storages } from './registry/storage.js';
import { requestInfo, type RequestInfo } from './route.js';
import { prefixEnd } from '../store/store.js';

export interface ApiServer extends ApiHandler {
  /** Serves the kinds of the CustomResourceDefinitions that are stored, and follows them. handle() works without it. */
  start(): Promise<void>;
  /** Ends every watch. Safe to call twice. */
  stop(): Promise<void>;
  /** What nodes have to do with, for whoever judges their requests. */
  relations(): Promise<NodeRelations>;
}

export type { ApiServerOptions } from './options.js';
export const ANONYMOUS: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

export function createApiServer(options: ApiServerOptions): ApiServer {
  return new HandlingServer(options);
}

class HandlingServer implements ApiServer, Server {
  readonly options: ApiServerOptions;
  readonly registry: KindRegistry;
  readonly storages: Storages;
  readonly health: { started: boolean; stopping: boolean; store(): Promise<boolean> };
  readonly requests = new RequestMetrics();
  readonly inFlight = new InFlight();
  crds?: NonNullable<Server['crds']>;
  #relations: Promise<NodeRelations> | undefined;
  #availability: AvailabilityKeeper | undefined;
  #admission: Soon<AdmissionChain> | undefined;
  #definitions: Promise<void> | undefined;

  constructor(options: ApiServerOptions) {
    this.options = options;
    this.registry = new KindRegistry(options.kinds);
    this.storages = new Storages(options.store, () => options.clock.now());
    this.health = {
      started: true,
      stopping: false,
      store: () =>
        options.store.status().then(
          () => true,
          () => false,
        ),
    };
  }

  async start(): Promise<void> {
    await this.definitions();
    await this.crds?.follow();
    await this.#keepAvailability();
  }

  async stop(): Promise<void> {
    this.health.stopping = true;
    this.crds?.stop();
    this.#availability?.stop();
    for (const storage of this.storages.all()) {
      storage.cache?.stop();
      storage.kept.stop();
    }
  }

  relations(): Promise<NodeRelations> {
    return (this.#relations ??= import('./authz/noderelations.js').then(({ nodeRelations }) => nodeRelations(this)));
  }

  async #keepAvailability(): Promise<void> {
    const kind = this.registry.resource('apiregistration.k8s.io', 'v1', 'apiservices');
    if (kind === undefined || this.#availability !== undefined) return;
    const { AvailabilityKeeper } = await import('./aggregation/keeper.js');
    this.#availability = new AvailabilityKeeper(this, kind);
    await this.#availability.follow();
  }

  /** Serves what CustomResourceDefinitions define, once; a request for a group that is not built in waits for it. */
  definitions(): Promise<void> {
    return (this.#definitions ??= this.#loadDefinitions());
  }

  async #loadDefinitions(): Promise<void> {
    const kind = this.registry.resource('apiextensions.k8s.io', 'v1', 'customresourcedefinitions');
    if (kind === undefined) return;
    // A server that only reads never sees a definition come; without any it needs nothing of theirs.
    if (this.options.frozen && (await this.options.store.range({ key: `${kind.prefix}/`, end: prefixEnd(`${kind.prefix}/`), countOnly: true })).count === 0)
      return;
    const { CrdRuntime } = await import('./crds.js');
    this.crds = new CrdRuntime(this);
    await this.crds.load();
  }

  admission(): Soon<AdmissionChain> {
    return (this.#admission ??= import('./admission/chain.js').then(({ createAdmission }) => (this.#admission = createAdmission(this))));
  }

  authorize(attributes: Attributes) {
    return this.options.authorize(attributes);
  }

  async handle(request: ApiRequest): Promise<ApiResponse> {
    const release = this.options.quiescence.hold();
    const began = stopwatch();
    const info = requestInfo(request.method, request.path, request.query);
    let answer: ApiResponse;
    try {
      answer = await this.#answer(request, info);
    } catch (error) {
      if (error instanceof NeedsWholeCluster) throw error; // not an answer
      answer = this.#failure(request, error);
    } finally {
      release();
    }
    this.requests.count(request, info, answer, stopwatch() - began);
    return answer;
  }

  async #answer(request: ApiRequest, info: RequestInfo): Promise<ApiResponse> {
    const authenticated = this.options.authenticate(request);
    const caller = (authenticated instanceof Promise ? await authenticated : authenticated) ?? ANONYMOUS;
    const acting = impersonated(request, caller, (attributes) => this.authorize(attributes));
    const user = acting instanceof Promise ? await acting : acting;
    const attributes: Attributes = {
      user,
      verb: info.verb,
      resourceRequest: info.isResource,
      path: info.path,
      apiGroup: info.group,
      apiVersion: info.version,
      resource: info.resource,
      subresource: info.subresource,
      namespace: info.namespace,
      name: info.name,
      fieldSelector: request.query.get('fieldSelector') ?? '',
    };
    const decided = this.authorize(attributes);
    const decision = decided instanceof Promise ? await decided : decided;
    if (!decision.allowed) throw denied(attributes, user, decision.reason);
    const leave = this.inFlight.enter(request, info, user);
    if (leave === undefined) return TOO_MANY;
    const call: Call = { server: this, request, info, user, warnings: [] };
    try {
      return info.isResource ? await dispatchResource(call, this) : await nonResource(call, this);
    } finally {
      leave();
    }
  }

  #failure(request: ApiRequest, error: unknown): ApiResponse {
    const failed = isStatusError(error) ? error : this.#unforeseen(error);
    if (request.method === 'HEAD') return { type: 'text', status: failed.code, contentType: 'application/json', body: '' };
    const warnings = warningsOf(error);
    return {
      type: 'object',
      status: failed.code,
      object: freeze(failed.status) as unknown as KubeObject,
      form: errorForm(request.headers),
      ...retryHeader(failed),
      ...(warnings.length > 0 ? { warnings } : {}),
    };
  }

  #unforeseen(error: unknown): StatusError {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    (this.options.log ?? silentLog).error(text);
    return unforeseen(error instanceof Error ? error.message : String(error));
  }
}

/** As Kubernetes does: how long a client should wait is told where HTTP has a place for it, too. */
function retryHeader({ status }: StatusError): { headers?: Record<string, string> } {
  const seconds = status.details?.retryAfterSeconds ?? 0;
  return seconds > 0 ? { headers: { 'retry-after': String(seconds) } } : {};
}

/** Warnings that were collected before an error was thrown ride on it. */
function warningsOf(error: unknown): readonly string[] {
  return error instanceof StatusError && 'warnings' in error ? (error.warnings as readonly string[]) : [];
}
