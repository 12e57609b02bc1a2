/** What devices and claims for them are, in words, as src/api/descriptions.ts reads them. */
export const resource = `
ResourceClaim: Asks for devices, for pods to use.
  spec: What is asked for. It cannot change.
  status: What was given, and who uses it.
ResourceClaimSpec: What is asked for.
  devices: The devices.
ResourceClaimTemplate: From which each pod gets a claim of its own.
  spec: What the claims are. It cannot change.
ResourceClaimTemplateSpec: What new claims look like.
  metadata: Labels and annotations that the claims get.
  spec: What they ask for.
DeviceClaim: Devices that are asked for.
  requests: One for each device, or set of devices; all must be given.
  constraints: What the devices must have in common.
  config: Settings for drivers.
DeviceRequest: One device, or a set of devices.
  name: Its name; pods and settings refer to it.
  exactly: What is asked for.
  firstAvailable: Several wishes, the best first; the first that can be had is given. Not with exactly.
ExactDeviceRequest: What device is asked for.
  deviceClassName: Its class.
  selectors: What must hold of it; all of it.
  allocationMode: ExactCount (the default), or All that fit.
  count: How many; 1 by default.
  adminAccess: Whether devices are given that others have too, to look after them.
  tolerations: Taints of devices that it puts up with.
  capacity: How much of the device's capacities is asked for.
DeviceSubRequest < ExactDeviceRequest: One wish of several.
  name: Its name within the request.
CapacityRequirements: How much of a device is asked for.
  requests: How much of each capacity.
DeviceSelector: Devices, by an expression.
  cel: The expression.
CELDeviceSelector: An expression about a device.
  expression: The expression, in CEL; device is the device.
DeviceToleration: A taint that a request puts up with.
  key: The taint's key; without it, and with operator Exists, every taint.
  operator: Equal (the default) or Exists.
  value: The taint's value.
  effect: The taint's effect: NoSchedule or NoExecute; without it any.
  tolerationSeconds: Of NoExecute: for how long; without it for ever.
DeviceTaint: Keeps requests off a device that do not tolerate it.
  key: Its key.
  value: Its value.
  effect: None, NoSchedule or NoExecute.
  timeAdded: When it was added.
DeviceConstraint: What devices must have in common.
  requests: The requests it is about; all when none is listed.
  matchAttribute: An attribute that must be the same.
  distinctAttribute: An attribute that must differ.
DeviceClaimConfiguration < DeviceConfiguration: Settings for drivers.
  requests: The requests they are for; all when none is listed.
DeviceAllocationConfiguration < DeviceConfiguration: Settings that go with what was given.
  source: FromClass or FromClaim.
  requests: The requests they are for; all when none is listed.
DeviceClassConfiguration < DeviceConfiguration: Settings that a class brings.
DeviceConfiguration: Settings of devices.
  opaque: Settings that only the driver understands.
OpaqueDeviceConfiguration: Settings that only the driver understands.
  driver: The driver.
  parameters: The settings.
ResourceClaimStatus: What was given, and who uses it.
  allocation: What was given.
  reservedFor: Who may use it now; 256 at most.
  devices: What drivers tell of the devices.
ResourceClaimConsumerReference: Who uses a claim.
  apiGroup: Its group; the core group when empty.
  name: Its name.
  uid: Its uid.
AllocationResult: What was given.
  devices: The devices.
  nodeSelector: Where they can be used; everywhere when not given.
  allocationTimestamp: When they were given.
DeviceAllocationResult: The devices that were given.
  results: The devices.
  config: Settings that go with them.
DeviceRequestAllocationResult: A device that was given.
  request: The request.
  driver: Its driver.
  pool: Its pool.
  device: Its name within the pool.
  adminAccess: Whether it was given beside others.
  tolerations: Taints that it was given in spite of.
  bindingConditions: Conditions that must hold before the pod is bound.
  bindingFailureConditions: Conditions that say it will not do.
  shareID: Which share of the device it is.
  consumedCapacity: How much of the device it takes.
AllocatedDeviceStatus: What a driver tells of a device.
  driver: The driver.
  pool: The device's pool.
  device: Its name within the pool.
  shareID: Which share of the device it is.
  data: Anything the driver tells.
  networkData: Its addresses.
NetworkDeviceData: The addresses of a device.
  interfaceName: Its interface.
  ips: Its addresses, with their ranges.
  hardwareAddress: Its hardware address.
DeviceClass: A class of devices, with settings.
  spec: Which devices, and which settings.
DeviceClassSpec: Which devices, and which settings.
  selectors: What must hold of a device; all of it.
  config: Settings that go with it.
  extendedResourceName: The extended resource that pods can ask for instead of a claim.
ResourceSlice: Devices that a driver has. The driver writes it.
  spec: The devices.
ResourceSliceSpec: Devices that a driver has.
  driver: The driver.
  pool: The pool that the devices are in.
  nodeName: The node whose devices they are.
  nodeSelector: Nodes that can reach them.
  allNodes: Whether all nodes can reach them.
  perDeviceNodeSelection: Whether each device says itself who can reach it.
  devices: The devices.
  sharedCounters: What devices take from a common stock.
ResourcePool: A pool of devices.
  name: Its name.
  generation: Grows when the pool changes; only slices of the highest count.
  resourceSliceCount: How many slices the pool has.
Device: A device.
  name: Its name within the pool.
  attributes: What it is.
  capacity: How much it has.
  consumesCounters: What it takes from a common stock.
  nodeName: The node that can reach it.
  nodeSelector: Nodes that can reach it.
  allNodes: Whether all nodes can reach it.
  taints: What keeps requests off it.
  bindsToNode: Whether its use binds a claim to the node.
  bindingConditions: Conditions that must hold before a pod is bound.
  bindingFailureConditions: Conditions that say it will not do.
  allowMultipleAllocations: Whether it can be given to several claims.
  nodeAllocatableResourceMappings: What it takes from the node's ordinary resources.
NodeAllocatableResourceMapping: What a device takes from an ordinary resource.
  capacityKey: The capacity that tells how much.
  allocationMultiplier: What that is multiplied by.
DeviceAttribute: A value; one of these.
  int: A whole number.
  bool: True or false.
  string: Text.
  version: A semantic version.
  ints: Whole numbers.
  bools: Trues and falses.
  strings: Texts.
  versions: Semantic versions.
DeviceCapacity: How much a device has of something.
  value: How much.
  requestPolicy: How much can be asked for.
CapacityRequestPolicy: How much of a capacity can be asked for.
  default: How much who does not say gets.
  validValues: The amounts that can be had.
  validRange: A range of amounts. Not with validValues.
CapacityRequestPolicyRange: A range of amounts.
  min: The least.
  max: The most.
  step: Between amounts.
CounterSet: A common stock.
  name: Its name.
  counters: How much it has of each.
Counter: How much there is.
  value: How much.
DeviceCounterConsumption: What a device takes from a common stock.
  counterSet: The stock.
  counters: How much of each.
`;
