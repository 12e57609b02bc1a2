/** Structs of core/v1: ResourceQuota, ResourceQuotaStatus, ResourceQuotaSpec, ScopeSelector, ScopedResourceSelectorRequirement. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { list, map, quantity, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const ScopedResourceSelectorRequirement = struct('core/v1.ScopedResourceSelectorRequirement', {
  scopeName: str('ScopeName v1.ResourceQuotaScope=string', 1, {
    enum: ['BestEffort', 'CrossNamespacePodAffinity', 'NotBestEffort', 'NotTerminating', 'PriorityClass', 'Terminating', 'VolumeAttributesClass'],
  }),
  operator: str('Operator v1.ScopeSelectorOperator=string', 2, { enum: ['DoesNotExist', 'Exists', 'In', 'NotIn'] }),
  values: list(str(), 'Values []string', 3, { listType: 'atomic' }).optional(),
});
export type ScopedResourceSelectorRequirement = z.output<typeof ScopedResourceSelectorRequirement>;

export const ScopeSelector = struct(
  'core/v1.ScopeSelector',
  {
    matchExpressions: list(ScopedResourceSelectorRequirement, 'MatchExpressions []core/v1.ScopedResourceSelectorRequirement', 1, {
      listType: 'atomic',
    }).optional(),
  },
  { mapType: 'atomic' },
);
export type ScopeSelector = z.output<typeof ScopeSelector>;

export const ResourceQuotaSpec = struct('core/v1.ResourceQuotaSpec', {
  hard: map(quantity(), 'Hard map[v1.ResourceName=string]resource.Quantity', 1).optional(),
  scopes: list(
    str(undefined, undefined, {
      enum: ['BestEffort', 'CrossNamespacePodAffinity', 'NotBestEffort', 'NotTerminating', 'PriorityClass', 'Terminating', 'VolumeAttributesClass'],
    }),
    'Scopes []v1.ResourceQuotaScope=string',
    2,
    { listType: 'atomic' },
  ).optional(),
  scopeSelector: sub(ScopeSelector, 'ScopeSelector *core/v1.ScopeSelector', 3).optional(),
});
export type ResourceQuotaSpec = z.output<typeof ResourceQuotaSpec>;

export const ResourceQuotaStatus = struct('core/v1.ResourceQuotaStatus', {
  hard: map(quantity(), 'Hard map[v1.ResourceName=string]resource.Quantity', 1).optional(),
  used: map(quantity(), 'Used map[v1.ResourceName=string]resource.Quantity', 2).optional(),
});
export type ResourceQuotaStatus = z.output<typeof ResourceQuotaStatus>;

export const ResourceQuota = struct('core/v1.ResourceQuota', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(ResourceQuotaSpec, 'Spec core/v1.ResourceQuotaSpec', 2, { omitempty: true }),
  status: sub(ResourceQuotaStatus, 'Status core/v1.ResourceQuotaStatus', 3, { omitempty: true }),
});
export type ResourceQuota = z.output<typeof ResourceQuota>;
