/**
 * Rules on writing ResourceClaims: what is asked never changes; allocation and
 * reservations are written through status.
 */
import { goStruct, immutable } from '../../apps/validation/rules.js';
import { keepMetadata } from '../../apps/strategy/statusmetadata.js';
import type { Strategy } from '../../kind.js';
import { ResourceClaim, ResourceClaimSpec } from '../types/resourceclaim.js';
import { refuseAdminAccess, refuseAdminResults } from '../validation/adminaccess.js';
import { validateClaimStatus } from '../validation/claimstatus.js';
import { refuseStatus } from '../validation/statusaccess.js';
import { defaultDeviceClaim, validateDeviceClaim } from '../validation/deviceclaim.js';

export const strategy: Strategy<ResourceClaim> = {
  schema: ResourceClaim,
  generation: false,
  defaults({ spec }) {
    defaultDeviceClaim(spec.devices);
  },
  firstCauses: ({ spec }, context) => refuseAdminAccess(spec.devices, context),
  validate: ({ spec }) => validateDeviceClaim(spec.devices, 'spec.devices'),
  validateUpdate: (next, previous) => immutable('spec', next.spec, previous.spec, goStruct(next.spec, ResourceClaimSpec)),
  subresources: {
    status: {
      prepareForUpdate(next, previous) {
        next.spec = previous.spec;
        keepMetadata(next, previous);
      },
      firstCauses: async (next, context, previous) => [
        ...(await refuseAdminResults(next.status.allocation?.devices, previous.status.allocation?.devices, context)),
        ...(await refuseStatus(next.status, previous.status, context)),
      ],
      validateUpdate: validateClaimStatus,
    },
  },
};
