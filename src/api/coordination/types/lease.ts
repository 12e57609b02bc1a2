/** Structs of coordination/v1: Lease, LeaseSpec. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { int32, microTimePointer, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const LeaseSpec = struct('coordination/v1.LeaseSpec', {
  holderIdentity: str('HolderIdentity *string', 1).optional(),
  leaseDurationSeconds: int32('LeaseDurationSeconds *int32', 2).optional(),
  acquireTime: microTimePointer('AcquireTime *apis/meta/v1.MicroTime', 3).optional(),
  renewTime: microTimePointer('RenewTime *apis/meta/v1.MicroTime', 4).optional(),
  leaseTransitions: int32('LeaseTransitions *int32', 5).optional(),
  strategy: str('Strategy *v1.CoordinatedLeaseStrategy=string', 6).optional(),
  preferredHolder: str('PreferredHolder *string', 7).optional(),
});
export type LeaseSpec = z.output<typeof LeaseSpec>;

export const Lease = struct('coordination/v1.Lease', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(LeaseSpec, 'Spec coordination/v1.LeaseSpec', 2, { omitempty: true }),
});
export type Lease = z.output<typeof Lease>;
