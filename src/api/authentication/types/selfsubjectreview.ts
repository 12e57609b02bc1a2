/** Structs of authentication/v1: SelfSubjectReview, SelfSubjectReviewStatus, UserInfo. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { list, map, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const UserInfo = struct('authentication/v1.UserInfo', {
  username: str('Username string', 1).optional(),
  uid: str('UID string', 2).optional(),
  groups: list(str(), 'Groups []string', 3, { listType: 'atomic' }).optional(),
  extra: map(list(str()), 'Extra map[string][]string', 4).optional(),
});
export type UserInfo = z.output<typeof UserInfo>;

export const SelfSubjectReviewStatus = struct('authentication/v1.SelfSubjectReviewStatus', {
  userInfo: sub(UserInfo, 'UserInfo authentication/v1.UserInfo', 1, { omitempty: true }),
});
export type SelfSubjectReviewStatus = z.output<typeof SelfSubjectReviewStatus>;

export const SelfSubjectReview = struct('authentication/v1.SelfSubjectReview', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  status: sub(SelfSubjectReviewStatus, 'Status authentication/v1.SelfSubjectReviewStatus', 2, { omitempty: true }),
});
export type SelfSubjectReview = z.output<typeof SelfSubjectReview>;
