/** Service accounts. */
import { defineKind } from '../define.js';
import { ageColumn, column, nameColumn } from '../columns.js';
import type { ServiceAccount as ServiceAccountType } from './types/serviceaccount.js';

export type ServiceAccount = ServiceAccountType;

export const ServiceAccount = defineKind<ServiceAccountType>({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  shortNames: ['sa'],
  subresources: [{ name: 'token', verbs: ['create'], kind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' } }],
  columns: [nameColumn, column('Secrets', ({ secrets }) => (secrets ?? []).length), ageColumn],
  strategy: async () => (await import('./strategy/serviceaccount.js')).strategy,
});
