/** Struct of storage/v1: CSIStorageCapacity. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { quantity, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { LabelSelector, ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const CSIStorageCapacity = struct('storage/v1.CSIStorageCapacity', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  nodeTopology: sub(LabelSelector, 'NodeTopology *apis/meta/v1.LabelSelector', 2).optional(),
  storageClassName: str('StorageClassName string', 3),
  capacity: quantity('Capacity *resource.Quantity', 4).optional(),
  maximumVolumeSize: quantity('MaximumVolumeSize *resource.Quantity', 5).optional(),
});
export type CSIStorageCapacity = z.output<typeof CSIStorageCapacity>;
