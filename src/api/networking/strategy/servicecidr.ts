/**
 * Rules on writing ServiceCIDRs: one block of each family, canonical, which may
 * be added to but not replaced.
 */
import { cidr } from '../../../apimachinery/names.js';
import { invalid, required, tooMany, type Causes } from '../../apps/validation/rules.js';
import { validateCidr } from '../../core/validation/addresses.js';
import type { Strategy } from '../../kind.js';
import { ServiceCIDR } from '../types/servicecidr.js';
import type { ServiceCIDRSpec } from '../types/servicecidr.js';
import { canonicalBlock } from './address.js';

const CIDRS_MAX = 2;
const IMMUTABLE = 'field is immutable';
const ONE_EACH = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';

export const strategy: Strategy<ServiceCIDR> = {
  schema: ServiceCIDR,
  generation: false,
  validate: ({ spec }) => validateCidrs(spec.cidrs ?? [], 'spec.cidrs'),
  placesMetadata: true,
  validateUpdate: (next, previous, _, metadata) => [...(metadata?.changed ?? []), ...validateChange(next.spec, previous.spec)],
  subresources: {
    status: {
      prepareForUpdate(next, previous) {
        next.spec = previous.spec;
      },
    },
  },
};

function validateCidrs(cidrs: readonly string[], path: string): Causes {
  if (cidrs.length === 0) return [required(path, 'at least one CIDR required')];
  if (cidrs.length > CIDRS_MAX) return [tooMany(path, cidrs.length, CIDRS_MAX)];
  if (cidrs.length === 2 && !isDualStack(cidrs)) return [invalid(path, cidrs, ONE_EACH)];
  return cidrs.flatMap((block, index) => validateBlock(block, `${path}[${index}]`));
}

/** As Kubernetes does: what cannot be read is of no family. */
function isDualStack(cidrs: readonly string[]): boolean {
  return cidrs.every((block) => cidr(block).length === 0) && new Set(cidrs.map((block) => block.includes(':'))).size === 2;
}

function validateBlock(block: string, path: string): Causes {
  const causes = validateCidr(block, path);
  if (causes.length > 0) return causes;
  const canonical = canonicalBlock(block);
  return canonical === block ? [] : [invalid(path, block, `must be in canonical form ("${canonical}")`)];
}

/** A block of the other family may be added; the one that is there stays. */
function validateChange({ cidrs = [] }: ServiceCIDRSpec, { cidrs: old = [] }: ServiceCIDRSpec): Causes {
  const changed = (indexes: readonly string[]): Causes =>
    indexes.flatMap((block, index) => (cidrs[index] === block ? [] : [invalid(`spec.cidrs[${index}]`, cidrs[index], IMMUTABLE)]));
  if (old.length === cidrs.length) return changed(old);
  if (old.length === 1 && cidrs.length === 2) return [...changed(old), ...validateCidrs(cidrs, 'spec.cidrs')];
  return [invalid('spec.cidrs', cidrs, IMMUTABLE)];
}
