/**
 * RoleBinding: gives a role to subjects within a namespace. This is the light
 * description; rules on writes are in strategy/rolebinding.ts.
 */
import { bindingColumns } from './bindingcolumns.js';
import { defineKind } from '../define.js';
import type { RoleBinding as RoleBindingObject } from './types/rolebinding.js';

export type RoleBinding = RoleBindingObject;

export const RoleBinding = defineKind<RoleBinding>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  columns: bindingColumns,
  strategy: async () => (await import('./strategy/rolebinding.js')).strategy,
});
