/**
 * Rules on writing ResourceClaims: what is asked never changes; allocation and
 * reservations are written through status.
 */
import { tooMany, type Causes } from '../../../apimachinery/fielderror.js';
import { goStruct, immutable } from '../../apps/validation/rules.js';
import { keepMetadata } from '../../apps/strategy/statusmetadata.js';
import type { Strategy } from '../../kind.js';
import { AllocationResult, ResourceClaim, ResourceClaimSpec } from '../types/resourceclaim.js';
import { defaultDeviceClaim, validateDeviceClaim } from '../validation/deviceclaim.js';

const RESERVED_FOR_MAX = 256;

export const strategy: Strategy<ResourceClaim> = {
  schema: ResourceClaim,
  generation: false,
  defaults({ spec }) {
    defaultDeviceClaim(spec.devices);
  },
  validate: ({ spec }) => validateDeviceClaim(spec.devices, 'spec.devices'),
  validateUpdate: (next, previous) => immutable('spec', next.spec, previous.spec, goStruct(next.spec, ResourceClaimSpec)),
  subresources: {
    status: {
      prepareForUpdate(next, previous) {
        next.spec = previous.spec;
        keepMetadata(next, previous);
      },
      validateUpdate: validateStatus,
    },
  },
};

function validateStatus({ status }: ResourceClaim, { status: previous }: ResourceClaim): Causes {
  const reserved = status.reservedFor ?? [];
  const { allocation } = status;
  return [
    ...(reserved.length > RESERVED_FOR_MAX ? [tooMany('status.reservedFor', reserved.length, RESERVED_FOR_MAX)] : []),
    ...(reserved.length > 0 && !allocation ? [{ field: 'status.reservedFor', type: 'Forbidden' as const, message: 'Forbidden: may not be specified when `allocated` is not set' }] : []),
    ...(previous.allocation && allocation ? immutable('status.allocation', allocation, previous.allocation, goStruct(allocation, AllocationResult)) : []),
  ];
}
