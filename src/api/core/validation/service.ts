/** Rules of services, in Kubernetes' order. */
import { duplicate, forbidden, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { dns1123Subdomain, ip, portNumber, qualifiedName, validateLabels } from '../../../apimachinery/names.js';
import { typeNodeOf } from '../../../apimachinery/compile.js';
import { goInternal } from '../../internal.js';
import { ServicePort, type Service, type ServiceSpec } from '../types/service.js';
import { validateCidr, validateNonSpecialIP } from './addresses.js';
import { forbiddenIf, invalidEach, label, qualified, requiredWord, subdomain, supported } from './complaints.js';
import { portNumberOrName } from './handlers.js';
import { validateClusterIPs, validateClusterIPUpdate } from './clusterips.js';

const KUBELET_PORT = 10_250;
const AFFINITY_SECONDS_MAX = 86_400;
const BALANCER_ONLY = "may only be used when `type` is 'LoadBalancer'";
const SOURCE_RANGES_ANNOTATION = 'service.beta.kubernetes.io/load-balancer-source-ranges';

const isHeadless = ({ clusterIP, clusterIPs }: ServiceSpec): boolean => clusterIP === 'None' || (clusterIPs?.length === 1 && clusterIPs[0] === 'None');
const isExternal = ({ type, externalIPs = [] }: ServiceSpec): boolean =>
  type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && externalIPs.length > 0);

export function validateService({ metadata, spec }: Service): Causes {
  // As Kubernetes does: addresses are looked at before any is allocated, and what is wrong with them is told alone.
  const addresses = validateClusterIPs(spec);
  if (addresses.length > 0) return addresses;
  const ports = spec.ports ?? [];
  return [
    ...(ports.length === 0 && !isHeadless(spec) && spec.type !== 'ExternalName' ? [required('spec.ports')] : []),
    ...byType(spec),
    ...servicePorts(spec),
    ...labels(spec),
    ...sessionAffinity(spec),
    ...(spec.externalIPs ?? []).flatMap((text, at) => {
      const messages = ip(text);
      if (messages.length === 0 && /(^|\.)0\d/.test(text)) return [invalid(`spec.externalIPs[${at}]`, text, 'must not have leading 0s')];
      return messages.length > 0 ? invalidEach(`spec.externalIPs[${at}]`, text, messages) : validateNonSpecialIP(text, `spec.externalIPs[${at}]`);
    }),
    ...requiredWord(spec.type, 'spec.type', ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']),
    ...(spec.type === 'ClusterIP'
      ? ports.flatMap(({ nodePort }, at) => forbiddenIf(!!nodePort, `spec.ports[${at}].nodePort`, "may not be used when `type` is 'ClusterIP'"))
      : []),
    ...repeatedNodePorts(ports),
    ...repeatedPorts(ports),
    ...sourceRanges(metadata.annotations, spec),
    ...balancerFields(spec),
    ...trafficPolicies(spec),
  ];
}

function byType(spec: ServiceSpec): Causes {
  switch (spec.type) {
    case 'LoadBalancer':
      return [
        ...(spec.ports ?? []).flatMap(({ port }, at) =>
          port === KUBELET_PORT ? [invalid(`spec.ports[${at}].port`, port, `may not expose port ${KUBELET_PORT} externally since it is used by kubelet`)] : [],
        ),
        ...(isHeadless(spec) ? [invalid('spec.clusterIPs[0]', 'None', "may not be set to 'None' for LoadBalancer services")] : []),
      ];
    case 'NodePort':
      return isHeadless(spec) ? [invalid('spec.clusterIPs[0]', 'None', "may not be set to 'None' for NodePort services")] : [];
    case 'ExternalName':
      return externalName(spec);
    default:
      return [];
  }
}

function externalName(spec: ServiceSpec): Causes {
  const text = 'may not be set for ExternalName services';
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  return [
    ...forbiddenIf((spec.clusterIPs ?? []).length > 0, 'spec.clusterIPs', text),
    ...forbiddenIf((spec.ipFamilies ?? []).length > 0, 'spec.ipFamilies', text),
    ...forbiddenIf(spec.ipFamilyPolicy !== undefined, 'spec.ipFamilyPolicy', text),
    ...(name === '' ? [required('spec.externalName')] : subdomain(name, 'spec.externalName')),
  ];
}

function servicePorts(spec: ServiceSpec): Causes {
  const ports = spec.ports ?? [];
  const names = new Set<string>();
  return ports.flatMap(({ name = '', port, protocol, targetPort, appProtocol, nodePort }, at) => {
    const field = `spec.ports[${at}]`;
    const causes: Causes = [];
    if (ports.length > 1 && name === '') causes.push(required(`${field}.name`));
    else if (name !== '') {
      causes.push(...label(name, `${field}.name`));
      if (names.has(name)) causes.push(duplicate(`${field}.name`, name));
      names.add(name);
    }
    causes.push(...invalidEach(`${field}.port`, port, portNumber(port)), ...requiredWord(protocol, `${field}.protocol`, ['SCTP', 'TCP', 'UDP']));
    causes.push(...portNumberOrName(targetPort ?? 0, `${field}.targetPort`));
    if (appProtocol !== undefined) causes.push(...invalidEach(`${field}.appProtocol`, appProtocol, qualifiedName(appProtocol)));
    if (nodePort && (nodePort < 0 || nodePort > 65_535)) causes.push(...invalidEach(`${field}.nodePort`, nodePort, portNumber(nodePort)));
    return causes;
  });
}

const labels = ({ selector }: ServiceSpec): Causes => validateLabels(selector, 'spec.selector');

function sessionAffinity({ sessionAffinity: affinity, sessionAffinityConfig: config }: ServiceSpec): Causes {
  const causes = requiredWord(affinity, 'spec.sessionAffinity', ['ClientIP', 'None']);
  const field = 'spec.sessionAffinityConfig';
  if (affinity === 'None') return [...causes, ...forbiddenIf(config !== undefined, field, 'must not be set when session affinity is None')];
  if (affinity !== 'ClientIP') return causes;
  if (config === undefined) return [...causes, required(field, 'when session affinity type is ClientIP')];
  if (config.clientIP === undefined) return [...causes, required(`${field}.clientIP`, 'when session affinity type is ClientIP')];
  const seconds = config.clientIP.timeoutSeconds;
  if (seconds === undefined) return [...causes, required(`${field}.clientIP.timeoutSeconds`, 'when session affinity type is ClientIP')];
  if (seconds > 0 && seconds <= AFFINITY_SECONDS_MAX) return causes;
  return [...causes, invalid(`${field}.clientIP.timeoutSeconds`, seconds, `must be greater than 0 and less than ${AFFINITY_SECONDS_MAX}`)];
}

function repeatedNodePorts(ports: readonly ServicePort[]): Causes {
  const seen = new Set<string>();
  return ports.flatMap(({ protocol, nodePort }, at) => {
    if (!nodePort) return [];
    const again = seen.has(`${protocol}/${nodePort}`);
    seen.add(`${protocol}/${nodePort}`);
    return again ? [duplicate(`spec.ports[${at}].nodePort`, nodePort)] : [];
  });
}

function repeatedPorts(ports: readonly ServicePort[]): Causes {
  const seen = new Set<string>();
  return ports.flatMap(({ protocol = '', port }, at) => {
    const again = seen.has(`${protocol}/${port}`);
    seen.add(`${protocol}/${port}`);
    return again ? [duplicate(`spec.ports[${at}]`, goInternal({ protocol, port }, typeNodeOf(ServicePort)))] : [];
  });
}

function sourceRanges(annotations: Readonly<Record<string, string>> | undefined, { type, loadBalancerSourceRanges: ranges = [] }: ServiceSpec): Causes {
  const field = 'spec.LoadBalancerSourceRanges';
  if (ranges.length > 0) {
    return [...forbiddenIf(type !== 'LoadBalancer', field, BALANCER_ONLY), ...ranges.flatMap((range, at) => validateCidr(range.trim(), `${field}[${at}]`))];
  }
  const annotation = annotations?.[SOURCE_RANGES_ANNOTATION];
  if (annotation === undefined) return [];
  const path = `metadata.annotations[${SOURCE_RANGES_ANNOTATION}]`;
  if (type !== 'LoadBalancer') return [forbidden(path, BALANCER_ONLY)];
  return annotation.trim() === '' ? [] : annotation.split(',').flatMap((range) => validateCidr(range.trim(), path));
}

function balancerFields({ type, allocateLoadBalancerNodePorts: allocate, loadBalancerClass }: ServiceSpec): Causes {
  const isBalancer = type === 'LoadBalancer';
  return [
    ...forbiddenIf(!isBalancer && allocate !== undefined, 'spec.allocateLoadBalancerNodePorts', BALANCER_ONLY),
    ...(isBalancer && allocate === undefined ? [required('spec.allocateLoadBalancerNodePorts')] : []),
    ...(loadBalancerClass === undefined
      ? []
      : isBalancer
        ? qualified(loadBalancerClass, 'spec.loadBalancerClass')
        : [forbidden('spec.loadBalancerClass', BALANCER_ONLY)]),
  ];
}

function trafficPolicies(spec: ServiceSpec): Causes {
  const { type, externalTrafficPolicy: outer = '', internalTrafficPolicy: inner, healthCheckNodePort: health, trafficDistribution } = spec;
  const causes: Causes = [];
  if (isExternal(spec)) causes.push(...requiredWord(outer, 'spec.externalTrafficPolicy', ['Cluster', 'Local']));
  else if (outer !== '') causes.push(invalid('spec.externalTrafficPolicy', outer, 'may only be set for externally-accessible services'));
  const checksHealth = type === 'LoadBalancer' && outer === 'Local';
  if (health && !checksHealth)
    causes.push(invalid('spec.healthCheckNodePort', health, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"));
  else if (health) causes.push(...invalidEach('spec.healthCheckNodePort', health, portNumber(health)));
  if (inner === undefined && (type === 'ClusterIP' || type === 'NodePort' || type === 'LoadBalancer')) causes.push(required('spec.internalTrafficPolicy'));
  causes.push(...supported(inner, 'spec.internalTrafficPolicy', ['Cluster', 'Local']));
  return [...causes, ...supported(trafficDistribution, 'spec.trafficDistribution', ['PreferClose', 'PreferSameNode', 'PreferSameZone'])];
}

export function validateServiceUpdate(next: Service, previous: Service): Causes {
  const field = 'spec.loadBalancerClass';
  const stays = previous.spec.type === 'LoadBalancer' && next.spec.type === 'LoadBalancer';
  const changed = stays && next.spec.loadBalancerClass !== previous.spec.loadBalancerClass;
  const addresses = validateClusterIPs(next.spec);
  if (addresses.length > 0) return addresses;
  return [
    ...validateClusterIPUpdate(next.spec, previous.spec),
    ...(changed ? [invalid(field, next.spec.loadBalancerClass ?? null, 'may not change once set')] : []),
    ...validateService(next),
  ];
}

export function validateLoadBalancerStatus({ spec, status }: Service): Causes {
  const field = 'status.loadBalancer.ingress';
  const ingresses = status.loadBalancer.ingress ?? [];
  if (ingresses.length > 0 && spec.type !== 'LoadBalancer') return [forbidden(field, 'may only be used when `spec.type` is LoadBalancer')];
  return ingresses.flatMap((ingress, at) => {
    const path = `${field}[${at}]`;
    return [
      ...(ingress.ip ? invalidEach(`${path}.ip`, ingress.ip, ip(ingress.ip)) : []),
      ...(ingress.ip && ingress.ipMode === undefined ? [required(`${path}.ipMode`, 'must be specified when `ip` is set')] : []),
      ...(!ingress.ip && ingress.ipMode !== undefined ? [forbidden(`${path}.ipMode`, 'may not be specified when `ip` is not set')] : []),
      ...(ingress.ipMode === undefined ? [] : supported(ingress.ipMode, `${path}.ipMode`, ['Proxy', 'VIP'])),
      ...hostname(ingress.hostname ?? '', `${path}.hostname`),
    ];
  });
}

function hostname(name: string, field: string): Causes {
  if (name === '') return [];
  return [
    ...invalidEach(field, name, dns1123Subdomain(name)),
    ...(ip(name).length === 0 ? [invalid(field, name, 'must be a DNS name, not an IP address')] : []),
  ];
}
