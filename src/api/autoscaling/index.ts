/** The kinds of autoscaling. */
import type { Kind } from '../kind.js';
import { HorizontalPodAutoscaler } from './horizontalpodautoscaler.js';
import { HorizontalPodAutoscaler as HorizontalPodAutoscalerV1 } from './horizontalpodautoscaler.v1.js';

export const kinds: readonly Kind[] = [HorizontalPodAutoscaler, HorizontalPodAutoscalerV1];
