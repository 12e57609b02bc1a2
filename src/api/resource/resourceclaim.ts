/**
 * ResourceClaim: devices that pods ask for. This is the light description; rules on
 * writes are in strategy/resourceclaim.ts.
 */
import { ageColumn, column, nameColumn } from '../columns.js';
import { defineKind, statusSubresource } from '../define.js';
import type { ResourceClaim as ResourceClaimObject } from './types/resourceclaim.js';

export type ResourceClaim = ResourceClaimObject;

export const ResourceClaim = defineKind<ResourceClaim>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaim',
  plural: 'resourceclaims',
  subresources: [statusSubresource],
  columns: [nameColumn, column('State', (claim) => stateText(claim)), ageColumn],
  strategy: async () => (await import('./strategy/resourceclaim.js')).strategy,
});

function stateText({ metadata, status }: ResourceClaim): string {
  const deleted = metadata.deletionTimestamp ? ['deleted'] : [];
  if (!status.allocation) return deleted[0] ?? 'pending';
  return [...deleted, 'allocated', ...(status.reservedFor?.length ? ['reserved'] : [])].join(',');
}
