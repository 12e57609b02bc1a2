/** What is said of a service that is taken, but better written otherwise. */
import { cidrWarnings, ipWarnings } from '../validation/addresswarnings.js';
import type { Service, ServiceSpec } from '../types/service.js';

const HINTS = 'service.kubernetes.io/topology-aware-hints';

export function serviceWarnings({ metadata, spec }: Service): string[] {
  const { externalIPs = [] } = spec;
  const headless = spec.type === 'ClusterIP' && spec.clusterIP === 'None';
  const external = externalIPs.length > 0;
  const hasAddress = !!spec.clusterIP && spec.clusterIP !== 'None' && spec.type !== 'ExternalName';
  return [
    ...(metadata.annotations?.[HINTS] === undefined ? [] : [`annotation ${HINTS} is deprecated, please use service.kubernetes.io/topology-mode instead`]),
    ...(hasAddress ? (spec.clusterIPs ?? []).flatMap((text, at) => ipWarnings(`spec.clusterIPs[${at}]`, text)) : []),
    ...(headless ? ignored(spec) : []),
    ...externalIPs.flatMap((text, at) => ipWarnings(`spec.externalIPs[${at}]`, text)),
    ...(external && !headless && spec.type !== 'ExternalName' ? ['spec.externalIPs is deprecated and may no longer be implemented in some clusters'] : []),
    ...(spec.loadBalancerIP ? ipWarnings('spec.loadBalancerIP', spec.loadBalancerIP) : []),
    ...(spec.loadBalancerSourceRanges ?? []).flatMap((text, at) => cidrWarnings(`spec.loadBalancerSourceRanges[${at}]`, text)),
    ...(external && spec.type === 'ExternalName' ? ['spec.externalIPs is ignored when spec.type is "ExternalName"'] : []),
    ...(spec.externalName && spec.type !== 'ExternalName' ? ['spec.externalName is ignored when spec.type is not "ExternalName"'] : []),
    ...(spec.trafficDistribution === 'PreferClose' ? ['spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'] : []),
  ];
}

function ignored({ loadBalancerIP, externalIPs = [], sessionAffinity }: ServiceSpec): string[] {
  return [
    ...(loadBalancerIP ? ['spec.loadBalancerIP is ignored for headless services'] : []),
    ...(externalIPs.length > 0 ? ['spec.externalIPs is ignored for headless services'] : []),
    ...(sessionAffinity === 'None' ? [] : ['spec.SessionAffinity is ignored for headless services']),
  ];
}
