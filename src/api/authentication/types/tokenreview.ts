/** Structs of authentication/v1: TokenReview, TokenReviewStatus, TokenReviewSpec. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, list, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { UserInfo } from './selfsubjectreview.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const TokenReviewSpec = struct('authentication/v1.TokenReviewSpec', {
  token: str('Token string', 1, { required: true }).optional(),
  audiences: list(str(), 'Audiences []string', 2, { listType: 'atomic' }).optional(),
});
export type TokenReviewSpec = z.output<typeof TokenReviewSpec>;

export const TokenReviewStatus = struct('authentication/v1.TokenReviewStatus', {
  authenticated: bool('Authenticated bool', 1).optional(),
  user: sub(UserInfo, 'User authentication/v1.UserInfo', 2, { omitempty: true }),
  audiences: list(str(), 'Audiences []string', 4, { listType: 'atomic' }).optional(),
  error: str('Error string', 3).optional(),
});
export type TokenReviewStatus = z.output<typeof TokenReviewStatus>;

export const TokenReview = struct('authentication/v1.TokenReview', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(TokenReviewSpec, 'Spec authentication/v1.TokenReviewSpec', 2),
  status: sub(TokenReviewStatus, 'Status authentication/v1.TokenReviewStatus', 3, { omitempty: true }),
});
export type TokenReview = z.output<typeof TokenReview>;
