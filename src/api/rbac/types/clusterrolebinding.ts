/** Structs of rbac/v1: ClusterRoleBinding, RoleRef, Subject. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { list, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const Subject = struct(
  'rbac/v1.Subject',
  {
    kind: str('Kind string', 1),
    apiGroup: str('APIGroup string', 2).optional(),
    name: str('Name string', 3),
    namespace: str('Namespace string', 4).optional(),
  },
  { mapType: 'atomic' },
);
export type Subject = z.output<typeof Subject>;

export const RoleRef = struct(
  'rbac/v1.RoleRef',
  {
    apiGroup: str('APIGroup string', 1, { required: false }),
    kind: str('Kind string', 2),
    name: str('Name string', 3),
  },
  { mapType: 'atomic' },
);
export type RoleRef = z.output<typeof RoleRef>;

export const ClusterRoleBinding = struct('rbac/v1.ClusterRoleBinding', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  subjects: list(Subject, 'Subjects []rbac/v1.Subject', 2, { listType: 'atomic' }).optional(),
  roleRef: sub(RoleRef, 'RoleRef rbac/v1.RoleRef', 3),
});
export type ClusterRoleBinding = z.output<typeof ClusterRoleBinding>;
