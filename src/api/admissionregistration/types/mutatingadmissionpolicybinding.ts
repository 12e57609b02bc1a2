/** Structs of admissionregistration/v1: MutatingAdmissionPolicyBinding, MutatingAdmissionPolicyBindingSpec, ParamRef. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { MatchResources } from './mutatingadmissionpolicy.js';
import { LabelSelector, ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const ParamRef = struct(
  'admissionregistration/v1.ParamRef',
  {
    name: str('Name string', 1).optional(),
    namespace: str('Namespace string', 2).optional(),
    selector: sub(LabelSelector, 'Selector *apis/meta/v1.LabelSelector', 3).optional(),
    parameterNotFoundAction: str('ParameterNotFoundAction *v1.ParameterNotFoundActionType=string', 4).optional(),
  },
  { mapType: 'atomic' },
);
export type ParamRef = z.output<typeof ParamRef>;

export const MutatingAdmissionPolicyBindingSpec = struct('admissionregistration/v1.MutatingAdmissionPolicyBindingSpec', {
  policyName: str('PolicyName string', 1).optional(),
  paramRef: sub(ParamRef, 'ParamRef *admissionregistration/v1.ParamRef', 2).optional(),
  matchResources: sub(MatchResources, 'MatchResources *admissionregistration/v1.MatchResources', 3).optional(),
});
export type MutatingAdmissionPolicyBindingSpec = z.output<typeof MutatingAdmissionPolicyBindingSpec>;

export const MutatingAdmissionPolicyBinding = struct('admissionregistration/v1.MutatingAdmissionPolicyBinding', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(MutatingAdmissionPolicyBindingSpec, 'Spec admissionregistration/v1.MutatingAdmissionPolicyBindingSpec', 2, { omitempty: true }),
});
export type MutatingAdmissionPolicyBinding = z.output<typeof MutatingAdmissionPolicyBinding>;
