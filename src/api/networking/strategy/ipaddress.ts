/**
 * Rules on writing IPAddresses: the name is the address, canonical; the parent
 * is named and never changes.
 */
import { goQuote } from '../../../apimachinery/gojson.js';
import { dns1123Subdomain } from '../../../apimachinery/names.js';
import { pathSegmentName } from '../../apps/validation/pathsegment.js';
import { complaints, goStruct, immutable, required, type Causes } from '../../apps/validation/rules.js';
import type { Strategy } from '../../kind.js';
import { IPAddress, ParentReference } from '../types/ipaddress.js';
import { validateIP } from '../../core/validation/addresses.js';
import { canonicalAddress } from './address.js';

export const strategy: Strategy<IPAddress> = {
  schema: IPAddress,
  validate: ({ spec }) => validateParent(spec.parentRef, 'spec.parentRef'),
  placesMetadata: true,
  validateUpdate: (next, previous, _, metadata) => [
    ...(metadata?.changed ?? []),
    ...immutable('spec.parentRef', next.spec.parentRef, previous.spec.parentRef, goStruct(next.spec.parentRef, ParentReference)),
  ],
  validateName: (name) => nameMessages(name),
};

function nameMessages(name: string): readonly string[] {
  const messages = validateIP(name, '').map(({ message }) => message.replace(`Invalid value: ${goQuote(name)}: `, ''));
  if (messages.length > 0) return messages;
  const canonical = canonicalAddress(name);
  return canonical === name ? [] : [`must be in canonical form ("${canonical}")`];
}

function validateParent(parent: ParentReference | undefined, path: string): Causes {
  if (!parent) return [required(path)];
  const { group, resource, namespace, name } = parent;
  const segment = (field: string, value: string | undefined): Causes => (value ? complaints(`${path}.${field}`, value, pathSegmentName(value)) : []);
  return [
    ...(group ? complaints(`${path}.group`, group, dns1123Subdomain(group)) : []),
    ...(resource ? segment('resource', resource) : [required(`${path}.resource`)]),
    ...(name ? segment('name', name) : [required(`${path}.name`)]),
    ...segment('namespace', namespace),
  ];
}
