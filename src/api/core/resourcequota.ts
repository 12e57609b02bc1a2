/** Resource quotas: used and hard, requests apart from limits. */
import { defineKind, statusSubresource } from '../define.js';
import { ageColumn, column, nameColumn } from '../columns.js';
import type { ResourceQuota as ResourceQuotaType } from './types/resourcequota.js';

export type ResourceQuota = ResourceQuotaType;

function usage({ status }: ResourceQuotaType, ofLimits: boolean): string {
  const names = Object.keys(status.hard ?? {})
    .filter((name) => name.startsWith('limits.') === ofLimits)
    .sort();
  return names.map((name) => `${name}: ${status.used?.[name] ?? '0'}/${status.hard![name]}`).join(', ');
}

export const ResourceQuota = defineKind<ResourceQuotaType>({
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  shortNames: ['quota'],
  subresources: [statusSubresource],
  columns: [nameColumn, column('Request', (quota) => usage(quota, false)), column('Limit', (quota) => usage(quota, true)), ageColumn],
  strategy: async () => (await import('./strategy/resourcequota.js')).strategy,
});
