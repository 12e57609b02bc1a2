/**
 * Rules of services. What the API server allocates (addresses, node ports) is
 * kept over updates that leave it out; clusterIP and clusterIPs stay in step.
 */
import { dns1123Label } from '../../../apimachinery/names.js';
import type { Strategy } from '../../kind.js';
import { defaultService } from '../defaults/service.js';
import { Service, type ServiceSpec } from '../types/service.js';
import { semanticEqual } from '../validation/complaints.js';
import { validateLoadBalancerStatus, validateService, validateServiceUpdate } from '../validation/service.js';

export const strategy: Strategy<Service> = {
  schema: Service,
  defaults: defaultService,
  prepareForCreate(service) {
    service.status = { loadBalancer: {} };
    const { spec } = service;
    if (spec.clusterIP && spec.clusterIPs === undefined) spec.clusterIPs = [spec.clusterIP];
  },
  prepareForUpdate(next, previous) {
    next.status = structuredClone(previous.status);
    keepAllocated(next.spec, previous.spec);
    normalizeClusterIPs(next.spec, previous.spec);
    dropTypeDependentFields(next.spec, previous.spec);
  },
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  validateName: (name, { prefix }) => dns1123Label(prefix ? name.replace(/-$/, 'a') : name),
  warnings: (service) => warnings(service),
  generation: false,
  allowCreateOnUpdate: true,
  deleteReturnsObject: true,
  subresources: {
    status: {
      prepareForUpdate(next, previous) {
        next.spec = structuredClone(previous.spec);
      },
      validateUpdate: (next) => validateLoadBalancerStatus(next),
    },
  },
};

const needsClusterIP = ({ type }: ServiceSpec): boolean => type === 'ClusterIP' || type === 'NodePort' || type === 'LoadBalancer';
const needsNodePort = ({ type, allocateLoadBalancerNodePorts }: ServiceSpec): boolean =>
  type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false);
const needsHealthCheck = ({ type, externalTrafficPolicy }: ServiceSpec): boolean => type === 'LoadBalancer' && externalTrafficPolicy === 'Local';

/** A writer that does not know what was allocated does not lose it. */
function keepAllocated(next: ServiceSpec, previous: ServiceSpec): void {
  if (needsClusterIP(previous) && needsClusterIP(next)) {
    if (!next.clusterIP && previous.clusterIP) next.clusterIP = previous.clusterIP;
    if (next.clusterIPs === undefined && previous.clusterIPs !== undefined && next.clusterIP === previous.clusterIP) next.clusterIPs = [...previous.clusterIPs];
  }
  if (needsNodePort(previous) && needsNodePort(next)) {
    const taken = new Set((next.ports ?? []).map(({ nodePort }) => nodePort));
    for (const port of next.ports ?? []) {
      const known = previous.ports?.find((one) => one.port === port.port && one.protocol === port.protocol)?.nodePort;
      if (!port.nodePort && known && !taken.has(known)) port.nodePort = known;
    }
  }
  if (needsHealthCheck(previous) && needsHealthCheck(next) && !next.healthCheckNodePort && previous.healthCheckNodePort)
    next.healthCheckNodePort = previous.healthCheckNodePort;
}

function normalizeClusterIPs(next: ServiceSpec, previous: ServiceSpec): void {
  const sameIP = (next.clusterIP ?? '') === (previous.clusterIP ?? '');
  const sameIPs = semanticEqual(next.clusterIPs ?? [], previous.clusterIPs ?? []);
  if (previous.clusterIP && !next.clusterIP && sameIPs) delete next.clusterIPs;
  else if (next.clusterIP && next.clusterIPs === undefined && !sameIP) next.clusterIPs = [next.clusterIP];
  else if (!sameIP && sameIPs && next.clusterIP) next.clusterIPs = [next.clusterIP];
  else if (sameIP && previous.clusterIPs !== undefined && next.clusterIPs === undefined) delete next.clusterIP;
}

/** Fields that the new type has no use for go, if the writer left them as they were. */
function dropTypeDependentFields(next: ServiceSpec, previous: ServiceSpec): void {
  if (needsClusterIP(previous) && !needsClusterIP(next)) {
    if (next.clusterIP === previous.clusterIP && semanticEqual(next.clusterIPs, previous.clusterIPs)) {
      delete next.clusterIP;
      delete next.clusterIPs;
    }
    if (semanticEqual(next.ipFamilies, previous.ipFamilies)) delete next.ipFamilies;
    if (next.ipFamilyPolicy === previous.ipFamilyPolicy) delete next.ipFamilyPolicy;
  }
  if (needsNodePort(previous) && !needsNodePort(next)) {
    for (const [at, port] of (next.ports ?? []).entries()) if (port.nodePort === previous.ports?.[at]?.nodePort) delete port.nodePort;
  }
  if (needsHealthCheck(previous) && !needsHealthCheck(next) && next.healthCheckNodePort === previous.healthCheckNodePort) delete next.healthCheckNodePort;
  if (previous.type === 'LoadBalancer' && next.type !== 'LoadBalancer') {
    if (next.allocateLoadBalancerNodePorts === previous.allocateLoadBalancerNodePorts) delete next.allocateLoadBalancerNodePorts;
    if (next.loadBalancerClass === previous.loadBalancerClass) delete next.loadBalancerClass;
  }
  if (isExternal(previous) && !isExternal(next) && next.externalTrafficPolicy === previous.externalTrafficPolicy) delete next.externalTrafficPolicy;
  if (needsClusterIP(previous) && next.type === 'ExternalName' && next.internalTrafficPolicy === previous.internalTrafficPolicy)
    delete next.internalTrafficPolicy;
}

const isExternal = ({ type, externalIPs = [] }: ServiceSpec): boolean =>
  type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && externalIPs.length > 0);

function warnings({ metadata, spec }: Service): string[] {
  const hints = 'service.kubernetes.io/topology-aware-hints';
  const isHeadless = spec.type === 'ClusterIP' && spec.clusterIP === 'None';
  const external = (spec.externalIPs ?? []).length > 0;
  return [
    ...(metadata.annotations?.[hints] === undefined ? [] : [`annotation ${hints} is deprecated, please use service.kubernetes.io/topology-mode instead`]),
    ...(isHeadless && spec.loadBalancerIP ? ['spec.loadBalancerIP is ignored for headless services'] : []),
    ...(isHeadless && external ? ['spec.externalIPs is ignored for headless services'] : []),
    ...(isHeadless && spec.sessionAffinity !== 'None' ? ['spec.SessionAffinity is ignored for headless services'] : []),
    ...(external && !isHeadless ? ['spec.externalIPs is deprecated and may no longer be implemented in some clusters'] : []),
    ...(external && spec.type === 'ExternalName' ? ['spec.externalIPs is ignored when spec.type is "ExternalName"'] : []),
    ...(spec.externalName && spec.type !== 'ExternalName' ? ['spec.externalName is ignored when spec.type is not "ExternalName"'] : []),
    ...(spec.trafficDistribution === 'PreferClose' ? ['spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'] : []),
  ];
}
