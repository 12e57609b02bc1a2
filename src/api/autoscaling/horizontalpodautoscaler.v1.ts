/**
 * HorizontalPodAutoscaler, autoscaling/v1: the older view of what is stored as v2.
 * This is the light description; it is validated as v2 (strategy/horizontalpodautoscaler.v1.ts).
 */
import { hpaColumns } from './hpacolumns.js';
import { toV2 } from './conversion.js';
import { defineKind, statusSubresource } from '../define.js';
import type { HorizontalPodAutoscaler as HorizontalPodAutoscalerObject } from './types/horizontalpodautoscaler.v1.js';

export type HorizontalPodAutoscaler = HorizontalPodAutoscalerObject;

export const HorizontalPodAutoscaler = defineKind<HorizontalPodAutoscaler>({
  group: 'autoscaling',
  version: 'v1',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  subresources: [statusSubresource],
  columns: hpaColumns.map((column) => ({ ...column, cell: (hpa, now) => column.cell(toV2(hpa), now) })),
  storedAs: { group: 'autoscaling', version: 'v2', convert: async () => (await import('./conversion.js')).conversion },
  strategy: async () => (await import('./strategy/horizontalpodautoscaler.v1.js')).strategy,
});
