/** NodeMetrics are only read: there is a shape and nothing to judge. */
import type { Strategy } from '../../kind.js';
import { NodeMetrics } from '../types/nodemetrics.js';

export const strategy: Strategy<NodeMetrics> = { schema: NodeMetrics, generation: false };
