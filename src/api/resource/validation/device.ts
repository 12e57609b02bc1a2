/**
 * Validation of the devices and counters of a ResourceSlice.
 */
import { isDeepStrictEqual } from 'node:util';
import { invalid, notSupported, required, tooLong, type Causes } from '../../../apimachinery/fielderror.js';
import { byteLength, DNS1123_LABEL_MAX } from '../../../apimachinery/names.js';
import { goStruct } from '../../apps/validation/rules.js';
import { validateNodeSelector } from '../../core/validation/labelselector.js';
import { DeviceAttribute } from '../types/resourceslice.js';
import type { Counter, CounterSet, Device, DeviceCounterConsumption, DeviceTaint } from '../types/resourceslice.js';
import { validateBinding } from './binding.js';
import { validateCapacity } from './capacity.js';
import { TAINT_EFFECTS } from './deviceclaim.js';
import { validateList, validateMap, validateSet } from './lists.js';
import { QUALIFIED_MAX, validateLabel, validateLabelName, validateLabelValue, validateNodeName, validateQualifiedName } from './names.js';

const ATTRIBUTES_MAX = 32;
const TAINTS_MAX = 16;
const TEXT_MAX = 64;
const CONSUMPTIONS_MAX = 2;
const COUNTERS_MAX = 32;
const WHERE = 'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec';
const NOT_HERE = '`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec';

export function validateDevice(device: Device, previous: Device | undefined, path: string, isPlacedAlone: boolean): Causes {
  const {
    name,
    attributes = {},
    capacity = {},
    taints = [],
    consumesCounters = [],
    allowMultipleAllocations,
    bindingConditions,
    bindingFailureConditions,
  } = device;
  const count = Object.keys(attributes).length + Object.keys(capacity).length;
  const limits = { max: -1, keyMax: QUALIFIED_MAX };
  return [
    ...validateLabel(name, `${path}.name`),
    ...(count > ATTRIBUTES_MAX ? [invalid(path, count, `the total number of attributes and capacities must not exceed ${ATTRIBUTES_MAX}`)] : []),
    ...validateMap(attributes, `${path}.attributes`, limits, validateQualifiedName, validateAttribute),
    ...validateMap(capacity, `${path}.capacity`, limits, validateQualifiedName, (value, field) =>
      validateCapacity(value, field, allowMultipleAllocations === true),
    ),
    ...(previous !== undefined && isDeepStrictEqual(previous.taints ?? [], taints) ? [] : validateList(taints, `${path}.taints`, TAINTS_MAX, validateTaint)),
    ...validateSet(consumesCounters, `${path}.consumesCounters`, CONSUMPTIONS_MAX, ({ counterSet }) => counterSet, validateConsumption),
    ...(isPlacedAlone ? validatePlace(device, path) : isPlaced(device) ? [invalid(path, null, NOT_HERE)] : []),
    ...validateBinding({ bindingConditions, bindingFailureConditions }, path),
  ];
}

const isPlaced = ({ nodeName, nodeSelector, allNodes }: Device): boolean => nodeName !== undefined || nodeSelector !== undefined || allNodes !== undefined;

/** The nodes that a slice or a device names or selects; `set`: which of the two fields it does that with. */
export function validateNodes(
  { nodeName, nodeSelector }: Pick<Device, 'nodeName' | 'nodeSelector'>,
  path: string,
  ifEmpty: string,
): { causes: Causes; set: string[] } {
  const causes: Causes = [];
  const set: string[] = [];
  if (nodeName === '') causes.push(invalid(`${path}.nodeName`, nodeName, ifEmpty));
  else if (nodeName !== undefined) {
    set.push('`nodeName`');
    causes.push(...validateNodeName(nodeName, `${path}.nodeName`));
  }
  if (nodeSelector) {
    set.push('`nodeSelector`');
    causes.push(...validateNodeSelector(nodeSelector, `${path}.nodeSelector`));
  }
  return { causes, set };
}

function validatePlace(device: Device, path: string): Causes {
  const { allNodes } = device;
  const { causes, set } = validateNodes(device, path, 'must not be empty');
  if (allNodes === true) set.push('`allNodes`');
  else if (allNodes === false) causes.push(invalid(`${path}.allNodes`, allNodes, 'must be either unset or set to true'));
  if (set.length === 0) causes.push(required(path, WHERE));
  if (set.length > 1) causes.push(invalid(path, `{${set.join(', ')}}`, WHERE));
  return causes;
}

const NUMBER = '(0|[1-9]\\d*)';
const PRERELEASE = '(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)';
const BUILD = '[0-9a-zA-Z-]+';
const SEMVER = new RegExp(`^${NUMBER}\\.${NUMBER}\\.${NUMBER}(-${PRERELEASE}(\\.${PRERELEASE})*)?(\\+${BUILD}(\\.${BUILD})*)?$`);

function validateAttribute(attribute: DeviceAttribute, path: string): Causes {
  const { string, version } = attribute;
  const causes: Causes = [];
  if (string !== undefined && byteLength(string) > TEXT_MAX) causes.push(tooLong(`${path}.string`, '', TEXT_MAX));
  if (version !== undefined) {
    if (!SEMVER.test(version)) causes.push(invalid(`${path}.version`, version, 'must be a string compatible with semver.org spec 2.0.0'));
    if (byteLength(version) > TEXT_MAX) causes.push(tooLong(`${path}.version`, '', TEXT_MAX));
  }
  const set = [attribute.bool, attribute.int, string, version].filter((value) => value !== undefined);
  if (set.length !== 1) causes.push(invalid(path, set.length === 0 ? '' : goStruct(attribute, DeviceAttribute), 'exactly one value must be specified'));
  return causes;
}

function validateTaint({ key, value = '', effect }: DeviceTaint, path: string): Causes {
  return [
    ...validateLabelName(key, `${path}.key`),
    ...(value === '' ? [] : validateLabelValue(value, `${path}.value`)),
    ...(effect === '' ? [required(`${path}.effect`)] : TAINT_EFFECTS.includes(effect) ? [] : [notSupported(`${path}.effect`, effect, TAINT_EFFECTS)]),
  ];
}

function validateConsumption({ counterSet, counters }: DeviceCounterConsumption, path: string): Causes {
  return [...validateCounterName(counterSet, `${path}.counterSet`), ...validateCounters(counters, `${path}.counters`)];
}

export function validateCounterSet({ name, counters }: CounterSet, path: string): Causes {
  return [...validateCounterName(name, `${path}.name`), ...validateCounters(counters, `${path}.counters`)];
}

const validateCounterName = (name: string, path: string): Causes => (name === '' ? [required(path)] : validateLabel(name, path));

function validateCounters(counters: Readonly<Record<string, Counter>> | undefined, path: string): Causes {
  if (counters === undefined || Object.keys(counters).length === 0) return [required(path)];
  return validateMap(counters, path, { max: COUNTERS_MAX, keyMax: DNS1123_LABEL_MAX }, validateLabel, () => []);
}
