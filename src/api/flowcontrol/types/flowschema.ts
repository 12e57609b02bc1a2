/** Structs of flowcontrol/v1: FlowSchema, FlowSchemaStatus, FlowSchemaCondition, FlowSchemaSpec, PolicyRulesWithSubjects, NonResourcePolicyRule, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, int32, list, str, struct, sub, time, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const PriorityLevelConfigurationReference = struct('flowcontrol/v1.PriorityLevelConfigurationReference', {
  name: str('Name string', 1),
});
export type PriorityLevelConfigurationReference = z.output<typeof PriorityLevelConfigurationReference>;

export const FlowDistinguisherMethod = struct('flowcontrol/v1.FlowDistinguisherMethod', {
  type: str('Type v1.FlowDistinguisherMethodType=string', 1),
});
export type FlowDistinguisherMethod = z.output<typeof FlowDistinguisherMethod>;

export const UserSubject = struct('flowcontrol/v1.UserSubject', {
  name: str('Name string', 1),
});
export type UserSubject = z.output<typeof UserSubject>;

export const GroupSubject = struct('flowcontrol/v1.GroupSubject', {
  name: str('Name string', 1),
});
export type GroupSubject = z.output<typeof GroupSubject>;

export const ServiceAccountSubject = struct('flowcontrol/v1.ServiceAccountSubject', {
  namespace: str('Namespace string', 1),
  name: str('Name string', 2),
});
export type ServiceAccountSubject = z.output<typeof ServiceAccountSubject>;

export const Subject = struct(
  'flowcontrol/v1.Subject',
  {
    kind: str('Kind v1.SubjectKind=string', 1),
    user: sub(UserSubject, 'User *flowcontrol/v1.UserSubject', 2).optional(),
    group: sub(GroupSubject, 'Group *flowcontrol/v1.GroupSubject', 3).optional(),
    serviceAccount: sub(ServiceAccountSubject, 'ServiceAccount *flowcontrol/v1.ServiceAccountSubject', 4).optional(),
  },
  {
    openapi: {
      'x-kubernetes-unions': [{ discriminator: 'kind', 'fields-to-discriminateBy': { group: 'Group', serviceAccount: 'ServiceAccount', user: 'User' } }],
    },
  },
);
export type Subject = z.output<typeof Subject>;

export const ResourcePolicyRule = struct('flowcontrol/v1.ResourcePolicyRule', {
  verbs: list(str(), 'Verbs []string', 1, { listType: 'set' }),
  apiGroups: list(str(), 'APIGroups []string', 2, { listType: 'set' }),
  resources: list(str(), 'Resources []string', 3, { listType: 'set' }),
  clusterScope: bool('ClusterScope bool', 4).optional(),
  namespaces: list(str(), 'Namespaces []string', 5, { listType: 'set', required: false }),
});
export type ResourcePolicyRule = z.output<typeof ResourcePolicyRule>;

export const NonResourcePolicyRule = struct('flowcontrol/v1.NonResourcePolicyRule', {
  verbs: list(str(), 'Verbs []string', 1, { listType: 'set' }),
  nonResourceURLs: list(str(), 'NonResourceURLs []string', 6, { listType: 'set' }),
});
export type NonResourcePolicyRule = z.output<typeof NonResourcePolicyRule>;

export const PolicyRulesWithSubjects = struct('flowcontrol/v1.PolicyRulesWithSubjects', {
  subjects: list(Subject, 'Subjects []flowcontrol/v1.Subject', 1, { listType: 'atomic' }),
  resourceRules: list(ResourcePolicyRule, 'ResourceRules []flowcontrol/v1.ResourcePolicyRule', 2, { listType: 'atomic' }).optional(),
  nonResourceRules: list(NonResourcePolicyRule, 'NonResourceRules []flowcontrol/v1.NonResourcePolicyRule', 3, { listType: 'atomic' }).optional(),
});
export type PolicyRulesWithSubjects = z.output<typeof PolicyRulesWithSubjects>;

export const FlowSchemaSpec = struct('flowcontrol/v1.FlowSchemaSpec', {
  priorityLevelConfiguration: sub(PriorityLevelConfigurationReference, 'PriorityLevelConfiguration flowcontrol/v1.PriorityLevelConfigurationReference', 1),
  matchingPrecedence: int32('MatchingPrecedence int32', 2, { required: false }),
  distinguisherMethod: sub(FlowDistinguisherMethod, 'DistinguisherMethod *flowcontrol/v1.FlowDistinguisherMethod', 3).optional(),
  rules: list(PolicyRulesWithSubjects, 'Rules []flowcontrol/v1.PolicyRulesWithSubjects', 4, { listType: 'atomic' }).optional(),
});
export type FlowSchemaSpec = z.output<typeof FlowSchemaSpec>;

export const FlowSchemaCondition = struct('flowcontrol/v1.FlowSchemaCondition', {
  type: str('Type v1.FlowSchemaConditionType=string', 1).optional(),
  status: str('Status v1.ConditionStatus=string', 2).optional(),
  lastTransitionTime: time('LastTransitionTime apis/meta/v1.Time', 3).optional(),
  reason: str('Reason string', 4).optional(),
  message: str('Message string', 5).optional(),
});
export type FlowSchemaCondition = z.output<typeof FlowSchemaCondition>;

export const FlowSchemaStatus = struct('flowcontrol/v1.FlowSchemaStatus', {
  conditions: list(FlowSchemaCondition, 'Conditions []flowcontrol/v1.FlowSchemaCondition', 1, {
    patch: 'merge',
    key: 'type',
    listType: 'map',
    mapKeys: ['type'],
  }).optional(),
});
export type FlowSchemaStatus = z.output<typeof FlowSchemaStatus>;

export const FlowSchema = struct('flowcontrol/v1.FlowSchema', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(FlowSchemaSpec, 'Spec flowcontrol/v1.FlowSchemaSpec', 2, { omitempty: true }),
  status: sub(FlowSchemaStatus, 'Status flowcontrol/v1.FlowSchemaStatus', 3, { omitempty: true }),
});
export type FlowSchema = z.output<typeof FlowSchema>;
