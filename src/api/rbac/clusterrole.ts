/**
 * ClusterRole: permissions everywhere, or for bindings to give in a namespace. This is the
 * light description; rules on writes are in strategy/clusterrole.ts.
 */
import { defaultColumns } from '../columns.js';
import { defineKind } from '../define.js';
import type { ClusterRole as ClusterRoleObject } from './types/clusterrole.js';

export type ClusterRole = ClusterRoleObject;

export const ClusterRole = defineKind<ClusterRole>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  namespaced: false,
  columns: defaultColumns,
  strategy: async () => (await import('./strategy/clusterrole.js')).strategy,
});
