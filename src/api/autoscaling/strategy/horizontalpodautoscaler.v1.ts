/**
 * Rules on writing HorizontalPodAutoscalers through autoscaling/v1. As
 * Kubernetes does: they are judged in the form of v2, whose fields complaints name.
 */
import type { Strategy } from '../../kind.js';
import { toV2 } from '../conversion.js';
import { HorizontalPodAutoscaler } from '../types/horizontalpodautoscaler.v1.js';
import { validateHorizontalPodAutoscalerSpec } from '../validation/horizontalpodautoscaler.js';
import { strategy as v2 } from './horizontalpodautoscaler.js';

const validate = (hpa: HorizontalPodAutoscaler) => validateHorizontalPodAutoscalerSpec(toV2(hpa).spec, 'spec');

export const strategy: Strategy<HorizontalPodAutoscaler> = {
  schema: HorizontalPodAutoscaler,
  generation: false,
  defaults({ spec }) {
    spec.minReplicas ??= 1;
  },
  validate,
  validateUpdate: validate,
  subresources: {
    status: {
      prepareForUpdate(next, previous) {
        next.spec = previous.spec;
      },
      validateUpdate: (next, previous, context) => v2.subresources!.status!.validateUpdate!(toV2(next), toV2(previous), context),
    },
  },
};
