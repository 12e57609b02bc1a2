/** Struct of storage/v1: VolumeAttributesClass. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { map, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const VolumeAttributesClass = struct('storage/v1.VolumeAttributesClass', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  driverName: str('DriverName string', 2),
  parameters: map(str(), 'Parameters map[string]string', 3).optional(),
});
export type VolumeAttributesClass = z.output<typeof VolumeAttributesClass>;
