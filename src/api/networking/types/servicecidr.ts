/** Structs of networking/v1: ServiceCIDR, ServiceCIDRStatus, ServiceCIDRSpec. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { list, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { Condition, ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const ServiceCIDRSpec = struct('networking/v1.ServiceCIDRSpec', {
  cidrs: list(str(), 'CIDRs []string', 1, { listType: 'atomic' }).optional(),
});
export type ServiceCIDRSpec = z.output<typeof ServiceCIDRSpec>;

export const ServiceCIDRStatus = struct('networking/v1.ServiceCIDRStatus', {
  conditions: list(Condition, 'Conditions []apis/meta/v1.Condition', 1, { patch: 'merge', key: 'type', listType: 'map', mapKeys: ['type'] }).optional(),
});
export type ServiceCIDRStatus = z.output<typeof ServiceCIDRStatus>;

export const ServiceCIDR = struct('networking/v1.ServiceCIDR', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(ServiceCIDRSpec, 'Spec networking/v1.ServiceCIDRSpec', 2, { omitempty: true }),
  status: sub(ServiceCIDRStatus, 'Status networking/v1.ServiceCIDRStatus', 3, { omitempty: true }),
});
export type ServiceCIDR = z.output<typeof ServiceCIDR>;
