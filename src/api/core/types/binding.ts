/** Struct of core/v1: Binding. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectReference } from './reference.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const Binding = struct('core/v1.Binding', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  target: sub(ObjectReference, 'Target core/v1.ObjectReference', 2),
});
export type Binding = z.output<typeof Binding>;
