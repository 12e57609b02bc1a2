/**
 * Rules on writing ResourceSlices: driver, pool and node never change; devices
 * have names of their own and attributes with one value each.
 */
import { deepEqual } from '../../../apimachinery/deep.js';
import { invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { formatTime } from '../../../apimachinery/time.js';
import { immutable } from '../../apps/validation/rules.js';
import type { Strategy } from '../../kind.js';
import { validateCSIDriverName } from '../../storage/strategy/drivername.js';
import { ResourceSlice } from '../types/resourceslice.js';
import type { Device, ResourcePool, ResourceSliceSpec } from '../types/resourceslice.js';
import { validateCounterSet, validateDevice, validateNodes } from '../validation/device.js';
import { validateSet } from '../validation/lists.js';
import { validatePoolName } from '../validation/names.js';

const DEVICES_MAX = 128;
/** Where a device has taints or consumes counters. */
const COSTLY_DEVICES_MAX = 64;
const COUNTER_SETS_MAX = 8;
const WHERE = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';

export const strategy: Strategy<ResourceSlice> = {
  schema: ResourceSlice,
  prepareForCreate({ metadata, spec }, { now }) {
    metadata.generation = 1;
    stampTaints(spec, now);
    dropUnserved(spec, undefined);
  },
  prepareForUpdate({ spec }, previous, { now }) {
    stampTaints(spec, now);
    dropUnserved(spec, previous.spec);
  },
  generation: (next, previous) => !deepEqual(next.spec, previous.spec),
  validate: ({ spec }) => validateSpec(spec, undefined, 'spec'),
  validateUpdate: (next, previous) => validateSpec(next.spec, previous.spec, 'spec'),
};

function stampTaints({ devices = [] }: ResourceSliceSpec, now: number): void {
  for (const taint of devices.flatMap(({ taints = [] }) => taints)) taint.timeAdded ??= formatTime(now);
}

const LISTS = ['ints', 'bools', 'strings', 'versions'] as const;
const hasLists = ({ attributes = {} }: Device): boolean => Object.values(attributes).some((attribute) => LISTS.some((name) => attribute[name] !== undefined));

/** Fields of features that are off in 1.36: attributes that are lists, and resources of nodes that devices stand for. */
function dropUnserved({ devices = [] }: ResourceSliceSpec, previous: ResourceSliceSpec | undefined): void {
  const before = previous?.devices ?? [];
  if (!before.some(hasLists))
    for (const attribute of devices.flatMap(({ attributes = {} }) => Object.values(attributes))) for (const name of LISTS) delete attribute[name];
  if (!before.some((device) => device.nodeAllocatableResourceMappings !== undefined))
    for (const device of devices) delete device.nodeAllocatableResourceMappings;
}

function validateSpec(spec: ResourceSliceSpec, previous: ResourceSliceSpec | undefined, path: string): Causes {
  const { driver, pool, nodeName, devices, sharedCounters, perDeviceNodeSelection } = spec;
  const isCostly = (devices ?? []).some(({ taints = [], consumesCounters = [] }) => taints.length + consumesCounters.length > 0);
  return [
    ...validateCSIDriverName(driver, `${path}.driver`),
    ...validatePool(pool, `${path}.pool`),
    ...(previous === undefined
      ? []
      : [
          ...immutable(`${path}.pool.name`, pool.name, previous.pool.name),
          ...immutable(`${path}.driver`, driver, previous.driver),
          ...immutable(`${path}.nodeName`, nodeName, previous.nodeName, nodeName ?? null),
        ]),
    ...validatePlace(spec, path),
    ...(sharedCounters !== undefined && devices !== undefined ? [invalid(path, '', 'only one of `sharedCounters` or `devices` is allowed')] : []),
    ...validateSet(
      devices ?? [],
      `${path}.devices`,
      isCostly ? COSTLY_DEVICES_MAX : DEVICES_MAX,
      ({ name }) => name,
      (device, field) =>
        validateDevice(
          device,
          previous?.devices?.find(({ name }) => name === device.name),
          field,
          perDeviceNodeSelection === true,
        ),
    ),
    ...validateSet(sharedCounters ?? [], `${path}.sharedCounters`, COUNTER_SETS_MAX, ({ name }) => name, validateCounterSet),
  ];
}

function validatePool({ name, generation, resourceSliceCount }: ResourcePool, path: string): Causes {
  return [
    ...validatePoolName(name, `${path}.name`),
    ...(resourceSliceCount <= 0 ? [invalid(`${path}.resourceSliceCount`, resourceSliceCount, 'must be greater than zero')] : []),
    ...(generation < 0 ? [invalid(`${path}.generation`, generation, 'must be greater than or equal to zero')] : []),
  ];
}

function validatePlace(spec: ResourceSliceSpec, path: string): Causes {
  const { nodeSelector, allNodes, perDeviceNodeSelection } = spec;
  const { causes, set } = validateNodes(spec, path, 'must be either unset or set to a non-empty string');
  if (nodeSelector && (nodeSelector.nodeSelectorTerms ?? []).length !== 1) {
    causes.push(invalid(`${path}.nodeSelector.nodeSelectorTerms`, nodeSelector.nodeSelectorTerms ?? null, 'must have exactly one node selector term'));
  }
  for (const [name, value] of Object.entries({ allNodes, perDeviceNodeSelection })) {
    if (value === true) set.push(`\`${name}\``);
    else if (value === false) causes.push(invalid(`${path}.${name}`, value, 'must be either unset or set to true'));
  }
  if (set.length === 0) causes.push(required(path, WHERE));
  if (set.length > 1) causes.push(invalid(path, `{${set.join(', ')}}`, `${WHERE}, but multiple fields are set`));
  return causes;
}
