/** Component statuses: computed when asked for, deprecated since 1.19. */
import { defineKind } from '../define.js';
import { column, nameColumn } from '../columns.js';
import type { ComponentStatus as ComponentStatusType } from './types/componentstatus.js';

export type ComponentStatus = ComponentStatusType;

const healthy = ({ conditions }: ComponentStatusType) => (conditions ?? []).find(({ type }) => type === 'Healthy');

export const ComponentStatus = defineKind<ComponentStatusType>({
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',
  plural: 'componentstatuses',
  shortNames: ['cs'],
  namespaced: false,
  verbs: ['get', 'list'],
  prefix: '',
  columns: [
    nameColumn,
    column('Status', (component) => (healthy(component)?.status === 'True' ? 'Healthy' : 'Unhealthy')),
    column('Message', (component) => healthy(component)?.message ?? ''),
    column('Error', (component) => healthy(component)?.error ?? ''),
  ],
  strategy: async () => (await import('./strategy/componentstatus.js')).strategy,
});
