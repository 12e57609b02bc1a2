/**
 * MutatingAdmissionPolicyBinding: where a policy holds. This is the light
 * description; rules on writes are in strategy/mutatingadmissionpolicybinding.ts.
 */
import { ageColumn, column, nameColumn } from '../columns.js';
import { defineKind } from '../define.js';
import type { MutatingAdmissionPolicyBinding as MutatingAdmissionPolicyBindingObject } from './types/mutatingadmissionpolicybinding.js';

export type MutatingAdmissionPolicyBinding = MutatingAdmissionPolicyBindingObject;

export const MutatingAdmissionPolicyBinding = defineKind<MutatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicyBinding',
  plural: 'mutatingadmissionpolicybindings',
  categories: ['api-extensions'],
  namespaced: false,
  columns: [nameColumn, column('PolicyName', ({ spec }) => spec.policyName ?? ''), column('ParamRef', ({ spec }) => paramText(spec.paramRef)), ageColumn],
  strategy: async () => (await import('./strategy/mutatingadmissionpolicybinding.js')).strategy,
});

function paramText(param: MutatingAdmissionPolicyBinding['spec']['paramRef']): string {
  if (!param) return '<unset>';
  return param.namespace ? `${param.namespace}/${param.name ?? ''}` : (param.name ?? '');
}
