/**
 * Rules on writing EndpointSlices: addresses of one sort, ports that differ.
 */
import { deepEqual } from '../../../apimachinery/deep.js';
import { isIPv4, isIPv6 } from 'node:net';
import { dns1123Label, dns1123Subdomain, ip, qualifiedName } from '../../../apimachinery/names.js';
import { complaints, forbidden, immutable, invalid, required, supported, tooMany, type Causes } from '../../apps/validation/rules.js';
import { duplicate } from '../../../apimachinery/fielderror.js';
import type { Strategy } from '../../kind.js';
import { EndpointSlice } from '../types/endpointslice.js';
import type { Endpoint, EndpointHints, EndpointPort } from '../types/endpointslice.js';

const TYPES = ['FQDN', 'IPv4', 'IPv6'];
const ENDPOINTS_MAX = 1000;
const ADDRESSES_MAX = 100;
const PORTS_MAX = 20_000;
const HINTS_MAX = 8;
const TOPOLOGY_MAX = 16;

export const strategy: Strategy<EndpointSlice> = {
  schema: EndpointSlice,
  defaults({ ports }) {
    for (const port of ports ?? []) {
      port.name ??= '';
      port.protocol ??= 'TCP';
    }
  },
  prepareForCreate({ metadata }) {
    metadata.generation = 1;
  },
  generation: (next, previous) => !deepEqual([next.endpoints, next.ports, next.metadata.labels], [previous.endpoints, previous.ports, previous.metadata.labels]),
  validate: validateSlice,
  validateUpdate: (next, previous) => [...validateSlice(next), ...immutable('addressType', next.addressType, previous.addressType)],
};

function validateSlice({ addressType, endpoints, ports }: EndpointSlice): Causes {
  return [...validateType(addressType), ...validateEndpoints(endpoints ?? [], addressType), ...validatePorts(ports ?? [])];
}

function validateType(type: string): Causes {
  return type === '' ? [required('addressType')] : supported('addressType', type, TYPES);
}

function validateEndpoints(endpoints: readonly Endpoint[], type: string): Causes {
  if (endpoints.length > ENDPOINTS_MAX) return [tooMany('endpoints', endpoints.length, ENDPOINTS_MAX)];
  return endpoints.flatMap((endpoint, index) => validateEndpoint(endpoint, type, `endpoints[${index}]`));
}

function validateEndpoint({ addresses, nodeName, hostname, deprecatedTopology = {}, hints }: Endpoint, type: string, path: string): Causes {
  const topology = Object.keys(deprecatedTopology);
  return [
    ...validateAddresses(addresses ?? [], type, `${path}.addresses`),
    ...(nodeName === undefined ? [] : complaints(`${path}.nodeName`, nodeName, dns1123Subdomain(nodeName))),
    ...(topology.length > TOPOLOGY_MAX ? [tooMany(`${path}.deprecatedTopology`, topology.length, TOPOLOGY_MAX)] : []),
    ...(topology.includes('kubernetes.io/hostname') ? [forbidden(`${path}.deprecatedTopology[kubernetes.io/hostname]`, 'may not contain "kubernetes.io/hostname"; use nodeName')] : []),
    ...(hostname === undefined ? [] : complaints(`${path}.hostname`, hostname, dns1123Label(hostname))),
    ...(hints ? validateHints(hints, `${path}.hints`) : []),
  ];
}

function validateAddresses(addresses: readonly string[], type: string, path: string): Causes {
  if (addresses.length === 0) return [required(path, 'must contain at least 1 address')];
  if (addresses.length > ADDRESSES_MAX) return [tooMany(path, addresses.length, ADDRESSES_MAX)];
  return addresses.flatMap((address, index) => validateAddress(address, type, `${path}[${index}]`));
}

function validateAddress(address: string, type: string, path: string): Causes {
  if (type === 'FQDN') return complaints(path, address, fullyQualified(address));
  if (type !== 'IPv4' && type !== 'IPv6') return [];
  const messages = ip(address);
  if (messages.length > 0) return complaints(path, address, messages);
  const fits = type === 'IPv4' ? isIPv4(address) : isIPv6(address);
  return [...(fits ? [] : [invalid(path, address, `must be an ${type} address`)]), ...special(address, path)];
}

/** A domain name of two labels at least, with or without its last dot. */
function fullyQualified(name: string): readonly string[] {
  if (name === '') return [];
  const bare = name.endsWith('.') ? name.slice(0, -1) : name;
  const messages = dns1123Subdomain(bare);
  return messages.length > 0 || bare.includes('.') ? messages : ['should be a domain with at least two segments separated by dots'];
}

function special(address: string, path: string): Causes {
  if (address === '0.0.0.0' || address === '::') return [invalid(path, address, `may not be unspecified (${address})`)];
  if (address.startsWith('127.') || address === '::1') return [invalid(path, address, 'may not be in the loopback range (127.0.0.0/8, ::1/128)')];
  if (address.startsWith('169.254.') || /^fe[89ab]/i.test(address)) return [invalid(path, address, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)')];
  if (address.startsWith('224.0.0.') || /^ff[0-9a-f]2:/i.test(address)) return [invalid(path, address, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)')];
  return [];
}

function validateHints({ forZones = [], forNodes = [] }: EndpointHints, path: string): Causes {
  const listed = (names: readonly string[], field: string, check: (name: string) => readonly string[]): Causes => {
    if (names.length > HINTS_MAX) return [tooMany(`${path}.${field}`, names.length, HINTS_MAX)];
    return names.flatMap((name, index) => [
      ...(names.indexOf(name) < index ? [duplicate(`${path}.${field}[${index}].name`, name)] : []),
      ...complaints(`${path}.${field}[${index}].name`, name, check(name)),
    ]);
  };
  return [...listed(forZones.map(({ name }) => name), 'forZones', qualifiedName), ...listed(forNodes.map(({ name }) => name), 'forNodes', dns1123Subdomain)];
}

function validatePorts(ports: readonly EndpointPort[]): Causes {
  if (ports.length > PORTS_MAX) return [tooMany('ports', ports.length, PORTS_MAX)];
  return ports.flatMap(({ name = '', protocol = '', appProtocol }, index) => [
    ...(name === '' ? [] : complaints(`ports[${index}].name`, name, dns1123Label(name))),
    ...(ports.findIndex((other) => (other.name ?? '') === name) < index ? [duplicate(`ports[${index}].name`, name)] : []),
    ...(protocol === '' ? [required(`ports[${index}].protocol`)] : supported(`ports[${index}].protocol`, protocol, ['SCTP', 'TCP', 'UDP'])),
    ...(appProtocol === undefined ? [] : complaints(`ports[${index}].appProtocol`, appProtocol, qualifiedName(appProtocol))),
  ]);
}
