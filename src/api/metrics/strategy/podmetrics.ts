/** PodMetrics are only read: there is a shape and nothing to judge. */
import type { Strategy } from '../../kind.js';
import { PodMetrics } from '../types/nodemetrics.js';

export const strategy: Strategy<PodMetrics> = { schema: PodMetrics, generation: false };
