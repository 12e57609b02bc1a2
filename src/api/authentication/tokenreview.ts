/**
 * TokenReview: asks whose token it is. Nothing is stored; the API server
 * answers it. Rules on what is asked are in strategy/tokenreview.ts.
 */
import { defaultColumns } from '../columns.js';
import { defineKind } from '../define.js';
import type { TokenReview as TokenReviewObject } from './types/tokenreview.js';

export type TokenReview = TokenReviewObject;

export const TokenReview = defineKind<TokenReview>({
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenReview',
  plural: 'tokenreviews',
  namespaced: false,
  verbs: ['create'],
  prefix: '',
  columns: defaultColumns,
  strategy: async () => (await import('./strategy/tokenreview.js')).strategy,
});
