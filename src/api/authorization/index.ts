/** The kinds of authorization.k8s.io. */
import type { Kind } from '../kind.js';
import { SubjectAccessReview } from './subjectaccessreview.js';
import { SelfSubjectAccessReview } from './selfsubjectaccessreview.js';
import { LocalSubjectAccessReview } from './localsubjectaccessreview.js';
import { SelfSubjectRulesReview } from './selfsubjectrulesreview.js';

export const kinds: readonly Kind[] = [SubjectAccessReview, SelfSubjectAccessReview, LocalSubjectAccessReview, SelfSubjectRulesReview];
