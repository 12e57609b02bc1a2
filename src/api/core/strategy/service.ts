/**
 * Rules of services. What the API server allocates (addresses, node ports) is
 * kept over updates that leave it out; clusterIP and clusterIPs stay in step.
 */
import { dns1123Label } from '../../../apimachinery/names.js';
import type { Strategy } from '../../kind.js';
import { defaultService } from '../defaults/service.js';
import { Service, type ServicePort, type ServiceSpec } from '../types/service.js';
import { semanticEqual } from '../validation/complaints.js';
import { serviceWarnings } from './servicewarnings.js';
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
  validate: (service) => validateService(service),
  validateUpdate: (next, previous, _, metadata) => validateServiceUpdate(next, previous, metadata),
  placesMetadata: true,
  validateName: (name, { prefix }) => dns1123Label(prefix ? name.replace(/-$/, 'a') : name),
  warnings: serviceWarnings,
  generation: false,
  allowCreateOnUpdate: true,
  deleteReturnsObject: true,
  subresources: {
    status: {
      prepareForUpdate(next, previous) {
        next.spec = structuredClone(previous.spec);
      },
      validateUpdate: validateLoadBalancerStatus,
    },
  },
};

const needsClusterIP = ({ type }: ServiceSpec): boolean => type !== 'ExternalName';
const needsNodePort = ({ type, allocateLoadBalancerNodePorts }: ServiceSpec): boolean =>
  type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false);
const needsHealthCheck = ({ type, externalTrafficPolicy }: ServiceSpec): boolean => type === 'LoadBalancer' && externalTrafficPolicy === 'Local';

/** A writer that does not know what was allocated does not lose it. */
function keepAllocated(next: ServiceSpec, previous: ServiceSpec): void {
  if (needsClusterIP(previous) && needsClusterIP(next)) {
    if (!next.clusterIP && previous.clusterIP) next.clusterIP = previous.clusterIP;
    if ((next.clusterIPs ?? []).length === 0 && previous.clusterIPs !== undefined) next.clusterIPs = [...previous.clusterIPs];
  }
  if (needsNodePort(previous) && needsNodePort(next)) keepNodePorts(next.ports ?? [], previous.ports ?? []);
  if (needsHealthCheck(previous) && needsHealthCheck(next) && !next.healthCheckNodePort && previous.healthCheckNodePort)
    next.healthCheckNodePort = previous.healthCheckNodePort;
}

/** By the names of the ports: whatever else of one changed, its node port stays, unless another port has it now. */
function keepNodePorts(next: ServicePort[], previous: readonly ServicePort[]): void {
  const named = new Set(next.map(({ nodePort }) => nodePort ?? 0));
  const known = new Map(previous.map(({ name = '', nodePort = 0 }) => [name, nodePort]));
  for (const port of next) {
    const own = known.get(port.name ?? '') ?? 0;
    if (!port.nodePort && own !== 0 && !named.has(own)) port.nodePort = own;
  }
}

function normalizeClusterIPs(next: ServiceSpec, previous: ServiceSpec): void {
  const isSame = (next.clusterIP ?? '') === (previous.clusterIP ?? '');
  if ((next.clusterIPs ?? []).length === 0 && isSame && previous.clusterIPs !== undefined) next.clusterIPs = [...previous.clusterIPs];
  if (isSame || !semanticEqual(next.clusterIPs, previous.clusterIPs)) return;
  // Only the first of the two linked fields was edited.
  if (next.clusterIP) next.clusterIPs = [next.clusterIP];
  else delete next.clusterIPs;
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
