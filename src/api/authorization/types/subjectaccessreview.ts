/** Struct of authorization/v1: SubjectAccessReview. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { SubjectAccessReviewSpec, SubjectAccessReviewStatus } from './localsubjectaccessreview.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const SubjectAccessReview = struct('authorization/v1.SubjectAccessReview', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(SubjectAccessReviewSpec, 'Spec authorization/v1.SubjectAccessReviewSpec', 2),
  status: sub(SubjectAccessReviewStatus, 'Status authorization/v1.SubjectAccessReviewStatus', 3, { omitempty: true }),
});
export type SubjectAccessReview = z.output<typeof SubjectAccessReview>;
