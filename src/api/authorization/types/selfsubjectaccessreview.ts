/** Structs of authorization/v1: SelfSubjectAccessReview, SelfSubjectAccessReviewSpec. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { NonResourceAttributes, ResourceAttributes, SubjectAccessReviewStatus } from './localsubjectaccessreview.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const SelfSubjectAccessReviewSpec = struct('authorization/v1.SelfSubjectAccessReviewSpec', {
  resourceAttributes: sub(ResourceAttributes, 'ResourceAttributes *authorization/v1.ResourceAttributes', 1).optional(),
  nonResourceAttributes: sub(NonResourceAttributes, 'NonResourceAttributes *authorization/v1.NonResourceAttributes', 2).optional(),
});
export type SelfSubjectAccessReviewSpec = z.output<typeof SelfSubjectAccessReviewSpec>;

export const SelfSubjectAccessReview = struct('authorization/v1.SelfSubjectAccessReview', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(SelfSubjectAccessReviewSpec, 'Spec authorization/v1.SelfSubjectAccessReviewSpec', 2),
  status: sub(SubjectAccessReviewStatus, 'Status authorization/v1.SubjectAccessReviewStatus', 3, { omitempty: true }),
});
export type SelfSubjectAccessReview = z.output<typeof SelfSubjectAccessReview>;
