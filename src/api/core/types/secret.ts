/** Struct of core/v1: Secret. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, bytes, map, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const Secret = struct('core/v1.Secret', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  immutable: bool('Immutable *bool', 5).optional(),
  data: map(bytes(), 'Data map[string][]uint8', 2).optional(),
  stringData: map(str(), 'StringData map[string]string', 4).optional(),
  type: str('Type v1.SecretType=string', 3).optional(),
});
export type Secret = z.output<typeof Secret>;
