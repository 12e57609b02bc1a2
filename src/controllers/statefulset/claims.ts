/** The claims of a StatefulSet's pods: made before the pod, owned as the retention policy says, so that the garbage collector takes them when it may. */
import type { OwnerReference } from '../../apimachinery/meta/meta.js';
import type { ObjectDraft } from '../../apimachinery/object.js';
import { isNotFound, isStatusError } from '../../apimachinery/status.js';
import type { Client, Informer } from '../../client/client.js';
import type { EventRecorder } from '../../client/events.js';
import { PersistentVolumeClaim, Pod, StatefulSet } from '../kinds.js';
import { isSame } from '../order.js';
import { controllerRef } from '../owner.js';
import { claimsAt, startOf } from './identity.js';

export interface ClaimControl {
  client: Client;
  recorder: EventRecorder;
  claims: Informer<PersistentVolumeClaim>;
  set: StatefulSet;
}

export async function ensureClaims({ client, recorder, claims, set }: ClaimControl, ordinal: number): Promise<void> {
  const podName = `${set.metadata.name}-${ordinal}`;
  for (const { claim } of claimsAt(set, ordinal)) {
    const name = claim.metadata!.name!;
    const found = claims.lister.get({ namespace: set.metadata.namespace!, name });
    if (found?.metadata.deletionTimestamp !== undefined) throw new Error(`pvc ${name} is being deleted`);
    if (found !== undefined) continue;
    const ownerReferences = wantedOwners(set, undefined, ordinal);
    try {
      await client.on(PersistentVolumeClaim).create({
        ...claim,
        metadata: { ...claim.metadata, ...(ownerReferences.length > 0 ? { ownerReferences } : {}) },
      } as ObjectDraft<PersistentVolumeClaim>);
    } catch (error) {
      if (isStatusError(error))
        recorder.event(
          set,
          'Warning',
          'FailedCreate',
          `Create Claim ${name} for Pod ${podName} in StatefulSet ${set.metadata.name} failed error: ${error.message}`,
        );
      throw error;
    }
    recorder.event(set, 'Normal', 'SuccessfulCreate', `Create Claim ${name} Pod ${podName} in StatefulSet ${set.metadata.name} success`);
  }
}

/** Puts the owners of a pod's claims right. A pod beyond the set's size owns its claims where scaling down deletes them. */
export async function syncClaimOwners({ client, claims, set }: ClaimControl, pod: Pod, ordinal: number): Promise<void> {
  for (const { claim } of claimsAt(set, ordinal)) {
    const found = claims.lister.get({ namespace: set.metadata.namespace!, name: claim.metadata!.name! });
    if (found === undefined) continue;
    const { ownerReferences: known = [], ...metadata } = found.metadata;
    const others = known.filter(({ uid }) => uid !== set.metadata.uid && uid !== pod.metadata.uid);
    const ownerReferences = [...others, ...wantedOwners(set, pod, ordinal)];
    if (isSame(ownerReferences, known)) continue;
    try {
      await client
        .on(PersistentVolumeClaim)
        .update({ ...found, metadata: { ...metadata, ...(ownerReferences.length > 0 ? { ownerReferences } : {}) } } as PersistentVolumeClaim);
    } catch (error) {
      if (!isNotFound(error)) throw error; // gone: nobody owns it
    }
  }
}

function wantedOwners(set: StatefulSet, pod: Pod | undefined, ordinal: number): OwnerReference[] {
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } = set.spec.persistentVolumeClaimRetentionPolicy ?? {};
  const condemned = ordinal < startOf(set) || ordinal >= startOf(set) + (set.spec.replicas ?? 0);
  if (condemned && whenScaled === 'Delete') return pod === undefined ? [] : [controllerRef(pod, Pod)];
  return whenDeleted === 'Delete' ? [controllerRef(set, StatefulSet)] : [];
}
