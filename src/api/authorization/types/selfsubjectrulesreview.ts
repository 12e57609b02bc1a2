/** Structs of authorization/v1: SelfSubjectRulesReview, SubjectRulesReviewStatus, NonResourceRule, ResourceRule, SelfSubjectRulesReviewSpec. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, list, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const SelfSubjectRulesReviewSpec = struct('authorization/v1.SelfSubjectRulesReviewSpec', {
  namespace: str('Namespace string', 1).optional(),
});
export type SelfSubjectRulesReviewSpec = z.output<typeof SelfSubjectRulesReviewSpec>;

export const ResourceRule = struct('authorization/v1.ResourceRule', {
  verbs: list(str(), 'Verbs []string', 1, { listType: 'atomic' }),
  apiGroups: list(str(), 'APIGroups []string', 2, { listType: 'atomic' }).optional(),
  resources: list(str(), 'Resources []string', 3, { listType: 'atomic' }).optional(),
  resourceNames: list(str(), 'ResourceNames []string', 4, { listType: 'atomic' }).optional(),
});
export type ResourceRule = z.output<typeof ResourceRule>;

export const NonResourceRule = struct('authorization/v1.NonResourceRule', {
  verbs: list(str(), 'Verbs []string', 1, { listType: 'atomic' }),
  nonResourceURLs: list(str(), 'NonResourceURLs []string', 2, { listType: 'atomic' }).optional(),
});
export type NonResourceRule = z.output<typeof NonResourceRule>;

export const SubjectRulesReviewStatus = struct('authorization/v1.SubjectRulesReviewStatus', {
  resourceRules: list(ResourceRule, 'ResourceRules []authorization/v1.ResourceRule', 1, { listType: 'atomic' }),
  nonResourceRules: list(NonResourceRule, 'NonResourceRules []authorization/v1.NonResourceRule', 2, { listType: 'atomic' }),
  incomplete: bool('Incomplete bool', 3),
  evaluationError: str('EvaluationError string', 4).optional(),
});
export type SubjectRulesReviewStatus = z.output<typeof SubjectRulesReviewStatus>;

export const SelfSubjectRulesReview = struct('authorization/v1.SelfSubjectRulesReview', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(SelfSubjectRulesReviewSpec, 'Spec authorization/v1.SelfSubjectRulesReviewSpec', 2),
  status: sub(SubjectRulesReviewStatus, 'Status authorization/v1.SubjectRulesReviewStatus', 3, { omitempty: true }),
});
export type SelfSubjectRulesReview = z.output<typeof SelfSubjectRulesReview>;
