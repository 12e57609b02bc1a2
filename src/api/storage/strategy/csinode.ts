/**
 * Rules on writing CSINodes: each driver once, with topology keys that differ.
 */
import { duplicate, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { byteLength, qualifiedName } from '../../../apimachinery/names.js';
import { complaints, goStruct, immutable, nonNegative } from '../../apps/validation/rules.js';
import type { Strategy } from '../../kind.js';
import { CSINode, CSINodeDriver as Driver } from '../types/csinode.js';
import type { CSINodeDriver } from '../types/csinode.js';
import { validateCSIDriverName } from './drivername.js';

const NODE_ID_MAX = 256;

export const strategy: Strategy<CSINode> = {
  schema: CSINode,
  deleteReturnsObject: true,
  requiresResourceVersion: true,
  validate: ({ spec }) => validateDrivers(spec.drivers ?? [], 'spec.drivers'),
  validateUpdate: (next, previous) => [...validateDrivers(next.spec.drivers ?? [], 'spec.drivers'), ...validateChange(next, previous)],
};

function validateDrivers(drivers: readonly CSINodeDriver[], path: string): Causes {
  return drivers.flatMap((driver, index) => [
    ...validateDriver(driver, `${path}[${index}]`),
    ...(drivers.findIndex(({ name }) => name === driver.name) < index ? [duplicate(`${path}[${index}].name`, driver.name)] : []),
    ...validateTopologyKeys(driver.topologyKeys ?? [], `${path}[${index}]`),
  ]);
}

function validateDriver({ name, nodeID, allocatable }: CSINodeDriver, path: string): Causes {
  return [
    ...validateCSIDriverName(name, `${path}.name`),
    ...(nodeID === '' ? [required(`${path}.nodeID`)] : []),
    ...(byteLength(nodeID) > NODE_ID_MAX ? [invalid(`${path}.nodeID`, nodeID, `must be ${NODE_ID_MAX} characters or less`)] : []),
    ...nonNegative(`${path}.allocatable.count`, allocatable?.count),
  ];
}

/** As Kubernetes does: keys are complained of at their driver. */
function validateTopologyKeys(keys: readonly string[], path: string): Causes {
  return keys.flatMap((key, index) => [
    ...(key === '' ? [required(path)] : []),
    ...(keys.indexOf(key) < index ? [duplicate(path, key)] : []),
    ...complaints(path, key, qualifiedName(key)),
  ]);
}

/** A driver's entry does not change while it is listed; its count of volumes may. */
function validateChange(next: CSINode, previous: CSINode): Causes {
  const now = next.spec.drivers ?? [];
  return (previous.spec.drivers ?? []).flatMap((old) =>
    now.filter(({ name }) => name === old.name).flatMap((driver) => immutable('spec.drivers', fixed(driver), fixed(old), goStruct(fixed(driver), Driver))),
  );
}

function fixed(driver: CSINodeDriver): Omit<CSINodeDriver, 'allocatable'> {
  const { allocatable: _free, ...rest } = driver;
  return rest;
}
