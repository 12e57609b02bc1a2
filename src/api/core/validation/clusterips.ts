/** Rules of a service's own addresses and their families. */
import { duplicate, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import type { ServiceSpec } from '../types/service.js';
import { isDualStack, validateIP } from './addresses.js';
import { supported } from './complaints.js';

const FIELD = 'spec.clusterIPs';
const FAMILIES = 'spec.ipFamilies';
const SET_ONCE = 'may not change once set';

export const isHeadless = ({ clusterIPs }: ServiceSpec): boolean => clusterIPs?.length === 1 && clusterIPs[0] === 'None';
export const familyOf = (text: string): string => (text.includes(':') ? 'IPv6' : 'IPv4');

export function validateClusterIPs(spec: ServiceSpec, previous?: ServiceSpec): Causes {
  if (spec.type === 'ExternalName') return [];
  const addresses = spec.clusterIPs ?? [];
  const causes = [...inStep(spec), ...families(spec)];
  const wrong = addresses.flatMap((text, at) => {
    if (at === 0 && text === 'None') return addresses.length > 1 ? [invalid(FIELD, addresses, "'None' must be the first and only value")] : [];
    return validateIP(text, `${FIELD}[${at}]`, previous?.clusterIPs ?? []);
  });
  causes.push(...wrong);
  if (addresses.length > 2) causes.push(invalid(FIELD, addresses, 'may only hold up to 2 values'));
  // What can not be read says nothing of families.
  if (wrong.length > 0) return causes;
  if (addresses.length > 1 && !(addresses.length === 2 && isDualStack(addresses)))
    causes.push(invalid(FIELD, addresses, 'may specify no more than one IP for each IP family'));
  return isHeadless(spec) ? causes : [...causes, ...addresses.flatMap((text, at) => familyComplaint(text, at, spec.ipFamilies ?? []))];
}

function familyComplaint(text: string, at: number, wanted: readonly string[]): Causes {
  const family = wanted[at];
  if ((family !== 'IPv4' && family !== 'IPv6') || family === familyOf(text)) return [];
  return [invalid(`${FIELD}[${at}]`, text, `expected an ${family} value as indicated by \`ipFamilies[${at}]\``)];
}

/** clusterIP is always the first of clusterIPs. */
function inStep({ clusterIP, clusterIPs = [] }: ServiceSpec): Causes {
  if (!clusterIP) return clusterIPs.length > 0 ? [invalid(FIELD, clusterIPs, 'must be empty when `clusterIP` is not specified')] : [];
  if (clusterIPs.length === 0) return [required(FIELD)];
  return clusterIPs[0] === clusterIP ? [] : [invalid(FIELD, clusterIPs, 'first value must match `clusterIP`')];
}

function families({ ipFamilies = [], ipFamilyPolicy }: ServiceSpec): Causes {
  return [
    ...ipFamilies.flatMap((family, at) => [
      ...supported(family, `${FAMILIES}[${at}]`, ['IPv4', 'IPv6']),
      ...(ipFamilies.indexOf(family) < at ? [duplicate(`${FAMILIES}[${at}]`, family)] : []),
    ]),
    ...supported(ipFamilyPolicy, 'spec.ipFamilyPolicy', ['PreferDualStack', 'RequireDualStack', 'SingleStack']),
  ];
}

/** A second address may come and go; the first stays, unless the service is or was a mere name. */
export function validateClusterIPUpdate(next: ServiceSpec, previous: ServiceSpec): Causes {
  if (previous.type === 'ExternalName' || next.type === 'ExternalName') return [];
  return [...addressUpdate(next, previous), ...familyUpdate(next, previous)];
}

function addressUpdate(next: ServiceSpec, previous: ServiceSpec): Causes {
  if (isHeadless(previous) && isHeadless(next)) return [];
  const before = previous.clusterIPs ?? [];
  const after = next.clusterIPs ?? [];
  if (before.length === after.length) return before.flatMap((address, at) => (address === after[at] ? [] : [invalid(`${FIELD}[${at}]`, after, SET_ONCE)]));
  const moved = before.length > 0 && after.length > 0 && before[0] !== after[0] ? [invalid(`${FIELD}[0]`, after, SET_ONCE)] : [];
  if (before.length < after.length) return moved;
  return [
    ...(after.length === 0 ? [invalid(`${FIELD}[0]`, next.clusterIPs ?? null, 'primary clusterIP can not be unset')] : []),
    ...moved,
    ...(after.length === 1 ? singleStack(next, 'clusterIP') : []),
  ];
}

/** As Kubernetes does: where the number of families changes, the value told is the addresses. */
function familyUpdate(next: ServiceSpec, previous: ServiceSpec): Causes {
  if (isHeadless(next) || isHeadless(previous)) return [];
  const before = previous.ipFamilies ?? [];
  const after = next.ipFamilies ?? [];
  if (before.length === after.length) return before.flatMap((family, at) => (family === after[at] ? [] : [invalid(`${FAMILIES}[0]`, after, SET_ONCE)]));
  const moved = before.length > 0 && after.length > 0 && before[0] !== after[0] ? [invalid(`${FAMILIES}[0]`, next.clusterIPs ?? null, SET_ONCE)] : [];
  if (before.length < after.length) return moved;
  return [
    ...((next.clusterIPs ?? []).length === 0 ? [invalid(`${FAMILIES}[0]`, next.ipFamilies ?? null, 'primary ipFamily can not be unset')] : []),
    ...moved,
    ...(after.length === 1 ? singleStack(next, 'ipFamily') : []),
  ];
}

function singleStack({ ipFamilyPolicy }: ServiceSpec, what: string): Causes {
  return ipFamilyPolicy === 'SingleStack'
    ? []
    : [invalid('spec.ipFamilyPolicy', ipFamilyPolicy ?? null, `must be set to 'SingleStack' when releasing the secondary ${what}`)];
}
