/**
 * Rules on writing IPAddresses: the name is the address, canonical; the parent
 * is named and never changes.
 */
import { dns1123Subdomain } from '../../../apimachinery/names.js';
import { pathSegmentName } from '../../apps/validation/pathsegment.js';
import { complaints, goStruct, immutable, required, type Causes } from '../../apps/validation/rules.js';
import type { Strategy } from '../../kind.js';
import { IPAddress, ParentReference } from '../types/ipaddress.js';
import { canonicalAddress } from './address.js';

const NOT_CANONICAL = 'must be a valid IP address in canonical form';

export const strategy: Strategy<IPAddress> = {
  schema: IPAddress,
  validate: ({ spec }) => validateParent(spec.parentRef, 'spec.parentRef'),
  validateUpdate: (next, previous) => [
    ...immutable('spec.parentRef', next.spec.parentRef, previous.spec.parentRef, goStruct(next.spec.parentRef, ParentReference)),
  ],
  validateName: (name) => nameMessages(name),
};

function nameMessages(name: string): readonly string[] {
  const canonical = canonicalAddress(name);
  if (canonical === undefined) return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];
  return canonical === name ? [] : [`${NOT_CANONICAL} (${canonical})`];
}

function validateParent(parent: ParentReference | undefined, path: string): Causes {
  if (!parent) return [required(path)];
  const { group, resource, namespace, name } = parent;
  const segment = (field: string, value: string | undefined): Causes => (value ? complaints(`${path}.${field}`, value, pathSegmentName(value)) : []);
  return [
    ...(group ? complaints(`${path}.group`, group, dns1123Subdomain(group)) : []),
    ...(resource ? segment('resource', resource) : [required(`${path}.resource`)]),
    ...segment('namespace', namespace),
    ...(name ? segment('name', name) : [required(`${path}.name`)]),
  ];
}
