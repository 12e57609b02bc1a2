/** Structs of apis/meta/v1: TypeMeta, ObjectMeta, ManagedFieldsEntry, OwnerReference, ListMeta, ShardInfo, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { any, bool, int64, list, map, str, struct, sub, time, timePointer } from '../schema.js';

export const TypeMeta = struct('apis/meta/v1.TypeMeta', {
  kind: str('Kind string', 1).optional(),
  apiVersion: str('APIVersion string', 2).optional(),
});
export type TypeMeta = z.output<typeof TypeMeta>;

export const OwnerReference = struct(
  'apis/meta/v1.OwnerReference',
  {
    apiVersion: str('APIVersion string', 5),
    kind: str('Kind string', 1),
    name: str('Name string', 3),
    uid: str('UID types.UID=string', 4),
    controller: bool('Controller *bool', 6).optional(),
    blockOwnerDeletion: bool('BlockOwnerDeletion *bool', 7).optional(),
  },
  { mapType: 'atomic' },
);
export type OwnerReference = z.output<typeof OwnerReference>;

export const ManagedFieldsEntry = struct('apis/meta/v1.ManagedFieldsEntry', {
  manager: str('Manager string', 1).optional(),
  operation: str('Operation v1.ManagedFieldsOperationType=string', 2).optional(),
  apiVersion: str('APIVersion string', 3).optional(),
  time: timePointer('Time *apis/meta/v1.Time', 4).optional(),
  fieldsType: str('FieldsType string', 6).optional(),
  fieldsV1: any('FieldsV1 *apis/meta/v1.FieldsV1', 7).optional(),
  subresource: str('Subresource string', 8).optional(),
});
export type ManagedFieldsEntry = z.output<typeof ManagedFieldsEntry>;

export const ObjectMeta = struct('apis/meta/v1.ObjectMeta', {
  name: str('Name string', 1).optional(),
  generateName: str('GenerateName string', 2).optional(),
  namespace: str('Namespace string', 3).optional(),
  selfLink: str('SelfLink string', 4).optional(),
  uid: str('UID types.UID=string', 5).optional(),
  resourceVersion: str('ResourceVersion string', 6).optional(),
  generation: int64('Generation int64', 7).optional(),
  creationTimestamp: time('CreationTimestamp apis/meta/v1.Time', 8, { omitzero: true }).optional(),
  deletionTimestamp: timePointer('DeletionTimestamp *apis/meta/v1.Time', 9).optional(),
  deletionGracePeriodSeconds: int64('DeletionGracePeriodSeconds *int64', 10).optional(),
  labels: map(str(), 'Labels map[string]string', 11).optional(),
  annotations: map(str(), 'Annotations map[string]string', 12).optional(),
  ownerReferences: list(OwnerReference, 'OwnerReferences []apis/meta/v1.OwnerReference', 13, {
    patch: 'merge',
    key: 'uid',
    listType: 'map',
    mapKeys: ['uid'],
  }).optional(),
  finalizers: list(str(), 'Finalizers []string', 14, { patch: 'merge', listType: 'set' }).optional(),
  managedFields: list(ManagedFieldsEntry, 'ManagedFields []apis/meta/v1.ManagedFieldsEntry', 17, { listType: 'atomic' }).optional(),
});
export type ObjectMeta = z.output<typeof ObjectMeta>;

export const ShardInfo = struct('apis/meta/v1.ShardInfo', {
  selector: str('Selector string', 1),
});
export type ShardInfo = z.output<typeof ShardInfo>;

export const ListMeta = struct('apis/meta/v1.ListMeta', {
  selfLink: str('SelfLink string', 1).optional(),
  resourceVersion: str('ResourceVersion string', 2).optional(),
  continue: str('Continue string', 3).optional(),
  remainingItemCount: int64('RemainingItemCount *int64', 4).optional(),
  shardInfo: sub(ShardInfo, 'ShardInfo *apis/meta/v1.ShardInfo', 5).optional(),
});
export type ListMeta = z.output<typeof ListMeta>;

export const LabelSelectorRequirement = struct('apis/meta/v1.LabelSelectorRequirement', {
  key: str('Key string', 1),
  operator: str('Operator v1.LabelSelectorOperator=string', 2),
  values: list(str(), 'Values []string', 3, { listType: 'atomic' }).optional(),
});
export type LabelSelectorRequirement = z.output<typeof LabelSelectorRequirement>;

export const LabelSelector = struct(
  'apis/meta/v1.LabelSelector',
  {
    matchLabels: map(str(), 'MatchLabels map[string]string', 1).optional(),
    matchExpressions: list(LabelSelectorRequirement, 'MatchExpressions []apis/meta/v1.LabelSelectorRequirement', 2, { listType: 'atomic' }).optional(),
  },
  { mapType: 'atomic' },
);
export type LabelSelector = z.output<typeof LabelSelector>;

export const Condition = struct('apis/meta/v1.Condition', {
  type: str('Type string', 1),
  status: str('Status v1.ConditionStatus=string', 2),
  observedGeneration: int64('ObservedGeneration int64', 3).optional(),
  lastTransitionTime: time('LastTransitionTime apis/meta/v1.Time', 4),
  reason: str('Reason string', 5),
  message: str('Message string', 6),
});
export type Condition = z.output<typeof Condition>;
