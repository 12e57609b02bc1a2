/** VolumeRestrictions: disks that only one pod of a node may use, and claims that only one pod anywhere may. */
import type { Volume } from '../../api/core/types/volume.js';
import { reject, SKIP, type Plugin, type StateData } from '../framework.js';
import { always, type Hint } from '../events.js';
import type { Handle } from '../handle.js';
import type { PodInfo } from '../podinfo.js';
import { claimNames, claimsOf, usesClaim } from '../volumes.js';

const NAME = 'VolumeRestrictions';
const DISK_TAKEN = reject(NAME, 'Unschedulable', 'node(s) had no available disk');
const CLAIM_TAKEN = reject(
  NAME,
  'Unschedulable',
  'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
);

class State implements StateData {
  readonly disks: readonly Volume[];
  readonly claims: ReadonlySet<string>;
  /** How many of the claims are in use; each use that goes counts for one, as in Kubernetes. */
  users: number;
  constructor(disks: readonly Volume[], claims: ReadonlySet<string>, users: number) {
    this.disks = disks;
    this.claims = claims;
    this.users = users;
  }
  clone(): State {
    return new State(this.disks, this.claims, this.users);
  }
}

export function volumeRestrictions({ cache, sources }: Handle): Plugin {
  const frees: Hint = (pod, _, gone: PodInfo) => {
    if (gone.namespace !== pod.namespace) return false;
    const own = new Set((pod.pod.spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []));
    const disks = (pod.pod.spec.volumes ?? []).filter(isDisk);
    return (gone.pod.spec.volumes ?? []).some(
      (volume) => own.has(volume.persistentVolumeClaim?.claimName ?? '') || disks.some((disk) => isConflict(disk, volume)),
    );
  };
  function usedClaims(namespace: string, claims: ReadonlySet<string>): Set<string> {
    const used = new Set<string>();
    for (const other of cache.podsIn(namespace).keys()) for (const name of claimNames(other)) if (claims.has(name)) used.add(name);
    return used;
  }
  const usesOf = (state: State, pod: PodInfo, other: PodInfo): number =>
    other.namespace === pod.namespace ? claimNames(other).filter((name) => state.claims.has(name)).length : 0;
  return {
    name: NAME,
    hints: {
      'AssignedPod/Delete': frees,
      'UnscheduledPod/NominationGone': frees,
      'Node/Add': always,
      'PersistentVolumeClaim/Add': (pod, claim) => usesClaim(pod, claim),
      'PersistentVolumeClaim/Update': (pod, claim) => usesClaim(pod, claim),
    },
    preFilter(cycle, pod) {
      const disks = (pod.pod.spec.volumes ?? []).filter(isDisk);
      const missing = claimNames(pod).find((name) => sources.claims.lister.get({ namespace: pod.namespace, name }) === undefined);
      if (missing !== undefined && pod.pod.spec.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === missing)) {
        return reject(NAME, 'UnschedulableAndUnresolvable', `persistentvolumeclaim "${missing}" not found`);
      }
      const claims = new Set(
        claimsOf(sources, pod)
          .filter(({ spec }) => spec.accessModes?.includes('ReadWriteOncePod'))
          .map(({ metadata }) => metadata.name!),
      );
      if (disks.length === 0 && claims.size === 0) return SKIP;
      const state = new State(disks, claims, 0);
      if (claims.size > 0) state.users = usedClaims(pod.namespace, claims).size;
      cycle.write(NAME, state);
      return undefined;
    },
    filter(cycle, _, { pods }) {
      const { disks, users } = cycle.read<State>(NAME)!;
      if (disks.length > 0) {
        for (const other of pods.values())
          for (const volume of other.pod.spec.volumes ?? []) if (disks.some((disk) => isConflict(disk, volume))) return DISK_TAKEN;
      }
      return users > 0 ? CLAIM_TAKEN : undefined;
    },
    addPod(cycle, pod, other) {
      const state = cycle.read<State>(NAME);
      if (state !== undefined) state.users += usesOf(state, pod, other);
    },
    removePod(cycle, pod, other) {
      const state = cycle.read<State>(NAME);
      if (state !== undefined) state.users -= usesOf(state, pod, other);
    },
  };
}

const isDisk = ({ gcePersistentDisk, awsElasticBlockStore, rbd, iscsi }: Volume): boolean =>
  (gcePersistentDisk ?? awsElasticBlockStore ?? rbd ?? iscsi) !== undefined;

/** Two that only read can share, save for EBS. */
function isConflict(one: Volume, other: Volume): boolean {
  const write = (first: { readOnly?: boolean | undefined }, second: { readOnly?: boolean | undefined }): boolean => !(first.readOnly && second.readOnly);
  if (one.gcePersistentDisk && other.gcePersistentDisk)
    return one.gcePersistentDisk.pdName === other.gcePersistentDisk.pdName && write(one.gcePersistentDisk, other.gcePersistentDisk);
  if (one.awsElasticBlockStore && other.awsElasticBlockStore) return one.awsElasticBlockStore.volumeID === other.awsElasticBlockStore.volumeID;
  if (one.iscsi && other.iscsi) return one.iscsi.iqn === other.iscsi.iqn && write(one.iscsi, other.iscsi);
  if (one.rbd && other.rbd) {
    const { monitors, pool, image } = other.rbd;
    return one.rbd.monitors.some((monitor) => monitors.includes(monitor)) && one.rbd.pool === pool && one.rbd.image === image && write(one.rbd, other.rbd);
  }
  return false;
}
