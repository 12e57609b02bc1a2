/** Structs of core/v1: LimitRange, LimitRangeSpec, LimitRangeItem. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { list, map, quantity, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const LimitRangeItem = struct('core/v1.LimitRangeItem', {
  type: str('Type v1.LimitType=string', 1),
  max: map(quantity(), 'Max map[v1.ResourceName=string]resource.Quantity', 2).optional(),
  min: map(quantity(), 'Min map[v1.ResourceName=string]resource.Quantity', 3).optional(),
  default: map(quantity(), 'Default map[v1.ResourceName=string]resource.Quantity', 4).optional(),
  defaultRequest: map(quantity(), 'DefaultRequest map[v1.ResourceName=string]resource.Quantity', 5).optional(),
  maxLimitRequestRatio: map(quantity(), 'MaxLimitRequestRatio map[v1.ResourceName=string]resource.Quantity', 6).optional(),
});
export type LimitRangeItem = z.output<typeof LimitRangeItem>;

export const LimitRangeSpec = struct('core/v1.LimitRangeSpec', {
  limits: list(LimitRangeItem, 'Limits []core/v1.LimitRangeItem', 1, { listType: 'atomic' }),
});
export type LimitRangeSpec = z.output<typeof LimitRangeSpec>;

export const LimitRange = struct('core/v1.LimitRange', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(LimitRangeSpec, 'Spec core/v1.LimitRangeSpec', 2, { omitempty: true }),
});
export type LimitRange = z.output<typeof LimitRange>;
