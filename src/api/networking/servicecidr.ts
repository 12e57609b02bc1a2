/**
 * ServiceCIDR: a range that Service addresses come from. This is the light description;
 * rules on writes are in strategy/servicecidr.ts.
 */
import { ageColumn, column, nameColumn } from '../columns.js';
import { defineKind, statusSubresource } from '../define.js';
import type { ServiceCIDR as ServiceCIDRObject } from './types/servicecidr.js';

export type ServiceCIDR = ServiceCIDRObject;

export const ServiceCIDR = defineKind<ServiceCIDR>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  namespaced: false,
  subresources: [statusSubresource],
  columns: [nameColumn, column('CIDRs', ({ spec }) => (spec.cidrs ?? []).join(',')), ageColumn],
  strategy: async () => (await import('./strategy/servicecidr.js')).strategy,
});
