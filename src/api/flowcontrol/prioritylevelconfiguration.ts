/**
 * PriorityLevelConfiguration: a share of the API server. This is the light description;
 * rules on writes are in strategy/prioritylevelconfiguration.ts.
 */
import { ageColumn, column, nameColumn } from '../columns.js';
import { defineKind, statusSubresource } from '../define.js';
import type { PriorityLevelConfiguration as PriorityLevelConfigurationObject } from './types/prioritylevelconfiguration.js';

export type PriorityLevelConfiguration = PriorityLevelConfigurationObject;

export const PriorityLevelConfiguration = defineKind<PriorityLevelConfiguration>({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'PriorityLevelConfiguration',
  plural: 'prioritylevelconfigurations',
  namespaced: false,
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    column('Type', ({ spec }) => spec.type),
    column('NominalConcurrencyShares', ({ spec }) => spec.limited?.nominalConcurrencyShares ?? '<none>'),
    column('Queues', ({ spec }) => spec.limited?.limitResponse.queuing?.queues ?? '<none>'),
    column('HandSize', ({ spec }) => spec.limited?.limitResponse.queuing?.handSize ?? '<none>'),
    column('QueueLengthLimit', ({ spec }) => spec.limited?.limitResponse.queuing?.queueLengthLimit ?? '<none>'),
    ageColumn,
  ],
  strategy: async () => (await import('./strategy/prioritylevelconfiguration.js')).strategy,
});
