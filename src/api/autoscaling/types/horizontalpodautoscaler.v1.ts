/** Structs of autoscaling/v1: HorizontalPodAutoscaler, HorizontalPodAutoscalerStatus, HorizontalPodAutoscalerSpec, CrossVersionObjectReference. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { int32, int64, str, struct, sub, timePointer, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const CrossVersionObjectReference = struct(
  'autoscaling/v1.CrossVersionObjectReference',
  {
    kind: str('Kind string', 1),
    name: str('Name string', 2),
    apiVersion: str('APIVersion string', 3).optional(),
  },
  { mapType: 'atomic' },
);
export type CrossVersionObjectReference = z.output<typeof CrossVersionObjectReference>;

export const HorizontalPodAutoscalerSpec = struct('autoscaling/v1.HorizontalPodAutoscalerSpec', {
  scaleTargetRef: sub(CrossVersionObjectReference, 'ScaleTargetRef autoscaling/v1.CrossVersionObjectReference', 1),
  minReplicas: int32('MinReplicas *int32', 2).optional(),
  maxReplicas: int32('MaxReplicas int32', 3),
  targetCPUUtilizationPercentage: int32('TargetCPUUtilizationPercentage *int32', 4).optional(),
});
export type HorizontalPodAutoscalerSpec = z.output<typeof HorizontalPodAutoscalerSpec>;

export const HorizontalPodAutoscalerStatus = struct('autoscaling/v1.HorizontalPodAutoscalerStatus', {
  observedGeneration: int64('ObservedGeneration *int64', 1).optional(),
  lastScaleTime: timePointer('LastScaleTime *apis/meta/v1.Time', 2).optional(),
  currentReplicas: int32('CurrentReplicas int32', 3),
  desiredReplicas: int32('DesiredReplicas int32', 4),
  currentCPUUtilizationPercentage: int32('CurrentCPUUtilizationPercentage *int32', 5).optional(),
});
export type HorizontalPodAutoscalerStatus = z.output<typeof HorizontalPodAutoscalerStatus>;

export const HorizontalPodAutoscaler = struct('autoscaling/v1.HorizontalPodAutoscaler', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(HorizontalPodAutoscalerSpec, 'Spec autoscaling/v1.HorizontalPodAutoscalerSpec', 2, { required: true, omitempty: true }),
  status: sub(HorizontalPodAutoscalerStatus, 'Status autoscaling/v1.HorizontalPodAutoscalerStatus', 3, { omitempty: true }),
});
export type HorizontalPodAutoscaler = z.output<typeof HorizontalPodAutoscaler>;
