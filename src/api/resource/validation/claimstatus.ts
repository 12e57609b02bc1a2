/**
 * Validation of a ResourceClaim's status: who has it reserved, what was
 * allocated, and what drivers say of the devices.
 */
import { isDeepStrictEqual } from 'node:util';
import { validateConditions } from '../../../apimachinery/conditions.js';
import { duplicate, forbidden, invalid, notSupported, required, tooLong, tooMany, type Causes } from '../../../apimachinery/fielderror.js';
import { byteLength } from '../../../apimachinery/names.js';
import { goStruct, immutable } from '../../apps/validation/rules.js';
import { validateNodeSelector } from '../../core/validation/labelselector.js';
import { canonicalAddress } from '../../networking/strategy/address.js';
import { validateCSIDriverName } from '../../storage/strategy/drivername.js';
import { AllocationResult } from '../types/resourceclaim.js';
import type {
  AllocatedDeviceStatus,
  DeviceAllocationConfiguration,
  DeviceAllocationResult,
  DeviceRequestAllocationResult,
  NetworkDeviceData,
  ResourceClaim,
  ResourceClaimConsumerReference,
} from '../types/resourceclaim.js';
import { CONFIG_MAX, requestNames, validateConfiguration, validateRawObject, validateReference, validateReferences, type RequestNames } from './deviceclaim.js';
import { validateBinding } from './binding.js';
import { validateList, validateSet } from './lists.js';
import { validateLabel, validatePoolName, validateUid } from './names.js';

const RESERVED_FOR_MAX = 256;
const RESULTS_MAX = 32;
const CONDITIONS_MAX = 8;
const DATA_BYTES_MAX = 10 * 1024;
const INTERFACE_NAME_MAX = 256;
const HARDWARE_ADDRESS_MAX = 128;
const IPS_MAX = 16;

export function validateClaimStatus({ metadata, spec, status }: ResourceClaim, { status: previous }: ResourceClaim): Causes {
  const { reservedFor = [], devices = [], allocation } = status;
  const allocated = new Set((allocation?.devices?.results ?? []).map(deviceId));
  const causes: Causes = [
    ...validateSet(reservedFor, 'status.reservedFor', RESERVED_FOR_MAX, ({ uid }) => uid, validateConsumer),
    ...validateDevices(devices, 'status.devices', allocated),
  ];
  if (reservedFor.length > 0 && !allocation) causes.push(forbidden('status.reservedFor', 'may not be specified when `allocated` is not set'));
  const known = previous.reservedFor ?? [];
  if (allocation && metadata.deletionTimestamp !== undefined && reservedFor.some((one) => !known.some((other) => isDeepStrictEqual(one, other)))) {
    causes.push(forbidden('status.reservedFor', 'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set'));
  }
  if (previous.allocation && allocation)
    return [...causes, ...immutable('status.allocation', allocation, previous.allocation, goStruct(allocation, AllocationResult))];
  return allocation ? [...causes, ...validateAllocation(allocation, requestNames(spec.devices), 'status.allocation')] : causes;
}

/** "driver/pool/device", and the share where a device is shared. */
const deviceId = ({ driver, pool, device, shareID = '' }: Pick<AllocatedDeviceStatus, 'driver' | 'pool' | 'device' | 'shareID'>): string =>
  `${driver}/${pool}/${device}${shareID === '' ? '' : `/${shareID}`}`;

function validateConsumer({ resource, name, uid }: ResourceClaimConsumerReference, path: string): Causes {
  return [
    ...(resource === '' ? [required(`${path}.resource`)] : []),
    ...(name === '' ? [required(`${path}.name`)] : []),
    ...(uid === '' ? [required(`${path}.uid`)] : []),
  ];
}

function validateDevices(devices: readonly AllocatedDeviceStatus[], path: string, allocated: ReadonlySet<string>): Causes {
  const ids = devices.map(deviceId);
  return [
    ...devices.flatMap((device, at) => validateDevice(device, `${path}[${at}]`, allocated)),
    ...ids.flatMap((id, at) => (ids.indexOf(id) < at ? [{ ...duplicate(`${path}[${at}]`, ''), message: `Duplicate value: ${id}` }] : [])),
  ];
}

function validateDevice(device: AllocatedDeviceStatus, path: string, allocated: ReadonlySet<string>): Causes {
  const { driver, pool, device: name, shareID, conditions, data, networkData } = device;
  const id = deviceId(device);
  const list = conditions ?? [];
  return [
    ...validateCSIDriverName(driver, `${path}.driver`),
    ...validatePoolName(pool, `${path}.pool`),
    ...validateLabel(name, `${path}.device`),
    ...(shareID === undefined ? [] : validateUid(shareID, `${path}.shareID`)),
    // An id prints itself, without quotes.
    ...(allocated.has(id) ? [] : [{ ...invalid(path, ''), message: `Invalid value: ${id}: must be an allocated device in the claim` }]),
    ...(list.length > CONDITIONS_MAX ? [tooMany(`${path}.conditions`, list.length, CONDITIONS_MAX)] : []),
    ...validateConditions(list, `${path}.conditions`),
    ...(data === undefined ? [] : validateRawObject(data, `${path}.data`, DATA_BYTES_MAX)),
    ...(networkData ? validateNetwork(networkData, `${path}.networkData`) : []),
  ];
}

function validateNetwork({ interfaceName = '', hardwareAddress = '', ips = [] }: NetworkDeviceData, path: string): Causes {
  return [
    ...(byteLength(interfaceName) > INTERFACE_NAME_MAX ? [tooLong(`${path}.interfaceName`, '', INTERFACE_NAME_MAX)] : []),
    ...(byteLength(hardwareAddress) > HARDWARE_ADDRESS_MAX ? [tooLong(`${path}.hardwareAddress`, '', HARDWARE_ADDRESS_MAX)] : []),
    ...validateSet(ips, `${path}.ips`, IPS_MAX, (ip) => ip, validateInterfaceAddress),
  ];
}

const NO_ADDRESS = 'must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)';

function validateInterfaceAddress(text: string, path: string): Causes {
  const slash = text.indexOf('/');
  const bits = text.slice(slash + 1);
  const canonical = slash < 0 ? undefined : canonicalAddress(text.slice(0, slash));
  if (canonical === undefined || !/^\d{1,3}$/.test(bits) || Number(bits) > (canonical.includes(':') ? 128 : 32)) return [invalid(path, text, NO_ADDRESS)];
  const expected = `${canonical}/${Number(bits)}`;
  return expected === text ? [] : [invalid(path, text, `must be in canonical form ("${expected}")`)];
}

function validateAllocation({ devices, nodeSelector }: AllocationResult, names: RequestNames, path: string): Causes {
  return [
    ...(devices ? validateResults(devices, names, `${path}.devices`) : []),
    ...(nodeSelector ? validateNodeSelector(nodeSelector, `${path}.nodeSelector`) : []),
  ];
}

function validateResults({ results = [], config = [] }: DeviceAllocationResult, names: RequestNames, path: string): Causes {
  return [
    ...validateList(results, `${path}.results`, RESULTS_MAX, (result, field) => validateResult(result, names, field)),
    ...validateList(config, `${path}.config`, 2 * CONFIG_MAX, (entry, field) => validateAllocatedConfig(entry, names, field)),
  ];
}

function validateResult(
  { request, driver, pool, device, bindingConditions, bindingFailureConditions, shareID }: DeviceRequestAllocationResult,
  names: RequestNames,
  path: string,
): Causes {
  return [
    ...validateReference(request, names, `${path}.request`),
    ...validateCSIDriverName(driver, `${path}.driver`),
    ...validatePoolName(pool, `${path}.pool`),
    ...validateLabel(device, `${path}.device`),
    ...validateBinding({ bindingConditions, bindingFailureConditions }, path),
    ...(shareID === undefined ? [] : validateUid(shareID, `${path}.shareID`)),
  ];
}

function validateAllocatedConfig({ source, requests = [], opaque }: DeviceAllocationConfiguration, names: RequestNames, path: string): Causes {
  const field = `${path}.source`;
  return [
    ...(source === '' ? [required(field)] : source === 'FromClaim' || source === 'FromClass' ? [] : [notSupported(field, source, ['FromClaim', 'FromClass'])]),
    ...validateReferences(requests, names, `${path}.requests`),
    ...validateConfiguration({ opaque }, path),
  ];
}
