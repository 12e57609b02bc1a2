/** Struct of rbac/v1: Role. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { list, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';
import { PolicyRule } from './clusterrole.js';

export const Role = struct('rbac/v1.Role', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  rules: list(PolicyRule, 'Rules []rbac/v1.PolicyRule', 2, { listType: 'atomic', required: false }),
});
export type Role = z.output<typeof Role>;
