/**
 * Rules on writing DeviceClasses.
 */
import { deepEqual } from '../../../apimachinery/deep.js';
import { invalid, type Causes } from '../../../apimachinery/fielderror.js';
import { dns1123Subdomain } from '../../../apimachinery/names.js';
import { isExtendedResource } from '../../core/validation/resources.js';
import type { Strategy } from '../../kind.js';
import { DeviceClass } from '../types/deviceclass.js';
import type { DeviceClassSpec } from '../types/deviceclass.js';
import { CONFIG_MAX, validateConfiguration, validateSelectors } from '../validation/deviceclaim.js';
import { validateList } from '../validation/lists.js';

export const strategy: Strategy<DeviceClass> = {
  schema: DeviceClass,
  prepareForCreate({ metadata }) {
    metadata.generation = 1;
  },
  generation: (next, previous) => !deepEqual(next.spec, previous.spec),
  // As Kubernetes does: a name's prefix is not looked at by itself.
  validateName: (name, { prefix }) => (prefix ? [] : dns1123Subdomain(name)),
  validate: ({ spec }) => validateSpec(spec, 'spec'),
  validateUpdate: ({ spec }) => validateSpec(spec, 'spec'),
};

function validateSpec({ selectors = [], config = [], extendedResourceName: name }: DeviceClassSpec, path: string): Causes {
  return [
    ...validateSelectors(selectors, `${path}.selectors`),
    ...validateList(config, `${path}.config`, CONFIG_MAX, validateConfiguration),
    ...(name === undefined || isExtendedResource(name) ? [] : [invalid(`${path}.extendedResourceName`, name, 'must be a valid extended resource name')]),
  ];
}
