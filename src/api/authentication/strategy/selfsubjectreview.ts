/** SelfSubjectReview: nothing is asked, so nothing can be wrong. */
import type { Strategy } from '../../kind.js';
import { SelfSubjectReview } from '../types/selfsubjectreview.js';

export const strategy: Strategy<SelfSubjectReview> = { schema: SelfSubjectReview, generation: false };
