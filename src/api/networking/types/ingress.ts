/** Structs of networking/v1: Ingress, IngressStatus, IngressLoadBalancerStatus, IngressLoadBalancerIngress, IngressPortStatus, IngressSpec, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { int32, list, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { TypedLocalObjectReference } from '../../core/types/reference.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const ServiceBackendPort = struct(
  'networking/v1.ServiceBackendPort',
  {
    name: str('Name string', 1).optional(),
    number: int32('Number int32', 2).optional(),
  },
  { mapType: 'atomic' },
);
export type ServiceBackendPort = z.output<typeof ServiceBackendPort>;

export const IngressServiceBackend = struct('networking/v1.IngressServiceBackend', {
  name: str('Name string', 1),
  port: sub(ServiceBackendPort, 'Port networking/v1.ServiceBackendPort', 2, { omitempty: true }),
});
export type IngressServiceBackend = z.output<typeof IngressServiceBackend>;

export const IngressBackend = struct('networking/v1.IngressBackend', {
  service: sub(IngressServiceBackend, 'Service *networking/v1.IngressServiceBackend', 4).optional(),
  resource: sub(TypedLocalObjectReference, 'Resource *core/v1.TypedLocalObjectReference', 3).optional(),
});
export type IngressBackend = z.output<typeof IngressBackend>;

export const IngressTLS = struct('networking/v1.IngressTLS', {
  hosts: list(str(), 'Hosts []string', 1, { listType: 'atomic' }).optional(),
  secretName: str('SecretName string', 2).optional(),
});
export type IngressTLS = z.output<typeof IngressTLS>;

export const HTTPIngressPath = struct('networking/v1.HTTPIngressPath', {
  path: str('Path string', 1).optional(),
  pathType: str('PathType *v1.PathType=string', 3, { enum: ['Exact', 'ImplementationSpecific', 'Prefix'], omitempty: false }).optional(),
  backend: sub(IngressBackend, 'Backend networking/v1.IngressBackend', 2),
});
export type HTTPIngressPath = z.output<typeof HTTPIngressPath>;

export const HTTPIngressRuleValue = struct('networking/v1.HTTPIngressRuleValue', {
  paths: list(HTTPIngressPath, 'Paths []networking/v1.HTTPIngressPath', 1, { listType: 'atomic' }),
});
export type HTTPIngressRuleValue = z.output<typeof HTTPIngressRuleValue>;

export const IngressRuleValue = struct('networking/v1.IngressRuleValue', {
  http: sub(HTTPIngressRuleValue, 'HTTP *networking/v1.HTTPIngressRuleValue', 1).optional(),
});
export type IngressRuleValue = z.output<typeof IngressRuleValue>;

export const IngressRule = struct(
  'networking/v1.IngressRule',
  {
    host: str('Host string', 1).optional(),
    ...IngressRuleValue.shape,
  },
  { inline: [['IngressRuleValue', IngressRuleValue, 2]] },
);
export type IngressRule = z.output<typeof IngressRule>;

export const IngressSpec = struct('networking/v1.IngressSpec', {
  ingressClassName: str('IngressClassName *string', 4).optional(),
  defaultBackend: sub(IngressBackend, 'DefaultBackend *networking/v1.IngressBackend', 1).optional(),
  tls: list(IngressTLS, 'TLS []networking/v1.IngressTLS', 2, { listType: 'atomic' }).optional(),
  rules: list(IngressRule, 'Rules []networking/v1.IngressRule', 3, { listType: 'atomic' }).optional(),
});
export type IngressSpec = z.output<typeof IngressSpec>;

export const IngressPortStatus = struct('networking/v1.IngressPortStatus', {
  port: int32('Port int32', 1),
  protocol: str('Protocol v1.Protocol=string', 2, { enum: ['SCTP', 'TCP', 'UDP'] }),
  error: str('Error *string', 3).optional(),
});
export type IngressPortStatus = z.output<typeof IngressPortStatus>;

export const IngressLoadBalancerIngress = struct('networking/v1.IngressLoadBalancerIngress', {
  ip: str('IP string', 1).optional(),
  hostname: str('Hostname string', 2).optional(),
  ports: list(IngressPortStatus, 'Ports []networking/v1.IngressPortStatus', 4, { listType: 'atomic' }).optional(),
});
export type IngressLoadBalancerIngress = z.output<typeof IngressLoadBalancerIngress>;

export const IngressLoadBalancerStatus = struct('networking/v1.IngressLoadBalancerStatus', {
  ingress: list(IngressLoadBalancerIngress, 'Ingress []networking/v1.IngressLoadBalancerIngress', 1, { listType: 'atomic' }).optional(),
});
export type IngressLoadBalancerStatus = z.output<typeof IngressLoadBalancerStatus>;

export const IngressStatus = struct('networking/v1.IngressStatus', {
  loadBalancer: sub(IngressLoadBalancerStatus, 'LoadBalancer networking/v1.IngressLoadBalancerStatus', 1, { omitempty: true }),
});
export type IngressStatus = z.output<typeof IngressStatus>;

export const Ingress = struct('networking/v1.Ingress', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(IngressSpec, 'Spec networking/v1.IngressSpec', 2, { omitempty: true }),
  status: sub(IngressStatus, 'Status networking/v1.IngressStatus', 3, { omitempty: true }),
});
export type Ingress = z.output<typeof Ingress>;
