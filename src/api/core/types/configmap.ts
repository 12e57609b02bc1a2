/** Struct of core/v1: ConfigMap. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, bytes, map, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const ConfigMap = struct('core/v1.ConfigMap', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  immutable: bool('Immutable *bool', 4).optional(),
  data: map(str(), 'Data map[string]string', 2).optional(),
  binaryData: map(bytes(), 'BinaryData map[string][]uint8', 3).optional(),
});
export type ConfigMap = z.output<typeof ConfigMap>;
