/**
 * LocalSubjectAccessReview: asks whether a subject may do something in a namespace. Nothing is stored; the API server
 * answers it. Rules on what is asked are in strategy/localsubjectaccessreview.ts.
 */
import { defaultColumns } from '../columns.js';
import { defineKind } from '../define.js';
import type { LocalSubjectAccessReview as LocalSubjectAccessReviewObject } from './types/localsubjectaccessreview.js';

export type LocalSubjectAccessReview = LocalSubjectAccessReviewObject;

export const LocalSubjectAccessReview = defineKind<LocalSubjectAccessReview>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'LocalSubjectAccessReview',
  plural: 'localsubjectaccessreviews',
  verbs: ['create'],
  prefix: '',
  columns: defaultColumns,
  strategy: async () => (await import('./strategy/localsubjectaccessreview.js')).strategy,
});
