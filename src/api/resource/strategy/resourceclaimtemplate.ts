/**
 * Rules on writing ResourceClaimTemplates: the template never changes.
 */
import { validateAnnotations, validateLabels } from '../../../apimachinery/names.js';
import { goStruct, immutable, type Causes } from '../../apps/validation/rules.js';
import type { Strategy } from '../../kind.js';
import { ResourceClaimTemplate, ResourceClaimTemplateSpec } from '../types/resourceclaimtemplate.js';
import { defaultDeviceClaim, validateDeviceClaim } from '../validation/deviceclaim.js';

export const strategy: Strategy<ResourceClaimTemplate> = {
  schema: ResourceClaimTemplate,
  defaults({ spec }) {
    defaultDeviceClaim(spec.spec.devices);
  },
  validate: ({ spec }) => validateSpec(spec, 'spec'),
  validateUpdate: (next, previous) => [...validateSpec(next.spec, 'spec'), ...immutable('spec', next.spec, previous.spec, goStruct(next.spec, ResourceClaimTemplateSpec))],
};

function validateSpec({ metadata, spec }: ResourceClaimTemplateSpec, path: string): Causes {
  return [
    ...validateLabels(metadata.labels, `${path}.metadata.labels`),
    ...validateAnnotations(metadata.annotations, `${path}.metadata.annotations`),
    ...validateDeviceClaim(spec.devices, `${path}.spec.devices`),
  ];
}
