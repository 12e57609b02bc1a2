/** Persistent volume claims, and words they share with volumes. */
import { defineKind, statusSubresource } from '../define.js';
import { ageColumn, column, nameColumn, wideColumn } from '../columns.js';
import type { PersistentVolumeClaim as PersistentVolumeClaimType } from './types/persistentvolumeclaim.js';

export type PersistentVolumeClaim = PersistentVolumeClaimType;

export const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';
const SHORT_MODES = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' };

/** "RWO,ROX", always in this order. */
export function accessModesText(modes: readonly string[] | undefined): string {
  return Object.entries(SHORT_MODES)
    .flatMap(([mode, short]) => (modes?.includes(mode) ? [short] : []))
    .join(',');
}

export const PersistentVolumeClaim = defineKind<PersistentVolumeClaimType>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  shortNames: ['pvc'],
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    column('Status', ({ metadata, status }) => (metadata.deletionTimestamp === undefined ? (status.phase ?? '') : 'Terminating')),
    column('Volume', ({ spec }) => spec.volumeName ?? ''),
    column('Capacity', ({ spec, status }) => (spec.volumeName ? (status.capacity?.storage ?? '0') : '')),
    column('Access Modes', ({ spec, status }) => (spec.volumeName ? accessModesText(status.accessModes) : '')),
    column('StorageClass', ({ metadata, spec }) => metadata.annotations?.[CLASS_ANNOTATION] ?? spec.storageClassName ?? ''),
    column('VolumeAttributesClass', ({ spec }) => spec.volumeAttributesClassName ?? '<unset>'),
    ageColumn,
    wideColumn('VolumeMode', ({ spec }: PersistentVolumeClaimType) => spec.volumeMode ?? '<unset>'),
  ],
  strategy: async () => (await import('./strategy/persistentvolumeclaim.js')).strategy,
});
