/**
 * What informers tell, put into the cache and the queue, and told to the pods
 * that wait for such a change.
 */
import type { KubeObject } from '../apimachinery/object.js';
import type { Informer, InformerHandler } from '../client/client.js';
import type { Cache } from './cache.js';
import type { ClusterEvent } from './events.js';
import type { Sources } from './handle.js';
import type { Node, Pod } from './kinds.js';
import type { Nominator } from './nominator.js';
import { PodInfo } from './podinfo.js';
import type { SchedulingQueue } from './queue.js';
import { amountOf } from './resources.js';

/** Tells the waiting pods, or those of them that are in question, once the caches are filled. */
export type Move = (event: ClusterEvent, next?: unknown, previous?: unknown, isInQuestion?: (pod: PodInfo) => boolean) => void;

interface Wired {
  cache: Cache;
  queue: SchedulingQueue;
  nominator: Nominator;
  isOurs(pod: Pod): boolean;
  move: Move;
}

const isOver = ({ status: { phase } }: Pod): boolean => phase === 'Succeeded' || phase === 'Failed';
export const isAssigned = (pod: Pod): boolean => pod.spec.nodeName !== undefined && pod.spec.nodeName !== '';
const differs = (one: unknown, other: unknown): boolean => one !== other && JSON.stringify(one) !== JSON.stringify(other);

export function podHandler({ cache, queue, nominator, isOurs, move }: Wired): InformerHandler<Pod> {
  /** Pods that matter no more than this one counted it as if it were on the node. */
  const releaseNomination = (pod: Pod): void => {
    const info = new PodInfo(pod);
    move('UnscheduledPod/NominationGone', undefined, info, ({ priority }) => priority <= info.priority);
  };
  const leave = (pod: Pod): void => {
    const uid = pod.metadata.uid ?? '';
    queue.delete(uid);
    const promised = nominator.nodeOf(uid);
    nominator.remove(uid);
    const gone = cache.removePod(uid);
    if (gone !== undefined) move('AssignedPod/Delete', undefined, gone);
    else if (promised !== undefined) releaseNomination(pod);
  };
  const wait = (pod: Pod, previous: Pod | undefined): void => {
    const uid = pod.metadata.uid ?? '';
    if (cache.isAssumed(uid)) {
      // Its room is free at once; the binding under way fails by itself.
      if (pod.metadata.deletionTimestamp === undefined || previous?.metadata.deletionTimestamp !== undefined) return;
      const gone = cache.removePod(uid);
      return move('AssignedPod/Delete', undefined, gone);
    }
    queue.update(pod);
    const waiting = queue.find(uid);
    if (waiting === undefined) return;
    const [before, now] = [previous?.status.nominatedNodeName ?? '', pod.status.nominatedNodeName ?? ''];
    // What was promised here counts before it is written; a change that others see is taken over.
    if (now !== before) nominator.set(waiting.info, now);
    else if (nominator.nodeOf(uid) !== undefined) nominator.set(waiting.info, nominator.nodeOf(uid)!);
    if (before !== '' && now !== before) releaseNomination(previous!);
  };
  const look = (pod: Pod, previous?: Pod): void => {
    if (isOver(pod)) return leave(pod);
    if (!isAssigned(pod)) return isOurs(pod) ? wait(pod, previous) : undefined;
    const uid = pod.metadata.uid ?? '';
    queue.delete(uid);
    nominator.remove(uid);
    const before = cache.placedPod(uid);
    const wasAssumed = cache.isAssumed(uid);
    const info = cache.setPod(pod);
    if (before === undefined || wasAssumed) move('AssignedPod/Add', info);
    else if (before !== info) {
      if (differs(before.labels, info.labels)) move('AssignedPod/UpdateLabel', info, before);
      if (isSmaller(info, before)) move('AssignedPod/ScaleDown', info, before);
    }
  };
  return { added: (pod) => look(pod), updated: look, deleted: leave };
}

function isSmaller({ requests: next }: PodInfo, { requests: previous }: PodInfo): boolean {
  return ['cpu', 'memory', 'ephemeral-storage', ...(previous.scalar?.keys() ?? [])].some((name) => amountOf(next, name) < amountOf(previous, name));
}

export function nodeHandler({ cache, move }: Pick<Wired, 'cache' | 'move'>): InformerHandler<Node> {
  return {
    added(node) {
      cache.setNode(node);
      move('Node/Add', node);
    },
    updated(next, previous) {
      cache.setNode(next);
      if (differs(next.status.allocatable, previous.status.allocatable)) move('Node/UpdateAllocatable', next, previous);
      if (differs(next.metadata.labels, previous.metadata.labels)) move('Node/UpdateLabel', next, previous);
      if (differs(next.spec.taints, previous.spec.taints) || next.spec.unschedulable !== previous.spec.unschedulable) move('Node/UpdateTaint', next, previous);
      if (differs(next.status.declaredFeatures, previous.status.declaredFeatures)) move('Node/UpdateDeclaredFeature', next, previous);
    },
    deleted(node) {
      cache.removeNode(node.metadata.name!);
      move('Node/Delete', undefined, node);
    },
  };
}

/** Kinds that are only looked up; their changes are only told. */
export function wireSources(sources: Sources, move: Move): (() => void)[] {
  const told = <T extends KubeObject>(informer: Informer<T>, events: { add?: ClusterEvent; update?: ClusterEvent; gone?: ClusterEvent }): (() => void) =>
    informer.handle({
      ...(events.add === undefined ? {} : { added: (object) => move(events.add!, object) }),
      ...(events.update === undefined ? {} : { updated: (next, previous) => move(events.update!, next, previous) }),
      ...(events.gone === undefined ? {} : { deleted: (object) => move(events.gone!, undefined, object) }),
    });
  return [
    told(sources.volumes, { add: 'PersistentVolume/Add', update: 'PersistentVolume/Update' }),
    told(sources.claims, { add: 'PersistentVolumeClaim/Add', update: 'PersistentVolumeClaim/Update', gone: 'PersistentVolumeClaim/Delete' }),
    told(sources.classes, { add: 'StorageClass/Add', update: 'StorageClass/Update' }),
    told(sources.csiNodes, { add: 'CSINode/Add', update: 'CSINode/Update' }),
    told(sources.csiDrivers, { update: 'CSIDriver/Update' }),
    told(sources.capacities, { add: 'CSIStorageCapacity/Add', update: 'CSIStorageCapacity/Update' }),
    told(sources.volumeAttachments, { gone: 'VolumeAttachment/Delete' }),
    told(sources.resourceClaims, { add: 'ResourceClaim/Add', update: 'ResourceClaim/Update', gone: 'ResourceClaim/Delete' }),
    told(sources.resourceSlices, { add: 'ResourceSlice/Add', update: 'ResourceSlice/Update' }),
    told(sources.deviceClasses, { add: 'DeviceClass/Add', update: 'DeviceClass/Update' }),
  ];
}
