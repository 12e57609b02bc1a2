/**
 * Deployment: one ReplicaSet per revision of the pod template. This is the light
 * description; rules on writes are in strategy/deployment.ts.
 */
import { selectorText } from './selectortext.js';
import { ageColumn, column, containerImages, containerNames, nameColumn, wideColumn } from '../columns.js';
import { defineKind, scaleSubresource, statusSubresource } from '../define.js';
import type { Deployment as DeploymentObject } from './types/deployment.js';

export type Deployment = DeploymentObject;

export const Deployment = defineKind<Deployment>({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  shortNames: ['deploy'],
  categories: ['all'],
  subresources: [scaleSubresource, statusSubresource],
  columns: [
    nameColumn,
    column('Ready', ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`),
    column('Up-to-date', ({ status }) => status.updatedReplicas ?? 0),
    column('Available', ({ status }) => status.availableReplicas ?? 0),
    ageColumn,
    wideColumn('Containers', ({ spec }) => containerNames(spec.template)),
    wideColumn('Images', ({ spec }) => containerImages(spec.template)),
    wideColumn('Selector', ({ spec }) => selectorText(spec.selector)),
  ],
  strategy: async () => (await import('./strategy/deployment.js')).strategy,
});
