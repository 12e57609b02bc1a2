/**
 * PUT, and what every changing write of an existing object goes through:
 * transform, admit, check the revision, validate, store, and again from the
 * top when somebody else was faster and the writer named no revision.
 */
import type { KubeObject } from '../../apimachinery/object.js';
import { badRequest, conflict, notFound, unforeseen } from '../../apimachinery/status.js';
import { deepCopy } from '../../apimachinery/deep.js';
import { groupResource, groupVersion, warn, type KindCall } from '../context.js';
import type { Outcome } from '../dispatch.js';
import { freeze } from '../registry/codec.js';
import type { View } from '../registry/storage.js';
import { allocateFor, released } from '../services/allocate.js';
import { decodeObject } from '../write/decode.js';
import { trackUpdate } from '../write/managed.js';
import { nullifyEmptyLists } from '../write/nullify.js';
import { dedupeOwners, sameObject } from '../write/metadata.js';
import { managerName, writeOptions, type WriteOptions } from '../write/options.js';
import { beforeUpdate, checkRevision, notANumber, prepare, subresourceStrategy, validateUpdate, type Prepared } from '../write/prepare.js';
import { admissionFor, createObject, matchNamespace, ruleContext } from './create.js';

/** How often a write without a resourceVersion is tried again when it met another. */
export const CONFLICT_RETRIES_MAX = 50;

export async function replace(call: KindCall, subresource = ''): Promise<Outcome> {
  const options = writeOptions(call.request, 'UpdateOptions');
  const prepared = await prepare(call.kind);
  const object = await decodeObject(call, prepared, options);
  matchName(object, call.info.name);
  matchNamespace(object, call.kind.namespaced ? call.info.namespace : '');
  const sent = freeze(object);
  const { metadata } = sent;
  const broken = notANumber(metadata.resourceVersion ?? '');
  if (broken !== undefined) throw unforeseen(broken);
  const changed = await updateObject(call, prepared, options, {
    subresource,
    uid: metadata.uid ?? '',
    allowCreate: subresource === '' && prepared.strategy.allowCreateOnUpdate === true && (metadata.resourceVersion ?? '') === '',
    transform: () => deepCopy(sent),
    track: 'update',
  });
  return { status: changed.created ? 201 : 200, object: changed.object };
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
  /** Without this, a removal that the change makes due follows. */
  keep?: boolean;
  /** The key as it is told when the uid is another. */
  fullKey?: boolean;
}

export async function updateObject(call: KindCall, prepared: Prepared, options: WriteOptions, change: Change): Promise<{ object: KubeObject; created: boolean }> {
  const { server, kind, info } = call;
  const view = await server.storages.of(kind).ready();
  const location = { namespace: info.namespace, name: info.name };
  for (let tries = 0; ; tries++) {
    const previous = await view.get(location);
    if (previous === undefined) {
      if (change.allowCreate !== true) throw notFound(groupResource(kind), info.name);
      return { object: await createObject(call, prepared, change.transform(undefined), options, change.track), created: true };
    }
    checkUid(change, previous, view, location);
    const next = change.transform(previous);
    const named = (next.metadata.resourceVersion ?? '') !== '' && change.track === 'update' && next.metadata.resourceVersion !== previous.metadata.resourceVersion;
    const stored = await tryUpdate({ call, prepared, options, change, view, previous, next });
    if (stored !== undefined) return { object: stored, created: false };
    if (named || tries === CONFLICT_RETRIES_MAX) throw conflict(groupResource(kind), info.name);
  }
}

function checkUid({ uid = '', fullKey }: Change, previous: KubeObject, view: View, location: { namespace: string; name: string }): void {
  if (uid === '' || uid === previous.metadata.uid) return;
  const key = view.storage.key(location);
  throw conflict(groupResource(view.kind), location.name, storageError(fullKey === true ? key : key.replace(/^\/registry/, ''), `UID in precondition: ${uid}, UID in object meta: ${previous.metadata.uid ?? ''}`));
}

export const storageError = (key: string, what: string): string => `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: ${what}`;

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
  if (change.track === 'update') trackUpdate(next, previous, prepared, { manager: managerName(options, call.request), now: server.options.clock.now(), subresource });
  const undo: (() => Promise<void>)[] = [];
  const admission = admissionFor(call, next, options, undo, previous, subresource);
  const chain = await server.admission();
  await chain.admit(admission);
  checkRevision(next, previous, prepared, subresource);
  const context = ruleContext(call, options, subresource);
  try {
    beforeUpdate(next, previous, prepared, context);
    if (change.check === undefined) validateUpdate(next, previous, prepared, context);
    else change.check(next, previous);
    const sub = subresourceStrategy(prepared, subresource);
    warn(call, sub === undefined ? (prepared.strategy.warnings?.(next, previous) ?? []) : (sub.warnings?.(next, previous) ?? []));
    const beside = subresource === '' ? await allocateFor(call, next, previous, options.dryRun) : undefined;
    await chain.validate(admission);
    if (change.keep !== true && dueForRemoval(next, previous)) return await removeNow(attempt);
    if (kind.custom === undefined) nullifyEmptyLists(next, prepared.node);
    if (sameObject(next, previous)) return previous;
    if (options.dryRun) return freeze(next);
    const stored = await view.storage.update({ namespace: info.namespace, name: info.name }, view.stored(next), Number(previous.metadata.resourceVersion), {
      durability: call.request.durability === 'background' ? 'grouped' : 'durable', ...(beside === undefined ? {} : { beside }),
    });
    if (stored === undefined) for (const step of undo) await step();
    return stored === undefined ? undefined : view.show(stored);
  } catch (error) {
    for (const step of undo) await step();
    throw error;
  }
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
  const removed = await view.storage.remove({ namespace: call.info.namespace, name: call.info.name }, view.stored(previous) as KubeObject, { durability: 'durable', ...(beside === undefined ? {} : { beside }) });
  if (removed === undefined) return undefined;
  return freeze({ ...next, metadata: { ...next.metadata, resourceVersion: removed.metadata.resourceVersion } });
}
