/**
 * Role: permissions within a namespace. This is the light description; rules on writes
 * are in strategy/role.ts.
 */
import { defaultColumns } from '../columns.js';
import { defineKind } from '../define.js';
import type { Role as RoleObject } from './types/role.js';

export type Role = RoleObject;

export const Role = defineKind<Role>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  columns: defaultColumns,
  strategy: async () => (await import('./strategy/role.js')).strategy,
});
