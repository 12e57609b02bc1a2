/**
 * Rules on writing VolumeAttributesClasses: neither driver nor parameters ever
 * change.
 */
import { isDeepStrictEqual } from 'node:util';
import { forbidden, required, type Causes } from '../../../apimachinery/fielderror.js';
import { validateCSIDriverName } from './drivername.js';
import type { Strategy } from '../../kind.js';
import { VolumeAttributesClass } from '../types/volumeattributesclass.js';
import { validateParameters } from './parameters.js';

export const strategy: Strategy<VolumeAttributesClass> = {
  schema: VolumeAttributesClass,
  deleteReturnsObject: true,
  validate: ({ driverName, parameters }) => [...validateDriver(driverName), ...validateParameters(parameters, 'parameters', { needed: true })],
  validateUpdate: (next, previous) => [
    ...(next.driverName === previous.driverName ? [] : [forbidden('driverName', 'updates to driverName are forbidden.')]),
    ...(isDeepStrictEqual(next.parameters ?? {}, previous.parameters ?? {}) ? [] : [forbidden('parameters', 'updates to parameters are forbidden.')]),
  ],
};

const validateDriver = (name: string): Causes => (name === '' ? [required('driverName')] : validateCSIDriverName(name, 'driverName'));
