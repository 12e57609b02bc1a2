/**
 * MutatingAdmissionPolicy: mutations written as CEL. This is the light description; rules
 * on writes are in strategy/mutatingadmissionpolicy.ts.
 */
import { ageColumn, column, nameColumn, numberColumn } from '../columns.js';
import { defineKind } from '../define.js';
import type { MutatingAdmissionPolicy as MutatingAdmissionPolicyObject } from './types/mutatingadmissionpolicy.js';

export type MutatingAdmissionPolicy = MutatingAdmissionPolicyObject;

export const MutatingAdmissionPolicy = defineKind<MutatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicy',
  plural: 'mutatingadmissionpolicies',
  categories: ['api-extensions'],
  namespaced: false,
  columns: [
    nameColumn,
    numberColumn('Mutations', ({ spec }) => spec.mutations?.length ?? 0),
    column('ParamKind', ({ spec }) => (spec.paramKind ? `${spec.paramKind.apiVersion}/${spec.paramKind.kind}` : '<unset>')),
    ageColumn,
  ],
  strategy: async () => (await import('./strategy/mutatingadmissionpolicy.js')).strategy,
});
