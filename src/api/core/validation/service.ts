/** Rules of services, in Kubernetes' order. */
import { duplicate, forbidden, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { dns1123Subdomain, ip, portNumber, qualifiedName, validateLabels } from '../../../apimachinery/names.js';
import { typeNodeOf } from '../../../apimachinery/compile.js';
import { goInternal } from '../../internal.js';
import { ServicePort, type Service, type ServiceSpec } from '../types/service.js';
import type { MetadataCauses } from '../../kind.js';
import { validateCidr, validateIP, validateNonSpecialIP } from './addresses.js';
import { IMMUTABLE, forbiddenIf, invalidEach, label, qualified, requiredWord, subdomain, supported } from './complaints.js';
import { portNumberOrName } from './handlers.js';
import { isHeadless, validateClusterIPs, validateClusterIPUpdate } from './clusterips.js';

const AFFINITY_SECONDS_MAX = 86_400;
const BALANCER_ONLY = "may only be used when `type` is 'LoadBalancer'";
const SOURCE_RANGES_ANNOTATION = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const TOPOLOGY_HINTS = 'service.kubernetes.io/topology-aware-hints';
const TOPOLOGY_MODE = 'service.kubernetes.io/topology-mode';

const isExternal = ({ type, externalIPs = [] }: ServiceSpec): boolean =>
  type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && externalIPs.length > 0);

/** `previous`: of an update, what is stored already and may stay. */
export function validateService(service: Service, previous?: Service): Causes {
  const { metadata, spec } = service;
  const ports = spec.ports ?? [];
  return [
    ...topology(metadata.annotations),
    ...(ports.length === 0 && !isHeadless(spec) && spec.type !== 'ExternalName' ? [required('spec.ports')] : []),
    ...byType(spec),
    ...servicePorts(spec),
    ...labels(spec),
    ...sessionAffinity(spec),
    ...validateClusterIPs(spec, previous?.spec),
    ...externalIPs(spec, previous?.spec),
    ...requiredWord(spec.type, 'spec.type', ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']),
    ...(spec.type === 'ClusterIP'
      ? ports.flatMap(({ nodePort }, at) => forbiddenIf(!!nodePort, `spec.ports[${at}].nodePort`, "may not be used when `type` is 'ClusterIP'"))
      : []),
    ...repeatedNodePorts(ports),
    ...repeatedPorts(ports),
    ...sourceRanges(service, previous),
    ...balancerFields(spec),
    ...balancerClass(spec),
    ...trafficPolicies(spec),
  ];
}

function topology(annotations: Readonly<Record<string, string>> = {}): Causes {
  const mode = annotations[TOPOLOGY_MODE];
  const hints = annotations[TOPOLOGY_HINTS];
  if (mode === undefined || hints === undefined || mode === hints) return [];
  return [invalid(`metadata.annotations[${TOPOLOGY_MODE}]`, mode, `must match annotations[${TOPOLOGY_HINTS}] when both are specified`)];
}

function externalIPs(spec: ServiceSpec, previous: ServiceSpec | undefined): Causes {
  return (spec.externalIPs ?? []).flatMap((text, at) => {
    const field = `spec.externalIPs[${at}]`;
    const wrong = validateIP(text, field, previous?.externalIPs ?? []);
    return wrong.length > 0 ? wrong : validateNonSpecialIP(text, field);
  });
}

function byType(spec: ServiceSpec): Causes {
  const { type } = spec;
  if (type === 'ExternalName') return externalName(spec);
  const needsAddress = type === 'LoadBalancer' || type === 'NodePort';
  return needsAddress && isHeadless(spec) ? [invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`)] : [];
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
  return ports.flatMap(({ name = '', port, protocol, targetPort, appProtocol }, at) => {
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

function sourceRanges({ metadata, spec }: Service, previous: Service | undefined): Causes {
  const { type, loadBalancerSourceRanges: ranges = [] } = spec;
  const field = 'spec.LoadBalancerSourceRanges';
  if (ranges.length > 0) {
    const stored = (previous?.spec.loadBalancerSourceRanges ?? []).map((range) => range.trim());
    return [
      ...forbiddenIf(type !== 'LoadBalancer', field, BALANCER_ONLY),
      ...ranges.flatMap((range, at) => validateCidr(range.trim(), `${field}[${at}]`, stored)),
    ];
  }
  const annotation = metadata.annotations?.[SOURCE_RANGES_ANNOTATION];
  if (annotation === undefined) return [];
  const path = `metadata.annotations[${SOURCE_RANGES_ANNOTATION}]`;
  const isKnown = annotation.trim() === '' || previous?.metadata.annotations?.[SOURCE_RANGES_ANNOTATION] === annotation;
  return [
    ...forbiddenIf(type !== 'LoadBalancer', path, BALANCER_ONLY),
    ...(isKnown
      ? []
      : annotation
          .trim()
          .split(',')
          .flatMap((range) => validateCidr(range.trim(), path))),
  ];
}

function balancerFields({ type, allocateLoadBalancerNodePorts: allocate }: ServiceSpec): Causes {
  const isBalancer = type === 'LoadBalancer';
  return [
    ...forbiddenIf(!isBalancer && allocate !== undefined, 'spec.allocateLoadBalancerNodePorts', BALANCER_ONLY),
    // As Kubernetes has it: without "spec".
    ...(isBalancer && allocate === undefined ? [required('allocateLoadBalancerNodePorts')] : []),
  ];
}

function balancerClass({ type, loadBalancerClass: name }: ServiceSpec): Causes {
  const field = 'spec.loadBalancerClass';
  if (name === undefined) return [];
  return type === 'LoadBalancer' ? qualified(name, field) : [forbidden(field, BALANCER_ONLY)];
}

function trafficPolicies(spec: ServiceSpec): Causes {
  const { type, externalTrafficPolicy: outer = '', internalTrafficPolicy: inner, healthCheckNodePort: health, trafficDistribution } = spec;
  const causes: Causes = [];
  if (isExternal(spec)) causes.push(...requiredWord(outer, 'spec.externalTrafficPolicy', ['Cluster', 'Local']));
  else if (outer !== '') causes.push(invalid('spec.externalTrafficPolicy', outer, 'may only be set for externally-accessible services'));
  const isChecked = checksHealth(spec);
  if (health && !isChecked)
    causes.push(invalid('spec.healthCheckNodePort', health, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"));
  else if (health) causes.push(...invalidEach('spec.healthCheckNodePort', health, portNumber(health)));
  else if (isChecked) causes.push(required('spec.healthCheckNodePort'));
  if (inner === undefined && (type === 'ClusterIP' || type === 'NodePort' || type === 'LoadBalancer')) causes.push(required('spec.internalTrafficPolicy'));
  causes.push(...supported(inner, 'spec.internalTrafficPolicy', ['Cluster', 'Local']));
  return [...causes, ...supported(trafficDistribution, 'spec.trafficDistribution', ['PreferClose', 'PreferSameZone', 'PreferSameNode'])];
}

export function validateServiceUpdate(next: Service, previous: Service, { changed }: MetadataCauses = { whole: [], changed: [] }): Causes {
  const field = 'spec.loadBalancerClass';
  const stays = previous.spec.type === 'LoadBalancer' && next.spec.type === 'LoadBalancer';
  const moved = stays && next.spec.loadBalancerClass !== previous.spec.loadBalancerClass;
  return [
    ...changed,
    ...validateClusterIPUpdate(next.spec, previous.spec),
    ...(moved ? [invalid(field, next.spec.loadBalancerClass ?? null, 'may not change once set')] : []),
    // As Kubernetes does: what is wrong with the class is told here, and once more with the rest.
    ...balancerClass(next.spec),
    ...healthCheckUpdate(next.spec, previous.spec),
    ...validateService(next, previous),
  ];
}

const checksHealth = ({ type, externalTrafficPolicy }: ServiceSpec): boolean => type === 'LoadBalancer' && externalTrafficPolicy === 'Local';

function healthCheckUpdate(next: ServiceSpec, previous: ServiceSpec): Causes {
  const moved = checksHealth(next) && checksHealth(previous) && (next.healthCheckNodePort ?? 0) !== (previous.healthCheckNodePort ?? 0);
  return forbiddenIf(moved, 'spec.healthCheckNodePort', IMMUTABLE);
}

export function validateLoadBalancerStatus({ spec, status }: Service, previous: Service): Causes {
  const field = 'status.loadBalancer.ingress';
  const ingresses = status.loadBalancer.ingress ?? [];
  if (ingresses.length > 0 && spec.type !== 'LoadBalancer') return [forbidden(field, "may only be used when `spec.type` is 'LoadBalancer'")];
  const stored = (previous.status.loadBalancer.ingress ?? []).flatMap(({ ip: address }) => (address ? [address] : []));
  return ingresses.flatMap((ingress, at) => {
    const path = `${field}[${at}]`;
    return [
      ...(ingress.ip ? validateIP(ingress.ip, `${path}.ip`, stored) : []),
      ...ipMode(ingress, `${path}.ipMode`),
      ...hostname(ingress.hostname ?? '', `${path}.hostname`),
    ];
  });
}

function ipMode({ ip: address, ipMode: mode }: { ip?: string; ipMode?: string }, field: string): Causes {
  if (address && mode === undefined) return [required(field, 'must be specified when `ip` is set')];
  if (!address && mode !== undefined) return [forbidden(field, 'may not be specified when `ip` is not set')];
  return supported(mode, field, ['Proxy', 'VIP']);
}

function hostname(name: string, field: string): Causes {
  if (name === '') return [];
  return [
    ...invalidEach(field, name, dns1123Subdomain(name)),
    ...(ip(name).length === 0 ? [invalid(field, name, 'must be a DNS name, not an IP address')] : []),
  ];
}
