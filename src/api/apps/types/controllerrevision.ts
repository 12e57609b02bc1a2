/** Struct of apps/v1: ControllerRevision. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { any, int64, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const ControllerRevision = struct('apps/v1.ControllerRevision', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  data: any('Data runtime.RawExtension', 2).optional(),
  revision: int64('Revision int64', 3),
});
export type ControllerRevision = z.output<typeof ControllerRevision>;
