/**
 * Rules on writing HorizontalPodAutoscalers, autoscaling/v2: defaults for
 * metrics and behaviour, validation of spec and status.
 */
import type { Strategy } from '../../kind.js';
import { nonNegatives, type Causes } from '../../apps/validation/rules.js';
import { HorizontalPodAutoscaler } from '../types/horizontalpodautoscaler.v2.js';
import type { HPAScalingRules } from '../types/horizontalpodautoscaler.v2.js';
import { validateHorizontalPodAutoscalerSpec } from '../validation/horizontalpodautoscaler.js';

const CPU_UTILIZATION = 80;
const UP: HPAScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};
const DOWN: HPAScalingRules = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };

export const strategy: Strategy<HorizontalPodAutoscaler> = {
  schema: HorizontalPodAutoscaler,
  generation: false,
  defaults({ spec }) {
    spec.minReplicas ??= 1;
    if (!spec.metrics?.length)
      spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: CPU_UTILIZATION } } }];
    if (!spec.behavior) return;
    // Either direction being set fills in both.
    spec.behavior.scaleUp = { ...structuredClone(UP), ...spec.behavior.scaleUp };
    spec.behavior.scaleDown = { ...structuredClone(DOWN), ...spec.behavior.scaleDown };
  },
  validate: ({ spec }) => validateHorizontalPodAutoscalerSpec(spec, 'spec'),
  placesMetadata: true,
  validateUpdate: (next, previous, _, metadata) => [...(metadata?.changed ?? []), ...validateHorizontalPodAutoscalerSpec(next.spec, 'spec', previous.spec)],
  subresources: {
    status: {
      prepareForUpdate(next, previous) {
        next.spec = previous.spec;
      },
      validateUpdate: ({ status }): Causes => nonNegatives('status', status, ['currentReplicas', 'desiredReplicas']),
    },
  },
};
