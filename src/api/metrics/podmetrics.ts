/**
 * PodMetrics, metrics.k8s.io/v1beta1: what a pod's containers use just now. An
 * optional group: the cluster serves it while metrics-server is ready. Nothing is stored.
 */
import { parseQuantity } from '../../apimachinery/quantity.js';
import { column, nameColumn } from '../columns.js';
import { defineKind } from '../define.js';
import type { PodMetrics as PodMetricsObject } from './types/nodemetrics.js';

export type PodMetrics = PodMetricsObject;

export const PodMetrics = defineKind<PodMetrics>({
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  kind: 'PodMetrics',
  plural: 'pods',
  singular: '',
  verbs: ['get', 'list'],
  prefix: '',
  columns: [
    nameColumn,
    { ...column<PodMetrics>('cpu', (metrics) => sumOf(metrics, 'cpu')), format: 'quantity' },
    { ...column<PodMetrics>('memory', (metrics) => sumOf(metrics, 'memory')), format: 'quantity' },
    { ...column<PodMetrics>('Window', ({ window }) => window), format: 'duration' },
  ],
  strategy: async () => (await import('./strategy/podmetrics.js')).strategy,
});

function sumOf({ containers }: PodMetrics, resource: string): string {
  return (containers ?? []).reduce((sum, { usage }) => sum.add(parseQuantity(usage?.[resource] ?? '0')), parseQuantity('0')).toString();
}
