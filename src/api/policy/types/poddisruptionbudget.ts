/** Structs of policy/v1: PodDisruptionBudget, PodDisruptionBudgetStatus, PodDisruptionBudgetSpec. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { int32, int64, intOrString, list, map, str, struct, sub, time, typeMeta } from '../../../apimachinery/schema.js';
import { Condition, LabelSelector, ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const PodDisruptionBudgetSpec = struct('policy/v1.PodDisruptionBudgetSpec', {
  minAvailable: intOrString('MinAvailable *util/intstr.IntOrString', 1).optional(),
  selector: sub(LabelSelector, 'Selector *apis/meta/v1.LabelSelector', 2, { patch: 'replace' }).optional(),
  maxUnavailable: intOrString('MaxUnavailable *util/intstr.IntOrString', 3).optional(),
  unhealthyPodEvictionPolicy: str('UnhealthyPodEvictionPolicy *v1.UnhealthyPodEvictionPolicyType=string', 4, {
    enum: ['AlwaysAllow', 'IfHealthyBudget'],
  }).optional(),
});
export type PodDisruptionBudgetSpec = z.output<typeof PodDisruptionBudgetSpec>;

export const PodDisruptionBudgetStatus = struct('policy/v1.PodDisruptionBudgetStatus', {
  observedGeneration: int64('ObservedGeneration int64', 1).optional(),
  disruptedPods: map(time(), 'DisruptedPods map[string]apis/meta/v1.Time', 2).optional(),
  disruptionsAllowed: int32('DisruptionsAllowed int32', 3, { required: false }),
  currentHealthy: int32('CurrentHealthy int32', 4, { required: false }),
  desiredHealthy: int32('DesiredHealthy int32', 5, { required: false }),
  expectedPods: int32('ExpectedPods int32', 6, { required: false }),
  conditions: list(Condition, 'Conditions []apis/meta/v1.Condition', 7, { patch: 'merge', key: 'type', listType: 'map', mapKeys: ['type'] }).optional(),
});
export type PodDisruptionBudgetStatus = z.output<typeof PodDisruptionBudgetStatus>;

export const PodDisruptionBudget = struct('policy/v1.PodDisruptionBudget', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(PodDisruptionBudgetSpec, 'Spec policy/v1.PodDisruptionBudgetSpec', 2, { omitempty: true }),
  status: sub(PodDisruptionBudgetStatus, 'Status policy/v1.PodDisruptionBudgetStatus', 3, { omitempty: true }),
});
export type PodDisruptionBudget = z.output<typeof PodDisruptionBudget>;
