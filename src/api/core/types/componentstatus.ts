/** Structs of core/v1: ComponentStatus, ComponentCondition. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { list, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const ComponentCondition = struct('core/v1.ComponentCondition', {
  type: str('Type v1.ComponentConditionType=string', 1),
  status: str('Status v1.ConditionStatus=string', 2),
  message: str('Message string', 3).optional(),
  error: str('Error string', 4).optional(),
});
export type ComponentCondition = z.output<typeof ComponentCondition>;

export const ComponentStatus = struct('core/v1.ComponentStatus', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  conditions: list(ComponentCondition, 'Conditions []core/v1.ComponentCondition', 2, {
    patch: 'merge',
    key: 'type',
    listType: 'map',
    mapKeys: ['type'],
  }).optional(),
});
export type ComponentStatus = z.output<typeof ComponentStatus>;
