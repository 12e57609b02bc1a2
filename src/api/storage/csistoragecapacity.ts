/**
 * CSIStorageCapacity: how much room a driver has somewhere. This is the light description;
 * rules on writes are in strategy/csistoragecapacity.ts.
 */
import { column, nameColumn } from '../columns.js';
import { defineKind } from '../define.js';
import type { CSIStorageCapacity as CSIStorageCapacityObject } from './types/csistoragecapacity.js';

export type CSIStorageCapacity = CSIStorageCapacityObject;

export const CSIStorageCapacity = defineKind<CSIStorageCapacity>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
  columns: [nameColumn, column('StorageClassName', ({ storageClassName }) => storageClassName), column('Capacity', ({ capacity }) => capacity ?? '<unset>')],
  strategy: async () => (await import('./strategy/csistoragecapacity.js')).strategy,
});
