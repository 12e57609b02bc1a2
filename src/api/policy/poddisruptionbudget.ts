/**
 * PodDisruptionBudget: how many pods of a set evictions must leave. This is the light
 * description; rules on writes are in strategy/poddisruptionbudget.ts.
 */
import { ageColumn, column, nameColumn, numberColumn } from '../columns.js';
import { defineKind, statusSubresource } from '../define.js';
import type { PodDisruptionBudget as PodDisruptionBudgetObject } from './types/poddisruptionbudget.js';

export type PodDisruptionBudget = PodDisruptionBudgetObject;

export const PodDisruptionBudget = defineKind<PodDisruptionBudget>({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  shortNames: ['pdb'],
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    column('Min Available', ({ spec }) => String(spec.minAvailable ?? 'N/A')),
    column('Max Unavailable', ({ spec }) => String(spec.maxUnavailable ?? 'N/A')),
    numberColumn('Allowed Disruptions', ({ status }) => status.disruptionsAllowed),
    ageColumn,
  ],
  strategy: async () => (await import('./strategy/poddisruptionbudget.js')).strategy,
});
