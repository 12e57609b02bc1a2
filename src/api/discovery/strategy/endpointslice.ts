/**
 * Rules on writing EndpointSlices: addresses of one sort, ports that differ.
 */
import { isIPv6 } from '../../../apimachinery/ip.js';
import { duplicate } from '../../../apimachinery/fielderror.js';
import { dns1123Label, dns1123Subdomain, labelValue, qualifiedName } from '../../../apimachinery/names.js';
import { complaints, immutable, invalid, required, supported, tooMany, type Causes } from '../../apps/validation/rules.js';
import { validateIP, validateNonSpecialIP } from '../../core/validation/addresses.js';
import { semanticEqual } from '../../core/validation/complaints.js';
import { addressWarnings } from '../../networking/strategy/address.js';
import type { Strategy } from '../../kind.js';
import { EndpointSlice } from '../types/endpointslice.js';
import type { Endpoint, EndpointHints, EndpointPort } from '../types/endpointslice.js';

const TYPES = ['FQDN', 'IPv4', 'IPv6'];
const ENDPOINTS_MAX = 1000;
const ADDRESSES_MAX = 100;
const PORTS_MAX = 20_000;
const HINTS_MAX = 8;
const HOSTNAME_LABEL = 'kubernetes.io/hostname';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
/** They write addresses as they find them. */
const OWN_CONTROLLERS = ['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io'];

export const strategy: Strategy<EndpointSlice> = {
  schema: EndpointSlice,
  defaults({ ports }) {
    for (const port of ports ?? []) {
      port.name ??= '';
      port.protocol ??= 'TCP';
    }
  },
  prepareForCreate(slice) {
    slice.metadata.generation = 1;
    dropTopology(slice);
  },
  prepareForUpdate(next, previous) {
    if (!semanticEqual(next.endpoints, previous.endpoints)) dropTopology(next, previous);
  },
  generation: (next, previous) =>
    !semanticEqual([next.endpoints, next.ports, next.metadata.labels], [previous.endpoints, previous.ports, previous.metadata.labels]),
  validate: (slice) => validateSlice(slice, []),
  placesMetadata: true,
  validateUpdate: (next, previous, _, metadata) => [
    ...(metadata?.whole ?? []),
    ...validateSlice(
      next,
      (previous.endpoints ?? []).flatMap(({ addresses }) => addresses ?? []),
    ),
    ...immutable('addressType', next.addressType, previous.addressType),
  ],
  warnings: (next, previous) => [
    ...(next.addressType === 'FQDN' && previous === undefined ? ['spec.addressType: FQDN endpoints are deprecated'] : []),
    ...(OWN_CONTROLLERS.includes(next.metadata.labels?.[MANAGED_BY] ?? '') ? [] : warningsOfAddresses(next)),
  ],
};

/** What v1 does not write: a node that the old topology named is kept where v1 has it. */
function dropTopology({ endpoints }: EndpointSlice, previous?: EndpointSlice): void {
  const known = (previous?.endpoints ?? []).map(({ deprecatedTopology }) => deprecatedTopology?.[HOSTNAME_LABEL]);
  for (const endpoint of endpoints ?? []) {
    const node = endpoint.deprecatedTopology?.[HOSTNAME_LABEL];
    if (node && endpoint.nodeName === undefined && known.includes(node) && dns1123Subdomain(node).length === 0) endpoint.nodeName = node;
    delete endpoint.deprecatedTopology;
  }
}

function warningsOfAddresses({ endpoints }: EndpointSlice): string[] {
  return (endpoints ?? []).flatMap(({ addresses }, index) =>
    (addresses ?? []).flatMap((address, at) => addressWarnings(address, `endpoints[${index}].addresses[${at}]`)),
  );
}

/** `stored`: addresses that the slice has already, which may stay as they are. */
function validateSlice({ addressType, endpoints, ports }: EndpointSlice, stored: readonly string[]): Causes {
  return [...validateType(addressType), ...validateEndpoints(endpoints ?? [], addressType, stored), ...validatePorts(ports ?? [])];
}

function validateType(type: string): Causes {
  return type === '' ? [required('addressType')] : supported('addressType', type, TYPES);
}

function validateEndpoints(endpoints: readonly Endpoint[], type: string, stored: readonly string[]): Causes {
  if (endpoints.length > ENDPOINTS_MAX) return [tooMany('endpoints', endpoints.length, ENDPOINTS_MAX)];
  return endpoints.flatMap((endpoint, index) => [
    ...validateAddresses(endpoint.addresses ?? [], type, stored, `endpoints[${index}].addresses`),
    ...validateEndpoint(endpoint, `endpoints[${index}]`),
  ]);
}

function validateEndpoint({ nodeName, hostname, hints }: Endpoint, path: string): Causes {
  return [
    ...(nodeName === undefined ? [] : complaints(`${path}.nodeName`, nodeName, dns1123Subdomain(nodeName))),
    ...(hostname === undefined ? [] : complaints(`${path}.hostname`, hostname, dns1123Label(hostname))),
    ...(hints ? validateHints(hints, `${path}.hints`) : []),
  ];
}

function validateAddresses(addresses: readonly string[], type: string, stored: readonly string[], path: string): Causes {
  return [
    ...(addresses.length === 0 ? [required(path, 'must contain at least 1 address')] : []),
    ...(addresses.length > ADDRESSES_MAX ? [tooMany(path, addresses.length, ADDRESSES_MAX)] : []),
    ...addresses.flatMap((address, index) => validateAddress(address, type, stored, `${path}[${index}]`)),
  ];
}

function validateAddress(address: string, type: string, stored: readonly string[], path: string): Causes {
  if (type === 'FQDN') return validateFullName(address, path);
  if (type !== 'IPv4' && type !== 'IPv6') return [];
  const causes = validateIP(address, path, stored);
  if (causes.length > 0) return causes;
  const fits = isIPv6(address) === (type === 'IPv6');
  return [...(fits ? [] : [invalid(path, address, `must be an ${type} address`)]), ...validateNonSpecialIP(address, path)];
}

/** A domain name of two labels at least, with or without its last dot. */
function validateFullName(name: string, path: string): Causes {
  if (name === '') return [required(path)];
  const bare = name.endsWith('.') ? name.slice(0, -1) : name;
  const messages = dns1123Subdomain(bare);
  if (messages.length > 0) return [invalid(path, bare, messages.join(','))];
  const labels = bare.split('.');
  if (labels.length < 2) return [invalid(path, bare, 'should be a domain with at least two segments separated by dots')];
  const wrong = labels.find((label) => dns1123Label(label).length > 0);
  return wrong === undefined ? [] : [invalid(path, wrong, dns1123Label(wrong).join(','))];
}

/** As Kubernetes does: where there are too many zones, nodes are not looked at. */
function validateHints({ forZones = [], forNodes = [] }: EndpointHints, path: string): Causes {
  if (forZones.length > HINTS_MAX) return [tooMany(`${path}.forZones`, forZones.length, HINTS_MAX)];
  return [
    ...validateHintNames(forZones, `${path}.forZones`, labelValue),
    ...(forNodes.length > HINTS_MAX
      ? [tooMany(`${path}.forNodes`, forNodes.length, HINTS_MAX)]
      : validateHintNames(forNodes, `${path}.forNodes`, dns1123Subdomain)),
  ];
}

function validateHintNames(hints: readonly { name: string }[], path: string, check: (name: string) => readonly string[]): Causes {
  return hints.flatMap(({ name }, index) => [
    ...(hints.findIndex((other) => other.name === name) < index ? [duplicate(`${path}[${index}].name`, name)] : []),
    ...complaints(`${path}[${index}].name`, name, check(name)),
  ]);
}

function validatePorts(ports: readonly EndpointPort[]): Causes {
  if (ports.length > PORTS_MAX) return [tooMany('ports', ports.length, PORTS_MAX)];
  return ports.flatMap(({ name = '', protocol = '', appProtocol }, index) => [
    ...(name === '' ? [] : complaints(`ports[${index}].name`, name, dns1123Label(name))),
    ...(ports.findIndex((other) => (other.name ?? '') === name) < index ? [duplicate(`ports[${index}].name`, name)] : []),
    ...supported(`ports[${index}].protocol`, protocol, ['SCTP', 'TCP', 'UDP']),
    ...(appProtocol === undefined ? [] : complaints(`ports[${index}].appProtocol`, appProtocol, qualifiedName(appProtocol))),
  ]);
}
