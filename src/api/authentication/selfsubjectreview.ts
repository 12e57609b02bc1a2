/**
 * SelfSubjectReview: asks who the caller is. Nothing is stored; the API server
 * answers it. Rules on what is asked are in strategy/selfsubjectreview.ts.
 */
import { defaultColumns } from '../columns.js';
import { defineKind } from '../define.js';
import type { SelfSubjectReview as SelfSubjectReviewObject } from './types/selfsubjectreview.js';

export type SelfSubjectReview = SelfSubjectReviewObject;

export const SelfSubjectReview = defineKind<SelfSubjectReview>({
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  namespaced: false,
  verbs: ['create'],
  prefix: '',
  columns: defaultColumns,
  strategy: async () => (await import('./strategy/selfsubjectreview.js')).strategy,
});
