/**
 * Rules on writing ServiceCIDRs: one block of each family, canonical, which may
 * be added to but not replaced.
 */
import { cidr } from '../../../apimachinery/names.js';
import { complaints, immutable, invalid, required, tooMany, type Causes } from '../../apps/validation/rules.js';
import type { Strategy } from '../../kind.js';
import { ServiceCIDR } from '../types/servicecidr.js';
import type { ServiceCIDRSpec } from '../types/servicecidr.js';
import { canonicalBlock } from './address.js';

const ONE_EACH = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';

export const strategy: Strategy<ServiceCIDR> = {
  schema: ServiceCIDR,
  generation: false,
  validate: ({ spec }) => validateCidrs(spec.cidrs ?? [], 'spec.cidrs'),
  validateUpdate: (next, previous) => validateChange(next.spec, previous.spec),
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
  const count: Causes = cidrs.length > 2 ? [tooMany(path, cidrs.length, 2)] : [];
  const valid = cidrs.filter((block) => cidr(block).length === 0);
  const sameFamily = cidrs.length === 2 && valid.length === 2 && valid[0]!.includes(':') === valid[1]!.includes(':');
  return [...count, ...(sameFamily ? [invalid(path, cidrs, ONE_EACH)] : []), ...cidrs.flatMap((block, index) => validateCidr(block, `${path}[${index}]`))];
}

function validateCidr(block: string, path: string): Causes {
  const messages = cidr(block);
  if (messages.length > 0) return complaints(path, block, messages);
  const canonical = canonicalBlock(block);
  return canonical === block ? [] : [invalid(path, block, `must be in canonical form ("${canonical}")`)];
}

function validateChange({ cidrs = [] }: ServiceCIDRSpec, { cidrs: old = [] }: ServiceCIDRSpec): Causes {
  if (old.length === 1 && cidrs.length === 2) {
    return [...(cidrs[0] === old[0] ? [] : immutable('spec.cidrs[0]', cidrs[0], old[0])), ...validateCidrs(cidrs, 'spec.cidrs')];
  }
  return immutable('spec.cidrs', cidrs, old);
}
