/** What plugins are given to work with. */
import type { Client, Informer } from '../client/client.js';
import type { Clock } from '../platform/clock.js';
import type { Log } from '../platform/component.js';
import type { Random } from '../platform/random.js';
import type { Cache } from './cache.js';
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  DeviceClass,
  Namespace,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
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
import type { Allocated } from './deviceclaims.js';
import type { Recorder } from './eventrecorder.js';
import type { ClusterEvent } from './events.js';
import type { Nominator } from './nominator.js';
import type { PodInfo } from './podinfo.js';
import type { Framework } from './runtime.js';

export interface Sources {
  namespaces: Informer<Namespace>;
  services: Informer<Service>;
  replicationControllers: Informer<ReplicationController>;
  replicaSets: Informer<ReplicaSet>;
  statefulSets: Informer<StatefulSet>;
  budgets: Informer<PodDisruptionBudget>;
  volumes: Informer<PersistentVolume>;
  claims: Informer<PersistentVolumeClaim>;
  classes: Informer<StorageClass>;
  csiNodes: Informer<CSINode>;
  csiDrivers: Informer<CSIDriver>;
  capacities: Informer<CSIStorageCapacity>;
  volumeAttachments: Informer<VolumeAttachment>;
  resourceClaims: Informer<ResourceClaim>;
  resourceSlices: Informer<ResourceSlice>;
  deviceClasses: Informer<DeviceClass>;
}

export interface Handle {
  readonly cache: Cache;
  readonly nominator: Nominator;
  readonly sources: Sources;
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly recorder: Recorder;
  readonly log: Log;
  /** Devices given away by any profile, by the claim's uid, until the informer shows it. */
  readonly allocated: Map<string, Allocated>;
  /** As the informer shows it now. */
  podNow(key: { namespace: string; name: string }): Pod | undefined;
  /** Runs the plugins themselves, for those that try something out. */
  framework(): Framework;
  /** Keeps the cluster unsettled until it is over; failures are logged. */
  background(work: Promise<unknown>): void;
  /** Tells the pods that wait of something that no informer tells. */
  changed(event: ClusterEvent): void;
  /** Has the pod tried again at once. */
  activate(uid: string): void;
  /** While a pod's binding waits for others, it holds nothing up; when the scheduler ends, it is cancelled. */
  rest<T>(pod: PodInfo, wait: { done: Promise<T>; cancel(): void }): Promise<T>;
}
