/** Structs of apps/v1: ReplicaSet, ReplicaSetStatus, ReplicaSetCondition, ReplicaSetSpec. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { int32, int64, list, str, struct, sub, time, typeMeta } from '../../../apimachinery/schema.js';
import { PodTemplateSpec } from '../../core/types/podspec.js';
import { LabelSelector, ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const ReplicaSetSpec = struct('apps/v1.ReplicaSetSpec', {
  replicas: int32('Replicas *int32', 1).optional(),
  minReadySeconds: int32('MinReadySeconds int32', 4).optional(),
  selector: sub(LabelSelector, 'Selector *apis/meta/v1.LabelSelector', 2, { omitempty: false }).optional(),
  template: sub(PodTemplateSpec, 'Template core/v1.PodTemplateSpec', 3, { omitempty: true }),
});
export type ReplicaSetSpec = z.output<typeof ReplicaSetSpec>;

export const ReplicaSetCondition = struct('apps/v1.ReplicaSetCondition', {
  type: str('Type v1.ReplicaSetConditionType=string', 1),
  status: str('Status v1.ConditionStatus=string', 2),
  lastTransitionTime: time('LastTransitionTime apis/meta/v1.Time', 3).optional(),
  reason: str('Reason string', 4).optional(),
  message: str('Message string', 5).optional(),
});
export type ReplicaSetCondition = z.output<typeof ReplicaSetCondition>;

export const ReplicaSetStatus = struct('apps/v1.ReplicaSetStatus', {
  replicas: int32('Replicas int32', 1),
  fullyLabeledReplicas: int32('FullyLabeledReplicas int32', 2).optional(),
  readyReplicas: int32('ReadyReplicas int32', 4).optional(),
  availableReplicas: int32('AvailableReplicas int32', 5).optional(),
  terminatingReplicas: int32('TerminatingReplicas *int32', 7).optional(),
  observedGeneration: int64('ObservedGeneration int64', 3).optional(),
  conditions: list(ReplicaSetCondition, 'Conditions []apps/v1.ReplicaSetCondition', 6, {
    patch: 'merge',
    key: 'type',
    listType: 'map',
    mapKeys: ['type'],
  }).optional(),
});
export type ReplicaSetStatus = z.output<typeof ReplicaSetStatus>;

export const ReplicaSet = struct('apps/v1.ReplicaSet', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(ReplicaSetSpec, 'Spec apps/v1.ReplicaSetSpec', 2, { omitempty: true }),
  status: sub(ReplicaSetStatus, 'Status apps/v1.ReplicaSetStatus', 3, { omitempty: true }),
});
export type ReplicaSet = z.output<typeof ReplicaSet>;
