/** Rules of a service's own addresses and their families. */
import { duplicate, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { ip } from '../../../apimachinery/names.js';
import type { ServiceSpec } from '../types/service.js';
import { invalidEach, supported } from './complaints.js';

const FIELD = 'spec.clusterIPs';
const SET_ONCE = 'may not change once set';
const WITH_ADDRESS = ['ClusterIP', 'NodePort', 'LoadBalancer'];

export function validateClusterIPs(spec: ServiceSpec): Causes {
  if (spec.type === 'ExternalName') return [];
  const addresses = spec.clusterIPs ?? [];
  const causes = [...inStep(spec), ...families(spec)];
  const wrong = addresses.flatMap((text, at) => {
    if (at === 0 && text === 'None') return addresses.length > 1 ? [invalid(FIELD, addresses, "'None' must be the first and only value")] : [];
    return invalidEach(`${FIELD}[${at}]`, text, ip(text));
  });
  causes.push(...wrong);
  if (addresses.length > 2) causes.push(invalid(FIELD, addresses, 'may only hold up to 2 values'));
  if (wrong.length > 0) return causes;
  if (addresses.length > new Set(addresses.map(familyOf)).size) causes.push(invalid(FIELD, addresses, 'may specify no more than one IP for each IP family'));
  if (causes.length > 0 || addresses[0] === 'None') return causes;
  return addresses.flatMap((text, at) => {
    const wanted = spec.ipFamilies?.[at];
    return wanted === undefined || wanted === familyOf(text)
      ? []
      : [invalid(`${FIELD}[${at}]`, text, `expected an ${wanted} value as indicated by \`ipFamilies[${at}]\``)];
  });
}

const familyOf = (text: string): string => (text.includes(':') ? 'IPv6' : 'IPv4');

/** clusterIP is always the first of clusterIPs. */
function inStep({ clusterIP, clusterIPs = [] }: ServiceSpec): Causes {
  if (!clusterIP) return clusterIPs.length > 0 ? [invalid(FIELD, clusterIPs, 'must be empty when `clusterIP` is not specified')] : [];
  if (clusterIPs.length === 0) return [required(FIELD)];
  return clusterIPs[0] === clusterIP ? [] : [invalid(FIELD, clusterIPs, 'first value must match `clusterIP`')];
}

function families({ ipFamilies = [], ipFamilyPolicy }: ServiceSpec): Causes {
  return [
    ...ipFamilies.flatMap((family, at) => [
      ...supported(family, `spec.ipFamilies[${at}]`, ['IPv4', 'IPv6']),
      ...(ipFamilies.indexOf(family) < at ? [duplicate(`spec.ipFamilies[${at}]`, family)] : []),
    ]),
    ...supported(ipFamilyPolicy, 'spec.ipFamilyPolicy', ['PreferDualStack', 'RequireDualStack', 'SingleStack']),
  ];
}

/** A second address may come and go; the first stays, unless the service is or was a mere name. */
export function validateClusterIPUpdate(next: ServiceSpec, previous: ServiceSpec): Causes {
  if (previous.type === 'ExternalName' || next.type === 'ExternalName') return [];
  if (previous.clusterIP === 'None' && next.clusterIP === 'None') return [];
  const before = previous.clusterIPs ?? [];
  const after = next.clusterIPs ?? [];
  const causes: Causes = [];
  if (before.length === after.length) {
    before.forEach((address, at) => {
      if (address !== after[at]) causes.push(invalid(`${FIELD}[${at}]`, after, SET_ONCE));
    });
  } else if (before.length > 0 && after.length === 0) {
    if (WITH_ADDRESS.includes(next.type ?? '')) causes.push(invalid(`${FIELD}[0]`, after, 'primary clusterIP can not be unset'));
  } else if (before.length > 0 && before[0] !== after[0]) causes.push(invalid(`${FIELD}[0]`, after, SET_ONCE));
  return [...causes, ...familyUpdate(next, previous)];
}

function familyUpdate(next: ServiceSpec, previous: ServiceSpec): Causes {
  const before = previous.ipFamilies?.[0];
  const after = next.ipFamilies?.[0];
  if (before === undefined || after === undefined || before === after) return [];
  return [invalid('spec.ipFamilies[0]', next.ipFamilies, SET_ONCE)];
}
