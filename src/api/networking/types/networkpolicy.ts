/** Structs of networking/v1: NetworkPolicy, NetworkPolicySpec, NetworkPolicyEgressRule, NetworkPolicyPeer, IPBlock, NetworkPolicyPort, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { int32, intOrString, list, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { LabelSelector, ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const NetworkPolicyPort = struct('networking/v1.NetworkPolicyPort', {
  protocol: str('Protocol *v1.Protocol=string', 1, { enum: ['SCTP', 'TCP', 'UDP'] }).optional(),
  port: intOrString('Port *util/intstr.IntOrString', 2).optional(),
  endPort: int32('EndPort *int32', 3).optional(),
});
export type NetworkPolicyPort = z.output<typeof NetworkPolicyPort>;

export const IPBlock = struct('networking/v1.IPBlock', {
  cidr: str('CIDR string', 1),
  except: list(str(), 'Except []string', 2, { listType: 'atomic' }).optional(),
});
export type IPBlock = z.output<typeof IPBlock>;

export const NetworkPolicyPeer = struct('networking/v1.NetworkPolicyPeer', {
  podSelector: sub(LabelSelector, 'PodSelector *apis/meta/v1.LabelSelector', 1).optional(),
  namespaceSelector: sub(LabelSelector, 'NamespaceSelector *apis/meta/v1.LabelSelector', 2).optional(),
  ipBlock: sub(IPBlock, 'IPBlock *networking/v1.IPBlock', 3).optional(),
});
export type NetworkPolicyPeer = z.output<typeof NetworkPolicyPeer>;

export const NetworkPolicyIngressRule = struct('networking/v1.NetworkPolicyIngressRule', {
  ports: list(NetworkPolicyPort, 'Ports []networking/v1.NetworkPolicyPort', 1, { listType: 'atomic' }).optional(),
  from: list(NetworkPolicyPeer, 'From []networking/v1.NetworkPolicyPeer', 2, { listType: 'atomic' }).optional(),
});
export type NetworkPolicyIngressRule = z.output<typeof NetworkPolicyIngressRule>;

export const NetworkPolicyEgressRule = struct('networking/v1.NetworkPolicyEgressRule', {
  ports: list(NetworkPolicyPort, 'Ports []networking/v1.NetworkPolicyPort', 1, { listType: 'atomic' }).optional(),
  to: list(NetworkPolicyPeer, 'To []networking/v1.NetworkPolicyPeer', 2, { listType: 'atomic' }).optional(),
});
export type NetworkPolicyEgressRule = z.output<typeof NetworkPolicyEgressRule>;

export const NetworkPolicySpec = struct('networking/v1.NetworkPolicySpec', {
  podSelector: sub(LabelSelector, 'PodSelector apis/meta/v1.LabelSelector', 1, { required: false }),
  ingress: list(NetworkPolicyIngressRule, 'Ingress []networking/v1.NetworkPolicyIngressRule', 2, { listType: 'atomic' }).optional(),
  egress: list(NetworkPolicyEgressRule, 'Egress []networking/v1.NetworkPolicyEgressRule', 3, { listType: 'atomic' }).optional(),
  policyTypes: list(str(undefined, undefined, { enum: ['Egress', 'Ingress'] }), 'PolicyTypes []v1.PolicyType=string', 4, { listType: 'atomic' }).optional(),
});
export type NetworkPolicySpec = z.output<typeof NetworkPolicySpec>;

export const NetworkPolicy = struct('networking/v1.NetworkPolicy', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(NetworkPolicySpec, 'Spec networking/v1.NetworkPolicySpec', 2, { omitempty: true }),
});
export type NetworkPolicy = z.output<typeof NetworkPolicy>;
