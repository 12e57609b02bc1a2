/**
 * ResourceSlice: devices that a driver offers. This is the light description; rules on
 * writes are in strategy/resourceslice.ts.
 */
import { ageColumn, column, nameColumn } from '../columns.js';
import { defineKind } from '../define.js';
import type { ResourceSlice as ResourceSliceObject } from './types/resourceslice.js';

export type ResourceSlice = ResourceSliceObject;

export const ResourceSlice = defineKind<ResourceSlice>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceSlice',
  plural: 'resourceslices',
  namespaced: false,
  columns: [
    nameColumn,
    column('Node', ({ spec }) => spec.nodeName ?? ''),
    column('Driver', ({ spec }) => spec.driver),
    column('Pool', ({ spec }) => spec.pool.name),
    ageColumn,
  ],
  selectableFields: { 'spec.nodeName': ({ spec }) => spec.nodeName ?? '', 'spec.driver': ({ spec }) => spec.driver },
  strategy: async () => (await import('./strategy/resourceslice.js')).strategy,
});
