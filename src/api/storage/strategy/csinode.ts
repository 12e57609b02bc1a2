/**
 * Rules on writing CSINodes: each driver once, with topology keys that differ.
 */
import { isDeepStrictEqual } from 'node:util';
import { duplicate, invalid, required, tooLong, type Causes } from '../../../apimachinery/fielderror.js';
import { qualifiedName } from '../../../apimachinery/names.js';
import { complaints, nonNegative } from '../../apps/validation/rules.js';
import type { Strategy } from '../../kind.js';
import { CSINode } from '../types/csinode.js';
import type { CSINodeDriver } from '../types/csinode.js';
import { validateCSIDriverName } from './drivername.js';

const NODE_ID_MAX = 192;

export const strategy: Strategy<CSINode> = {
  schema: CSINode,
  deleteReturnsObject: true,
  validate: ({ spec }) => validateDrivers(spec.drivers ?? [], 'spec.drivers'),
  validateUpdate: (next, previous) => [...validateDrivers(next.spec.drivers ?? [], 'spec.drivers'), ...validateChange(next, previous)],
};

function validateDrivers(drivers: readonly CSINodeDriver[], path: string): Causes {
  return drivers.flatMap((driver, index) => [
    ...validateDriver(driver, `${path}[${index}]`),
    ...(drivers.findIndex(({ name }) => name === driver.name) < index ? [duplicate(`${path}[${index}].name`, driver.name)] : []),
  ]);
}

function validateDriver({ name, nodeID, topologyKeys, allocatable }: CSINodeDriver, path: string): Causes {
  const keys = topologyKeys ?? [];
  return [
    ...validateCSIDriverName(name, `${path}.name`),
    ...(nodeID === '' ? [required(`${path}.nodeID`)] : []),
    ...(nodeID.length > NODE_ID_MAX ? [tooLong(`${path}.nodeID`, nodeID, NODE_ID_MAX)] : []),
    ...nonNegative(`${path}.allocatable.count`, allocatable?.count),
    ...keys.flatMap((key, index) => [
      ...(key === '' ? [required(`${path}.topologyKeys[${index}]`)] : complaints(`${path}.topologyKeys[${index}]`, key, qualifiedName(key))),
      ...(keys.indexOf(key) < index ? [duplicate(`${path}.topologyKeys[${index}]`, key)] : []),
    ]),
  ];
}

/** A driver's entry does not change while it is listed; its count of volumes may. */
function validateChange(next: CSINode, previous: CSINode): Causes {
  const known = new Map((previous.spec.drivers ?? []).map((driver) => [driver.name, driver]));
  return (next.spec.drivers ?? []).flatMap((driver, index) => {
    const old = known.get(driver.name);
    const { allocatable: _new, ...now } = driver;
    const { allocatable: _old, ...then } = old ?? driver;
    return isDeepStrictEqual(now, then) ? [] : [invalid(`spec.drivers[${index}]`, driver, 'field is immutable')];
  });
}
