/**
 * Rules on writing NetworkPolicies: peers, ports and address blocks.
 */
import { deepEqual } from '../../../apimachinery/deep.js';
import { cidr, portName, portNumber } from '../../../apimachinery/names.js';
import { validateCidr } from '../../core/validation/addresses.js';
import { validateLabelSelector } from '../../core/validation/labelselector.js';
import { complaints, forbidden, invalid, required, supported, type Causes } from '../../apps/validation/rules.js';
import type { Strategy } from '../../kind.js';
import { NetworkPolicy } from '../types/networkpolicy.js';
import type { IPBlock, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec } from '../types/networkpolicy.js';
import { cidrWarnings, contains } from './address.js';

const TYPES = ['Ingress', 'Egress'];

export const strategy: Strategy<NetworkPolicy> = {
  schema: NetworkPolicy,
  defaults({ spec }) {
    const rules = [...(spec.ingress ?? []), ...(spec.egress ?? [])];
    for (const port of rules.flatMap(({ ports }) => ports ?? [])) port.protocol ??= 'TCP';
    // A policy that says nothing of egress isolates ingress alone.
    if (!spec.policyTypes?.length) spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
  },
  prepareForCreate({ metadata }) {
    metadata.generation = 1;
  },
  generation: (next, previous) => !deepEqual(next.spec, previous.spec),
  validate: ({ spec }) => validateSpec(spec, 'spec', NOTHING_OLD),
  placesMetadata: true,
  validateUpdate: (next, previous, _, metadata) => [...(metadata?.changed ?? []), ...validateSpec(next.spec, 'spec', toleratedOf(previous.spec))],
  warnings: ({ spec }) =>
    blocksOf(spec, 'spec').flatMap(({ block, path }) => [
      ...cidrWarnings(block.cidr, `${path}.cidr`),
      ...(block.except ?? []).flatMap((part, index) => cidrWarnings(part, `${path}.except[${index}]`)),
    ]),
};

/** What was accepted once, when the rules were looser, may stay. */
interface Tolerated {
  labelValues: boolean;
  cidrs: readonly string[];
}
const NOTHING_OLD: Tolerated = { labelValues: false, cidrs: [] };

function toleratedOf(spec: NetworkPolicySpec): Tolerated {
  return {
    labelValues: validateLabelSelector(spec.podSelector, '').length > 0,
    cidrs: blocksOf(spec, '').flatMap(({ block }) => [block.cidr, ...(block.except ?? [])]),
  };
}

function blocksOf({ ingress = [], egress = [] }: NetworkPolicySpec, path: string): { block: IPBlock; path: string }[] {
  const peers = [
    ...ingress.flatMap(({ from = [] }, index) => from.map((peer, at) => ({ peer, path: `${path}.ingress[${index}].from[${at}]` }))),
    ...egress.flatMap(({ to = [] }, index) => to.map((peer, at) => ({ peer, path: `${path}.egress[${index}].to[${at}]` }))),
  ];
  return peers.flatMap((entry) => (entry.peer.ipBlock ? [{ block: entry.peer.ipBlock, path: `${entry.path}.ipBlock` }] : []));
}

function validateSpec({ podSelector, ingress = [], egress = [], policyTypes = [] }: NetworkPolicySpec, path: string, tolerated: Tolerated): Causes {
  const rules = [
    ...ingress.map(({ ports, from }, index) => ({ ports, peers: from, peersPath: `${path}.ingress[${index}].from`, path: `${path}.ingress[${index}]` })),
    ...egress.map(({ ports, to }, index) => ({ ports, peers: to, peersPath: `${path}.egress[${index}].to`, path: `${path}.egress[${index}]` })),
  ];
  return [
    ...validateLabelSelector(podSelector, `${path}.podSelector`, { allowInvalidValues: tolerated.labelValues }),
    ...rules.flatMap((rule) => [
      ...(rule.ports ?? []).flatMap((port, index) => validatePort(port, `${rule.path}.ports[${index}]`)),
      ...(rule.peers ?? []).flatMap((peer, index) => validatePeer(peer, `${rule.peersPath}[${index}]`, tolerated)),
    ]),
    ...validateTypes(policyTypes, `${path}.policyTypes`),
  ];
}

function validateTypes(types: readonly string[], path: string): Causes {
  if (types.length > TYPES.length) return [invalid(path, types, 'may not specify more than two policyTypes')];
  return types.flatMap((type, index) => supported(`${path}[${index}]`, type, TYPES));
}

function validatePort({ protocol, port, endPort }: NetworkPolicyPort, path: string): Causes {
  return [
    ...(protocol === undefined ? [] : supported(`${path}.protocol`, protocol, ['TCP', 'UDP', 'SCTP'])),
    ...(port === undefined ? validateNoEnd(endPort, path) : validatePortNumber(port, endPort, path)),
  ];
}

function validateNoEnd(endPort: number | undefined, path: string): Causes {
  return endPort === undefined ? [] : [invalid(`${path}.endPort`, endPort, 'may not be specified when `port` is not specified')];
}

function validatePortNumber(port: number | string, endPort: number | undefined, path: string): Causes {
  if (typeof port === 'string') {
    const end = endPort === undefined ? [] : [invalid(`${path}.endPort`, endPort, 'may not be specified when `port` is non-numeric')];
    return [...end, ...complaints(`${path}.port`, port, portName(port))];
  }
  const messages = complaints(`${path}.port`, port, portNumber(port));
  if (endPort === undefined) return messages;
  // As Kubernetes does: the message shows the other port.
  const backwards = endPort < port ? [invalid(`${path}.endPort`, port, 'must be greater than or equal to `port`')] : [];
  return [...messages, ...backwards, ...complaints(`${path}.endPort`, endPort, portNumber(endPort))];
}

function validatePeer({ podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer, path: string, { labelValues, cidrs }: Tolerated): Causes {
  const options = { allowInvalidValues: labelValues };
  const count = [podSelector, namespaceSelector, ipBlock].filter((part) => part !== undefined).length;
  return [
    ...validateLabelSelector(podSelector, `${path}.podSelector`, options),
    ...validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`, options),
    ...(ipBlock ? validateBlock(ipBlock, `${path}.ipBlock`, cidrs) : []),
    ...(count === 0 ? [required(path, 'must specify a peer')] : []),
    ...(count > 1 && ipBlock ? [forbidden(path, 'may not specify both ipBlock and another peer')] : []),
  ];
}

function validateBlock({ cidr: block, except = [] }: IPBlock, path: string, stored: readonly string[]): Causes {
  if (block === '') return [required(`${path}.cidr`)];
  const causes = validateCidr(block, `${path}.cidr`, stored);
  if (cidr(block).length > 0) return causes;
  return [
    ...causes,
    ...except.flatMap((part, index) => {
      const field = `${path}.except[${index}]`;
      const outside = cidr(part).length === 0 && !contains(block, part);
      return [...validateCidr(part, field, stored), ...(outside ? [invalid(field, part, 'must be a strict subset of `cidr`')] : [])];
    }),
  ];
}
