/** Structs of apps/v1: StatefulSet, StatefulSetStatus, StatefulSetCondition, StatefulSetSpec, StatefulSetOrdinals, StatefulSetPersistentVolumeClaimRetentionPolicy, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { int32, int64, intOrString, list, str, struct, sub, time, typeMeta } from '../../../apimachinery/schema.js';
import { PersistentVolumeClaim } from '../../core/types/persistentvolumeclaim.js';
import { PodTemplateSpec } from '../../core/types/podspec.js';
import { LabelSelector, ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const RollingUpdateStatefulSetStrategy = struct('apps/v1.RollingUpdateStatefulSetStrategy', {
  partition: int32('Partition *int32', 1).optional(),
  maxUnavailable: intOrString('MaxUnavailable *util/intstr.IntOrString', 2).optional(),
});
export type RollingUpdateStatefulSetStrategy = z.output<typeof RollingUpdateStatefulSetStrategy>;

export const StatefulSetUpdateStrategy = struct('apps/v1.StatefulSetUpdateStrategy', {
  type: str('Type v1.StatefulSetUpdateStrategyType=string', 1, { enum: ['OnDelete', 'RollingUpdate'] }).optional(),
  rollingUpdate: sub(RollingUpdateStatefulSetStrategy, 'RollingUpdate *apps/v1.RollingUpdateStatefulSetStrategy', 2).optional(),
});
export type StatefulSetUpdateStrategy = z.output<typeof StatefulSetUpdateStrategy>;

export const StatefulSetPersistentVolumeClaimRetentionPolicy = struct('apps/v1.StatefulSetPersistentVolumeClaimRetentionPolicy', {
  whenDeleted: str('WhenDeleted v1.PersistentVolumeClaimRetentionPolicyType=string', 1).optional(),
  whenScaled: str('WhenScaled v1.PersistentVolumeClaimRetentionPolicyType=string', 2).optional(),
});
export type StatefulSetPersistentVolumeClaimRetentionPolicy = z.output<typeof StatefulSetPersistentVolumeClaimRetentionPolicy>;

export const StatefulSetOrdinals = struct('apps/v1.StatefulSetOrdinals', {
  start: int32('Start int32', 1, { required: false }),
});
export type StatefulSetOrdinals = z.output<typeof StatefulSetOrdinals>;

export const StatefulSetSpec = struct('apps/v1.StatefulSetSpec', {
  replicas: int32('Replicas *int32', 1).optional(),
  selector: sub(LabelSelector, 'Selector *apis/meta/v1.LabelSelector', 2, { omitempty: false }).optional(),
  template: sub(PodTemplateSpec, 'Template core/v1.PodTemplateSpec', 3),
  volumeClaimTemplates: list(PersistentVolumeClaim, 'VolumeClaimTemplates []core/v1.PersistentVolumeClaim', 4, { listType: 'atomic' }).optional(),
  serviceName: str('ServiceName string', 5, { required: false }),
  podManagementPolicy: str('PodManagementPolicy v1.PodManagementPolicyType=string', 6, { enum: ['OrderedReady', 'Parallel'] }).optional(),
  updateStrategy: sub(StatefulSetUpdateStrategy, 'UpdateStrategy apps/v1.StatefulSetUpdateStrategy', 7, { omitempty: true }),
  revisionHistoryLimit: int32('RevisionHistoryLimit *int32', 8).optional(),
  minReadySeconds: int32('MinReadySeconds int32', 9).optional(),
  persistentVolumeClaimRetentionPolicy: sub(
    StatefulSetPersistentVolumeClaimRetentionPolicy,
    'PersistentVolumeClaimRetentionPolicy *apps/v1.StatefulSetPersistentVolumeClaimRetentionPolicy',
    10,
  ).optional(),
  ordinals: sub(StatefulSetOrdinals, 'Ordinals *apps/v1.StatefulSetOrdinals', 11).optional(),
});
export type StatefulSetSpec = z.output<typeof StatefulSetSpec>;

export const StatefulSetCondition = struct('apps/v1.StatefulSetCondition', {
  type: str('Type v1.StatefulSetConditionType=string', 1),
  status: str('Status v1.ConditionStatus=string', 2),
  lastTransitionTime: time('LastTransitionTime apis/meta/v1.Time', 3).optional(),
  reason: str('Reason string', 4).optional(),
  message: str('Message string', 5).optional(),
});
export type StatefulSetCondition = z.output<typeof StatefulSetCondition>;

export const StatefulSetStatus = struct('apps/v1.StatefulSetStatus', {
  observedGeneration: int64('ObservedGeneration int64', 1).optional(),
  replicas: int32('Replicas int32', 2),
  readyReplicas: int32('ReadyReplicas int32', 3).optional(),
  currentReplicas: int32('CurrentReplicas int32', 4).optional(),
  updatedReplicas: int32('UpdatedReplicas int32', 5).optional(),
  currentRevision: str('CurrentRevision string', 6).optional(),
  updateRevision: str('UpdateRevision string', 7).optional(),
  collisionCount: int32('CollisionCount *int32', 9).optional(),
  conditions: list(StatefulSetCondition, 'Conditions []apps/v1.StatefulSetCondition', 10, {
    patch: 'merge',
    key: 'type',
    listType: 'map',
    mapKeys: ['type'],
  }).optional(),
  availableReplicas: int32('AvailableReplicas int32', 11, { required: false }),
});
export type StatefulSetStatus = z.output<typeof StatefulSetStatus>;

export const StatefulSet = struct('apps/v1.StatefulSet', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(StatefulSetSpec, 'Spec apps/v1.StatefulSetSpec', 2, { omitempty: true }),
  status: sub(StatefulSetStatus, 'Status apps/v1.StatefulSetStatus', 3, { omitempty: true }),
});
export type StatefulSet = z.output<typeof StatefulSet>;
