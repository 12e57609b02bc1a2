/**
 * Rules on writing ResourceSlices: driver, pool and node never change; devices
 * have names of their own and attributes with one value each.
 */
import { deepEqual } from '../../../apimachinery/deep.js';
import { invalid, required, tooMany, type Causes } from '../../../apimachinery/fielderror.js';
import { dns1123Label, dns1123Subdomain } from '../../../apimachinery/names.js';
import { complaints, immutable, supported } from '../../apps/validation/rules.js';
import { validateNodeSelector } from '../../core/validation/labelselector.js';
import type { Strategy } from '../../kind.js';
import { validateCSIDriverName } from '../../storage/strategy/drivername.js';
import { ResourceSlice } from '../types/resourceslice.js';
import type { Device, DeviceAttribute, DeviceTaint, ResourcePool, ResourceSliceSpec } from '../types/resourceslice.js';
import { several, validateQualifiedName } from '../validation/deviceclaim.js';

const DEVICES_MAX = 128;
const ATTRIBUTES_MAX = 32;
const TAINTS_MAX = 16;
const TEXT_MAX = 64;
const POOL_NAME_MAX = 253;

export const strategy: Strategy<ResourceSlice> = {
  schema: ResourceSlice,
  prepareForCreate({ metadata }) {
    metadata.generation = 1;
  },
  generation: (next, previous) => !deepEqual(next.spec, previous.spec),
  validate: ({ spec }) => validateSpec(spec, 'spec'),
  validateUpdate: (next, previous) => [
    ...validateSpec(next.spec, 'spec'),
    ...immutable('spec.driver', next.spec.driver, previous.spec.driver),
    ...immutable('spec.pool.name', next.spec.pool.name, previous.spec.pool.name),
    ...immutable('spec.nodeName', next.spec.nodeName, previous.spec.nodeName),
  ],
};

function validateSpec(spec: ResourceSliceSpec, path: string): Causes {
  const { driver, pool, nodeName, nodeSelector, devices = [] } = spec;
  return [
    ...validateCSIDriverName(driver, `${path}.driver`),
    ...validatePool(pool, `${path}.pool`),
    ...(nodeName === undefined ? [] : complaints(`${path}.nodeName`, nodeName, dns1123Subdomain(nodeName))),
    ...(nodeSelector ? validateNodeSelector(nodeSelector, `${path}.nodeSelector`) : []),
    ...validateWhere(spec, path),
    ...several(devices, `${path}.devices`, DEVICES_MAX, ({ name }) => name, validateDevice),
  ];
}

function validatePool({ name, generation, resourceSliceCount }: ResourcePool, path: string): Causes {
  const parts = name.split('/');
  const named: Causes =
    name === ''
      ? [required(`${path}.name`)]
      : name.length > POOL_NAME_MAX
        ? [{ field: `${path}.name`, type: 'TooLong', message: `Too long: may not be more than ${POOL_NAME_MAX} bytes` }]
        : parts.flatMap((part) => complaints(`${path}.name`, part, dns1123Subdomain(part)));
  return [
    ...named,
    ...(resourceSliceCount <= 0 ? [invalid(`${path}.resourceSliceCount`, resourceSliceCount, 'must be greater than zero')] : []),
    ...(generation < 0 ? [invalid(`${path}.generation`, generation, 'must be greater than or equal to zero')] : []),
  ];
}

function validateWhere({ nodeName, nodeSelector, allNodes, perDeviceNodeSelection }: ResourceSliceSpec, path: string): Causes {
  const names = [
    ...(nodeName === undefined ? [] : ['nodeName']),
    ...(nodeSelector === undefined ? [] : ['nodeSelector']),
    ...(allNodes === undefined ? [] : ['allNodes']),
    ...(perDeviceNodeSelection === undefined ? [] : ['perDeviceNodeSelection']),
  ];
  const message = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';
  if (names.length === 0) return [required(path, message)];
  return names.length > 1 ? [invalid(path, `{${names.map((name) => `\`${name}\``).join(', ')}}`, `${message}, but multiple fields are set`)] : [];
}

function validateDevice({ name, attributes = {}, capacity = {}, taints = [] }: Device, path: string): Causes {
  const count = Object.keys(attributes).length + Object.keys(capacity).length;
  return [
    ...complaints(`${path}.name`, name, dns1123Label(name)),
    ...(count > ATTRIBUTES_MAX ? [invalid(path, count, `the total number of attributes and capacities must not exceed ${ATTRIBUTES_MAX}`)] : []),
    ...Object.keys(attributes).sort().flatMap((key) => [...validateQualifiedName(key, `${path}.attributes[${key}]`), ...validateAttribute(attributes[key]!, `${path}.attributes[${key}]`)]),
    ...Object.keys(capacity).sort().flatMap((key) => validateQualifiedName(key, `${path}.capacity[${key}]`)),
    ...(taints.length > TAINTS_MAX ? [tooMany(`${path}.taints`, taints.length, TAINTS_MAX)] : []),
    ...taints.flatMap((taint, index) => validateTaint(taint, `${path}.taints[${index}]`)),
  ];
}

function validateAttribute(attribute: DeviceAttribute, path: string): Causes {
  const set = Object.keys(attribute);
  if (set.length === 0) return [invalid(path, '', 'exactly one value must be specified')];
  if (set.length > 1) return [invalid(path, attribute, 'exactly one value must be specified')];
  return (['string', 'version'] as const).flatMap((name) => {
    const text = attribute[name] ?? '';
    return text.length > TEXT_MAX ? [{ field: `${path}.${name}`, type: 'TooLong' as const, message: `Too long: may not be more than ${TEXT_MAX} bytes` }] : [];
  });
}

function validateTaint({ key, effect }: DeviceTaint, path: string): Causes {
  return [...(key === '' ? [required(`${path}.key`)] : []), ...(effect === '' ? [required(`${path}.effect`)] : supported(`${path}.effect`, effect, ['NoExecute', 'NoSchedule', 'None']))];
}
