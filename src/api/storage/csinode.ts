/**
 * CSINode: which CSI drivers a node has. This is the light description; rules on writes are
 * in strategy/csinode.ts.
 */
import { ageColumn, nameColumn, numberColumn } from '../columns.js';
import { defineKind } from '../define.js';
import type { CSINode as CSINodeObject } from './types/csinode.js';

export type CSINode = CSINodeObject;

export const CSINode = defineKind<CSINode>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  plural: 'csinodes',
  namespaced: false,
  columns: [nameColumn, numberColumn('Drivers', ({ spec }) => spec.drivers?.length ?? 0), ageColumn],
  strategy: async () => (await import('./strategy/csinode.js')).strategy,
});
