/**
 * ValidatingAdmissionPolicy: validations written as CEL. This is the light description; rules
 * on writes are in strategy/validatingadmissionpolicy.ts.
 */
import { ageColumn, column, nameColumn, numberColumn } from '../columns.js';
import { defineKind, statusSubresource } from '../define.js';
import type { ValidatingAdmissionPolicy as ValidatingAdmissionPolicyObject } from './types/validatingadmissionpolicy.js';

export type ValidatingAdmissionPolicy = ValidatingAdmissionPolicyObject;

export const ValidatingAdmissionPolicy = defineKind<ValidatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  categories: ['api-extensions'],
  namespaced: false,
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    numberColumn('Validations', ({ spec }) => spec.validations?.length ?? 0),
    column('ParamKind', ({ spec }) => (spec.paramKind ? `${spec.paramKind.apiVersion}/${spec.paramKind.kind}` : '<unset>')),
    ageColumn,
  ],
  strategy: async () => (await import('./strategy/validatingadmissionpolicy.js')).strategy,
});
