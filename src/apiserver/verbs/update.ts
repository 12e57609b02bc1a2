/**
 * PUT, and what every changing write of an existing object goes through:
 * transform, admit, check the revision, validate, store, and again from the
 * top when somebody else was faster and the writer named no revision.
 */
import type { Kind, RuleContext } from '../../api/kind.js';
import type { Causes } from '../../apimachinery/fielderror.js';
import type { KubeObject } from '../../apimachinery/object.js';
import { badRequest, conflict, notFound, unforeseen } from '../../apimachinery/status.js';
import { deepCopy, deepEqual } from '../../apimachinery/deep.js';
import type { Soon } from '../../platform/soon.js';
import { groupResource, groupVersion, isInProcess, warn, type KindCall } from '../context.js';
import type { Outcome } from '../dispatch.js';
import { freeze } from '../registry/codec.js';
import type { View } from '../registry/storage.js';
import { allocateFor, isService, released } from '../services/allocate.js';
import { decodeObject } from '../write/decode.js';
import { trackUpdate } from '../write/managed.js';
import { nullifyEmptyLists } from '../write/nullify.js';
import { dedupeOwners, sameObject } from '../write/metadata.js';
import { managerName, writeOptions, type WriteOptions } from '../write/options.js';
import { beforeUpdate, checkRevision, notANumber, prepare, subresourceStrategy, validateUpdate, type Prepared } from '../write/prepare.js';
import { admissionFor, createObject, lookupContext, matchNamespace, ruleContext } from './create.js';

/** How often a write without a resourceVersion is tried again when it met another. */
export const CONFLICT_RETRIES_MAX = 50;

export async function replace(call: KindCall, subresource = ''): Promise<Outcome> {
  const options = writeOptions(call.request, 'UpdateOptions');
  const preparing = prepare(call.kind);
  const prepared = preparing instanceof Promise ? await preparing : preparing;
  const decoding = decoded(call, prepared, options, subresource);
  const object = decoding instanceof Promise ? await decoding : decoding;
  matchName(object, call.info.name);
  matchNamespace(object, call.kind.namespaced ? call.info.namespace : '');
  const { metadata } = object;
  const broken = notANumber(metadata.resourceVersion ?? '');
  if (broken !== undefined) throw unforeseen(broken);
  const changed = await updateObject(call, prepared, options, {
    subresource,
    uid: metadata.uid ?? '',
    allowCreate: subresource === '' && prepared.strategy.allowCreateOnUpdate === true && (metadata.resourceVersion ?? '') === '',
    transform: keepingSpec(tries(object, call), call.kind, subresource),
    track: 'update',
  });
  return { status: changed.created ? 201 : 200, object: changed.object };
}

/** What each try starts from. A writer who names a revision has but one. */
function tries(object: any, call: KindCall): () => any {
  if ((object.metadata.resourceVersion ?? '') === '') {
    const sent = freeze(object);
    return () => deepCopy(sent);
  }
  let spent = false;
  return () => {
    if (spent) throw conflict(groupResource(call.kind), call.info.name);
    spent = true;
    return object;
  };
}

/** The spec of a pod seldom changes: where it has not, what follows need not compare, copy or write it. */
function keepingSpec(next: () => any, kind: Kind, subresource: string): (previous: any) => any {
  if (!isPod(kind, subresource)) return next;
  return (previous) => {
    const object = next();
    if (previous !== undefined && object.spec !== previous.spec && deepEqual(object.spec, previous.spec)) object.spec = previous.spec;
    return object;
  };
}

const isPod = (kind: Kind, subresource: string): boolean => kind.group === '' && kind.plural === 'pods' && subresource === '';

/**
 * Components of this process write status with the rest of the object as they were given it: what is the very same as in the
 * watch cache need not be read, compared or copied.
 */
function decoded(call: KindCall, prepared: Prepared, options: WriteOptions, subresource: string): Soon<any> {
  const { kind, server, info } = call;
  if ((subresource === 'status' || isPod(kind, subresource)) && isInProcess(call.request) && kind.storedAs === undefined && kind.custom === undefined) {
    const { storage } = server.storages.of(kind);
    const cached = storage.cache?.peek(storage.key({ namespace: info.namespace, name: info.name }));
    try {
      if (cached !== undefined)
        return decodeObject(call, prepared, options, subresource === 'status' ? sharedWithStatus(cached) : { spec: (cached as any).spec });
    } catch (error) {
      // Defaults would change what is stored: then nothing can be shared.
      if (!(error instanceof TypeError)) throw error;
    }
  }
  return decodeObject(call, prepared, options);
}

/** What a write of status does not write. */
export function sharedWithStatus(object: any): Record<string, unknown> {
  const { metadata: _, status: __, ...rest } = object;
  return rest;
}

export function matchName(object: any, name: string): void {
  const own: string = object.metadata.name ?? '';
  if (own === '') throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (own !== name) throw badRequest(`the name of the object (${own}) does not match the name on the URL (${name})`);
}

export interface Change {
  subresource: string;
  /** '' : any. */
  uid?: string;
  allowCreate?: boolean;
  /** From what is there to what should be, a copy nobody else holds. Called again for each try. */
  transform(previous: any): any;
  /** How managedFields are kept: 'none' where `transform` did it. */
  track: 'update' | 'none';
  /** Skips the kind's own rules: for subresources that are kinds of their own and have checked theirs. */
  check?(next: any, previous: any): void;
  /** As Kubernetes does with bindings: what `transform` made is stored past the kind's rules. */
  plain?: boolean;
  /** Without this, a removal that the change makes due follows. */
  keep?: boolean;
  /** The key as it is told when the uid is another. */
  fullKey?: boolean;
}

export async function updateObject(
  call: KindCall,
  prepared: Prepared,
  options: WriteOptions,
  change: Change,
): Promise<{ object: KubeObject; created: boolean }> {
  const { server, kind, info } = call;
  const ready = server.storages.of(kind).ready();
  const view = ready instanceof Promise ? await ready : ready;
  const location = { namespace: info.namespace, name: info.name };
  for (let tries = 0; ; tries++) {
    const previous = await view.get(location);
    if (previous === undefined) {
      if (change.allowCreate !== true) throw notFound(groupResource(kind), info.name);
      return { object: await createObject(call, prepared, change.transform(undefined), options, change.track), created: true };
    }
    checkUid(change, previous, view, location);
    const next = change.transform(previous);
    const named =
      (next.metadata.resourceVersion ?? '') !== '' && change.track === 'update' && next.metadata.resourceVersion !== previous.metadata.resourceVersion;
    const stored = await tryUpdate({ call, prepared, options, change, view, previous, next });
    if (stored !== undefined) return { object: stored, created: false };
    if (named || tries === CONFLICT_RETRIES_MAX) throw conflict(groupResource(kind), info.name);
  }
}

function checkUid({ uid = '', fullKey }: Change, previous: KubeObject, view: View, location: { namespace: string; name: string }): void {
  if (uid === '' || uid === previous.metadata.uid) return;
  const key = view.storage.key(location);
  throw conflict(
    groupResource(view.kind),
    location.name,
    storageError(fullKey === true ? key : key.replace(/^\/registry/, ''), `UID in precondition: ${uid}, UID in object meta: ${previous.metadata.uid ?? ''}`),
  );
}

export const storageError = (key: string, what: string): string =>
  `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: ${what}`;

interface Try {
  call: KindCall;
  prepared: Prepared;
  options: WriteOptions;
  change: Change;
  view: View;
  previous: KubeObject;
  next: any;
}

/** undefined: somebody else was faster. */
async function tryUpdate(attempt: Try): Promise<KubeObject | undefined> {
  const { call, prepared, options, change, view, previous, next } = attempt;
  const { server, kind, info } = call;
  const { subresource } = change;
  next.apiVersion = groupVersion(kind);
  next.kind = kind.kind;
  warn(call, dedupeOwners(next.metadata));
  if (change.track === 'update')
    trackUpdate(next, previous, prepared, { manager: managerName(options, call.request), now: server.options.clock.now(), subresource });
  const undo: (() => Promise<void>)[] = [];
  const admission = admissionFor(call, next, options, undo, previous, subresource);
  const loading = server.admission();
  const chain = loading instanceof Promise ? await loading : loading;
  const admitted = chain.admit(admission);
  if (admitted !== undefined) await admitted;
  checkRevision(next, previous, prepared, subresource);
  const context = ruleContext(call, options, subresource);
  try {
    if (change.plain !== true) beforeUpdate(next, previous, prepared, context);
    const beside = subresource === '' && isService(kind) ? await allocateFor(call, next, previous, options.dryRun) : undefined;
    if (change.plain !== true) {
      const sub = subresourceStrategy(prepared, subresource);
      const first = sub?.firstCauses === undefined ? [] : await sub.firstCauses(next, lookupContext(call, context), previous);
      checkChange(attempt, context, first);
    }
    const valid = chain.validate(admission);
    if (valid !== undefined) await valid;
    if (change.keep !== true && dueForRemoval(next, previous)) return await removeNow(attempt);
    if (kind.custom === undefined) nullifyEmptyLists(next, prepared.node);
    if (sameObject(next, previous)) return previous;
    if (options.dryRun) return freeze(next);
    const stored = await view.storage.update(
      { namespace: info.namespace, name: info.name },
      await view.toStored(next),
      Number(previous.metadata.resourceVersion),
      {
        durability: call.request.durability === 'background' ? 'grouped' : 'durable',
        ...(beside === undefined ? {} : { beside }),
      },
    );
    if (stored === undefined) for (const step of undo) await step();
    return stored === undefined ? undefined : await view.shown(stored);
  } catch (error) {
    for (const step of undo) await step();
    throw error;
  }
}

function checkChange({ call, prepared, change, previous, next }: Try, context: RuleContext, first: Causes): void {
  if (change.check === undefined) validateUpdate(next, previous, prepared, context, first);
  else change.check(next, previous);
  const sub = subresourceStrategy(prepared, change.subresource);
  warn(call, sub === undefined ? (prepared.strategy.warnings?.(next, previous) ?? []) : (sub.warnings?.(next, previous) ?? []));
}

/** An object that was waiting for its last finalizer goes with it. */
function dueForRemoval(next: any, _previous: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = next.metadata;
  if (deletionTimestamp === undefined || finalizers.length > 0) return false;
  if (next.kind === 'Namespace' && next.apiVersion === 'v1' && (next.spec?.finalizers ?? []).length > 0) return false;
  return deletionGracePeriodSeconds === 0;
}

async function removeNow({ call, options, view, previous, next }: Try): Promise<KubeObject | undefined> {
  if (options.dryRun) return freeze(next);
  const beside = await released(call, previous);
  const removed = await view.storage.remove({ namespace: call.info.namespace, name: call.info.name }, await view.toStored(previous), {
    durability: 'durable',
    ...(beside === undefined ? {} : { beside }),
  });
  if (removed === undefined) return undefined;
  return freeze({ ...next, metadata: { ...next.metadata, resourceVersion: removed.metadata.resourceVersion } });
}
