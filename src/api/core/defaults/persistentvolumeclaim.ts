/** Defaults of persistent volume claims and of templates of them. */
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../types/persistentvolumeclaim.js';
import { defaultResourceList, defaultResources } from './resources.js';

export function defaultPersistentVolumeClaim(claim: PersistentVolumeClaim): void {
  claim.status.phase ||= 'Pending';
  defaultResourceList(claim.status.capacity);
  defaultClaimSpec(claim.spec);
}

export function defaultClaimSpec(spec: PersistentVolumeClaimSpec): void {
  spec.volumeMode ??= 'Filesystem';
  // A data source of the core group is an older word for the same reference.
  defaultResources(spec.resources);
}
