/** Structs of admissionregistration/v1: MutatingAdmissionPolicy, MutatingAdmissionPolicySpec, MatchCondition, Mutation, JSONPatch, ApplyConfiguration, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { list, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { LabelSelector, ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const ParamKind = struct(
  'admissionregistration/v1.ParamKind',
  {
    apiVersion: str('APIVersion string', 1).optional(),
    kind: str('Kind string', 2).optional(),
  },
  { mapType: 'atomic' },
);
export type ParamKind = z.output<typeof ParamKind>;

export const Rule = struct('admissionregistration/v1.Rule', {
  apiGroups: list(str(), 'APIGroups []string', 1, { listType: 'atomic' }).optional(),
  apiVersions: list(str(), 'APIVersions []string', 2, { listType: 'atomic' }).optional(),
  resources: list(str(), 'Resources []string', 3, { listType: 'atomic' }).optional(),
  scope: str('Scope *v1.ScopeType=string', 4, { enum: ['*', 'Cluster', 'Namespaced'] }).optional(),
});
export type Rule = z.output<typeof Rule>;

export const RuleWithOperations = struct(
  'admissionregistration/v1.RuleWithOperations',
  {
    operations: list(str(undefined, undefined, { enum: ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'] }), 'Operations []v1.OperationType=string', 1, {
      listType: 'atomic',
    }).optional(),
    ...Rule.shape,
  },
  { inline: [['Rule', Rule, 2]] },
);
export type RuleWithOperations = z.output<typeof RuleWithOperations>;

export const NamedRuleWithOperations = struct(
  'admissionregistration/v1.NamedRuleWithOperations',
  {
    resourceNames: list(str(), 'ResourceNames []string', 1, { listType: 'atomic' }).optional(),
    ...RuleWithOperations.shape,
  },
  { mapType: 'atomic', inline: [['RuleWithOperations', RuleWithOperations, 2]] },
);
export type NamedRuleWithOperations = z.output<typeof NamedRuleWithOperations>;

export const MatchResources = struct(
  'admissionregistration/v1.MatchResources',
  {
    namespaceSelector: sub(LabelSelector, 'NamespaceSelector *apis/meta/v1.LabelSelector', 1).optional(),
    objectSelector: sub(LabelSelector, 'ObjectSelector *apis/meta/v1.LabelSelector', 2).optional(),
    resourceRules: list(NamedRuleWithOperations, 'ResourceRules []admissionregistration/v1.NamedRuleWithOperations', 3, { listType: 'atomic' }).optional(),
    excludeResourceRules: list(NamedRuleWithOperations, 'ExcludeResourceRules []admissionregistration/v1.NamedRuleWithOperations', 4, {
      listType: 'atomic',
    }).optional(),
    matchPolicy: str('MatchPolicy *v1.MatchPolicyType=string', 7, { enum: ['Equivalent', 'Exact'] }).optional(),
  },
  { mapType: 'atomic' },
);
export type MatchResources = z.output<typeof MatchResources>;

export const Variable = struct(
  'admissionregistration/v1.Variable',
  {
    name: str('Name string', 1),
    expression: str('Expression string', 2),
  },
  { mapType: 'atomic' },
);
export type Variable = z.output<typeof Variable>;

export const ApplyConfiguration = struct('admissionregistration/v1.ApplyConfiguration', {
  expression: str('Expression string', 1).optional(),
});
export type ApplyConfiguration = z.output<typeof ApplyConfiguration>;

export const JSONPatch = struct('admissionregistration/v1.JSONPatch', {
  expression: str('Expression string', 1).optional(),
});
export type JSONPatch = z.output<typeof JSONPatch>;

export const Mutation = struct('admissionregistration/v1.Mutation', {
  patchType: str('PatchType v1.PatchType=string', 2, { enum: ['ApplyConfiguration', 'JSONPatch'] }),
  applyConfiguration: sub(ApplyConfiguration, 'ApplyConfiguration *admissionregistration/v1.ApplyConfiguration', 3).optional(),
  jsonPatch: sub(JSONPatch, 'JSONPatch *admissionregistration/v1.JSONPatch', 4).optional(),
});
export type Mutation = z.output<typeof Mutation>;

export const MatchCondition = struct('admissionregistration/v1.MatchCondition', {
  name: str('Name string', 1),
  expression: str('Expression string', 2),
});
export type MatchCondition = z.output<typeof MatchCondition>;

export const MutatingAdmissionPolicySpec = struct('admissionregistration/v1.MutatingAdmissionPolicySpec', {
  paramKind: sub(ParamKind, 'ParamKind *admissionregistration/v1.ParamKind', 1).optional(),
  matchConstraints: sub(MatchResources, 'MatchConstraints *admissionregistration/v1.MatchResources', 2).optional(),
  variables: list(Variable, 'Variables []admissionregistration/v1.Variable', 3, { listType: 'atomic' }).optional(),
  mutations: list(Mutation, 'Mutations []admissionregistration/v1.Mutation', 4, { listType: 'atomic' }).optional(),
  failurePolicy: str('FailurePolicy *v1.FailurePolicyType=string', 5, { enum: ['Fail', 'Ignore'] }).optional(),
  matchConditions: list(MatchCondition, 'MatchConditions []admissionregistration/v1.MatchCondition', 6, {
    patch: 'merge',
    key: 'name',
    listType: 'map',
    mapKeys: ['name'],
  }).optional(),
  reinvocationPolicy: str('ReinvocationPolicy v1.ReinvocationPolicyType=string', 7, { enum: ['IfNeeded', 'Never'] }).optional(),
});
export type MutatingAdmissionPolicySpec = z.output<typeof MutatingAdmissionPolicySpec>;

export const MutatingAdmissionPolicy = struct('admissionregistration/v1.MutatingAdmissionPolicy', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(MutatingAdmissionPolicySpec, 'Spec admissionregistration/v1.MutatingAdmissionPolicySpec', 2, { omitempty: true }),
});
export type MutatingAdmissionPolicy = z.output<typeof MutatingAdmissionPolicy>;
