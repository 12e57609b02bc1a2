/** The kinds of metrics.k8s.io, which is an add-on's: not among KINDS, registered by the cluster that runs metrics-server. */
import type { Kind } from '../kind.js';
import { NodeMetrics } from './nodemetrics.js';
import { PodMetrics } from './podmetrics.js';

export const kinds: readonly Kind[] = [NodeMetrics, PodMetrics];
