/** Structs of metrics.k8s.io/v1beta1: NodeMetrics, PodMetrics, ContainerMetrics. Shape and Go facts only; nothing of them is stored. */
import type { z } from 'zod';
import { duration, list, map, quantity, str, struct, sub, time, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const NodeMetrics = struct('metrics/v1beta1.NodeMetrics', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  timestamp: time('Timestamp apis/meta/v1.Time', 2),
  window: duration('Window apis/meta/v1.Duration', 3),
  usage: map(quantity(), 'Usage map[v1.ResourceName=string]resource.Quantity', 4),
});
export type NodeMetrics = z.output<typeof NodeMetrics>;

export const ContainerMetrics = struct('metrics/v1beta1.ContainerMetrics', {
  name: str('Name string', 1),
  usage: map(quantity(), 'Usage map[v1.ResourceName=string]resource.Quantity', 2),
});
export type ContainerMetrics = z.output<typeof ContainerMetrics>;

export const PodMetrics = struct('metrics/v1beta1.PodMetrics', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  timestamp: time('Timestamp apis/meta/v1.Time', 2),
  window: duration('Window apis/meta/v1.Duration', 3),
  containers: list(ContainerMetrics, 'Containers []metrics/v1beta1.ContainerMetrics', 4),
});
export type PodMetrics = z.output<typeof PodMetrics>;
