/**
 * Changes of the cluster by which a pod that found no place may find one, and
 * how a plugin tells which of them matter to a pod it refused.
 */
import type { PodInfo } from './podinfo.js';

export type ClusterEvent =
  | 'AssignedPod/Add'
  | 'AssignedPod/UpdateLabel'
  | 'AssignedPod/ScaleDown'
  | 'AssignedPod/Delete'
  | 'UnscheduledPod/UpdateLabel'
  | 'UnscheduledPod/UpdateToleration'
  | 'UnscheduledPod/UpdateGeneratedResourceClaim'
  | 'UnscheduledPod/GatesEliminated'
  | 'UnscheduledPod/ScaleDown'
  /** A pod that was promised a node, and held its room against others, is gone or was promised another. */
  | 'UnscheduledPod/NominationGone'
  | 'Node/Add'
  | 'Node/UpdateAllocatable'
  | 'Node/UpdateLabel'
  | 'Node/UpdateTaint'
  | 'Node/UpdateDeclaredFeature'
  | 'Node/Delete'
  | 'PersistentVolume/Add'
  | 'PersistentVolume/Update'
  | 'PersistentVolumeClaim/Add'
  | 'PersistentVolumeClaim/Update'
  | 'PersistentVolumeClaim/Delete'
  | 'StorageClass/Add'
  | 'StorageClass/Update'
  | 'CSINode/Add'
  | 'CSINode/Update'
  | 'CSIDriver/Update'
  | 'VolumeAttachment/Delete'
  | 'CSIStorageCapacity/Add'
  | 'CSIStorageCapacity/Update'
  | 'ResourceClaim/Add'
  | 'ResourceClaim/Update'
  | 'ResourceClaim/Delete'
  | 'ResourceSlice/Add'
  | 'ResourceSlice/Update'
  | 'DeviceClass/Add'
  | 'DeviceClass/Update'
  /** The code that understands devices is loaded. */
  | 'Devices/Ready';

/** What there is now and what there was before, where there is or was something: a PodInfo for pods, else the API object. */
export type Hint = (pod: PodInfo, next: any, previous: any) => boolean;
export type Hints = Partial<Record<ClusterEvent, Hint>>;

/** The event matters, whatever it is about. */
export const always: Hint = () => true;
/** Of a pod's own changes: only the pod itself is concerned. */
export const itself: Hint = (pod, next: PodInfo | undefined) => pod.uid === next?.uid;
