/**
 * Rules on writing Leases.
 */
import { nonNegative, positive, type Causes } from '../../apps/validation/rules.js';
import type { Strategy } from '../../kind.js';
import { Lease } from '../types/lease.js';
import type { LeaseSpec } from '../types/lease.js';

export const strategy: Strategy<Lease> = {
  schema: Lease,
  metadataRules: 'generic',
  allowCreateOnUpdate: true,
  requiresResourceVersion: true,
  prepareForCreate: ({ spec }) => dropElection(spec),
  prepareForUpdate: (next, previous) => dropElection(next.spec, previous.spec),
  validate: ({ spec }) => validateSpec(spec, 'spec'),
  placesMetadata: true,
  validateUpdate: ({ spec }, _previous, _context, metadata) => [...(metadata?.changed ?? []), ...validateSpec(spec, 'spec')],
};

/** Coordinated leader election is behind a feature that is off: what was stored with it keeps it. */
function dropElection(spec: LeaseSpec, previous?: LeaseSpec): void {
  if (previous?.strategy === undefined) delete spec.strategy;
  if (previous?.preferredHolder === undefined) delete spec.preferredHolder;
}

function validateSpec({ leaseDurationSeconds, leaseTransitions }: LeaseSpec, path: string): Causes {
  return [...positive(`${path}.leaseDurationSeconds`, leaseDurationSeconds), ...nonNegative(`${path}.leaseTransitions`, leaseTransitions)];
}
