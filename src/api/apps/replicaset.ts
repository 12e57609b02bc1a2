/**
 * ReplicaSet: keeps so many pods of one template. This is the light description;
 * rules on writes are in strategy/replicaset.ts.
 */
import { selectorText } from './selectortext.js';
import { ageColumn, containerImages, containerNames, nameColumn, numberColumn, wideColumn } from '../columns.js';
import { defineKind, scaleSubresource, statusSubresource } from '../define.js';
import type { ReplicaSet as ReplicaSetObject } from './types/replicaset.js';

export type ReplicaSet = ReplicaSetObject;

export const ReplicaSet = defineKind<ReplicaSet>({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  shortNames: ['rs'],
  categories: ['all'],
  subresources: [scaleSubresource, statusSubresource],
  columns: [
    nameColumn,
    numberColumn('Desired', ({ spec }) => spec.replicas ?? 0),
    numberColumn('Current', ({ status }) => status.replicas),
    numberColumn('Ready', ({ status }) => status.readyReplicas ?? 0),
    ageColumn,
    wideColumn('Containers', ({ spec }) => containerNames(spec.template)),
    wideColumn('Images', ({ spec }) => containerImages(spec.template)),
    wideColumn('Selector', ({ spec }) => selectorText(spec.selector)),
  ],
  strategy: async () => (await import('./strategy/replicaset.js')).strategy,
});
