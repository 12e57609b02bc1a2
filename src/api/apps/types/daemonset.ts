/** Structs of apps/v1: DaemonSet, DaemonSetStatus, DaemonSetCondition, DaemonSetSpec, DaemonSetUpdateStrategy, RollingUpdateDaemonSet. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { int32, int64, intOrString, list, str, struct, sub, time, typeMeta } from '../../../apimachinery/schema.js';
import { PodTemplateSpec } from '../../core/types/podspec.js';
import { LabelSelector, ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const RollingUpdateDaemonSet = struct('apps/v1.RollingUpdateDaemonSet', {
  maxUnavailable: intOrString('MaxUnavailable *util/intstr.IntOrString', 1).optional(),
  maxSurge: intOrString('MaxSurge *util/intstr.IntOrString', 2).optional(),
});
export type RollingUpdateDaemonSet = z.output<typeof RollingUpdateDaemonSet>;

export const DaemonSetUpdateStrategy = struct('apps/v1.DaemonSetUpdateStrategy', {
  type: str('Type v1.DaemonSetUpdateStrategyType=string', 1, { enum: ['OnDelete', 'RollingUpdate'] }).optional(),
  rollingUpdate: sub(RollingUpdateDaemonSet, 'RollingUpdate *apps/v1.RollingUpdateDaemonSet', 2).optional(),
});
export type DaemonSetUpdateStrategy = z.output<typeof DaemonSetUpdateStrategy>;

export const DaemonSetSpec = struct('apps/v1.DaemonSetSpec', {
  selector: sub(LabelSelector, 'Selector *apis/meta/v1.LabelSelector', 1, { omitempty: false }).optional(),
  template: sub(PodTemplateSpec, 'Template core/v1.PodTemplateSpec', 2),
  updateStrategy: sub(DaemonSetUpdateStrategy, 'UpdateStrategy apps/v1.DaemonSetUpdateStrategy', 3, { omitempty: true }),
  minReadySeconds: int32('MinReadySeconds int32', 4).optional(),
  revisionHistoryLimit: int32('RevisionHistoryLimit *int32', 6).optional(),
});
export type DaemonSetSpec = z.output<typeof DaemonSetSpec>;

export const DaemonSetCondition = struct('apps/v1.DaemonSetCondition', {
  type: str('Type v1.DaemonSetConditionType=string', 1),
  status: str('Status v1.ConditionStatus=string', 2),
  lastTransitionTime: time('LastTransitionTime apis/meta/v1.Time', 3).optional(),
  reason: str('Reason string', 4).optional(),
  message: str('Message string', 5).optional(),
});
export type DaemonSetCondition = z.output<typeof DaemonSetCondition>;

export const DaemonSetStatus = struct('apps/v1.DaemonSetStatus', {
  currentNumberScheduled: int32('CurrentNumberScheduled int32', 1),
  numberMisscheduled: int32('NumberMisscheduled int32', 2),
  desiredNumberScheduled: int32('DesiredNumberScheduled int32', 3),
  numberReady: int32('NumberReady int32', 4),
  observedGeneration: int64('ObservedGeneration int64', 5).optional(),
  updatedNumberScheduled: int32('UpdatedNumberScheduled int32', 6).optional(),
  numberAvailable: int32('NumberAvailable int32', 7).optional(),
  numberUnavailable: int32('NumberUnavailable int32', 8).optional(),
  collisionCount: int32('CollisionCount *int32', 9).optional(),
  conditions: list(DaemonSetCondition, 'Conditions []apps/v1.DaemonSetCondition', 10, {
    patch: 'merge',
    key: 'type',
    listType: 'map',
    mapKeys: ['type'],
  }).optional(),
});
export type DaemonSetStatus = z.output<typeof DaemonSetStatus>;

export const DaemonSet = struct('apps/v1.DaemonSet', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(DaemonSetSpec, 'Spec apps/v1.DaemonSetSpec', 2, { omitempty: true }),
  status: sub(DaemonSetStatus, 'Status apps/v1.DaemonSetStatus', 3, { omitempty: true }),
});
export type DaemonSet = z.output<typeof DaemonSet>;
