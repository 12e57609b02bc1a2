/**
 * Rules on writing DeviceClasses.
 */
import { deepEqual } from '../../../apimachinery/deep.js';
import { qualifiedName } from '../../../apimachinery/names.js';
import { complaints, type Causes } from '../../apps/validation/rules.js';
import type { Strategy } from '../../kind.js';
import { DeviceClass } from '../types/deviceclass.js';
import type { DeviceClassSpec } from '../types/deviceclass.js';
import { validateConfiguration, validateSelectors } from '../validation/deviceclaim.js';

export const strategy: Strategy<DeviceClass> = {
  schema: DeviceClass,
  prepareForCreate({ metadata }) {
    metadata.generation = 1;
  },
  generation: (next, previous) => !deepEqual(next.spec, previous.spec),
  validate: ({ spec }) => validateSpec(spec, 'spec'),
  validateUpdate: ({ spec }) => validateSpec(spec, 'spec'),
};

function validateSpec({ selectors = [], config = [], extendedResourceName: name }: DeviceClassSpec, path: string): Causes {
  return [
    ...validateSelectors(selectors, `${path}.selectors`),
    ...config.flatMap((entry, index) => validateConfiguration(entry, `${path}.config[${index}]`)),
    ...(name === undefined ? [] : complaints(`${path}.extendedResourceName`, name, qualifiedName(name))),
  ];
}
