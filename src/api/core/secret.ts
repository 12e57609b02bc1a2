/** Secrets. */
import { defineKind } from '../define.js';
import { ageColumn, column, nameColumn } from '../columns.js';
import type { Secret as SecretType } from './types/secret.js';

export type Secret = SecretType;

export const Secret = defineKind<SecretType>({
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  columns: [nameColumn, column('Type', ({ type }) => type ?? ''), column('Data', ({ data }) => Object.keys(data ?? {}).length), ageColumn],
  selectableFields: { type: ({ type }) => type ?? '' },
  strategy: async () => (await import('./strategy/secret.js')).strategy,
});
