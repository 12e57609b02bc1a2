/**
 * Who owns what: controller references, and the claiming of objects that match
 * a selector but have no owner, or have one they no longer match. As
 * Kubernetes' ControllerRefManager: an owner that is going adopts nothing.
 */
import type { Kind } from '../api/kind.js';
import type { LabelSelector, OwnerReference } from '../apimachinery/meta/meta.js';
import type { KubeObject } from '../apimachinery/object.js';
import { selectorOf, type Selector } from '../apimachinery/labels.js';
import { isInvalid, isNotFound } from '../apimachinery/status.js';
import type { Client, Informer, InformerHandler, InformerOptions } from '../client/client.js';
import type { WorkQueue } from '../client/workqueue.js';
import { keyFor, keyTextOf } from '../client/resource.js';
import { byText } from './order.js';

export function controllerOf({ metadata: { ownerReferences = [] } }: KubeObject): OwnerReference | undefined {
  return ownerReferences.find(({ controller }) => controller === true);
}

export function isControlledBy(object: KubeObject, owner: KubeObject): boolean {
  return controllerOf(object)?.uid === owner.metadata.uid;
}

export function apiVersionOf({ group, version }: Kind): string {
  return group === '' ? version : `${group}/${version}`;
}

export function controllerRef(owner: KubeObject, kind: Kind): OwnerReference {
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, name: owner.metadata.name!, uid: owner.metadata.uid!, controller: true, blockOwnerDeletion: true };
}

/** The index of objects without a controller, by namespace. */
export const ORPHANS = 'orphans';
export const orphanIndex: NonNullable<InformerOptions<any>['indexers']> = {
  [ORPHANS]: (object: KubeObject) => (controllerOf(object) === undefined ? [object.metadata.namespace ?? ''] : []),
};

/** The owner named by a controller reference, where it is of this kind and still the same object. */
export function ownerIn<T extends KubeObject>(informer: Informer<T>, kind: Kind<T>, object: KubeObject): T | undefined {
  const ref = controllerOf(object);
  if (ref === undefined || ref.kind !== kind.kind || ref.apiVersion.split('/')[0] !== apiVersionOf(kind).split('/')[0]) return undefined;
  const owner = informer.lister.get(object.metadata.namespace === undefined ? { name: ref.name } : { namespace: object.metadata.namespace, name: ref.name });
  return owner?.metadata.uid === ref.uid ? owner : undefined;
}

export interface Owners<O extends KubeObject> {
  owners: Informer<O>;
  kind: Kind<O>;
  selector(owner: O): LabelSelector | undefined;
}

/** Puts into the queue the owner of what changed, the one it had before, and, for an object without one, whoever may want to adopt it. */
export function ownedChanges<O extends KubeObject, T extends KubeObject>(queue: WorkQueue, { owners, kind, selector }: Owners<O>): InformerHandler<T> {
  const wakeOwner = (object: T): void => {
    const owner = ownerIn(owners, kind, object);
    if (owner !== undefined) queue.add(keyTextOf(owner));
  };
  const wake = (object: T): void => {
    if (controllerOf(object) !== undefined) return wakeOwner(object);
    if (object.metadata.deletionTimestamp !== undefined) return;
    const wanting = owners.lister
      .list({ namespace: object.metadata.namespace! })
      .filter((owner) => selectorOf(selector(owner)).matches(object.metadata.labels ?? {}));
    for (const owner of wanting.sort((one, other) => byText(one.metadata.name!, other.metadata.name!))) queue.add(keyTextOf(owner));
  };
  return {
    added: wake,
    updated(object, previous) {
      if (controllerOf(previous)?.uid !== controllerOf(object)?.uid) wakeOwner(previous);
      wake(object);
    },
    deleted: wakeOwner,
  };
}

export interface Claim<T extends KubeObject> {
  client: Client;
  owner: KubeObject;
  ownerKind: Kind;
  kind: Kind<T>;
  informer: Informer<T>;
  selector: LabelSelector | undefined;
  /** Whether one without an owner may be taken, beyond matching the selector. */
  filter?: (object: T) => boolean;
  /** Added to what is adopted. */
  finalizer?: string;
}

/** What the owner owns after taking in and letting go, by name. The informer must have been made with orphanIndex. */
export async function claim<T extends KubeObject>(request: Claim<T>): Promise<T[]> {
  const { owner, informer } = request;
  const selector = selectorOf(request.selector);
  const claimed: T[] = [];
  for (const object of informer.lister.ownedBy(owner.metadata.uid!)) {
    if (selector.matches(object.metadata.labels ?? {})) claimed.push(object);
    else if (owner.metadata.deletionTimestamp === undefined) await release(request, object);
  }
  if (owner.metadata.deletionTimestamp === undefined) claimed.push(...(await adoptAll(request, selector)));
  return claimed.sort((one, other) => byText(keyTextOf(one), keyTextOf(other)));
}

async function adoptAll<T extends KubeObject>(request: Claim<T>, selector: Selector): Promise<T[]> {
  const { owner, informer, filter = () => true } = request;
  const found = informer.lister
    .byIndex(ORPHANS, owner.metadata.namespace ?? '')
    .filter((object) => object.metadata.deletionTimestamp === undefined && selector.matches(object.metadata.labels ?? {}) && filter(object));
  if (found.length === 0 || !(await stillThere(request))) return [];
  const adopted: T[] = [];
  for (const object of found) {
    const mine = await adopt(request, object);
    if (mine !== undefined) adopted.push(mine);
  }
  return adopted;
}

// The cache may be behind: one that is being deleted, or a namesake, must adopt nothing.
async function stillThere({ client, owner, ownerKind }: Claim<any>): Promise<boolean> {
  const fresh = await client.on(ownerKind).get(keyFor(owner));
  return fresh.metadata.uid === owner.metadata.uid && fresh.metadata.deletionTimestamp === undefined;
}

async function adopt<T extends KubeObject>({ client, kind, owner, ownerKind, finalizer }: Claim<T>, object: T): Promise<T | undefined> {
  const metadata = {
    ownerReferences: [controllerRef(owner, ownerKind)],
    uid: object.metadata.uid,
    ...(finalizer === undefined ? {} : { finalizers: [finalizer] }),
  };
  try {
    return await client.on(kind).patch(keyFor(object), 'strategic', { metadata });
  } catch (error) {
    // Gone, or by now another object or another's: the next event tells.
    if (isNotFound(error) || isInvalid(error)) return undefined;
    throw error;
  }
}

async function release<T extends KubeObject>({ client, kind, owner, finalizer }: Claim<T>, object: T): Promise<void> {
  const metadata = {
    ownerReferences: [{ $patch: 'delete', uid: owner.metadata.uid }],
    uid: object.metadata.uid,
    ...(finalizer === undefined ? {} : { '$deleteFromPrimitiveList/finalizers': [finalizer] }),
  };
  try {
    await client.on(kind).patch(keyFor(object), 'strategic', { metadata });
  } catch (error) {
    if (!isNotFound(error) && !isInvalid(error)) throw error; // gone, or no longer ours: nothing to release
  }
}
