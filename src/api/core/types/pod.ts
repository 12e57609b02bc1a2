/** Structs of core/v1: Pod, PodStatus, NodeAllocatableResourceClaimStatus, PodExtendedResourceClaimStatus, ContainerExtendedResourceRequest, PodResourceClaimStatus, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, int32, int64, list, map, quantity, str, struct, sub, time, timePointer, typeMeta } from '../../../apimachinery/schema.js';
import { PodSpec } from './podspec.js';
import { ResourceRequirements } from './resources.js';
import { LINUX_SIGNALS } from '../signals.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const PodCondition = struct('core/v1.PodCondition', {
  type: str('Type v1.PodConditionType=string', 1),
  observedGeneration: int64('ObservedGeneration int64', 7).optional(),
  status: str('Status v1.ConditionStatus=string', 2),
  lastProbeTime: time('LastProbeTime apis/meta/v1.Time', 3).optional(),
  lastTransitionTime: time('LastTransitionTime apis/meta/v1.Time', 4).optional(),
  reason: str('Reason string', 5).optional(),
  message: str('Message string', 6).optional(),
});
export type PodCondition = z.output<typeof PodCondition>;

export const HostIP = struct('core/v1.HostIP', {
  ip: str('IP string', 1),
});
export type HostIP = z.output<typeof HostIP>;

export const PodIP = struct('core/v1.PodIP', {
  ip: str('IP string', 1),
});
export type PodIP = z.output<typeof PodIP>;

export const ContainerStateWaiting = struct('core/v1.ContainerStateWaiting', {
  reason: str('Reason string', 1).optional(),
  message: str('Message string', 2).optional(),
});
export type ContainerStateWaiting = z.output<typeof ContainerStateWaiting>;

export const ContainerStateRunning = struct('core/v1.ContainerStateRunning', {
  startedAt: time('StartedAt apis/meta/v1.Time', 1).optional(),
});
export type ContainerStateRunning = z.output<typeof ContainerStateRunning>;

export const ContainerStateTerminated = struct('core/v1.ContainerStateTerminated', {
  exitCode: int32('ExitCode int32', 1),
  signal: int32('Signal int32', 2).optional(),
  reason: str('Reason string', 3).optional(),
  message: str('Message string', 4).optional(),
  startedAt: time('StartedAt apis/meta/v1.Time', 5).optional(),
  finishedAt: time('FinishedAt apis/meta/v1.Time', 6).optional(),
  containerID: str('ContainerID string', 7).optional(),
});
export type ContainerStateTerminated = z.output<typeof ContainerStateTerminated>;

export const ContainerState = struct('core/v1.ContainerState', {
  waiting: sub(ContainerStateWaiting, 'Waiting *core/v1.ContainerStateWaiting', 1).optional(),
  running: sub(ContainerStateRunning, 'Running *core/v1.ContainerStateRunning', 2).optional(),
  terminated: sub(ContainerStateTerminated, 'Terminated *core/v1.ContainerStateTerminated', 3).optional(),
});
export type ContainerState = z.output<typeof ContainerState>;

export const ImageVolumeStatus = struct('core/v1.ImageVolumeStatus', {
  imageRef: str('ImageRef string', 1, { required: true }).optional(),
});
export type ImageVolumeStatus = z.output<typeof ImageVolumeStatus>;

export const VolumeStatus = struct('core/v1.VolumeStatus', {
  image: sub(ImageVolumeStatus, 'Image *core/v1.ImageVolumeStatus', 1).optional(),
});
export type VolumeStatus = z.output<typeof VolumeStatus>;

export const VolumeMountStatus = struct('core/v1.VolumeMountStatus', {
  name: str('Name string', 1),
  mountPath: str('MountPath string', 2),
  readOnly: bool('ReadOnly bool', 3).optional(),
  recursiveReadOnly: str('RecursiveReadOnly *v1.RecursiveReadOnlyMode=string', 4).optional(),
  volumeStatus: sub(VolumeStatus, 'VolumeStatus *core/v1.VolumeStatus', 5).optional(),
});
export type VolumeMountStatus = z.output<typeof VolumeMountStatus>;

export const LinuxContainerUser = struct('core/v1.LinuxContainerUser', {
  uid: int64('UID int64', 1),
  gid: int64('GID int64', 2),
  supplementalGroups: list(int64(), 'SupplementalGroups []int64', 3, { listType: 'atomic' }).optional(),
});
export type LinuxContainerUser = z.output<typeof LinuxContainerUser>;

export const ContainerUser = struct('core/v1.ContainerUser', {
  linux: sub(LinuxContainerUser, 'Linux *core/v1.LinuxContainerUser', 1).optional(),
});
export type ContainerUser = z.output<typeof ContainerUser>;

export const ResourceHealth = struct('core/v1.ResourceHealth', {
  resourceID: str('ResourceID v1.ResourceID=string', 1),
  health: str('Health v1.ResourceHealthStatus=string', 2).optional(),
  message: str('Message *string', 6).optional(),
});
export type ResourceHealth = z.output<typeof ResourceHealth>;

export const ResourceStatus = struct('core/v1.ResourceStatus', {
  name: str('Name v1.ResourceName=string', 1),
  resources: list(ResourceHealth, 'Resources []core/v1.ResourceHealth', 2, { listType: 'map', mapKeys: ['resourceID'] }).optional(),
});
export type ResourceStatus = z.output<typeof ResourceStatus>;

export const ContainerStatus = struct('core/v1.ContainerStatus', {
  name: str('Name string', 1),
  state: sub(ContainerState, 'State core/v1.ContainerState', 2, { omitempty: true }),
  lastState: sub(ContainerState, 'LastTerminationState core/v1.ContainerState', 3, { omitempty: true }),
  ready: bool('Ready bool', 4),
  restartCount: int32('RestartCount int32', 5),
  image: str('Image string', 6),
  imageID: str('ImageID string', 7),
  containerID: str('ContainerID string', 8).optional(),
  started: bool('Started *bool', 9).optional(),
  allocatedResources: map(quantity(), 'AllocatedResources map[v1.ResourceName=string]resource.Quantity', 10).optional(),
  resources: sub(ResourceRequirements, 'Resources *core/v1.ResourceRequirements', 11).optional(),
  volumeMounts: list(VolumeMountStatus, 'VolumeMounts []core/v1.VolumeMountStatus', 12, {
    patch: 'merge',
    key: 'mountPath',
    listType: 'map',
    mapKeys: ['mountPath'],
  }).optional(),
  user: sub(ContainerUser, 'User *core/v1.ContainerUser', 13).optional(),
  allocatedResourcesStatus: list(ResourceStatus, 'AllocatedResourcesStatus []core/v1.ResourceStatus', 14, {
    patch: 'merge',
    key: 'name',
    listType: 'map',
    mapKeys: ['name'],
  }).optional(),
  stopSignal: str('StopSignal *v1.Signal=string', 15, { enum: LINUX_SIGNALS }).optional(),
});
export type ContainerStatus = z.output<typeof ContainerStatus>;

export const PodResourceClaimStatus = struct('core/v1.PodResourceClaimStatus', {
  name: str('Name string', 1),
  resourceClaimName: str('ResourceClaimName *string', 2).optional(),
});
export type PodResourceClaimStatus = z.output<typeof PodResourceClaimStatus>;

export const ContainerExtendedResourceRequest = struct('core/v1.ContainerExtendedResourceRequest', {
  containerName: str('ContainerName string', 1),
  resourceName: str('ResourceName string', 2),
  requestName: str('RequestName string', 3),
});
export type ContainerExtendedResourceRequest = z.output<typeof ContainerExtendedResourceRequest>;

export const PodExtendedResourceClaimStatus = struct('core/v1.PodExtendedResourceClaimStatus', {
  requestMappings: list(ContainerExtendedResourceRequest, 'RequestMappings []core/v1.ContainerExtendedResourceRequest', 1, { listType: 'atomic' }),
  resourceClaimName: str('ResourceClaimName string', 2),
});
export type PodExtendedResourceClaimStatus = z.output<typeof PodExtendedResourceClaimStatus>;

export const NodeAllocatableResourceClaimStatus = struct('core/v1.NodeAllocatableResourceClaimStatus', {
  resourceClaimName: str('ResourceClaimName string', 1),
  containers: list(str(), 'Containers []string', 2, { listType: 'set' }).optional(),
  resources: map(quantity(), 'Resources map[v1.ResourceName=string]resource.Quantity', 3),
});
export type NodeAllocatableResourceClaimStatus = z.output<typeof NodeAllocatableResourceClaimStatus>;

export const PodStatus = struct('core/v1.PodStatus', {
  observedGeneration: int64('ObservedGeneration int64', 17).optional(),
  phase: str('Phase v1.PodPhase=string', 1, { enum: ['Failed', 'Pending', 'Running', 'Succeeded', 'Unknown'] }).optional(),
  conditions: list(PodCondition, 'Conditions []core/v1.PodCondition', 2, { patch: 'merge', key: 'type', listType: 'map', mapKeys: ['type'] }).optional(),
  message: str('Message string', 3).optional(),
  reason: str('Reason string', 4).optional(),
  nominatedNodeName: str('NominatedNodeName string', 11).optional(),
  hostIP: str('HostIP string', 5).optional(),
  hostIPs: list(HostIP, 'HostIPs []core/v1.HostIP', 16, { patch: 'merge', key: 'ip', listType: 'atomic' }).optional(),
  podIP: str('PodIP string', 6).optional(),
  podIPs: list(PodIP, 'PodIPs []core/v1.PodIP', 12, { patch: 'merge', key: 'ip', listType: 'map', mapKeys: ['ip'] }).optional(),
  startTime: timePointer('StartTime *apis/meta/v1.Time', 7).optional(),
  initContainerStatuses: list(ContainerStatus, 'InitContainerStatuses []core/v1.ContainerStatus', 10, { listType: 'atomic' }).optional(),
  containerStatuses: list(ContainerStatus, 'ContainerStatuses []core/v1.ContainerStatus', 8, { listType: 'atomic' }).optional(),
  qosClass: str('QOSClass v1.PodQOSClass=string', 9, { enum: ['BestEffort', 'Burstable', 'Guaranteed'] }).optional(),
  ephemeralContainerStatuses: list(ContainerStatus, 'EphemeralContainerStatuses []core/v1.ContainerStatus', 13, { listType: 'atomic' }).optional(),
  resize: str('Resize v1.PodResizeStatus=string', 14).optional(),
  resourceClaimStatuses: list(PodResourceClaimStatus, 'ResourceClaimStatuses []core/v1.PodResourceClaimStatus', 15, {
    patch: 'merge,retainKeys',
    key: 'name',
    listType: 'map',
    mapKeys: ['name'],
  }).optional(),
  extendedResourceClaimStatus: sub(PodExtendedResourceClaimStatus, 'ExtendedResourceClaimStatus *core/v1.PodExtendedResourceClaimStatus', 18).optional(),
  allocatedResources: map(quantity(), 'AllocatedResources map[v1.ResourceName=string]resource.Quantity', 19).optional(),
  resources: sub(ResourceRequirements, 'Resources *core/v1.ResourceRequirements', 20).optional(),
  nodeAllocatableResourceClaimStatuses: list(
    NodeAllocatableResourceClaimStatus,
    'NodeAllocatableResourceClaimStatuses []core/v1.NodeAllocatableResourceClaimStatus',
    21,
    { listType: 'atomic' },
  ).optional(),
});
export type PodStatus = z.output<typeof PodStatus>;

export const Pod = struct('core/v1.Pod', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(PodSpec, 'Spec core/v1.PodSpec', 2, { omitempty: true }),
  status: sub(PodStatus, 'Status core/v1.PodStatus', 3, { omitempty: true }),
});
export type Pod = z.output<typeof Pod>;
