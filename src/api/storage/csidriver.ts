/**
 * CSIDriver: what a CSI driver needs of Kubernetes. This is the light description; rules
 * on writes are in strategy/csidriver.ts.
 */
import { ageColumn, column, nameColumn } from '../columns.js';
import { defineKind } from '../define.js';
import type { CSIDriver as CSIDriverObject } from './types/csidriver.js';

export type CSIDriver = CSIDriverObject;

export const CSIDriver = defineKind<CSIDriver>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIDriver',
  plural: 'csidrivers',
  namespaced: false,
  columns: [
    nameColumn,
    { name: 'AttachRequired', type: 'boolean', cell: ({ spec }) => spec.attachRequired ?? true },
    { name: 'PodInfoOnMount', type: 'boolean', cell: ({ spec }) => spec.podInfoOnMount ?? false },
    { name: 'StorageCapacity', type: 'boolean', cell: ({ spec }) => spec.storageCapacity ?? false },
    column('TokenRequests', ({ spec }) => spec.tokenRequests?.map(({ audience }) => audience).join(',') ?? '<unset>'),
    { name: 'RequiresRepublish', type: 'boolean', cell: ({ spec }) => spec.requiresRepublish ?? false },
    column('Modes', ({ spec }) => spec.volumeLifecycleModes?.join(',') || '<none>'),
    ageColumn,
  ],
  strategy: async () => (await import('./strategy/csidriver.js')).strategy,
});
