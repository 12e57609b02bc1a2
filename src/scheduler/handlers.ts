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

export const SCHEDULER_NAME = 'default-scheduler';

interface Wired {
  cache: Cache;
  queue: SchedulingQueue;
  nominator: Nominator;
  /** Tells the waiting pods, once the caches are filled. */
  move(event: ClusterEvent, next?: unknown, previous?: unknown): void;
}

const isOver = ({ status: { phase } }: Pod): boolean => phase === 'Succeeded' || phase === 'Failed';
export const isAssigned = (pod: Pod): boolean => pod.spec.nodeName !== undefined && pod.spec.nodeName !== '';
const isOurs = ({ spec }: Pod): boolean => (spec.schedulerName ?? SCHEDULER_NAME) === SCHEDULER_NAME;

export function podHandler({ cache, queue, nominator, move }: Wired): InformerHandler<Pod> {
  const leave = (pod: Pod): void => {
    const uid = pod.metadata.uid ?? '';
    queue.delete(uid);
    const promised = nominator.nodeOf(uid);
    nominator.remove(uid);
    const gone = cache.removePod(uid);
    if (gone !== undefined) move('AssignedPod/Delete', gone);
    else if (promised !== undefined) move('UnscheduledPod/NominationGone', new PodInfo(pod));
  };
  const look = (pod: Pod, previous?: Pod): void => {
    if (isOver(pod)) return leave(pod);
    if (!isAssigned(pod)) {
      if (!isOurs(pod) || cache.isAssumed(pod.metadata.uid ?? '')) return;
      queue.update(pod);
      const waiting = queue.find(pod.metadata.uid ?? '');
      // What was promised here counts before it is written; a change that others see is taken over.
      if (waiting !== undefined && pod.status.nominatedNodeName !== previous?.status.nominatedNodeName) nominator.set(waiting.info, pod.status.nominatedNodeName ?? '');
      return;
    }
    const uid = pod.metadata.uid ?? '';
    queue.delete(uid);
    nominator.remove(uid);
    const before = cache.placedPod(uid);
    const wasAssumed = cache.isAssumed(uid);
    const info = cache.setPod(pod);
    if (before === undefined || wasAssumed) move('AssignedPod/Add', info);
    else if (before !== info) {
      if (JSON.stringify(before.labels) !== JSON.stringify(info.labels)) move('AssignedPod/UpdateLabel', info, before);
      if (before.requests.cpu > info.requests.cpu || before.requests.memory > info.requests.memory) move('AssignedPod/ScaleDown', info, before);
    }
  };
  return { added: (pod) => look(pod), updated: look, deleted: leave };
}

export function nodeHandler({ cache, move }: Wired): InformerHandler<Node> {
  return {
    added(node) {
      cache.setNode(node);
      move('Node/Add', cache.node(node.metadata.name!));
    },
    updated(next, previous) {
      cache.setNode(next);
      const info = cache.node(next.metadata.name!);
      const differs = (one: unknown, other: unknown): boolean => one !== other && JSON.stringify(one) !== JSON.stringify(other);
      if (differs(next.status.allocatable, previous.status.allocatable)) move('Node/UpdateAllocatable', info);
      if (differs(next.metadata.labels, previous.metadata.labels)) move('Node/UpdateLabel', info);
      if (differs(next.spec.taints, previous.spec.taints) || next.spec.unschedulable !== previous.spec.unschedulable) move('Node/UpdateTaint', info);
    },
    deleted(node) {
      const info = cache.node(node.metadata.name!);
      cache.removeNode(node.metadata.name!);
      move('Node/Delete', info);
    },
  };
}

/** Kinds that are only looked up; their changes are only told. */
export function wireSources(sources: Sources, move: Wired['move']): (() => void)[] {
  const told = <T extends KubeObject>(informer: Informer<T>, events: { add?: ClusterEvent; update?: ClusterEvent; gone?: ClusterEvent }): (() => void) =>
    informer.handle({
      ...(events.add === undefined ? {} : { added: (object) => move(events.add!, object) }),
      ...(events.update === undefined ? {} : { updated: (next, previous) => move(events.update!, next, previous) }),
      ...(events.gone === undefined ? {} : { deleted: (object) => move(events.gone!, object) }),
    });
  return [
    told(sources.volumes, { add: 'PersistentVolume/Add', update: 'PersistentVolume/Update' }),
    told(sources.claims, { add: 'PersistentVolumeClaim/Add', update: 'PersistentVolumeClaim/Update', gone: 'PersistentVolumeClaim/Delete' }),
    told(sources.classes, { add: 'StorageClass/Add', update: 'StorageClass/Update' }),
    told(sources.csiNodes, { add: 'CSINode/Add', update: 'CSINode/Update' }),
    told(sources.csiDrivers, { update: 'CSIDriver/Update' }),
    told(sources.capacities, { add: 'CSIStorageCapacity/Add', update: 'CSIStorageCapacity/Update' }),
    told(sources.resourceClaims, { add: 'ResourceClaim/Add', update: 'ResourceClaim/Update', gone: 'ResourceClaim/Delete' }),
    told(sources.resourceSlices, { add: 'ResourceSlice/Add', update: 'ResourceSlice/Update' }),
    told(sources.deviceClasses, { add: 'DeviceClass/Add', update: 'DeviceClass/Update' }),
  ];
}
