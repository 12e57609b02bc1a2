/**
 * ClusterRoleBinding: gives a ClusterRole to subjects everywhere. This is the light
 * description; rules on writes are in strategy/clusterrolebinding.ts.
 */
import { bindingColumns } from './bindingcolumns.js';
import { defineKind } from '../define.js';
import type { ClusterRoleBinding as ClusterRoleBindingObject } from './types/clusterrolebinding.js';

export type ClusterRoleBinding = ClusterRoleBindingObject;

export const ClusterRoleBinding = defineKind<ClusterRoleBinding>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
  columns: bindingColumns,
  strategy: async () => (await import('./strategy/clusterrolebinding.js')).strategy,
});
