/**
 * create: decode, admit, validate, store. A name that the server made up and
 * that is taken is made up anew.
 */
import type { LookupContext, RuleContext } from '../../api/kind.js';
import type { KubeObject } from '../../apimachinery/object.js';
import { deepCopy } from '../../apimachinery/deep.js';
import { alreadyExists, badRequest, failure, forbidden, resourceText, unforeseen } from '../../apimachinery/status.js';
import type { AdmissionRequest } from '../admission/chain.js';
import { groupResource, groupVersion, isLoop, warn, type KindCall } from '../context.js';
import type { Outcome } from '../dispatch.js';
import { denied } from '../impersonate.js';
import { freeze } from '../registry/codec.js';
import { read } from '../registry/reads.js';
import { decodeObject } from '../write/decode.js';
import { managerName, writeOptions, type WriteOptions } from '../write/options.js';
import { nullifyEmptyLists } from '../write/nullify.js';
import { dedupeOwners, orderedMetadata } from '../write/metadata.js';
import { beforeCreate, prepare, validateCreate, type Prepared } from '../write/prepare.js';
import { trackCreate } from '../write/managed.js';
import { allocateFor, isService } from '../services/allocate.js';

const NAME_TRIES_MAX = 8;
const ALLOCATION_TRIES_MAX = 200;
const EVENT_TTL_SECONDS = 3600;

export async function create(call: KindCall): Promise<Outcome> {
  const options = writeOptions(call.request, 'CreateOptions');
  const preparing = prepare(call.kind);
  const prepared = preparing instanceof Promise ? await preparing : preparing;
  const decoding = decodeObject(call, prepared, options);
  const object = decoding instanceof Promise ? await decoding : decoding;
  return { status: 201, object: await createObject(call, prepared, object, options) };
}

/** `object` is decoded, defaulted and nobody else's. Also where a PUT makes what is not there. */
export async function createObject(
  call: KindCall,
  prepared: Prepared,
  object: any,
  options: WriteOptions,
  tracked: 'update' | 'none' = 'update',
): Promise<KubeObject> {
  const { info, kind } = call;
  matchNamespace(object, kind.namespaced ? info.namespace : '');
  if (call.server.crds?.isTerminating(kind) === true)
    throw forbidden(groupResource(kind), object.metadata.name ?? '', 'create not allowed while custom resource definition is terminating');
  if (tracked === 'update') wipeMetadata(object);
  object.apiVersion = groupVersion(kind);
  object.kind = kind.kind;
  warn(call, dedupeOwners(object.metadata));
  if (tracked === 'update') trackCreate(object, prepared, { manager: managerName(options, call.request), now: call.server.options.clock.now() });
  const sentRevision: string = call.request.method === 'POST' ? (object.metadata.resourceVersion ?? '') : '';
  const undo: (() => Promise<void>)[] = [];
  const admission = admissionFor(call, object, options, undo);
  const loading = call.server.admission();
  const chain = loading instanceof Promise ? await loading : loading;
  const admitted = chain.admit(admission);
  if (admitted !== undefined) await admitted;
  const generated = (object.metadata.name ?? '') === '' && (object.metadata.generateName ?? '') !== '';
  try {
    // Addresses and ports are chosen for each try anew: what another writer took meanwhile is not asked for twice.
    const allocates = isService(call.kind);
    for (let tries = 1; ; tries++) {
      const next = allocates ? deepCopy(object) : object;
      if (generated) delete next.metadata.name;
      const stored = await tryCreate(call, prepared, next, { ...options, sentRevision }, allocates ? { ...admission, object: next } : admission);
      if (stored !== undefined) return stored;
      if (allocates && tries < ALLOCATION_TRIES_MAX && (await missing(call, next.metadata.name))) continue;
      if (!generated || tries >= NAME_TRIES_MAX) throw await existing(call, next, generated);
    }
  } catch (error) {
    for (const step of undo) await step();
    throw error;
  }
}

/** undefined: there is one of that name already. */
async function tryCreate(
  call: KindCall,
  prepared: Prepared,
  object: any,
  options: WriteOptions & { sentRevision: string },
  admission: AdmissionRequest,
): Promise<KubeObject | undefined> {
  const { server, kind, info, request } = call;
  const context = ruleContext(call, options, '');
  beforeCreate(object, prepared, context, server.options.random);
  const beside = isService(kind) ? await allocateFor(call, object, undefined, options.dryRun) : undefined;
  const first = prepared.strategy.firstCauses === undefined ? [] : await prepared.strategy.firstCauses(object, lookupContext(call, context));
  validateCreate(object, prepared, context, first);
  if (!isLoop(request)) warn(call, prepared.strategy.warnings?.(object, undefined) ?? []);
  const location = { namespace: info.namespace, name: object.metadata.name };
  const loading = server.admission();
  const chain = loading instanceof Promise ? await loading : loading;
  const valid = chain.validate(admission);
  if (valid !== undefined) await valid;
  const ready = server.storages.of(kind).ready();
  const view = ready instanceof Promise ? await ready : ready;
  if (kind.custom === undefined) nullifyEmptyLists(object, prepared.node);
  if (options.dryRun) return (await view.storage.get(location)) === undefined ? freeze(asSent(object, options.sentRevision)) : undefined;
  if (/^[1-9]\d*$/.test(options.sentRevision)) throw unforeseen('resourceVersion should not be set on objects to be created');
  const stored = await view.storage.create(location, await view.toStored(object), {
    durability: request.durability === 'background' ? 'grouped' : 'durable',
    ...(kind.plural === 'events' && (kind.group === '' || kind.group === 'events.k8s.io') ? { ttlSeconds: EVENT_TTL_SECONDS } : {}),
    ...(beside === undefined ? {} : { beside }),
  });
  return stored === undefined ? undefined : view.shown(stored);
}

/** As Kubernetes does: a dry run never reaches the store, which alone would mind a resourceVersion. */
function asSent(object: any, revision: string): any {
  if (revision !== '') object.metadata = orderedMetadata({ ...object.metadata, resourceVersion: revision });
  return object;
}

const missing = async ({ server, kind, info }: KindCall, name: string): Promise<boolean> =>
  (await server.storages.of(kind).get({ namespace: info.namespace, name })) === undefined;

async function existing(call: KindCall, object: any, generated: boolean) {
  const { kind, server, info } = call;
  const name: string = object.metadata.name;
  const found = await server.storages.of(kind).get({ namespace: info.namespace, name });
  if (found?.metadata.deletionTimestamp !== undefined) {
    const taken = alreadyExists(groupResource(kind), name).status;
    return failure({
      code: 409,
      reason: 'AlreadyExists',
      message: `object is being deleted: ${taken.message ?? ''}`,
      ...(taken.details === undefined ? {} : { details: taken.details }),
    });
  }
  if (generated)
    return failure({
      code: 409,
      reason: 'AlreadyExists',
      message: `${resourceText(groupResource(kind))} ${JSON.stringify(name)} already exists, the server was not able to generate a unique name for the object`,
      details: { ...alreadyExists(groupResource(kind), name).status.details, retryAfterSeconds: 1 },
    });
  return alreadyExists(groupResource(kind), name);
}

/** As Kubernetes does before anything looks at a new object: what only the server says of it is wiped. */
export function wipeMetadata({ metadata }: any): void {
  for (const name of ['creationTimestamp', 'uid', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink']) delete metadata[name];
}

/** The path's namespace fills in a missing one; any other is refused, but where there is none in the path, which takes it away. */
export function matchNamespace(object: any, namespace: string): void {
  const own: string = object.metadata.namespace ?? '';
  if (namespace === '') delete object.metadata.namespace;
  else if (own === '') object.metadata.namespace = namespace;
  else if (own !== namespace) throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

export function ruleContext(call: KindCall, options: { dryRun: boolean }, subresource: string): RuleContext {
  const { user, info, server } = call;
  return {
    user,
    now: server.options.clock.now(),
    dryRun: options.dryRun,
    ...(info.namespace === '' ? {} : { namespace: info.namespace }),
    ...(subresource === '' ? {} : { subresource }),
  };
}

export function lookupContext({ server, info, user, kind }: KindCall, context: RuleContext): LookupContext {
  return {
    ...context,
    verb: info.verb,
    readNamespace: (name) => read(server, '', 'namespaces', { namespace: '', name }),
    async refusal(asked) {
      const attributes = { user, resourceRequest: true, path: '', apiGroup: kind.group, apiVersion: kind.version, resource: kind.plural, ...asked };
      const { allowed, reason } = await server.authorize(attributes);
      return allowed ? undefined : denied(attributes, user, reason).message;
    },
  };
}

export function admissionFor(
  call: KindCall,
  object: any,
  options: { dryRun: boolean },
  undo: (() => Promise<void>)[],
  previous?: KubeObject,
  subresource = '',
): AdmissionRequest {
  return {
    server: call.server,
    operation: previous === undefined ? 'CREATE' : 'UPDATE',
    kind: call.kind,
    subresource,
    namespace: call.info.namespace,
    name: call.info.parts[1] ?? object.metadata.name ?? '',
    user: call.user,
    dryRun: options.dryRun,
    object,
    previous,
    sent: call.request,
    warn: (texts) => warn(call, texts),
    onFailure: (step) => undo.push(step),
  };
}
