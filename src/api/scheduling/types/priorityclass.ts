/** Struct of scheduling/v1: PriorityClass. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, int32, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const PriorityClass = struct('scheduling/v1.PriorityClass', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  value: int32('Value int32', 2, { required: false }),
  globalDefault: bool('GlobalDefault bool', 3).optional(),
  description: str('Description string', 4).optional(),
  preemptionPolicy: str('PreemptionPolicy *v1.PreemptionPolicy=string', 5, { enum: ['Never', 'PreemptLowerPriority'] }).optional(),
});
export type PriorityClass = z.output<typeof PriorityClass>;
