/** Structs of admissionregistration/v1: ValidatingAdmissionPolicyBinding, ValidatingAdmissionPolicyBindingSpec. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { list, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { MatchResources } from './mutatingadmissionpolicy.js';
import { ParamRef } from './mutatingadmissionpolicybinding.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const ValidatingAdmissionPolicyBindingSpec = struct('admissionregistration/v1.ValidatingAdmissionPolicyBindingSpec', {
  policyName: str('PolicyName string', 1, { required: true }).optional(),
  paramRef: sub(ParamRef, 'ParamRef *admissionregistration/v1.ParamRef', 2).optional(),
  matchResources: sub(MatchResources, 'MatchResources *admissionregistration/v1.MatchResources', 3).optional(),
  validationActions: list(str(undefined, undefined, { enum: ['Audit', 'Deny', 'Warn'] }), 'ValidationActions []v1.ValidationAction=string', 4, {
    listType: 'set',
    required: true,
  }).optional(),
});
export type ValidatingAdmissionPolicyBindingSpec = z.output<typeof ValidatingAdmissionPolicyBindingSpec>;

export const ValidatingAdmissionPolicyBinding = struct('admissionregistration/v1.ValidatingAdmissionPolicyBinding', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(ValidatingAdmissionPolicyBindingSpec, 'Spec admissionregistration/v1.ValidatingAdmissionPolicyBindingSpec', 2, { required: true, omitempty: true }),
});
export type ValidatingAdmissionPolicyBinding = z.output<typeof ValidatingAdmissionPolicyBinding>;
