/**
 * APIService: who serves a group and version. This is the light description; rules on
 * writes are in strategy/apiservice.ts.
 */
import { ageColumn, column, nameColumn } from '../columns.js';
import { defineKind, statusSubresource } from '../define.js';
import type { APIService as APIServiceObject } from './types/apiservice.js';

export type APIService = APIServiceObject;

export const APIService = defineKind<APIService>({
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  plural: 'apiservices',
  categories: ['api-extensions'],
  namespaced: false,
  prefix: '/registry/apiregistration.k8s.io/apiservices',
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    column('Service', ({ spec }) => (spec.service ? `${spec.service.namespace}/${spec.service.name}` : 'Local')),
    column('Available', ({ status }) => availableText(status)),
    ageColumn,
  ],
  strategy: async () => (await import('./strategy/apiservice.js')).strategy,
});

function availableText({ conditions = [] }: APIService['status']): string {
  const available = conditions.find(({ type }) => type === 'Available');
  if (!available) return 'Unknown';
  return available.status === 'True' ? 'True' : `${available.status} (${available.reason ?? ''})`;
}
