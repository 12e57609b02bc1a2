/** Structs of core/v1: ReplicationController, ReplicationControllerStatus, ReplicationControllerCondition, ReplicationControllerSpec. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { int32, int64, list, map, str, struct, sub, time, typeMeta } from '../../../apimachinery/schema.js';
import { PodTemplateSpec } from './podspec.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const ReplicationControllerSpec = struct('core/v1.ReplicationControllerSpec', {
  replicas: int32('Replicas *int32', 1, { default: 1 }).optional(),
  minReadySeconds: int32('MinReadySeconds int32', 4, { default: 0 }).optional(),
  selector: map(str(), 'Selector map[string]string', 2, { mapType: 'atomic' }).optional(),
  template: sub(PodTemplateSpec, 'Template *core/v1.PodTemplateSpec', 3).optional(),
});
export type ReplicationControllerSpec = z.output<typeof ReplicationControllerSpec>;

export const ReplicationControllerCondition = struct('core/v1.ReplicationControllerCondition', {
  type: str('Type v1.ReplicationControllerConditionType=string', 1),
  status: str('Status v1.ConditionStatus=string', 2),
  lastTransitionTime: time('LastTransitionTime apis/meta/v1.Time', 3).optional(),
  reason: str('Reason string', 4).optional(),
  message: str('Message string', 5).optional(),
});
export type ReplicationControllerCondition = z.output<typeof ReplicationControllerCondition>;

export const ReplicationControllerStatus = struct('core/v1.ReplicationControllerStatus', {
  replicas: int32('Replicas int32', 1),
  fullyLabeledReplicas: int32('FullyLabeledReplicas int32', 2).optional(),
  readyReplicas: int32('ReadyReplicas int32', 4).optional(),
  availableReplicas: int32('AvailableReplicas int32', 5).optional(),
  observedGeneration: int64('ObservedGeneration int64', 3).optional(),
  conditions: list(ReplicationControllerCondition, 'Conditions []core/v1.ReplicationControllerCondition', 6, {
    patch: 'merge',
    key: 'type',
    listType: 'map',
    mapKeys: ['type'],
  }).optional(),
});
export type ReplicationControllerStatus = z.output<typeof ReplicationControllerStatus>;

export const ReplicationController = struct('core/v1.ReplicationController', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(ReplicationControllerSpec, 'Spec core/v1.ReplicationControllerSpec', 2, { omitempty: true }),
  status: sub(ReplicationControllerStatus, 'Status core/v1.ReplicationControllerStatus', 3, { omitempty: true }),
});
export type ReplicationController = z.output<typeof ReplicationController>;
