/**
 * SelfSubjectRulesReview: asks what the caller may do in a namespace. Nothing is stored; the API server
 * answers it. Rules on what is asked are in strategy/selfsubjectrulesreview.ts.
 */
import { defaultColumns } from '../columns.js';
import { defineKind } from '../define.js';
import type { SelfSubjectRulesReview as SelfSubjectRulesReviewObject } from './types/selfsubjectrulesreview.js';

export type SelfSubjectRulesReview = SelfSubjectRulesReviewObject;

export const SelfSubjectRulesReview = defineKind<SelfSubjectRulesReview>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectRulesReview',
  plural: 'selfsubjectrulesreviews',
  namespaced: false,
  verbs: ['create'],
  prefix: '',
  columns: defaultColumns,
  strategy: async () => (await import('./strategy/selfsubjectrulesreview.js')).strategy,
});
