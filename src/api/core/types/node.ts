/** Structs of core/v1: Node, NodeStatus, NodeFeatures, NodeRuntimeHandler, NodeRuntimeHandlerFeatures, NodeConfigStatus, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, int32, int64, list, map, quantity, str, struct, sub, time, typeMeta } from '../../../apimachinery/schema.js';
import { Taint } from './reference.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const ConfigMapNodeConfigSource = struct('core/v1.ConfigMapNodeConfigSource', {
  namespace: str('Namespace string', 1),
  name: str('Name string', 2),
  uid: str('UID types.UID=string', 3).optional(),
  resourceVersion: str('ResourceVersion string', 4).optional(),
  kubeletConfigKey: str('KubeletConfigKey string', 5),
});
export type ConfigMapNodeConfigSource = z.output<typeof ConfigMapNodeConfigSource>;

export const NodeConfigSource = struct('core/v1.NodeConfigSource', {
  configMap: sub(ConfigMapNodeConfigSource, 'ConfigMap *core/v1.ConfigMapNodeConfigSource', 2).optional(),
});
export type NodeConfigSource = z.output<typeof NodeConfigSource>;

export const NodeSpec = struct('core/v1.NodeSpec', {
  podCIDR: str('PodCIDR string', 1).optional(),
  podCIDRs: list(str(), 'PodCIDRs []string', 7, { patch: 'merge', listType: 'set' }).optional(),
  providerID: str('ProviderID string', 3).optional(),
  unschedulable: bool('Unschedulable bool', 4).optional(),
  taints: list(Taint, 'Taints []core/v1.Taint', 5, { listType: 'atomic' }).optional(),
  configSource: sub(NodeConfigSource, 'ConfigSource *core/v1.NodeConfigSource', 6).optional(),
  externalID: str('DoNotUseExternalID string', 2).optional(),
});
export type NodeSpec = z.output<typeof NodeSpec>;

export const NodeCondition = struct('core/v1.NodeCondition', {
  type: str('Type v1.NodeConditionType=string', 1),
  status: str('Status v1.ConditionStatus=string', 2),
  lastHeartbeatTime: time('LastHeartbeatTime apis/meta/v1.Time', 3).optional(),
  lastTransitionTime: time('LastTransitionTime apis/meta/v1.Time', 4).optional(),
  reason: str('Reason string', 5).optional(),
  message: str('Message string', 6).optional(),
});
export type NodeCondition = z.output<typeof NodeCondition>;

export const NodeAddress = struct('core/v1.NodeAddress', {
  type: str('Type v1.NodeAddressType=string', 1),
  address: str('Address string', 2),
});
export type NodeAddress = z.output<typeof NodeAddress>;

export const DaemonEndpoint = struct('core/v1.DaemonEndpoint', {
  Port: int32('Port int32', 1),
});
export type DaemonEndpoint = z.output<typeof DaemonEndpoint>;

export const NodeDaemonEndpoints = struct('core/v1.NodeDaemonEndpoints', {
  kubeletEndpoint: sub(DaemonEndpoint, 'KubeletEndpoint core/v1.DaemonEndpoint', 1, { omitempty: true }),
});
export type NodeDaemonEndpoints = z.output<typeof NodeDaemonEndpoints>;

export const NodeSwapStatus = struct('core/v1.NodeSwapStatus', {
  capacity: int64('Capacity *int64', 1).optional(),
});
export type NodeSwapStatus = z.output<typeof NodeSwapStatus>;

export const NodeSystemInfo = struct('core/v1.NodeSystemInfo', {
  machineID: str('MachineID string', 1),
  systemUUID: str('SystemUUID string', 2),
  bootID: str('BootID string', 3),
  kernelVersion: str('KernelVersion string', 4),
  osImage: str('OSImage string', 5),
  containerRuntimeVersion: str('ContainerRuntimeVersion string', 6),
  kubeletVersion: str('KubeletVersion string', 7),
  kubeProxyVersion: str('KubeProxyVersion string', 8),
  operatingSystem: str('OperatingSystem string', 9),
  architecture: str('Architecture string', 10),
  swap: sub(NodeSwapStatus, 'Swap *core/v1.NodeSwapStatus', 11).optional(),
});
export type NodeSystemInfo = z.output<typeof NodeSystemInfo>;

export const ContainerImage = struct('core/v1.ContainerImage', {
  names: list(str(), 'Names []string', 1, { listType: 'atomic', required: false }),
  sizeBytes: int64('SizeBytes int64', 2).optional(),
});
export type ContainerImage = z.output<typeof ContainerImage>;

export const AttachedVolume = struct('core/v1.AttachedVolume', {
  name: str('Name v1.UniqueVolumeName=string', 1),
  devicePath: str('DevicePath string', 2),
});
export type AttachedVolume = z.output<typeof AttachedVolume>;

export const NodeConfigStatus = struct('core/v1.NodeConfigStatus', {
  assigned: sub(NodeConfigSource, 'Assigned *core/v1.NodeConfigSource', 1).optional(),
  active: sub(NodeConfigSource, 'Active *core/v1.NodeConfigSource', 2).optional(),
  lastKnownGood: sub(NodeConfigSource, 'LastKnownGood *core/v1.NodeConfigSource', 3).optional(),
  error: str('Error string', 4).optional(),
});
export type NodeConfigStatus = z.output<typeof NodeConfigStatus>;

export const NodeRuntimeHandlerFeatures = struct('core/v1.NodeRuntimeHandlerFeatures', {
  recursiveReadOnlyMounts: bool('RecursiveReadOnlyMounts *bool', 1).optional(),
  userNamespaces: bool('UserNamespaces *bool', 2).optional(),
});
export type NodeRuntimeHandlerFeatures = z.output<typeof NodeRuntimeHandlerFeatures>;

export const NodeRuntimeHandler = struct('core/v1.NodeRuntimeHandler', {
  name: str('Name string', 1, { required: false }),
  features: sub(NodeRuntimeHandlerFeatures, 'Features *core/v1.NodeRuntimeHandlerFeatures', 2).optional(),
});
export type NodeRuntimeHandler = z.output<typeof NodeRuntimeHandler>;

export const NodeFeatures = struct('core/v1.NodeFeatures', {
  supplementalGroupsPolicy: bool('SupplementalGroupsPolicy *bool', 1).optional(),
});
export type NodeFeatures = z.output<typeof NodeFeatures>;

export const NodeStatus = struct('core/v1.NodeStatus', {
  capacity: map(quantity(), 'Capacity map[v1.ResourceName=string]resource.Quantity', 1).optional(),
  allocatable: map(quantity(), 'Allocatable map[v1.ResourceName=string]resource.Quantity', 2).optional(),
  phase: str('Phase v1.NodePhase=string', 3, { enum: ['Pending', 'Running', 'Terminated'] }).optional(),
  conditions: list(NodeCondition, 'Conditions []core/v1.NodeCondition', 4, { patch: 'merge', key: 'type', listType: 'map', mapKeys: ['type'] }).optional(),
  addresses: list(NodeAddress, 'Addresses []core/v1.NodeAddress', 5, { patch: 'merge', key: 'type', listType: 'map', mapKeys: ['type'] }).optional(),
  daemonEndpoints: sub(NodeDaemonEndpoints, 'DaemonEndpoints core/v1.NodeDaemonEndpoints', 6, { omitempty: true }),
  nodeInfo: sub(NodeSystemInfo, 'NodeInfo core/v1.NodeSystemInfo', 7, { omitempty: true }),
  images: list(ContainerImage, 'Images []core/v1.ContainerImage', 8, { listType: 'atomic' }).optional(),
  volumesInUse: list(str(), 'VolumesInUse []v1.UniqueVolumeName=string', 9, { listType: 'atomic' }).optional(),
  volumesAttached: list(AttachedVolume, 'VolumesAttached []core/v1.AttachedVolume', 10, { listType: 'atomic' }).optional(),
  config: sub(NodeConfigStatus, 'Config *core/v1.NodeConfigStatus', 11).optional(),
  runtimeHandlers: list(NodeRuntimeHandler, 'RuntimeHandlers []core/v1.NodeRuntimeHandler', 12, { listType: 'atomic' }).optional(),
  features: sub(NodeFeatures, 'Features *core/v1.NodeFeatures', 13).optional(),
  declaredFeatures: list(str(), 'DeclaredFeatures []string', 14, { listType: 'atomic' }).optional(),
});
export type NodeStatus = z.output<typeof NodeStatus>;

export const Node = struct('core/v1.Node', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(NodeSpec, 'Spec core/v1.NodeSpec', 2, { omitempty: true }),
  status: sub(NodeStatus, 'Status core/v1.NodeStatus', 3, { omitempty: true }),
});
export type Node = z.output<typeof Node>;
