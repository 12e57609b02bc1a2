/**
 * StatefulSet: pods with names and volumes of their own, in order. This is the
 * light description; rules on writes are in strategy/statefulset.ts.
 */
import { ageColumn, column, containerImages, containerNames, nameColumn, wideColumn } from '../columns.js';
import { defineKind, scaleSubresource, statusSubresource } from '../define.js';
import type { StatefulSet as StatefulSetObject } from './types/statefulset.js';

export type StatefulSet = StatefulSetObject;

export const StatefulSet = defineKind<StatefulSet>({
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  shortNames: ['sts'],
  categories: ['all'],
  subresources: [scaleSubresource, statusSubresource],
  columns: [
    nameColumn,
    column('Ready', ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`),
    ageColumn,
    wideColumn('Containers', ({ spec }) => containerNames(spec.template)),
    wideColumn('Images', ({ spec }) => containerImages(spec.template)),
  ],
  strategy: async () => (await import('./strategy/statefulset.js')).strategy,
});
