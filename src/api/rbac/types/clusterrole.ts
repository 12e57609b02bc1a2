/** Structs of rbac/v1: ClusterRole, AggregationRule, PolicyRule. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { list, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { LabelSelector, ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const PolicyRule = struct('rbac/v1.PolicyRule', {
  verbs: list(str(), 'Verbs []string', 1, { listType: 'atomic' }),
  apiGroups: list(str(), 'APIGroups []string', 2, { listType: 'atomic' }).optional(),
  resources: list(str(), 'Resources []string', 3, { listType: 'atomic' }).optional(),
  resourceNames: list(str(), 'ResourceNames []string', 4, { listType: 'atomic' }).optional(),
  nonResourceURLs: list(str(), 'NonResourceURLs []string', 5, { listType: 'atomic' }).optional(),
});
export type PolicyRule = z.output<typeof PolicyRule>;

export const AggregationRule = struct('rbac/v1.AggregationRule', {
  clusterRoleSelectors: list(LabelSelector, 'ClusterRoleSelectors []apis/meta/v1.LabelSelector', 1, { listType: 'atomic' }).optional(),
});
export type AggregationRule = z.output<typeof AggregationRule>;

export const ClusterRole = struct('rbac/v1.ClusterRole', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  rules: list(PolicyRule, 'Rules []rbac/v1.PolicyRule', 2, { listType: 'atomic', required: false }),
  aggregationRule: sub(AggregationRule, 'AggregationRule *rbac/v1.AggregationRule', 3).optional(),
});
export type ClusterRole = z.output<typeof ClusterRole>;
