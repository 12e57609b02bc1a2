/**
 * PriorityClass: a name for a priority. This is the light description; rules on writes
 * are in strategy/priorityclass.ts.
 */
import { ageColumn, column, nameColumn, numberColumn } from '../columns.js';
import { defineKind } from '../define.js';
import type { PriorityClass as PriorityClassObject } from './types/priorityclass.js';

export type PriorityClass = PriorityClassObject;

export const PriorityClass = defineKind<PriorityClass>({
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  shortNames: ['pc'],
  namespaced: false,
  columns: [
    nameColumn,
    numberColumn('Value', ({ value }) => value),
    { name: 'Global-Default', type: 'boolean', cell: ({ globalDefault }) => globalDefault ?? false },
    ageColumn,
    column('PreemptionPolicy', ({ preemptionPolicy }) => preemptionPolicy ?? ''),
  ],
  strategy: async () => (await import('./strategy/priorityclass.js')).strategy,
});
