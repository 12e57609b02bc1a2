/**
 * SubjectAccessReview: asks whether a subject may do something. Nothing is stored; the API server
 * answers it. Rules on what is asked are in strategy/subjectaccessreview.ts.
 */
import { defaultColumns } from '../columns.js';
import { defineKind } from '../define.js';
import type { SubjectAccessReview as SubjectAccessReviewObject } from './types/subjectaccessreview.js';

export type SubjectAccessReview = SubjectAccessReviewObject;

export const SubjectAccessReview = defineKind<SubjectAccessReview>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  namespaced: false,
  verbs: ['create'],
  prefix: '',
  columns: defaultColumns,
  strategy: async () => (await import('./strategy/subjectaccessreview.js')).strategy,
});
