/** Structs of resource/v1: ResourceClaim, ResourceClaimStatus, AllocatedDeviceStatus, NetworkDeviceData, ResourceClaimConsumerReference, AllocationResult, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { any, bool, int64, list, map, quantity, str, struct, sub, timePointer, typeMeta } from '../../../apimachinery/schema.js';
import { NodeSelector } from '../../core/types/reference.js';
import { Condition, ObjectMeta } from '../../../apimachinery/meta/meta.js';
import { DeviceConfiguration, DeviceSelector } from './deviceclass.js';

export const DeviceToleration = struct('resource/v1.DeviceToleration', {
  key: str('Key string', 1).optional(),
  operator: str('Operator v1.DeviceTolerationOperator=string', 2, { enum: ['Equal', 'Exists'], default: 'Equal' }).optional(),
  value: str('Value string', 3).optional(),
  effect: str('Effect v1.DeviceTaintEffect=string', 4, { enum: ['NoExecute', 'NoSchedule', 'None'] }).optional(),
  tolerationSeconds: int64('TolerationSeconds *int64', 5).optional(),
});
export type DeviceToleration = z.output<typeof DeviceToleration>;

export const CapacityRequirements = struct('resource/v1.CapacityRequirements', {
  requests: map(quantity(), 'Requests map[v1.QualifiedName=string]resource.Quantity', 1).optional(),
});
export type CapacityRequirements = z.output<typeof CapacityRequirements>;

export const ExactDeviceRequest = struct('resource/v1.ExactDeviceRequest', {
  deviceClassName: str('DeviceClassName string', 1),
  selectors: list(DeviceSelector, 'Selectors []resource/v1.DeviceSelector', 2, { listType: 'atomic' }).optional(),
  allocationMode: str('AllocationMode v1.DeviceAllocationMode=string', 3, { enum: ['All', 'ExactCount'] }).optional(),
  count: int64('Count int64', 4).optional(),
  adminAccess: bool('AdminAccess *bool', 5).optional(),
  tolerations: list(DeviceToleration, 'Tolerations []resource/v1.DeviceToleration', 6, { listType: 'atomic' }).optional(),
  capacity: sub(CapacityRequirements, 'Capacity *resource/v1.CapacityRequirements', 7).optional(),
});
export type ExactDeviceRequest = z.output<typeof ExactDeviceRequest>;

export const DeviceSubRequest = struct('resource/v1.DeviceSubRequest', {
  name: str('Name string', 1),
  deviceClassName: str('DeviceClassName string', 2),
  selectors: list(DeviceSelector, 'Selectors []resource/v1.DeviceSelector', 3, { listType: 'atomic' }).optional(),
  allocationMode: str('AllocationMode v1.DeviceAllocationMode=string', 4, { enum: ['All', 'ExactCount'] }).optional(),
  count: int64('Count int64', 5).optional(),
  tolerations: list(DeviceToleration, 'Tolerations []resource/v1.DeviceToleration', 6, { listType: 'atomic' }).optional(),
  capacity: sub(CapacityRequirements, 'Capacity *resource/v1.CapacityRequirements', 7).optional(),
});
export type DeviceSubRequest = z.output<typeof DeviceSubRequest>;

export const DeviceRequest = struct('resource/v1.DeviceRequest', {
  name: str('Name string', 1),
  exactly: sub(ExactDeviceRequest, 'Exactly *resource/v1.ExactDeviceRequest', 2).optional(),
  firstAvailable: list(DeviceSubRequest, 'FirstAvailable []resource/v1.DeviceSubRequest', 3, { listType: 'atomic' }).optional(),
});
export type DeviceRequest = z.output<typeof DeviceRequest>;

export const DeviceConstraint = struct('resource/v1.DeviceConstraint', {
  requests: list(str(), 'Requests []string', 1, { listType: 'atomic' }).optional(),
  matchAttribute: str('MatchAttribute *v1.FullyQualifiedName=string', 2).optional(),
  distinctAttribute: str('DistinctAttribute *v1.FullyQualifiedName=string', 3).optional(),
});
export type DeviceConstraint = z.output<typeof DeviceConstraint>;

export const DeviceClaimConfiguration = struct(
  'resource/v1.DeviceClaimConfiguration',
  {
    requests: list(str(), 'Requests []string', 1, { listType: 'atomic' }).optional(),
    ...DeviceConfiguration.shape,
  },
  { inline: [['DeviceConfiguration', DeviceConfiguration, 2]] },
);
export type DeviceClaimConfiguration = z.output<typeof DeviceClaimConfiguration>;

export const DeviceClaim = struct('resource/v1.DeviceClaim', {
  requests: list(DeviceRequest, 'Requests []resource/v1.DeviceRequest', 1, { listType: 'atomic', required: false }),
  constraints: list(DeviceConstraint, 'Constraints []resource/v1.DeviceConstraint', 2, { listType: 'atomic' }).optional(),
  config: list(DeviceClaimConfiguration, 'Config []resource/v1.DeviceClaimConfiguration', 3, { listType: 'atomic' }).optional(),
});
export type DeviceClaim = z.output<typeof DeviceClaim>;

export const ResourceClaimSpec = struct('resource/v1.ResourceClaimSpec', {
  devices: sub(DeviceClaim, 'Devices resource/v1.DeviceClaim', 1, { required: false }),
});
export type ResourceClaimSpec = z.output<typeof ResourceClaimSpec>;

export const DeviceRequestAllocationResult = struct('resource/v1.DeviceRequestAllocationResult', {
  request: str('Request string', 1),
  driver: str('Driver string', 2),
  pool: str('Pool string', 3),
  device: str('Device string', 4),
  adminAccess: bool('AdminAccess *bool', 5).optional(),
  tolerations: list(DeviceToleration, 'Tolerations []resource/v1.DeviceToleration', 6, { listType: 'atomic' }).optional(),
  bindingConditions: list(str(), 'BindingConditions []string', 7, { listType: 'atomic' }).optional(),
  bindingFailureConditions: list(str(), 'BindingFailureConditions []string', 8, { listType: 'atomic' }).optional(),
  shareID: str('ShareID *types.UID=string', 9).optional(),
  consumedCapacity: map(quantity(), 'ConsumedCapacity map[v1.QualifiedName=string]resource.Quantity', 10).optional(),
});
export type DeviceRequestAllocationResult = z.output<typeof DeviceRequestAllocationResult>;

export const DeviceAllocationConfiguration = struct(
  'resource/v1.DeviceAllocationConfiguration',
  {
    source: str('Source v1.AllocationConfigSource=string', 1, { enum: ['FromClaim', 'FromClass'] }),
    requests: list(str(), 'Requests []string', 2, { listType: 'atomic' }).optional(),
    ...DeviceConfiguration.shape,
  },
  { inline: [['DeviceConfiguration', DeviceConfiguration, 3]] },
);
export type DeviceAllocationConfiguration = z.output<typeof DeviceAllocationConfiguration>;

export const DeviceAllocationResult = struct('resource/v1.DeviceAllocationResult', {
  results: list(DeviceRequestAllocationResult, 'Results []resource/v1.DeviceRequestAllocationResult', 1, { listType: 'atomic' }).optional(),
  config: list(DeviceAllocationConfiguration, 'Config []resource/v1.DeviceAllocationConfiguration', 2, { listType: 'atomic' }).optional(),
});
export type DeviceAllocationResult = z.output<typeof DeviceAllocationResult>;

export const AllocationResult = struct('resource/v1.AllocationResult', {
  devices: sub(DeviceAllocationResult, 'Devices resource/v1.DeviceAllocationResult', 1, { omitempty: true }),
  nodeSelector: sub(NodeSelector, 'NodeSelector *core/v1.NodeSelector', 3).optional(),
  allocationTimestamp: timePointer('AllocationTimestamp *apis/meta/v1.Time', 5).optional(),
});
export type AllocationResult = z.output<typeof AllocationResult>;

export const ResourceClaimConsumerReference = struct('resource/v1.ResourceClaimConsumerReference', {
  apiGroup: str('APIGroup string', 1).optional(),
  resource: str('Resource string', 3),
  name: str('Name string', 4),
  uid: str('UID types.UID=string', 5),
});
export type ResourceClaimConsumerReference = z.output<typeof ResourceClaimConsumerReference>;

export const NetworkDeviceData = struct('resource/v1.NetworkDeviceData', {
  interfaceName: str('InterfaceName string', 1).optional(),
  ips: list(str(), 'IPs []string', 2, { listType: 'atomic' }).optional(),
  hardwareAddress: str('HardwareAddress string', 3).optional(),
});
export type NetworkDeviceData = z.output<typeof NetworkDeviceData>;

export const AllocatedDeviceStatus = struct('resource/v1.AllocatedDeviceStatus', {
  driver: str('Driver string', 1),
  pool: str('Pool string', 2),
  device: str('Device string', 3),
  shareID: str('ShareID *string', 7).optional(),
  conditions: list(Condition, 'Conditions []apis/meta/v1.Condition', 4, { listType: 'map', mapKeys: ['type'], required: false }),
  data: any('Data *runtime.RawExtension', 5).optional(),
  networkData: sub(NetworkDeviceData, 'NetworkData *resource/v1.NetworkDeviceData', 6).optional(),
});
export type AllocatedDeviceStatus = z.output<typeof AllocatedDeviceStatus>;

export const ResourceClaimStatus = struct('resource/v1.ResourceClaimStatus', {
  allocation: sub(AllocationResult, 'Allocation *resource/v1.AllocationResult', 1).optional(),
  reservedFor: list(ResourceClaimConsumerReference, 'ReservedFor []resource/v1.ResourceClaimConsumerReference', 2, {
    patch: 'merge',
    key: 'uid',
    listType: 'map',
    mapKeys: ['uid'],
  }).optional(),
  devices: list(AllocatedDeviceStatus, 'Devices []resource/v1.AllocatedDeviceStatus', 4, {
    listType: 'map',
    mapKeys: ['driver', 'device', 'pool', 'shareID'],
  }).optional(),
});
export type ResourceClaimStatus = z.output<typeof ResourceClaimStatus>;

export const ResourceClaim = struct('resource/v1.ResourceClaim', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(ResourceClaimSpec, 'Spec resource/v1.ResourceClaimSpec', 2),
  status: sub(ResourceClaimStatus, 'Status resource/v1.ResourceClaimStatus', 3, { omitempty: true }),
});
export type ResourceClaim = z.output<typeof ResourceClaim>;
