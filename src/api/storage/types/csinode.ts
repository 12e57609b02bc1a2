/** Structs of storage/v1: CSINode, CSINodeSpec, CSINodeDriver, VolumeNodeResources. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { int32, list, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const VolumeNodeResources = struct('storage/v1.VolumeNodeResources', {
  count: int32('Count *int32', 1).optional(),
});
export type VolumeNodeResources = z.output<typeof VolumeNodeResources>;

export const CSINodeDriver = struct('storage/v1.CSINodeDriver', {
  name: str('Name string', 1),
  nodeID: str('NodeID string', 2),
  topologyKeys: list(str(), 'TopologyKeys []string', 3, { listType: 'atomic', required: false }),
  allocatable: sub(VolumeNodeResources, 'Allocatable *storage/v1.VolumeNodeResources', 4).optional(),
});
export type CSINodeDriver = z.output<typeof CSINodeDriver>;

export const CSINodeSpec = struct('storage/v1.CSINodeSpec', {
  drivers: list(CSINodeDriver, 'Drivers []storage/v1.CSINodeDriver', 1, { patch: 'merge', key: 'name', listType: 'map', mapKeys: ['name'] }),
});
export type CSINodeSpec = z.output<typeof CSINodeSpec>;

export const CSINode = struct('storage/v1.CSINode', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(CSINodeSpec, 'Spec storage/v1.CSINodeSpec', 2),
});
export type CSINode = z.output<typeof CSINode>;
