/** The kinds of rbac.authorization.k8s.io. */
import type { Kind } from '../kind.js';
import { Role } from './role.js';
import { ClusterRole } from './clusterrole.js';
import { RoleBinding } from './rolebinding.js';
import { ClusterRoleBinding } from './clusterrolebinding.js';

export const kinds: readonly Kind[] = [Role, ClusterRole, RoleBinding, ClusterRoleBinding];
