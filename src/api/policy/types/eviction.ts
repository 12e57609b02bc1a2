/** Struct of policy/v1: Eviction. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';
import { DeleteOptions } from '../../../apimachinery/meta/options.js';

export const Eviction = struct('policy/v1.Eviction', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  deleteOptions: sub(DeleteOptions, 'DeleteOptions *apis/meta/v1.DeleteOptions', 2).optional(),
});
export type Eviction = z.output<typeof Eviction>;
