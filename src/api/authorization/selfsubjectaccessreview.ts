/**
 * SelfSubjectAccessReview: asks whether the caller may do something. Nothing is stored; the API server
 * answers it. Rules on what is asked are in strategy/selfsubjectaccessreview.ts.
 */
import { defaultColumns } from '../columns.js';
import { defineKind } from '../define.js';
import type { SelfSubjectAccessReview as SelfSubjectAccessReviewObject } from './types/selfsubjectaccessreview.js';

export type SelfSubjectAccessReview = SelfSubjectAccessReviewObject;

export const SelfSubjectAccessReview = defineKind<SelfSubjectAccessReview>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  namespaced: false,
  verbs: ['create'],
  prefix: '',
  columns: defaultColumns,
  strategy: async () => (await import('./strategy/selfsubjectaccessreview.js')).strategy,
});
