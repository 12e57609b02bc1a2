/** Replication controllers. */
import { defineKind, scaleSubresource, statusSubresource } from '../define.js';
import { ageColumn, containerImages, containerNames, formatMap, nameColumn, numberColumn, wideColumn } from '../columns.js';
import type { ReplicationController as ReplicationControllerType } from './types/replicationcontroller.js';

export type ReplicationController = ReplicationControllerType;

export const ReplicationController = defineKind<ReplicationControllerType>({
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  shortNames: ['rc'],
  categories: ['all'],
  prefix: '/registry/controllers',
  subresources: [scaleSubresource, statusSubresource],
  columns: [
    nameColumn,
    numberColumn('Desired', ({ spec }) => spec.replicas ?? 0),
    numberColumn('Current', ({ status }) => status.replicas),
    numberColumn('Ready', ({ status }) => status.readyReplicas ?? 0),
    ageColumn,
    wideColumn('Containers', ({ spec }: ReplicationControllerType) => containerNames(spec.template)),
    wideColumn('Images', ({ spec }: ReplicationControllerType) => containerImages(spec.template)),
    wideColumn('Selector', ({ spec }: ReplicationControllerType) => formatMap(spec.selector)),
  ],
  selectableFields: { 'status.replicas': ({ status }) => String(status.replicas) },
  strategy: async () => (await import('./strategy/replicationcontroller.js')).strategy,
});
