/**
 * DaemonSet: one pod of a template on every node that fits. This is the light
 * description; rules on writes are in strategy/daemonset.ts.
 */
import { selectorText } from './selectortext.js';
import { ageColumn, column, containerImages, containerNames, formatMap, nameColumn, numberColumn, wideColumn } from '../columns.js';
import { defineKind, statusSubresource } from '../define.js';
import type { DaemonSet as DaemonSetObject } from './types/daemonset.js';

export type DaemonSet = DaemonSetObject;

export const DaemonSet = defineKind<DaemonSet>({
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  shortNames: ['ds'],
  categories: ['all'],
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    numberColumn('Desired', ({ status }) => status.desiredNumberScheduled),
    numberColumn('Current', ({ status }) => status.currentNumberScheduled),
    numberColumn('Ready', ({ status }) => status.numberReady),
    numberColumn('Up-to-date', ({ status }) => status.updatedNumberScheduled ?? 0),
    numberColumn('Available', ({ status }) => status.numberAvailable ?? 0),
    column('Node Selector', ({ spec }) => formatMap(spec.template.spec.nodeSelector)),
    ageColumn,
    wideColumn('Containers', ({ spec }) => containerNames(spec.template)),
    wideColumn('Images', ({ spec }) => containerImages(spec.template)),
    wideColumn('Selector', ({ spec }) => selectorText(spec.selector)),
  ],
  strategy: async () => (await import('./strategy/daemonset.js')).strategy,
});
