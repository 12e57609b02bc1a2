/** Rules of what a SubjectAccessReview may ask. */
import type { Strategy } from '../../kind.js';
import { SubjectAccessReview } from '../types/subjectaccessreview.js';
import { validateAttributes, validateNoMetadata, validateSelectors, validateSubject } from '../validation/accessreview.js';

export const strategy: Strategy<SubjectAccessReview> = {
  schema: SubjectAccessReview,
  generation: false,
  validateName: () => [],
  validate: ({ metadata, spec }) => [...validateAttributes(spec), ...validateSubject(spec), ...validateSelectors(spec), ...validateNoMetadata(metadata)],
};
