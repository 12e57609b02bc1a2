/** The informers the scheduler reads besides pods and nodes. */
import type { InformerFactory } from '../client/client.js';
import type { Sources } from './handle.js';
import {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  DeviceClass,
  Namespace,
  PersistentVolume,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  ReplicaSet,
  ReplicationController,
  ResourceClaim,
  ResourceSlice,
  Service,
  StatefulSet,
  StorageClass,
  VolumeAttachment,
} from './kinds.js';

export function sourcesOf(informers: InformerFactory): Sources {
  return {
    namespaces: informers.of(Namespace),
    services: informers.of(Service),
    replicationControllers: informers.of(ReplicationController),
    replicaSets: informers.of(ReplicaSet),
    statefulSets: informers.of(StatefulSet),
    budgets: informers.of(PodDisruptionBudget),
    volumes: informers.of(PersistentVolume),
    claims: informers.of(PersistentVolumeClaim),
    classes: informers.of(StorageClass),
    csiNodes: informers.of(CSINode),
    csiDrivers: informers.of(CSIDriver),
    capacities: informers.of(CSIStorageCapacity),
    volumeAttachments: informers.of(VolumeAttachment, { indexers: { nodeName: ({ spec }) => [spec.nodeName] } }),
    resourceClaims: informers.of(ResourceClaim),
    resourceSlices: informers.of(ResourceSlice),
    deviceClasses: informers.of(DeviceClass),
  };
}
