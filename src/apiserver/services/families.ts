/**
 * The IP families of a Service, in a cluster that has IPv4 alone: chosen where
 * the writer says nothing, refused where they can not be had. Both are for
 * headless Services that nobody but the writer gives endpoints.
 */
import { invalid, type Causes } from '../../apimachinery/fielderror.js';
import { invalidObject } from '../../apimachinery/status.js';
import { familyOf, validateClusterIPs } from '../../api/core/validation/clusterips.js';
import { semanticEqual } from '../../api/core/validation/complaints.js';

const POLICY = 'spec.ipFamilyPolicy';
const CONFIGURED = 'IPv4';

export function chooseFamilies(next: any, previous: any): void {
  const { spec, metadata } = next;
  if (spec.type === 'ExternalName' || staysPreferring(spec, previous?.spec)) return;
  const freelyHeadless = spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0;
  spec.ipFamilyPolicy ??= previous?.spec?.ipFamilyPolicy ?? (freelyHeadless ? 'RequireDualStack' : 'SingleStack');
  const refuse = (causes: Causes): void => {
    if (causes.length > 0) throw invalidObject({ group: '', kind: 'Service' }, metadata.name ?? '', causes);
  };
  // As Kubernetes does: addresses are looked at before any is given, and what is wrong with them is told alone.
  refuse(validateClusterIPs(spec, previous?.spec));
  refuse([...(previous === undefined ? [] : released(spec, previous.spec)), ...tooMany(spec), ...inferred(spec)]);
  if (freelyHeadless) addBoth(spec);
  else {
    refuse([
      ...(spec.ipFamilyPolicy === 'RequireDualStack' ? [invalid(POLICY, 'RequireDualStack', 'this cluster is not configured for dual-stack services')] : []),
      ...unknown(spec),
    ]);
    if ((spec.ipFamilies ?? []).length === 0) spec.ipFamilies = [CONFIGURED];
  }
}

/** What prefers both families and has one keeps what it has, until somebody says otherwise. */
function staysPreferring(spec: any, previous: any): boolean {
  const prefers = (policy: string | undefined): boolean => policy === undefined || policy === 'PreferDualStack';
  if (previous === undefined || spec.ipFamilyPolicy !== 'PreferDualStack' || !prefers(previous.ipFamilyPolicy) || previous.type !== spec.type) return false;
  if (!['ClusterIP', 'NodePort', 'LoadBalancer'].includes(spec.type)) return false;
  return semanticEqual(spec.clusterIPs, previous.clusterIPs) && semanticEqual(spec.ipFamilies, previous.ipFamilies);
}

/** To say SingleStack is enough to let the second address and family go; without it they may not. */
function released(spec: any, previous: any): Causes {
  if (spec.ipFamilyPolicy === 'SingleStack') {
    if (spec.clusterIPs?.length > 1 && semanticEqual(spec.clusterIPs, previous.clusterIPs)) spec.clusterIPs = spec.clusterIPs.slice(0, 1);
    if (spec.ipFamilies?.length > 1 && semanticEqual(spec.ipFamilies, previous.ipFamilies)) spec.ipFamilies = spec.ipFamilies.slice(0, 1);
    return [];
  }
  const isLess = (list: 'clusterIPs' | 'ipFamilies'): boolean => (spec[list] ?? []).length > 0 && spec[list].length < (previous[list] ?? []).length;
  return [
    ...(isLess('clusterIPs') ? [invalid(POLICY, spec.ipFamilyPolicy, "must be 'SingleStack' to release the secondary cluster IP")] : []),
    ...(isLess('ipFamilies') ? [invalid(POLICY, spec.ipFamilyPolicy, "must be 'SingleStack' to release the secondary IP family")] : []),
  ];
}

function tooMany({ ipFamilyPolicy, clusterIPs = [], ipFamilies = [] }: any): Causes {
  if (ipFamilyPolicy !== 'SingleStack') return [];
  const refuse = (what: string) => invalid(POLICY, ipFamilyPolicy, `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`);
  return [...(clusterIPs.length === 2 ? [refuse('cluster IPs')] : []), ...(ipFamilies.length === 2 ? [refuse('IP families')] : [])];
}

/** An address says its family. */
function inferred(spec: any): Causes {
  const causes: Causes = [];
  for (const [at, address] of (spec.clusterIPs ?? []).entries()) {
    if (address === 'None') break;
    if (at < (spec.ipFamilies ?? []).length) continue;
    const family = familyOf(address);
    if (family === CONFIGURED) spec.ipFamilies = [...(spec.ipFamilies ?? []), family];
    else causes.push(invalid(`spec.clusterIPs[${at}]`, spec.clusterIPs, `${family} is not configured on this cluster`));
  }
  return causes;
}

function unknown({ ipFamilies = [] }: any): Causes {
  return ipFamilies.flatMap((family: string, at: number) =>
    family === CONFIGURED ? [] : [invalid(`spec.ipFamilies[${at}]`, family, 'not configured on this cluster')],
  );
}

function addBoth(spec: any): void {
  if ((spec.ipFamilies ?? []).length === 0) spec.ipFamilies = [CONFIGURED];
  if (spec.ipFamilies.length === 1 && spec.ipFamilyPolicy !== 'SingleStack')
    spec.ipFamilies = [...spec.ipFamilies, spec.ipFamilies[0] === 'IPv4' ? 'IPv6' : 'IPv4'];
}
