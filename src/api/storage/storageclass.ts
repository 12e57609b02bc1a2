/**
 * StorageClass: how volumes are made. This is the light description; rules on writes are
 * in strategy/storageclass.ts.
 */
import { ageColumn, column, nameColumn } from '../columns.js';
import { defineKind } from '../define.js';
import type { StorageClass as StorageClassObject } from './types/storageclass.js';

export type StorageClass = StorageClassObject;

export const StorageClass = defineKind<StorageClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  shortNames: ['sc'],
  namespaced: false,
  columns: [
    { ...nameColumn, cell: ({ metadata }) => `${metadata.name}${isDefault(metadata.annotations) ? ' (default)' : ''}` },
    column('Provisioner', ({ provisioner }) => provisioner),
    column('ReclaimPolicy', ({ reclaimPolicy }) => reclaimPolicy ?? 'Delete'),
    column('VolumeBindingMode', ({ volumeBindingMode }) => volumeBindingMode ?? 'Immediate'),
    column('AllowVolumeExpansion', ({ allowVolumeExpansion }) => allowVolumeExpansion ?? false),
    ageColumn,
  ],
  strategy: async () => (await import('./strategy/storageclass.js')).strategy,
});

function isDefault(annotations: Readonly<Record<string, string>> = {}): boolean {
  return annotations['storageclass.kubernetes.io/is-default-class'] === 'true' || annotations['storageclass.beta.kubernetes.io/is-default-class'] === 'true';
}
