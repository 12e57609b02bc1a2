/**
 * Which volume suits a claim. Pure: as Kubernetes' index of volumes, which tries
 * the fewest access modes first and then takes the smallest that is large enough.
 */
import { selectorOf } from '../../apimachinery/labels.js';
import { parseQuantity } from '../../apimachinery/quantity.js';
import type { PersistentVolume, PersistentVolumeClaim } from '../kinds.js';
import { byText } from '../order.js';

const CLASS = 'volume.beta.kubernetes.io/storage-class';

export const classOf = ({ spec, metadata }: PersistentVolumeClaim): string => metadata.annotations?.[CLASS] ?? spec.storageClassName ?? '';
const volumeClassOf = ({ spec, metadata }: PersistentVolume): string => metadata.annotations?.[CLASS] ?? spec.storageClassName ?? '';
/** Whether the claim leaves it to the cluster which class it is of. */
export const wantsDefaultClass = ({ spec, metadata }: PersistentVolumeClaim): boolean =>
  metadata.annotations?.[CLASS] === undefined && spec.storageClassName === undefined;

const sizeOf = ({ spec }: PersistentVolume): bigint => parseQuantity(spec.capacity?.['storage'] ?? '0').value();
const wantedSize = ({ spec }: PersistentVolumeClaim): bigint => parseQuantity(spec.resources?.requests?.['storage'] ?? '0').value();
const modesOf = ({ spec }: { spec: { accessModes?: string[] | undefined } }): string[] => spec.accessModes ?? [];
const hasModes = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean => modesOf(claim).every((mode) => modesOf(volume).includes(mode));
const sameAttributes = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  (volume.spec.volumeAttributesClassName ?? '') === (claim.spec.volumeAttributesClassName ?? '');
export const sameMode = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  (volume.spec.volumeMode ?? 'Filesystem') === (claim.spec.volumeMode ?? 'Filesystem');

export function isFor({ spec: { claimRef } }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  return claimRef?.namespace === metadata.namespace && claimRef?.name === metadata.name && (!claimRef?.uid || claimRef.uid === metadata.uid);
}

/** What keeps a volume that a claim asks for by name from being its own; undefined: nothing. */
export function objection(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  if (volume.metadata.deletionTimestamp !== undefined) return `the volume is marked for deletion ${JSON.stringify(volume.metadata.name)}`;
  if (sizeOf(volume) < wantedSize(claim)) return 'requested PV is too small';
  if (volumeClassOf(volume) !== classOf(claim)) return 'storageClassName does not match';
  if (!sameAttributes(volume, claim)) return 'volumeAttributesClassName does not match';
  if (!sameMode(volume, claim)) return 'incompatible volumeMode';
  return hasModes(volume, claim) ? undefined : 'incompatible accessMode';
}

/** Whether a free volume may become the claim's without being asked for. */
export function fits(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { selector } = claim.spec;
  return (
    objection(volume, claim) === undefined &&
    volume.status.phase === 'Available' &&
    (selector === undefined || selectorOf(selector).matches(volume.metadata.labels ?? {}))
  );
}

/** Among free volumes; a volume reserved for the claim goes first, whatever its class. */
export function bestFor(
  claim: PersistentVolumeClaim,
  volumes: { reserved: readonly PersistentVolume[]; free: readonly PersistentVolume[] },
): PersistentVolume | undefined {
  const usable = (volume: PersistentVolume): boolean =>
    volume.metadata.deletionTimestamp === undefined &&
    sizeOf(volume) >= wantedSize(claim) &&
    sameMode(volume, claim) &&
    sameAttributes(volume, claim) &&
    hasModes(volume, claim);
  const exact = (volume: PersistentVolume): number => Number(modesOf(volume).length !== modesOf(claim).length);
  const order = (one: PersistentVolume, other: PersistentVolume): number =>
    exact(one) - exact(other) ||
    modesOf(one).length - modesOf(other).length ||
    Number(sizeOf(one) - sizeOf(other)) ||
    byText(one.metadata.name!, other.metadata.name!);
  return volumes.reserved.filter(usable).sort(order)[0] ?? volumes.free.filter((volume) => fits(volume, claim)).sort(order)[0];
}
