/** Struct of rbac/v1: RoleBinding. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { list, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';
import { RoleRef, Subject } from './clusterrolebinding.js';

export const RoleBinding = struct('rbac/v1.RoleBinding', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  subjects: list(Subject, 'Subjects []rbac/v1.Subject', 2, { listType: 'atomic' }).optional(),
  roleRef: sub(RoleRef, 'RoleRef rbac/v1.RoleRef', 3),
});
export type RoleBinding = z.output<typeof RoleBinding>;
