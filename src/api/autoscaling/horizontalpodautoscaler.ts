/**
 * HorizontalPodAutoscaler, autoscaling/v2: the version that is stored. This is the
 * light description; rules on writes are in strategy/horizontalpodautoscaler.ts.
 */
import { hpaColumns } from './hpacolumns.js';
import { defineKind, statusSubresource } from '../define.js';
import type { HorizontalPodAutoscaler as HorizontalPodAutoscalerObject } from './types/horizontalpodautoscaler.v2.js';

export type HorizontalPodAutoscaler = HorizontalPodAutoscalerObject;

export const HorizontalPodAutoscaler = defineKind<HorizontalPodAutoscaler>({
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  subresources: [statusSubresource],
  columns: hpaColumns,
  strategy: async () => (await import('./strategy/horizontalpodautoscaler.js')).strategy,
});
