/**
 * Rules on writing NetworkPolicies: peers, ports and address blocks.
 */
import { deepEqual } from '../../../apimachinery/deep.js';
import { cidr, portName, portNumber } from '../../../apimachinery/names.js';
import { validateLabelSelector } from '../../apps/validation/labelselector.js';
import { complaints, forbidden, invalid, required, supported, type Causes } from '../../apps/validation/rules.js';
import type { Strategy } from '../../kind.js';
import { NetworkPolicy } from '../types/networkpolicy.js';
import type { IPBlock, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec } from '../types/networkpolicy.js';
import { contains } from './address.js';

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
  validate: ({ spec }) => validateSpec(spec, 'spec'),
  validateUpdate: ({ spec }) => validateSpec(spec, 'spec'),
};

function validateSpec({ podSelector, ingress = [], egress = [], policyTypes = [] }: NetworkPolicySpec, path: string): Causes {
  const rules = [
    ...ingress.map(({ ports, from }, index) => ({ ports, peers: from, peersPath: `${path}.ingress[${index}].from`, path: `${path}.ingress[${index}]` })),
    ...egress.map(({ ports, to }, index) => ({ ports, peers: to, peersPath: `${path}.egress[${index}].to`, path: `${path}.egress[${index}]` })),
  ];
  return [
    ...validateLabelSelector(podSelector, `${path}.podSelector`),
    ...rules.flatMap((rule) => [
      ...(rule.ports ?? []).flatMap((port, index) => validatePort(port, `${rule.path}.ports[${index}]`)),
      ...(rule.peers ?? []).flatMap((peer, index) => validatePeer(peer, `${rule.peersPath}[${index}]`)),
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
  if (endPort < port) return [...messages, invalid(`${path}.endPort`, endPort, 'must be greater than or equal to `port`')];
  return [...messages, ...complaints(`${path}.endPort`, endPort, portNumber(endPort))];
}

function validatePeer({ podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer, path: string): Causes {
  const count = [podSelector, namespaceSelector, ipBlock].filter((part) => part !== undefined).length;
  return [
    ...validateLabelSelector(podSelector, `${path}.podSelector`),
    ...validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`),
    ...(ipBlock ? validateBlock(ipBlock, `${path}.ipBlock`) : []),
    ...(count === 0 ? [required(path, 'must specify a peer')] : []),
    ...(count > 1 && ipBlock ? [forbidden(path, 'may not specify both ipBlock and another peer')] : []),
  ];
}

function validateBlock({ cidr: block, except = [] }: IPBlock, path: string): Causes {
  if (block === '') return [required(`${path}.cidr`)];
  const messages = cidr(block);
  if (messages.length > 0) return complaints(`${path}.cidr`, block, messages);
  return except.flatMap((part, index) => {
    const field = `${path}.except[${index}]`;
    const wrong = cidr(part);
    if (wrong.length > 0) return complaints(field, part, wrong);
    return contains(block, part) ? [] : [invalid(field, part, 'must be a strict subset of `cidr`')];
  });
}
