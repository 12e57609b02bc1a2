/**
 * NodeMetrics, metrics.k8s.io/v1beta1: what a node uses just now. An optional
 * group: the cluster serves it while metrics-server is ready. Nothing is stored.
 */
import { column, nameColumn } from '../columns.js';
import { defineKind } from '../define.js';
import type { NodeMetrics as NodeMetricsObject } from './types/nodemetrics.js';

export type NodeMetrics = NodeMetricsObject;

export const NodeMetrics = defineKind<NodeMetrics>({
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  kind: 'NodeMetrics',
  plural: 'nodes',
  singular: '',
  namespaced: false,
  verbs: ['get', 'list'],
  prefix: '',
  columns: [
    nameColumn,
    { ...column<NodeMetrics>('cpu', ({ usage }) => usage.cpu ?? '0'), format: 'quantity' },
    { ...column<NodeMetrics>('memory', ({ usage }) => usage.memory ?? '0'), format: 'quantity' },
    { ...column<NodeMetrics>('Window', ({ window }) => window), format: 'duration' },
  ],
  strategy: async () => (await import('./strategy/nodemetrics.js')).strategy,
});
