/** Structs of core/v1: Service, ServiceStatus, LoadBalancerStatus, LoadBalancerIngress, PortStatus, ServiceSpec, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, int32, intOrString, list, map, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { Condition, ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const ServicePort = struct('core/v1.ServicePort', {
  name: str('Name string', 1).optional(),
  protocol: str('Protocol v1.Protocol=string', 2, { enum: ['SCTP', 'TCP', 'UDP'], default: 'TCP' }).optional(),
  appProtocol: str('AppProtocol *string', 6).optional(),
  port: int32('Port int32', 3),
  targetPort: intOrString('TargetPort util/intstr.IntOrString', 4).optional(),
  nodePort: int32('NodePort int32', 5).optional(),
});
export type ServicePort = z.output<typeof ServicePort>;

export const ClientIPConfig = struct('core/v1.ClientIPConfig', {
  timeoutSeconds: int32('TimeoutSeconds *int32', 1).optional(),
});
export type ClientIPConfig = z.output<typeof ClientIPConfig>;

export const SessionAffinityConfig = struct('core/v1.SessionAffinityConfig', {
  clientIP: sub(ClientIPConfig, 'ClientIP *core/v1.ClientIPConfig', 1).optional(),
});
export type SessionAffinityConfig = z.output<typeof SessionAffinityConfig>;

export const ServiceSpec = struct('core/v1.ServiceSpec', {
  ports: list(ServicePort, 'Ports []core/v1.ServicePort', 1, { patch: 'merge', key: 'port', listType: 'map', mapKeys: ['port', 'protocol'] }).optional(),
  selector: map(str(), 'Selector map[string]string', 2, { mapType: 'atomic' }).optional(),
  clusterIP: str('ClusterIP string', 3).optional(),
  clusterIPs: list(str(), 'ClusterIPs []string', 18, { listType: 'atomic' }).optional(),
  type: str('Type v1.ServiceType=string', 4, { enum: ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'] }).optional(),
  externalIPs: list(str(), 'ExternalIPs []string', 5, { listType: 'atomic' }).optional(),
  sessionAffinity: str('SessionAffinity v1.ServiceAffinity=string', 7, { enum: ['ClientIP', 'None'] }).optional(),
  loadBalancerIP: str('LoadBalancerIP string', 8).optional(),
  loadBalancerSourceRanges: list(str(), 'LoadBalancerSourceRanges []string', 9, { listType: 'atomic' }).optional(),
  externalName: str('ExternalName string', 10).optional(),
  externalTrafficPolicy: str('ExternalTrafficPolicy v1.ServiceExternalTrafficPolicy=string', 11, { enum: ['Cluster', 'Local'] }).optional(),
  healthCheckNodePort: int32('HealthCheckNodePort int32', 12).optional(),
  publishNotReadyAddresses: bool('PublishNotReadyAddresses bool', 13).optional(),
  sessionAffinityConfig: sub(SessionAffinityConfig, 'SessionAffinityConfig *core/v1.SessionAffinityConfig', 14).optional(),
  ipFamilies: list(str(undefined, undefined, { enum: ['', 'IPv4', 'IPv6'] }), 'IPFamilies []v1.IPFamily=string', 19, { listType: 'atomic' }).optional(),
  ipFamilyPolicy: str('IPFamilyPolicy *v1.IPFamilyPolicy=string', 17, { enum: ['PreferDualStack', 'RequireDualStack', 'SingleStack'] }).optional(),
  allocateLoadBalancerNodePorts: bool('AllocateLoadBalancerNodePorts *bool', 20).optional(),
  loadBalancerClass: str('LoadBalancerClass *string', 21).optional(),
  internalTrafficPolicy: str('InternalTrafficPolicy *v1.ServiceInternalTrafficPolicy=string', 22, { enum: ['Cluster', 'Local'] }).optional(),
  trafficDistribution: str('TrafficDistribution *string', 23).optional(),
});
export type ServiceSpec = z.output<typeof ServiceSpec>;

export const PortStatus = struct('core/v1.PortStatus', {
  port: int32('Port int32', 1),
  protocol: str('Protocol v1.Protocol=string', 2, { enum: ['SCTP', 'TCP', 'UDP'] }),
  error: str('Error *string', 3).optional(),
});
export type PortStatus = z.output<typeof PortStatus>;

export const LoadBalancerIngress = struct('core/v1.LoadBalancerIngress', {
  ip: str('IP string', 1).optional(),
  hostname: str('Hostname string', 2).optional(),
  ipMode: str('IPMode *v1.LoadBalancerIPMode=string', 3).optional(),
  ports: list(PortStatus, 'Ports []core/v1.PortStatus', 4, { listType: 'atomic' }).optional(),
});
export type LoadBalancerIngress = z.output<typeof LoadBalancerIngress>;

export const LoadBalancerStatus = struct('core/v1.LoadBalancerStatus', {
  ingress: list(LoadBalancerIngress, 'Ingress []core/v1.LoadBalancerIngress', 1, { listType: 'atomic' }).optional(),
});
export type LoadBalancerStatus = z.output<typeof LoadBalancerStatus>;

export const ServiceStatus = struct('core/v1.ServiceStatus', {
  loadBalancer: sub(LoadBalancerStatus, 'LoadBalancer core/v1.LoadBalancerStatus', 1, { omitempty: true }),
  conditions: list(Condition, 'Conditions []apis/meta/v1.Condition', 2, { patch: 'merge', key: 'type', listType: 'map', mapKeys: ['type'] }).optional(),
});
export type ServiceStatus = z.output<typeof ServiceStatus>;

export const Service = struct('core/v1.Service', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(ServiceSpec, 'Spec core/v1.ServiceSpec', 2, { omitempty: true }),
  status: sub(ServiceStatus, 'Status core/v1.ServiceStatus', 3, { omitempty: true }),
});
export type Service = z.output<typeof Service>;
