/** SelfSubjectRulesReview: the API server itself refuses one without a namespace, with a 400. */
import type { Strategy } from '../../kind.js';
import { SelfSubjectRulesReview } from '../types/selfsubjectrulesreview.js';

export const strategy: Strategy<SelfSubjectRulesReview> = { schema: SelfSubjectRulesReview, generation: false };
