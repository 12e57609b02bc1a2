/**
 * Rules on writing ResourceClaimTemplates: the template never changes.
 */
import { validateAnnotations, validateLabels } from '../../../apimachinery/names.js';
import { forbidden, goStruct, immutable, type Causes } from '../../apps/validation/rules.js';
import type { Strategy } from '../../kind.js';
import { ResourceClaimTemplate, ResourceClaimTemplateSpec } from '../types/resourceclaimtemplate.js';
import { refuseAdminAccess } from '../validation/adminaccess.js';
import { defaultDeviceClaim, validateDeviceClaim } from '../validation/deviceclaim.js';

export const strategy: Strategy<ResourceClaimTemplate> = {
  schema: ResourceClaimTemplate,
  defaults({ spec }) {
    defaultDeviceClaim(spec.spec.devices);
  },
  firstCauses: ({ spec }, context) => refuseAdminAccess(spec.spec.devices, context),
  validate: ({ spec }) => validateSpec(spec, 'spec'),
  validateUpdate: (next, previous) => immutable('spec', next.spec, previous.spec, goStruct(next.spec, ResourceClaimTemplateSpec)),
};

function validateSpec({ metadata, spec }: ResourceClaimTemplateSpec, path: string): Causes {
  return [...validateTemplateMetadata(metadata, `${path}.metadata`), ...validateDeviceClaim(spec.devices, `${path}.spec.devices`)];
}

/** Claims take labels and annotations of their template, and nothing else of its metadata. */
function validateTemplateMetadata(metadata: ResourceClaimTemplateSpec['metadata'], path: string): Causes {
  const others = Object.entries(metadata).filter(([name, value]) => name !== 'labels' && name !== 'annotations' && value !== null);
  return [
    ...validateAnnotations(metadata.annotations, `${path}.annotations`),
    ...validateLabels(metadata.labels, `${path}.labels`),
    ...others.map(([name]) => forbidden(`${path}.${name === 'uid' ? 'uID' : name}`, 'cannot be set')),
  ];
}
