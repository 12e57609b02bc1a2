/** Namespaces: no deletecollection, and a finalize subresource that lets one go. */
import { defineKind, statusSubresource } from '../define.js';
import { ageColumn, column, nameColumn } from '../columns.js';
import type { Namespace as NamespaceType } from './types/namespace.js';

export type Namespace = NamespaceType;

export const Namespace = defineKind<NamespaceType>({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  shortNames: ['ns'],
  namespaced: false,
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [{ name: 'finalize', verbs: ['update'] }, statusSubresource],
  columns: [nameColumn, column('Status', ({ status }) => status.phase ?? ''), ageColumn],
  selectableFields: { 'status.phase': ({ status }) => status.phase ?? '' },
  strategy: async () => (await import('./strategy/namespace.js')).strategy,
});
