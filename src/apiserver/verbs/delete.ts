/**
 * delete: at once, or marked and left to whoever has to finish: a kubelet (grace
 * period), the garbage collector (propagation policy), any holder of a
 * finalizer. As kube-apiserver's generic store decides it.
 */
import type { KubeObject } from '../../apimachinery/object.js';

import { conflict, notFound } from '../../apimachinery/status.js';
import { formatTime, parseTime } from '../../apimachinery/time.js';
import { groupResource, warn, type KindCall } from '../context.js';
import type { Outcome } from '../dispatch.js';
import { freeze } from '../registry/codec.js';
import type { View } from '../registry/storage.js';
import { released } from '../services/allocate.js';
import { deleteOptions, type DeleteOptions } from '../write/deleteoptions.js';
import { deepCopy, deepEqual as equal } from '../../apimachinery/deep.js';
import { keepsGeneration, prepare, type Prepared } from '../write/prepare.js';
import { CLEANUP } from '../crdnames.js';
import { CONFLICT_RETRIES_MAX } from './update.js';

export async function remove(call: KindCall): Promise<Outcome> {
  const options = await deleteOptions(call);
  const prepared = await prepare(call.kind);
  const { kind } = call;
  if (kind.group === 'batch' && kind.plural === 'jobs' && options.propagationPolicy === undefined && options.orphanDependents === undefined)
    warn(call, [JOBS_ORPHAN]);
  const { object, gone } = await removeObject(call, prepared, call.info.name, options);
  const shown = !gone || prepared.strategy.deleteReturnsObject === true ? object : success(call, object);
  return { status: 200, object: shown };
}

const JOBS_ORPHAN =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning';

function success({ kind }: KindCall, { metadata }: KubeObject): KubeObject {
  const details = { name: metadata.name, ...(kind.group === '' ? {} : { group: kind.group }), kind: kind.plural, uid: metadata.uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details } as unknown as KubeObject;
}

export interface Removed {
  object: KubeObject;
  /** False: it stays, marked. */
  gone: boolean;
}

export async function removeObject(call: KindCall, prepared: Prepared, name: string, options: DeleteOptions): Promise<Removed> {
  const { kind, server, info } = call;
  const view = await server.storages.of(kind).ready();
  for (let tries = 0; tries <= CONFLICT_RETRIES_MAX; tries++) {
    const current = await view.get({ namespace: info.namespace, name });
    if (current === undefined) throw notFound(groupResource(kind), name);
    checkPreconditions(call, current, options);
    if (tries === 0) await admit(call, current, name, options);
    const removed = await tryRemove(call, prepared, view, current, options);
    if (removed !== undefined) return removed;
  }
  throw conflict(groupResource(kind), name);
}

async function admit(call: KindCall, previous: KubeObject, name: string, options: DeleteOptions): Promise<void> {
  const { server, kind, info, user } = call;
  const chain = await server.admission();
  const request = {
    server,
    operation: 'DELETE' as const,
    kind,
    subresource: '',
    namespace: info.namespace,
    name,
    user,
    dryRun: options.dryRun,
    object: undefined,
    previous,
    options,
    warn: (texts: readonly string[]) => warn(call, texts),
    onFailure() {},
  };
  await chain.admit(request);
  await chain.validate(request);
}

function checkPreconditions({ kind }: KindCall, { metadata }: KubeObject, { preconditions }: DeleteOptions): void {
  const { uid, resourceVersion } = preconditions ?? {};
  const refuse = (message: string) => conflict({ group: kind.group, resource: kind.kind }, metadata.name ?? '', message);
  if (uid !== undefined && uid !== metadata.uid)
    throw refuse(
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    );
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
    throw refuse(
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    );
}

/** undefined: somebody else was faster. */
async function tryRemove(call: KindCall, prepared: Prepared, view: View, current: KubeObject, options: DeleteOptions): Promise<Removed | undefined> {
  const { info, server } = call;
  const location = { namespace: info.namespace, name: current.metadata.name! };
  if (isDefinition(call)) return terminateDefinition(call, view, current, options);
  if (isNamespace(call) && (current as any).spec?.finalizers?.length > 0) return terminateNamespace(call, view, current, options);
  const grace = gracePlan(prepared, current, options, server.options.clock.now());
  if (grace === 'pending') return { object: current, gone: false };
  const marked = deepCopy(current) as any;
  const finalizers = finalizersFor(prepared, current, options);
  if (finalizers.length > 0) marked.metadata.finalizers = finalizers;
  else delete marked.metadata.finalizers;
  if (grace !== undefined) mark(marked, grace.until, grace.seconds);
  else if (finalizers.length > 0) markNow(marked, prepared, server.options.clock.now());
  const stays = finalizers.length > 0 || (grace?.seconds ?? 0) > 0;
  if (options.dryRun) return { object: freeze(marked), gone: !stays };
  let last = current;
  if (!equal(marked, current)) {
    const written = await view.storage.update(location, await view.toStored(marked), Number(current.metadata.resourceVersion), { durability: 'durable' });
    if (written === undefined) return undefined;
    last = await view.shown(written);
  }
  if (stays) return { object: last, gone: false };
  return finish(call, view, location, last);
}

async function finish(call: KindCall, view: View, location: { namespace: string; name: string }, last: KubeObject): Promise<Removed | undefined> {
  const beside = await released(call, last);
  const removed = await view.storage.remove(location, (await view.storage.get(location)) ?? last, {
    durability: call.request.durability === 'background' ? 'grouped' : 'durable',
    ...(beside === undefined ? {} : { beside }),
  });
  return removed === undefined ? undefined : { object: await view.shown(removed), gone: true };
}

const isDefinition = ({ kind }: KindCall): boolean => kind.group === 'apiextensions.k8s.io' && kind.plural === 'customresourcedefinitions';

/** As Kubernetes does: a definition's objects go before it does, and a finalizer sees to it. */
async function terminateDefinition(call: KindCall, view: View, current: KubeObject, options: DeleteOptions): Promise<Removed | undefined> {
  if (current.metadata.deletionTimestamp !== undefined) return { object: current, gone: false };
  const marked = deepCopy(current) as any;
  marked.metadata.deletionTimestamp = formatTime(call.server.options.clock.now());
  marked.metadata.finalizers = [...(current.metadata.finalizers ?? []).filter((name) => name !== CLEANUP), CLEANUP];
  orderDeletion(marked);
  const pending = {
    type: 'Terminating',
    status: 'True',
    lastTransitionTime: marked.metadata.deletionTimestamp,
    reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
  };
  marked.status.conditions = [...(marked.status.conditions ?? []).filter(({ type }: { type: string }) => type !== 'Terminating'), pending];
  if (options.dryRun) return { object: freeze(marked), gone: false };
  const written = await view.storage.update({ namespace: '', name: current.metadata.name! }, marked, Number(current.metadata.resourceVersion), {
    durability: 'durable',
  });
  return written === undefined ? undefined : { object: view.show(written), gone: false };
}

const isNamespace = ({ kind }: KindCall): boolean => kind.group === '' && kind.plural === 'namespaces';

/** A namespace is emptied by its controller first: the first DELETE only says so. */
async function terminateNamespace(_call: KindCall, view: View, current: KubeObject, options: DeleteOptions): Promise<Removed | undefined> {
  if (current.metadata.deletionTimestamp !== undefined) return { object: current, gone: false };
  const marked = deepCopy(current) as any;
  marked.metadata.deletionTimestamp = formatTime(_call.server.options.clock.now());
  marked.status = { ...marked.status, phase: 'Terminating' };
  orderDeletion(marked);
  if (options.dryRun) return { object: freeze(marked), gone: false };
  const written = await view.storage.update({ namespace: '', name: current.metadata.name! }, marked, Number(current.metadata.resourceVersion), {
    durability: 'durable',
  });
  return written === undefined ? undefined : { object: view.show(written), gone: false };
}

interface Grace {
  seconds: number;
  /** Milliseconds since the epoch. */
  until: number;
}

/** undefined: the kind knows no grace; 'pending': it is on its way already and may not take longer. */
function gracePlan({ strategy, kind }: Prepared, current: any, options: DeleteOptions, now: number): Grace | 'pending' | undefined {
  if (strategy.gracePeriodSeconds === undefined) return undefined;
  const { deletionTimestamp, deletionGracePeriodSeconds: held } = current.metadata;
  // As Kubernetes does: less than nothing is a second.
  const asked = options.gracePeriodSeconds !== undefined && options.gracePeriodSeconds < 0 ? 1 : options.gracePeriodSeconds;
  if (deletionTimestamp !== undefined) {
    if (held === undefined) return undefined;
    if (asked === undefined || asked >= held) return 'pending';
    return { seconds: asked, until: parseTime(deletionTimestamp) - held * 1000 + asked * 1000 };
  }
  let seconds = asked ?? strategy.gracePeriodSeconds(current);
  const phase = current.status?.phase;
  if (kind.plural === 'pods' && ((current.spec?.nodeName ?? '') === '' || phase === 'Succeeded' || phase === 'Failed')) seconds = 0;
  return { seconds, until: now + seconds * 1000 };
}

function mark(object: any, until: number, seconds: number): void {
  const first = object.metadata.deletionTimestamp === undefined;
  object.metadata.deletionTimestamp = formatTime(until);
  object.metadata.deletionGracePeriodSeconds = seconds;
  if (first && (object.metadata.generation ?? 0) > 0) object.metadata.generation += 1;
  orderDeletion(object);
}

function markNow(object: any, prepared: Prepared, now: number): void {
  if (object.metadata.deletionTimestamp !== undefined) return;
  if (keepsGeneration(prepared) && (object.metadata.generation ?? 0) > 0) object.metadata.generation += 1;
  object.metadata.deletionTimestamp = formatTime(now);
  object.metadata.deletionGracePeriodSeconds = 0;
  orderDeletion(object);
}

const LATER = ['labels', 'annotations', 'ownerReferences', 'finalizers', 'managedFields'];

/** Keeps metadata in Go's order, the marks of deletion before labels. */
function orderDeletion(object: any): void {
  const { metadata } = object;
  const rest = LATER.filter((name) => metadata[name] !== undefined).map((name) => [name, metadata[name]] as const);
  for (const [name] of rest) delete metadata[name];
  for (const [name, value] of rest) metadata[name] = value;
}

/** Which finalizers the propagation policy asks for, as the garbage collector will read them. */
function finalizersFor({ strategy, kind }: Prepared, { metadata }: KubeObject, { propagationPolicy, orphanDependents }: DeleteOptions): string[] {
  const own = metadata.finalizers ?? [];
  const orphan =
    orphanDependents === true ||
    propagationPolicy === 'Orphan' ||
    (orphanDependents === undefined && propagationPolicy === undefined && orphansByDefault(strategy, own));
  const foreground =
    propagationPolicy === 'Foreground' || (propagationPolicy === undefined && orphanDependents === undefined && own.includes('foregroundDeletion'));
  const others = own.filter((name) => name !== 'orphan' && name !== 'foregroundDeletion');
  if (kind.group === '' && kind.plural === 'events') return own;
  return [...others, ...(orphan ? ['orphan'] : []), ...(foreground ? ['foregroundDeletion'] : [])];
}

function orphansByDefault(strategy: Prepared['strategy'], own: readonly string[]): boolean {
  if (own.includes('orphan')) return true;
  return strategy.defaultPropagation === 'orphan' && !own.includes('foregroundDeletion');
}
