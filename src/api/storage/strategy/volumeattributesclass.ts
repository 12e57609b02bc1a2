/**
 * Rules on writing VolumeAttributesClasses: neither driver nor parameters ever
 * change.
 */
import { isDeepStrictEqual } from 'node:util';
import { forbidden, type Causes } from '../../../apimachinery/fielderror.js';
import type { Strategy } from '../../kind.js';
import { VolumeAttributesClass } from '../types/volumeattributesclass.js';
import { validateParameters, validateProvisioner } from './parameters.js';

export const strategy: Strategy<VolumeAttributesClass> = {
  schema: VolumeAttributesClass,
  deleteReturnsObject: true,
  validate: validateClass,
  validateUpdate: (next, previous) => [
    ...(next.driverName === previous.driverName ? [] : [forbidden('driverName', 'updates to driverName are forbidden.')]),
    ...(isDeepStrictEqual(next.parameters ?? {}, previous.parameters ?? {}) ? [] : [forbidden('parameters', 'updates to parameters are forbidden.')]),
    ...validateClass(next),
  ],
};

function validateClass({ driverName, parameters }: VolumeAttributesClass): Causes {
  return [...validateProvisioner(driverName, 'driverName'), ...validateParameters(parameters, 'parameters', { needed: true })];
}
