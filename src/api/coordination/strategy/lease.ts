/**
 * Rules on writing Leases.
 */
import { nonNegative, positive, required, type Causes } from '../../apps/validation/rules.js';
import type { Strategy } from '../../kind.js';
import { Lease } from '../types/lease.js';
import type { LeaseSpec } from '../types/lease.js';

export const strategy: Strategy<Lease> = {
  schema: Lease,
  metadataRules: 'generic',
  allowCreateOnUpdate: true,
  requiresResourceVersion: true,
  validate: ({ spec }) => validateSpec(spec, 'spec'),
  validateUpdate: ({ spec }) => validateSpec(spec, 'spec'),
};

function validateSpec({ leaseDurationSeconds, leaseTransitions, strategy: election, preferredHolder }: LeaseSpec, path: string): Causes {
  return [
    ...positive(`${path}.leaseDurationSeconds`, leaseDurationSeconds),
    ...nonNegative(`${path}.leaseTransitions`, leaseTransitions),
    ...(preferredHolder && !election ? [required(`${path}.strategy`, 'strategy must be set if preferredHolder is set')] : []),
  ];
}
