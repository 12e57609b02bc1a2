/**
 * ValidatingAdmissionPolicyBinding: where a policy holds. This is the light
 * description; rules on writes are in strategy/validatingadmissionpolicybinding.ts.
 */
import { ageColumn, column, nameColumn } from '../columns.js';
import { defineKind } from '../define.js';
import type { ValidatingAdmissionPolicyBinding as ValidatingAdmissionPolicyBindingObject } from './types/validatingadmissionpolicybinding.js';

export type ValidatingAdmissionPolicyBinding = ValidatingAdmissionPolicyBindingObject;

export const ValidatingAdmissionPolicyBinding = defineKind<ValidatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  categories: ['api-extensions'],
  namespaced: false,
  columns: [nameColumn, column('PolicyName', ({ spec }) => spec.policyName ?? ''), column('ParamRef', ({ spec }) => paramText(spec.paramRef)), ageColumn],
  strategy: async () => (await import('./strategy/validatingadmissionpolicybinding.js')).strategy,
});

function paramText(param: ValidatingAdmissionPolicyBinding['spec']['paramRef']): string {
  if (!param) return '<unset>';
  return param.namespace ? `${param.namespace}/${param.name ?? ''}` : (param.name ?? '');
}
