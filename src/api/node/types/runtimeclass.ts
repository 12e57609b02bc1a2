/** Structs of node/v1: RuntimeClass, Scheduling, Overhead. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { list, map, quantity, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { Toleration } from '../../core/types/reference.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const Overhead = struct('node/v1.Overhead', {
  podFixed: map(quantity(), 'PodFixed map[v1.ResourceName=string]resource.Quantity', 1).optional(),
});
export type Overhead = z.output<typeof Overhead>;

export const Scheduling = struct('node/v1.Scheduling', {
  nodeSelector: map(str(), 'NodeSelector map[string]string', 1, { mapType: 'atomic' }).optional(),
  tolerations: list(Toleration, 'Tolerations []core/v1.Toleration', 2, { listType: 'atomic' }).optional(),
});
export type Scheduling = z.output<typeof Scheduling>;

export const RuntimeClass = struct('node/v1.RuntimeClass', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  handler: str('Handler string', 2),
  overhead: sub(Overhead, 'Overhead *node/v1.Overhead', 3).optional(),
  scheduling: sub(Scheduling, 'Scheduling *node/v1.Scheduling', 4).optional(),
});
export type RuntimeClass = z.output<typeof RuntimeClass>;
