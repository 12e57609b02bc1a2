/** Structs of autoscaling/v1: Scale, ScaleStatus, ScaleSpec. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { int32, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const ScaleSpec = struct('autoscaling/v1.ScaleSpec', {
  replicas: int32('Replicas int32', 1, { default: 0 }).optional(),
});
export type ScaleSpec = z.output<typeof ScaleSpec>;

export const ScaleStatus = struct('autoscaling/v1.ScaleStatus', {
  replicas: int32('Replicas int32', 1),
  selector: str('Selector string', 2).optional(),
});
export type ScaleStatus = z.output<typeof ScaleStatus>;

export const Scale = struct('autoscaling/v1.Scale', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(ScaleSpec, 'Spec autoscaling/v1.ScaleSpec', 2, { omitempty: true }),
  status: sub(ScaleStatus, 'Status autoscaling/v1.ScaleStatus', 3, { omitempty: true }),
});
export type Scale = z.output<typeof Scale>;
