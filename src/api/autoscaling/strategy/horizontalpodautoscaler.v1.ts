/**
 * Rules on writing HorizontalPodAutoscalers through autoscaling/v1. As
 * Kubernetes does: they are judged in the form of v2, whose fields complaints name.
 */
import type { Strategy } from '../../kind.js';
import { toV1, toV2 } from '../conversion.js';
import { HorizontalPodAutoscaler } from '../types/horizontalpodautoscaler.v1.js';
import { validateHorizontalPodAutoscalerSpec } from '../validation/horizontalpodautoscaler.js';
import { strategy as v2 } from './horizontalpodautoscaler.js';

export const strategy: Strategy<HorizontalPodAutoscaler> = {
  schema: HorizontalPodAutoscaler,
  generation: false,
  defaults(hpa) {
    hpa.spec.minReplicas ??= 1;
    // Whether there is a default metric turns on the annotations that hold the others.
    hpa.spec = toV1(toV2(hpa)).spec;
  },
  validate: (hpa) => validateHorizontalPodAutoscalerSpec(toV2(hpa).spec, 'spec'),
  placesMetadata: true,
  validateUpdate: (next, previous, _, metadata) => [
    ...(metadata?.changed ?? []),
    ...validateHorizontalPodAutoscalerSpec(toV2(next).spec, 'spec', toV2(previous).spec),
  ],
  subresources: {
    status: {
      prepareForUpdate(next, previous) {
        next.spec = previous.spec;
      },
      validateUpdate: (next, previous, context) => v2.subresources!.status!.validateUpdate!(toV2(next), toV2(previous), context),
    },
  },
};
