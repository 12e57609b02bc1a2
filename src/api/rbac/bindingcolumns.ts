/**
 * Columns that RoleBinding and ClusterRoleBinding share: the role, and the
 * subjects by sort.
 */
import { ageColumn, column, nameColumn, wideColumn } from '../columns.js';
import type { Column } from '../kind.js';
import type { ClusterRoleBinding, Subject } from './types/clusterrolebinding.js';

export const bindingColumns: readonly Column<ClusterRoleBinding>[] = [
  nameColumn,
  column<ClusterRoleBinding>('Role', ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`),
  ageColumn,
  wideColumn<ClusterRoleBinding>('Users', ({ subjects }) => names(subjects, 'User')),
  wideColumn<ClusterRoleBinding>('Groups', ({ subjects }) => names(subjects, 'Group')),
  wideColumn<ClusterRoleBinding>('ServiceAccounts', ({ subjects }) => names(subjects, 'ServiceAccount')),
];

function names(subjects: readonly Subject[] | undefined, kind: string): string {
  const chosen = (subjects ?? []).filter((subject) => subject.kind === kind);
  return chosen.map(({ name, namespace }) => (kind === 'ServiceAccount' ? `${namespace ?? ''}/${name}` : name)).join(', ');
}
