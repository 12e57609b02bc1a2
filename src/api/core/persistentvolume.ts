/** Persistent volumes. */
import { defineKind, statusSubresource } from '../define.js';
import { ageColumn, column, nameColumn, wideColumn } from '../columns.js';
import { accessModesText, CLASS_ANNOTATION } from './persistentvolumeclaim.js';
import type { PersistentVolume as PersistentVolumeType } from './types/persistentvolume.js';

export type PersistentVolume = PersistentVolumeType;

export const PersistentVolume = defineKind<PersistentVolumeType>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  shortNames: ['pv'],
  namespaced: false,
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    column('Capacity', ({ spec }) => spec.capacity?.storage ?? '0'),
    column('Access Modes', ({ spec }) => accessModesText(spec.accessModes)),
    column('Reclaim Policy', ({ spec }) => spec.persistentVolumeReclaimPolicy ?? ''),
    column('Status', ({ metadata, status }) => (metadata.deletionTimestamp === undefined ? (status.phase ?? '') : 'Terminating')),
    column('Claim', ({ spec: { claimRef } }) => (claimRef === undefined ? '' : `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`)),
    column('StorageClass', ({ metadata, spec }) => metadata.annotations?.[CLASS_ANNOTATION] ?? spec.storageClassName ?? ''),
    column('VolumeAttributesClass', ({ spec }) => spec.volumeAttributesClassName ?? '<unset>'),
    column('Reason', ({ status }) => status.reason ?? ''),
    ageColumn,
    wideColumn('VolumeMode', ({ spec }: PersistentVolumeType) => spec.volumeMode ?? '<unset>'),
  ],
  strategy: async () => (await import('./strategy/persistentvolume.js')).strategy,
});
