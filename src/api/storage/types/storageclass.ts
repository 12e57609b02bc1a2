/** Struct of storage/v1: StorageClass. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, list, map, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { TopologySelectorTerm } from '../../core/types/reference.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const StorageClass = struct('storage/v1.StorageClass', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  provisioner: str('Provisioner string', 2),
  parameters: map(str(), 'Parameters map[string]string', 3).optional(),
  reclaimPolicy: str('ReclaimPolicy *v1.PersistentVolumeReclaimPolicy=string', 4, { enum: ['Delete', 'Recycle', 'Retain'] }).optional(),
  mountOptions: list(str(), 'MountOptions []string', 5, { listType: 'atomic' }).optional(),
  allowVolumeExpansion: bool('AllowVolumeExpansion *bool', 6).optional(),
  volumeBindingMode: str('VolumeBindingMode *v1.VolumeBindingMode=string', 7, { enum: ['Immediate', 'WaitForFirstConsumer'] }).optional(),
  allowedTopologies: list(TopologySelectorTerm, 'AllowedTopologies []core/v1.TopologySelectorTerm', 8, { listType: 'atomic' }).optional(),
});
export type StorageClass = z.output<typeof StorageClass>;
