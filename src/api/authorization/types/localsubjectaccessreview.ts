/** Structs of authorization/v1: LocalSubjectAccessReview, SubjectAccessReviewStatus, SubjectAccessReviewSpec, NonResourceAttributes, ResourceAttributes, LabelSelectorAttributes, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, list, map, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { LabelSelectorRequirement, ObjectMeta } from '../../../apimachinery/meta/meta.js';
import { FieldSelectorRequirement } from '../../../apimachinery/meta/options.js';

export const FieldSelectorAttributes = struct('authorization/v1.FieldSelectorAttributes', {
  rawSelector: str('RawSelector string', 1).optional(),
  requirements: list(FieldSelectorRequirement, 'Requirements []apis/meta/v1.FieldSelectorRequirement', 2, { listType: 'atomic' }).optional(),
});
export type FieldSelectorAttributes = z.output<typeof FieldSelectorAttributes>;

export const LabelSelectorAttributes = struct('authorization/v1.LabelSelectorAttributes', {
  rawSelector: str('RawSelector string', 1).optional(),
  requirements: list(LabelSelectorRequirement, 'Requirements []apis/meta/v1.LabelSelectorRequirement', 2, { listType: 'atomic' }).optional(),
});
export type LabelSelectorAttributes = z.output<typeof LabelSelectorAttributes>;

export const ResourceAttributes = struct('authorization/v1.ResourceAttributes', {
  namespace: str('Namespace string', 1).optional(),
  verb: str('Verb string', 2).optional(),
  group: str('Group string', 3).optional(),
  version: str('Version string', 4).optional(),
  resource: str('Resource string', 5).optional(),
  subresource: str('Subresource string', 6).optional(),
  name: str('Name string', 7).optional(),
  fieldSelector: sub(FieldSelectorAttributes, 'FieldSelector *authorization/v1.FieldSelectorAttributes', 8).optional(),
  labelSelector: sub(LabelSelectorAttributes, 'LabelSelector *authorization/v1.LabelSelectorAttributes', 9).optional(),
});
export type ResourceAttributes = z.output<typeof ResourceAttributes>;

export const NonResourceAttributes = struct('authorization/v1.NonResourceAttributes', {
  path: str('Path string', 1).optional(),
  verb: str('Verb string', 2).optional(),
});
export type NonResourceAttributes = z.output<typeof NonResourceAttributes>;

export const SubjectAccessReviewSpec = struct('authorization/v1.SubjectAccessReviewSpec', {
  resourceAttributes: sub(ResourceAttributes, 'ResourceAttributes *authorization/v1.ResourceAttributes', 1).optional(),
  nonResourceAttributes: sub(NonResourceAttributes, 'NonResourceAttributes *authorization/v1.NonResourceAttributes', 2).optional(),
  user: str('User string', 3).optional(),
  groups: list(str(), 'Groups []string', 4, { listType: 'atomic' }).optional(),
  extra: map(list(str()), 'Extra map[string][]string', 5).optional(),
  uid: str('UID string', 6).optional(),
});
export type SubjectAccessReviewSpec = z.output<typeof SubjectAccessReviewSpec>;

export const SubjectAccessReviewStatus = struct('authorization/v1.SubjectAccessReviewStatus', {
  allowed: bool('Allowed bool', 1),
  denied: bool('Denied bool', 4).optional(),
  reason: str('Reason string', 2).optional(),
  evaluationError: str('EvaluationError string', 3).optional(),
});
export type SubjectAccessReviewStatus = z.output<typeof SubjectAccessReviewStatus>;

export const LocalSubjectAccessReview = struct('authorization/v1.LocalSubjectAccessReview', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(SubjectAccessReviewSpec, 'Spec authorization/v1.SubjectAccessReviewSpec', 2),
  status: sub(SubjectAccessReviewStatus, 'Status authorization/v1.SubjectAccessReviewStatus', 3, { omitempty: true }),
});
export type LocalSubjectAccessReview = z.output<typeof LocalSubjectAccessReview>;
