/** Rules of what a SelfSubjectAccessReview may ask. */
import type { Strategy } from '../../kind.js';
import { SelfSubjectAccessReview } from '../types/selfsubjectaccessreview.js';
import { validateAttributes, validateNoMetadata, validateSelectors } from '../validation/accessreview.js';

export const strategy: Strategy<SelfSubjectAccessReview> = {
  schema: SelfSubjectAccessReview,
  generation: false,
  validateName: () => [],
  validate: ({ metadata, spec }) => [...validateAttributes(spec), ...validateSelectors(spec), ...validateNoMetadata(metadata)],
};
