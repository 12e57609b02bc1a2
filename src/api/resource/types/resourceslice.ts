/** Structs of resource/v1: ResourceSlice, ResourceSliceSpec, CounterSet, Counter, Device, NodeAllocatableResourceMapping, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, int64, list, map, quantity, str, struct, sub, timePointer, typeMeta } from '../../../apimachinery/schema.js';
import { NodeSelector } from '../../core/types/reference.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const ResourcePool = struct('resource/v1.ResourcePool', {
  name: str('Name string', 1),
  generation: int64('Generation int64', 2),
  resourceSliceCount: int64('ResourceSliceCount int64', 3),
});
export type ResourcePool = z.output<typeof ResourcePool>;

export const DeviceAttribute = struct('resource/v1.DeviceAttribute', {
  int: int64('IntValue *int64', 2).optional(),
  bool: bool('BoolValue *bool', 3).optional(),
  string: str('StringValue *string', 4).optional(),
  version: str('VersionValue *string', 5).optional(),
  ints: list(int64(), 'IntValues []int64', 6, { listType: 'atomic' }).optional(),
  bools: list(bool(), 'BoolValues []bool', 7, { listType: 'atomic' }).optional(),
  strings: list(str(), 'StringValues []string', 8, { listType: 'atomic' }).optional(),
  versions: list(str(), 'VersionValues []string', 9, { listType: 'atomic' }).optional(),
});
export type DeviceAttribute = z.output<typeof DeviceAttribute>;

export const CapacityRequestPolicyRange = struct('resource/v1.CapacityRequestPolicyRange', {
  min: quantity('Min *resource.Quantity', 1, { required: true }).optional(),
  max: quantity('Max *resource.Quantity', 2).optional(),
  step: quantity('Step *resource.Quantity', 3).optional(),
});
export type CapacityRequestPolicyRange = z.output<typeof CapacityRequestPolicyRange>;

export const CapacityRequestPolicy = struct('resource/v1.CapacityRequestPolicy', {
  default: quantity('Default *resource.Quantity', 1, { required: false, omitempty: false }).optional(),
  validValues: list(quantity(), 'ValidValues []resource.Quantity', 3, { listType: 'atomic' }).optional(),
  validRange: sub(CapacityRequestPolicyRange, 'ValidRange *resource/v1.CapacityRequestPolicyRange', 4).optional(),
});
export type CapacityRequestPolicy = z.output<typeof CapacityRequestPolicy>;

export const DeviceCapacity = struct('resource/v1.DeviceCapacity', {
  value: quantity('Value resource.Quantity', 1),
  requestPolicy: sub(CapacityRequestPolicy, 'RequestPolicy *resource/v1.CapacityRequestPolicy', 2).optional(),
});
export type DeviceCapacity = z.output<typeof DeviceCapacity>;

export const Counter = struct('resource/v1.Counter', {
  value: quantity('Value resource.Quantity', 1),
});
export type Counter = z.output<typeof Counter>;

export const DeviceCounterConsumption = struct('resource/v1.DeviceCounterConsumption', {
  counterSet: str('CounterSet string', 1),
  counters: map(Counter, 'Counters map[string]resource/v1.Counter', 2, { required: true }).optional(),
});
export type DeviceCounterConsumption = z.output<typeof DeviceCounterConsumption>;

export const DeviceTaint = struct('resource/v1.DeviceTaint', {
  key: str('Key string', 1),
  value: str('Value string', 2).optional(),
  effect: str('Effect v1.DeviceTaintEffect=string', 3, { enum: ['NoExecute', 'NoSchedule', 'None'] }),
  timeAdded: timePointer('TimeAdded *apis/meta/v1.Time', 4).optional(),
});
export type DeviceTaint = z.output<typeof DeviceTaint>;

export const NodeAllocatableResourceMapping = struct('resource/v1.NodeAllocatableResourceMapping', {
  capacityKey: str('CapacityKey *v1.QualifiedName=string', 1).optional(),
  allocationMultiplier: quantity('AllocationMultiplier *resource.Quantity', 2).optional(),
});
export type NodeAllocatableResourceMapping = z.output<typeof NodeAllocatableResourceMapping>;

export const Device = struct('resource/v1.Device', {
  name: str('Name string', 1),
  attributes: map(DeviceAttribute, 'Attributes map[v1.QualifiedName=string]resource/v1.DeviceAttribute', 2).optional(),
  capacity: map(DeviceCapacity, 'Capacity map[v1.QualifiedName=string]resource/v1.DeviceCapacity', 3).optional(),
  consumesCounters: list(DeviceCounterConsumption, 'ConsumesCounters []resource/v1.DeviceCounterConsumption', 4, { listType: 'atomic' }).optional(),
  nodeName: str('NodeName *string', 5).optional(),
  nodeSelector: sub(NodeSelector, 'NodeSelector *core/v1.NodeSelector', 6).optional(),
  allNodes: bool('AllNodes *bool', 7).optional(),
  taints: list(DeviceTaint, 'Taints []resource/v1.DeviceTaint', 8, { listType: 'atomic' }).optional(),
  bindsToNode: bool('BindsToNode *bool', 9).optional(),
  bindingConditions: list(str(), 'BindingConditions []string', 10, { listType: 'atomic' }).optional(),
  bindingFailureConditions: list(str(), 'BindingFailureConditions []string', 11, { listType: 'atomic' }).optional(),
  allowMultipleAllocations: bool('AllowMultipleAllocations *bool', 12).optional(),
  nodeAllocatableResourceMappings: map(
    NodeAllocatableResourceMapping,
    'NodeAllocatableResourceMappings map[v1.ResourceName=string]resource/v1.NodeAllocatableResourceMapping',
    13,
  ).optional(),
});
export type Device = z.output<typeof Device>;

export const CounterSet = struct('resource/v1.CounterSet', {
  name: str('Name string', 1),
  counters: map(Counter, 'Counters map[string]resource/v1.Counter', 2, { required: true }).optional(),
});
export type CounterSet = z.output<typeof CounterSet>;

export const ResourceSliceSpec = struct('resource/v1.ResourceSliceSpec', {
  driver: str('Driver string', 1),
  pool: sub(ResourcePool, 'Pool resource/v1.ResourcePool', 2),
  nodeName: str('NodeName *string', 3).optional(),
  nodeSelector: sub(NodeSelector, 'NodeSelector *core/v1.NodeSelector', 4).optional(),
  allNodes: bool('AllNodes *bool', 5).optional(),
  devices: list(Device, 'Devices []resource/v1.Device', 6, { listType: 'atomic' }).optional(),
  perDeviceNodeSelection: bool('PerDeviceNodeSelection *bool', 7).optional(),
  sharedCounters: list(CounterSet, 'SharedCounters []resource/v1.CounterSet', 8, { listType: 'atomic' }).optional(),
});
export type ResourceSliceSpec = z.output<typeof ResourceSliceSpec>;

export const ResourceSlice = struct('resource/v1.ResourceSlice', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(ResourceSliceSpec, 'Spec resource/v1.ResourceSliceSpec', 2),
});
export type ResourceSlice = z.output<typeof ResourceSlice>;
