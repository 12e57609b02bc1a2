/** Structs of autoscaling/v2: HorizontalPodAutoscaler, HorizontalPodAutoscalerStatus, HorizontalPodAutoscalerCondition, MetricStatus, ExternalMetricStatus, MetricValueStatus, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { int32, int64, list, quantity, str, struct, sub, time, timePointer, typeMeta } from '../../../apimachinery/schema.js';
import { LabelSelector, ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const CrossVersionObjectReference = struct('autoscaling/v2.CrossVersionObjectReference', {
  kind: str('Kind string', 1),
  name: str('Name string', 2),
  apiVersion: str('APIVersion string', 3).optional(),
});
export type CrossVersionObjectReference = z.output<typeof CrossVersionObjectReference>;

export const MetricTarget = struct('autoscaling/v2.MetricTarget', {
  type: str('Type v2.MetricTargetType=string', 1),
  value: quantity('Value *resource.Quantity', 2).optional(),
  averageValue: quantity('AverageValue *resource.Quantity', 3).optional(),
  averageUtilization: int32('AverageUtilization *int32', 4).optional(),
});
export type MetricTarget = z.output<typeof MetricTarget>;

export const MetricIdentifier = struct('autoscaling/v2.MetricIdentifier', {
  name: str('Name string', 1),
  selector: sub(LabelSelector, 'Selector *apis/meta/v1.LabelSelector', 2).optional(),
});
export type MetricIdentifier = z.output<typeof MetricIdentifier>;

export const ObjectMetricSource = struct('autoscaling/v2.ObjectMetricSource', {
  describedObject: sub(CrossVersionObjectReference, 'DescribedObject autoscaling/v2.CrossVersionObjectReference', 1),
  target: sub(MetricTarget, 'Target autoscaling/v2.MetricTarget', 2),
  metric: sub(MetricIdentifier, 'Metric autoscaling/v2.MetricIdentifier', 3),
});
export type ObjectMetricSource = z.output<typeof ObjectMetricSource>;

export const PodsMetricSource = struct('autoscaling/v2.PodsMetricSource', {
  metric: sub(MetricIdentifier, 'Metric autoscaling/v2.MetricIdentifier', 1),
  target: sub(MetricTarget, 'Target autoscaling/v2.MetricTarget', 2),
});
export type PodsMetricSource = z.output<typeof PodsMetricSource>;

export const ResourceMetricSource = struct('autoscaling/v2.ResourceMetricSource', {
  name: str('Name v1.ResourceName=string', 1),
  target: sub(MetricTarget, 'Target autoscaling/v2.MetricTarget', 2),
});
export type ResourceMetricSource = z.output<typeof ResourceMetricSource>;

export const ContainerResourceMetricSource = struct('autoscaling/v2.ContainerResourceMetricSource', {
  name: str('Name v1.ResourceName=string', 1),
  target: sub(MetricTarget, 'Target autoscaling/v2.MetricTarget', 2),
  container: str('Container string', 3),
});
export type ContainerResourceMetricSource = z.output<typeof ContainerResourceMetricSource>;

export const ExternalMetricSource = struct('autoscaling/v2.ExternalMetricSource', {
  metric: sub(MetricIdentifier, 'Metric autoscaling/v2.MetricIdentifier', 1),
  target: sub(MetricTarget, 'Target autoscaling/v2.MetricTarget', 2),
});
export type ExternalMetricSource = z.output<typeof ExternalMetricSource>;

export const MetricSpec = struct('autoscaling/v2.MetricSpec', {
  type: str('Type v2.MetricSourceType=string', 1),
  object: sub(ObjectMetricSource, 'Object *autoscaling/v2.ObjectMetricSource', 2).optional(),
  pods: sub(PodsMetricSource, 'Pods *autoscaling/v2.PodsMetricSource', 3).optional(),
  resource: sub(ResourceMetricSource, 'Resource *autoscaling/v2.ResourceMetricSource', 4).optional(),
  containerResource: sub(ContainerResourceMetricSource, 'ContainerResource *autoscaling/v2.ContainerResourceMetricSource', 7).optional(),
  external: sub(ExternalMetricSource, 'External *autoscaling/v2.ExternalMetricSource', 5).optional(),
});
export type MetricSpec = z.output<typeof MetricSpec>;

export const HPAScalingPolicy = struct('autoscaling/v2.HPAScalingPolicy', {
  type: str('Type v2.HPAScalingPolicyType=string', 1),
  value: int32('Value int32', 2),
  periodSeconds: int32('PeriodSeconds int32', 3),
});
export type HPAScalingPolicy = z.output<typeof HPAScalingPolicy>;

export const HPAScalingRules = struct('autoscaling/v2.HPAScalingRules', {
  stabilizationWindowSeconds: int32('StabilizationWindowSeconds *int32', 3).optional(),
  selectPolicy: str('SelectPolicy *v2.ScalingPolicySelect=string', 1).optional(),
  policies: list(HPAScalingPolicy, 'Policies []autoscaling/v2.HPAScalingPolicy', 2, { listType: 'atomic' }).optional(),
  tolerance: quantity('Tolerance *resource.Quantity', 4).optional(),
});
export type HPAScalingRules = z.output<typeof HPAScalingRules>;

export const HorizontalPodAutoscalerBehavior = struct('autoscaling/v2.HorizontalPodAutoscalerBehavior', {
  scaleUp: sub(HPAScalingRules, 'ScaleUp *autoscaling/v2.HPAScalingRules', 1).optional(),
  scaleDown: sub(HPAScalingRules, 'ScaleDown *autoscaling/v2.HPAScalingRules', 2).optional(),
});
export type HorizontalPodAutoscalerBehavior = z.output<typeof HorizontalPodAutoscalerBehavior>;

export const HorizontalPodAutoscalerSpec = struct('autoscaling/v2.HorizontalPodAutoscalerSpec', {
  scaleTargetRef: sub(CrossVersionObjectReference, 'ScaleTargetRef autoscaling/v2.CrossVersionObjectReference', 1),
  minReplicas: int32('MinReplicas *int32', 2).optional(),
  maxReplicas: int32('MaxReplicas int32', 3),
  metrics: list(MetricSpec, 'Metrics []autoscaling/v2.MetricSpec', 4, { listType: 'atomic' }).optional(),
  behavior: sub(HorizontalPodAutoscalerBehavior, 'Behavior *autoscaling/v2.HorizontalPodAutoscalerBehavior', 5).optional(),
});
export type HorizontalPodAutoscalerSpec = z.output<typeof HorizontalPodAutoscalerSpec>;

export const MetricValueStatus = struct('autoscaling/v2.MetricValueStatus', {
  value: quantity('Value *resource.Quantity', 1).optional(),
  averageValue: quantity('AverageValue *resource.Quantity', 2).optional(),
  averageUtilization: int32('AverageUtilization *int32', 3).optional(),
});
export type MetricValueStatus = z.output<typeof MetricValueStatus>;

export const ObjectMetricStatus = struct('autoscaling/v2.ObjectMetricStatus', {
  metric: sub(MetricIdentifier, 'Metric autoscaling/v2.MetricIdentifier', 1),
  current: sub(MetricValueStatus, 'Current autoscaling/v2.MetricValueStatus', 2),
  describedObject: sub(CrossVersionObjectReference, 'DescribedObject autoscaling/v2.CrossVersionObjectReference', 3),
});
export type ObjectMetricStatus = z.output<typeof ObjectMetricStatus>;

export const PodsMetricStatus = struct('autoscaling/v2.PodsMetricStatus', {
  metric: sub(MetricIdentifier, 'Metric autoscaling/v2.MetricIdentifier', 1),
  current: sub(MetricValueStatus, 'Current autoscaling/v2.MetricValueStatus', 2),
});
export type PodsMetricStatus = z.output<typeof PodsMetricStatus>;

export const ResourceMetricStatus = struct('autoscaling/v2.ResourceMetricStatus', {
  name: str('Name v1.ResourceName=string', 1),
  current: sub(MetricValueStatus, 'Current autoscaling/v2.MetricValueStatus', 2),
});
export type ResourceMetricStatus = z.output<typeof ResourceMetricStatus>;

export const ContainerResourceMetricStatus = struct('autoscaling/v2.ContainerResourceMetricStatus', {
  name: str('Name v1.ResourceName=string', 1),
  current: sub(MetricValueStatus, 'Current autoscaling/v2.MetricValueStatus', 2),
  container: str('Container string', 3),
});
export type ContainerResourceMetricStatus = z.output<typeof ContainerResourceMetricStatus>;

export const ExternalMetricStatus = struct('autoscaling/v2.ExternalMetricStatus', {
  metric: sub(MetricIdentifier, 'Metric autoscaling/v2.MetricIdentifier', 1),
  current: sub(MetricValueStatus, 'Current autoscaling/v2.MetricValueStatus', 2),
});
export type ExternalMetricStatus = z.output<typeof ExternalMetricStatus>;

export const MetricStatus = struct('autoscaling/v2.MetricStatus', {
  type: str('Type v2.MetricSourceType=string', 1),
  object: sub(ObjectMetricStatus, 'Object *autoscaling/v2.ObjectMetricStatus', 2).optional(),
  pods: sub(PodsMetricStatus, 'Pods *autoscaling/v2.PodsMetricStatus', 3).optional(),
  resource: sub(ResourceMetricStatus, 'Resource *autoscaling/v2.ResourceMetricStatus', 4).optional(),
  containerResource: sub(ContainerResourceMetricStatus, 'ContainerResource *autoscaling/v2.ContainerResourceMetricStatus', 7).optional(),
  external: sub(ExternalMetricStatus, 'External *autoscaling/v2.ExternalMetricStatus', 5).optional(),
});
export type MetricStatus = z.output<typeof MetricStatus>;

export const HorizontalPodAutoscalerCondition = struct('autoscaling/v2.HorizontalPodAutoscalerCondition', {
  type: str('Type v2.HorizontalPodAutoscalerConditionType=string', 1),
  status: str('Status v1.ConditionStatus=string', 2),
  lastTransitionTime: time('LastTransitionTime apis/meta/v1.Time', 3).optional(),
  reason: str('Reason string', 4).optional(),
  message: str('Message string', 5).optional(),
});
export type HorizontalPodAutoscalerCondition = z.output<typeof HorizontalPodAutoscalerCondition>;

export const HorizontalPodAutoscalerStatus = struct('autoscaling/v2.HorizontalPodAutoscalerStatus', {
  observedGeneration: int64('ObservedGeneration *int64', 1).optional(),
  lastScaleTime: timePointer('LastScaleTime *apis/meta/v1.Time', 2).optional(),
  currentReplicas: int32('CurrentReplicas int32', 3).optional(),
  desiredReplicas: int32('DesiredReplicas int32', 4),
  currentMetrics: list(MetricStatus, 'CurrentMetrics []autoscaling/v2.MetricStatus', 5, { listType: 'atomic', required: false }),
  conditions: list(HorizontalPodAutoscalerCondition, 'Conditions []autoscaling/v2.HorizontalPodAutoscalerCondition', 6, {
    patch: 'merge',
    key: 'type',
    listType: 'map',
    mapKeys: ['type'],
  }).optional(),
});
export type HorizontalPodAutoscalerStatus = z.output<typeof HorizontalPodAutoscalerStatus>;

export const HorizontalPodAutoscaler = struct('autoscaling/v2.HorizontalPodAutoscaler', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(HorizontalPodAutoscalerSpec, 'Spec autoscaling/v2.HorizontalPodAutoscalerSpec', 2, { required: true, omitempty: true }),
  status: sub(HorizontalPodAutoscalerStatus, 'Status autoscaling/v2.HorizontalPodAutoscalerStatus', 3, { omitempty: true }),
});
export type HorizontalPodAutoscaler = z.output<typeof HorizontalPodAutoscaler>;
