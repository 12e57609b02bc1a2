/** Structs of admissionregistration/v1: ValidatingAdmissionPolicy, ValidatingAdmissionPolicyStatus, TypeChecking, ExpressionWarning, ValidatingAdmissionPolicySpec, AuditAnnotation, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { int64, list, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { MatchCondition, MatchResources, ParamKind, Variable } from './mutatingadmissionpolicy.js';
import { Condition, ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const Validation = struct('admissionregistration/v1.Validation', {
  expression: str('Expression string', 1),
  message: str('Message string', 2).optional(),
  reason: str('Reason *v1.StatusReason=string', 3).optional(),
  messageExpression: str('MessageExpression string', 4).optional(),
});
export type Validation = z.output<typeof Validation>;

export const AuditAnnotation = struct('admissionregistration/v1.AuditAnnotation', {
  key: str('Key string', 1),
  valueExpression: str('ValueExpression string', 2),
});
export type AuditAnnotation = z.output<typeof AuditAnnotation>;

export const ValidatingAdmissionPolicySpec = struct('admissionregistration/v1.ValidatingAdmissionPolicySpec', {
  paramKind: sub(ParamKind, 'ParamKind *admissionregistration/v1.ParamKind', 1).optional(),
  matchConstraints: sub(MatchResources, 'MatchConstraints *admissionregistration/v1.MatchResources', 2).optional(),
  validations: list(Validation, 'Validations []admissionregistration/v1.Validation', 3, { listType: 'atomic' }).optional(),
  failurePolicy: str('FailurePolicy *v1.FailurePolicyType=string', 4, { enum: ['Fail', 'Ignore'] }).optional(),
  auditAnnotations: list(AuditAnnotation, 'AuditAnnotations []admissionregistration/v1.AuditAnnotation', 5, { listType: 'atomic' }).optional(),
  matchConditions: list(MatchCondition, 'MatchConditions []admissionregistration/v1.MatchCondition', 6, {
    patch: 'merge',
    key: 'name',
    listType: 'map',
    mapKeys: ['name'],
  }).optional(),
  variables: list(Variable, 'Variables []admissionregistration/v1.Variable', 7, { patch: 'merge', key: 'name', listType: 'map', mapKeys: ['name'] }).optional(),
});
export type ValidatingAdmissionPolicySpec = z.output<typeof ValidatingAdmissionPolicySpec>;

export const ExpressionWarning = struct('admissionregistration/v1.ExpressionWarning', {
  fieldRef: str('FieldRef string', 2),
  warning: str('Warning string', 3),
});
export type ExpressionWarning = z.output<typeof ExpressionWarning>;

export const TypeChecking = struct('admissionregistration/v1.TypeChecking', {
  expressionWarnings: list(ExpressionWarning, 'ExpressionWarnings []admissionregistration/v1.ExpressionWarning', 1, { listType: 'atomic' }).optional(),
});
export type TypeChecking = z.output<typeof TypeChecking>;

export const ValidatingAdmissionPolicyStatus = struct('admissionregistration/v1.ValidatingAdmissionPolicyStatus', {
  observedGeneration: int64('ObservedGeneration int64', 1).optional(),
  typeChecking: sub(TypeChecking, 'TypeChecking *admissionregistration/v1.TypeChecking', 2).optional(),
  conditions: list(Condition, 'Conditions []apis/meta/v1.Condition', 3, { listType: 'map', mapKeys: ['type'] }).optional(),
});
export type ValidatingAdmissionPolicyStatus = z.output<typeof ValidatingAdmissionPolicyStatus>;

export const ValidatingAdmissionPolicy = struct('admissionregistration/v1.ValidatingAdmissionPolicy', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(ValidatingAdmissionPolicySpec, 'Spec admissionregistration/v1.ValidatingAdmissionPolicySpec', 2, { omitempty: true }),
  status: sub(ValidatingAdmissionPolicyStatus, 'Status admissionregistration/v1.ValidatingAdmissionPolicyStatus', 3, { omitempty: true }),
});
export type ValidatingAdmissionPolicy = z.output<typeof ValidatingAdmissionPolicy>;
