/** Claims of a pod, and which volumes would do for them. */
import { selectorOf, type Labels } from '../apimachinery/labels.js';
import type { Volume } from '../api/core/types/volume.js';
import type { Sources } from './handle.js';
import type { PersistentVolume, PersistentVolumeClaim } from './kinds.js';
import type { PodInfo } from './podinfo.js';
import { unitsOf } from './resources.js';
import { nodeTerm } from './selection.js';

export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

/** The name of the claim a volume stands for; undefined: none. */
export function claimNameOf(pod: PodInfo, { name, persistentVolumeClaim, ephemeral }: Volume): string | undefined {
  return persistentVolumeClaim?.claimName ?? (ephemeral === undefined ? undefined : `${pod.name}-${name}`);
}

export function claimNames(pod: PodInfo): string[] {
  return (pod.pod.spec.volumes ?? []).flatMap((volume) => claimNameOf(pod, volume) ?? []);
}

/** Whether a volume of the pod stands for the claim. */
export function usesClaim(pod: PodInfo, { metadata }: PersistentVolumeClaim): boolean {
  return metadata.namespace === pod.namespace && (pod.pod.spec.volumes ?? []).some((volume) => claimNameOf(pod, volume) === metadata.name);
}

export function claimsOf({ claims }: Sources, pod: PodInfo): PersistentVolumeClaim[] {
  return claimNames(pod).flatMap((name) => claims.lister.get({ namespace: pod.namespace, name }) ?? []);
}

export const isBound = ({ metadata, spec }: PersistentVolumeClaim): boolean =>
  (spec.volumeName ?? '') !== '' && metadata.annotations?.[BIND_COMPLETED] !== undefined;

export const classOf = ({ spec, metadata }: PersistentVolumeClaim | PersistentVolume): string =>
  metadata.annotations?.[BETA_CLASS] ?? spec.storageClassName ?? '';

/** Whether the claim waits for a pod to be given a node. */
export function waitsForConsumer({ classes }: Sources, claim: PersistentVolumeClaim): boolean {
  const name = classOf(claim);
  return name !== '' && classes.lister.get({ name })?.volumeBindingMode === 'WaitForFirstConsumer';
}

export function fitsNode({ spec }: PersistentVolume, labels: Labels): boolean {
  const required = spec.nodeAffinity?.required;
  return (
    required === undefined || required === null || required.nodeSelectorTerms.some((term) => nodeTerm(term)(labels, labels['kubernetes.io/hostname'] ?? ''))
  );
}

export const requestedSize = ({ spec }: PersistentVolumeClaim): number => unitsOf(spec.resources?.requests?.['storage'] ?? '0');
const sizeOf = ({ spec }: PersistentVolume): number => unitsOf(spec.capacity?.['storage'] ?? '0');

/** The volume kept for the claim, or else the smallest that fits claim and node and that nobody has taken. */
export function matchingVolume(
  volumes: readonly PersistentVolume[],
  claim: PersistentVolumeClaim,
  labels: Labels,
  isTaken: (volume: PersistentVolume) => boolean,
): PersistentVolume | undefined {
  const { metadata, spec } = claim;
  const selector = spec.selector === undefined ? undefined : selectorOf(spec.selector);
  const wanted = requestedSize(claim);
  let best: PersistentVolume | undefined;
  for (const volume of volumes) {
    const ref = volume.spec.claimRef;
    const isKept =
      ref !== undefined &&
      ref.namespace === metadata.namespace &&
      ref.name === metadata.name &&
      (ref.uid === undefined || ref.uid === '' || ref.uid === metadata.uid);
    if (isTaken(volume) || (ref !== undefined && !isKept) || sizeOf(volume) < wanted || volume.metadata.deletionTimestamp !== undefined) continue;
    if ((volume.spec.volumeMode ?? 'Filesystem') !== (spec.volumeMode ?? 'Filesystem')) continue;
    if ((volume.spec.volumeAttributesClassName ?? '') !== (spec.volumeAttributesClassName ?? '')) continue;
    if (isKept) return fitsNode(volume, labels) ? volume : undefined;
    if (volume.status.phase !== 'Available' || classOf(volume) !== classOf(claim) || !fitsNode(volume, labels)) continue;
    if (selector !== undefined && !selector.matches(volume.metadata.labels)) continue;
    if (!(spec.accessModes ?? []).every((mode) => (volume.spec.accessModes ?? []).includes(mode))) continue;
    if (best === undefined || sizeOf(volume) < sizeOf(best)) best = volume;
  }
  return best;
}
