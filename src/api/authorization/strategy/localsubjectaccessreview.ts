/** Rules of what a LocalSubjectAccessReview may ask: about resources of its own namespace. */
import { invalid, type Causes } from '../../../apimachinery/fielderror.js';
import type { Strategy } from '../../kind.js';
import { goStruct } from '../../apps/validation/rules.js';
import { LocalSubjectAccessReview, NonResourceAttributes } from '../types/localsubjectaccessreview.js';
import { validateAttributes, validateNoMetadata, validateSelectors, validateSubject } from '../validation/accessreview.js';

export const strategy: Strategy<LocalSubjectAccessReview> = {
  schema: LocalSubjectAccessReview,
  generation: false,
  validateName: () => [],
  validate: ({ metadata, spec }) => [
    ...validateAttributes(spec),
    ...validateSubject(spec),
    ...validateSelectors(spec),
    ...validateNoMetadata(metadata, { local: true }),
    ...validateNamespace(spec.resourceAttributes, metadata.namespace ?? ''),
    ...(spec.nonResourceAttributes
      ? [invalid('spec.nonResourceAttributes', goStruct(spec.nonResourceAttributes, NonResourceAttributes), 'disallowed on this kind of request')]
      : []),
  ],
};

function validateNamespace(resource: LocalSubjectAccessReview['spec']['resourceAttributes'], namespace: string): Causes {
  if (!resource || (resource.namespace ?? '') === namespace) return [];
  return [invalid('spec.resourceAttributes.namespace', resource.namespace ?? '', 'must match metadata.namespace')];
}
