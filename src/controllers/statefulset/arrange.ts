/**
 * One pass over a StatefulSet's pods, in Kubernetes' order: replicas from the
 * lowest ordinal, then surplus pods from the highest, then one to update. A set
 * that is ordered stops at the first pod that is not yet what it should be.
 */
import type { StatefulSetStatus } from '../../api/apps/types/statefulset.js';
import { isNotFound, isStatusError } from '../../apimachinery/status.js';
import type { Client, Informer } from '../../client/client.js';
import type { EventRecorder } from '../../client/events.js';
import { keyFor } from '../../client/resource.js';
import { Pod, StatefulSet, type ControllerRevision, type PersistentVolumeClaim } from '../kinds.js';
import { isNamespaceTerminating } from '../podcontrol.js';
import { isPodAvailable, isPodReady } from '../pods.js';
import { ensureClaims, syncClaimOwners } from './claims.js';
import { hasIdentity, ordinalOf, podAt, REVISION_LABEL, startOf, withIdentity } from './identity.js';

export interface Revisions {
  current: ControllerRevision;
  update: ControllerRevision;
  collisionCount: number;
}

export interface Arrangement {
  client: Client;
  recorder: EventRecorder;
  claims: Informer<PersistentVolumeClaim>;
  set: StatefulSet;
  pods: readonly Pod[];
  revisions: Revisions;
  now: number;
}

type Counts = Record<'replicas' | 'readyReplicas' | 'availableReplicas' | 'currentReplicas' | 'updatedReplicas', number>;

export async function arrange(arrangement: Arrangement): Promise<StatefulSetStatus> {
  const counts = counted(arrangement);
  const { set } = arrangement;
  if (set.metadata.deletionTimestamp === undefined) {
    const settled = (await fillReplicas(arrangement, counts)) && (await dropSurplus(arrangement, counts));
    if (settled && set.spec.updateStrategy.type !== 'OnDelete') await updateReplicas(arrangement, counts);
  }
  return statusOf(arrangement, counts);
}

const revisionOf = (pod: Pod): string | undefined => pod.metadata.labels?.[REVISION_LABEL];
const isTerminating = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;
const isRunningAndReady = (pod: Pod): boolean => pod.status.phase === 'Running' && isPodReady(pod);
const isEnded = ({ status: { phase } }: Pod): boolean => phase === 'Failed' || phase === 'Succeeded';
const isOrdered = ({ spec }: StatefulSet): boolean => spec.podManagementPolicy !== 'Parallel';

function isAvailable({ set, now }: Arrangement, pod: Pod): boolean {
  return isRunningAndReady(pod) && isPodAvailable(pod, set.spec.minReadySeconds ?? 0, now);
}

const isUnavailable = (arrangement: Arrangement, pod: Pod): boolean => isTerminating(pod) || !isAvailable(arrangement, pod);

function counted(arrangement: Arrangement): Counts {
  const { pods, revisions } = arrangement;
  const created = pods.filter(({ status }) => status.phase);
  const lasting = created.filter((pod) => !isTerminating(pod));
  return {
    replicas: created.length,
    readyReplicas: created.filter(isRunningAndReady).length,
    availableReplicas: created.filter((pod) => isAvailable(arrangement, pod)).length,
    currentReplicas: lasting.filter((pod) => revisionOf(pod) === revisions.current.metadata.name).length,
    updatedReplicas: lasting.filter((pod) => revisionOf(pod) === revisions.update.metadata.name).length,
  };
}

function replicaAt({ set, pods }: Arrangement): (ordinal: number) => Pod | undefined {
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(pod, set), pod]));
  return (ordinal) => byOrdinal.get(ordinal);
}

/** Returns whether the pass may go on. */
async function fillReplicas(arrangement: Arrangement, counts: Counts): Promise<boolean> {
  const { set } = arrangement;
  const at = replicaAt(arrangement);
  for (let ordinal = startOf(set); ordinal < startOf(set) + (set.spec.replicas ?? 0); ordinal++) {
    if (!(await settleReplica(arrangement, counts, ordinal, at(ordinal)))) return false;
  }
  return true;
}

async function settleReplica(arrangement: Arrangement, counts: Counts, ordinal: number, pod: Pod | undefined): Promise<boolean> {
  const { set } = arrangement;
  if (pod === undefined) {
    await createAt(arrangement, counts, ordinal);
    return !isOrdered(set);
  }
  if (isEnded(pod)) {
    // Made anew once it is gone: its name must be free. Others need not wait for that where there is no order.
    if (!isTerminating(pod)) await remove(arrangement, pod);
    return !isOrdered(set);
  }
  if (pod.status.phase === 'Pending') await ensureClaims(arrangement, ordinal);
  if (isOrdered(set) && (isTerminating(pod) || !isAvailable(arrangement, pod))) return false;
  if (!hasIdentity(pod)) await arrangement.client.on(Pod).update(withIdentity(pod, ordinal));
  await syncClaimOwners(arrangement, pod, ordinal);
  return true;
}

async function createAt(arrangement: Arrangement, counts: Counts, ordinal: number): Promise<void> {
  const { client, recorder, set, revisions } = arrangement;
  const revision = needsCurrent(arrangement, counts, ordinal) ? revisions.current : revisions.update;
  const name = `${set.metadata.name}-${ordinal}`;
  const template = (revision.data as { spec: { template: StatefulSet['spec']['template'] & { $patch?: string } } }).spec.template;
  const { $patch: _patch, ...own } = template;
  await ensureClaims(arrangement, ordinal);
  try {
    await client.on(Pod).create(podAt({ ...set, spec: { ...set.spec, template: own } }, ordinal, revision.metadata.name!));
  } catch (error) {
    if (isNamespaceTerminating(error)) return;
    if (isStatusError(error))
      recorder.event(set, 'Warning', 'FailedCreate', `Create Pod ${name} in StatefulSet ${set.metadata.name} failed error: ${error.message}`);
    throw error;
  }
  recorder.event(set, 'Normal', 'SuccessfulCreate', `Create Pod ${name} in StatefulSet ${set.metadata.name} successful`);
  counts.replicas += 1;
  if (revision.metadata.name === revisions.current.metadata.name) counts.currentReplicas += 1;
  if (revision.metadata.name === revisions.update.metadata.name) counts.updatedReplicas += 1;
}

/** Below the partition, or below the number of pods that still have it, the old template holds. */
function needsCurrent({ set }: Arrangement, counts: Counts, ordinal: number): boolean {
  const { type, rollingUpdate } = set.spec.updateStrategy;
  if (type !== 'RollingUpdate') return false;
  return ordinal < startOf(set) + (rollingUpdate === undefined ? (set.status.currentReplicas ?? counts.currentReplicas) : (rollingUpdate.partition ?? 0));
}

async function dropSurplus(arrangement: Arrangement, counts: Counts): Promise<boolean> {
  const { set, pods, revisions } = arrangement;
  const surplus = pods.filter((pod) => ordinalOf(pod, set) < startOf(set) || ordinalOf(pod, set) >= startOf(set) + (set.spec.replicas ?? 0));
  surplus.sort((one, other) => ordinalOf(other, set) - ordinalOf(one, set));
  const inRange = pods.filter((pod) => !surplus.includes(pod)).sort((one, other) => ordinalOf(one, set) - ordinalOf(other, set));
  const firstUnhealthy = [...inRange, ...[...surplus].reverse()].find((pod) => isUnavailable(arrangement, pod));
  for (const pod of surplus) {
    await syncClaimOwners(arrangement, pod, ordinalOf(pod, set));
    if (isTerminating(pod)) {
      if (isOrdered(set)) return false;
      continue;
    }
    if (isOrdered(set) && !isAvailable(arrangement, pod) && pod !== firstUnhealthy) return false;
    await remove(arrangement, pod);
    if (revisionOf(pod) === revisions.current.metadata.name) counts.currentReplicas -= 1;
    if (revisionOf(pod) === revisions.update.metadata.name) counts.updatedReplicas -= 1;
    if (isOrdered(set)) return false;
  }
  return true;
}

/** Replaces what has another template, one by one from the highest ordinal, each when those above it are available. */
async function updateReplicas(arrangement: Arrangement, counts: Counts): Promise<void> {
  const { set, revisions } = arrangement;
  const { partition = 0 } = set.spec.updateStrategy.rollingUpdate ?? {};
  const at = replicaAt(arrangement);
  // As Kubernetes 1.36 does: maxUnavailable is behind a gate that is closed.
  for (let index = (set.spec.replicas ?? 0) - 1; index >= partition; index--) {
    const pod = at(startOf(set) + index);
    if (pod === undefined) return;
    if (revisionOf(pod) !== revisions.update.metadata.name && !isTerminating(pod)) {
      await remove(arrangement, pod);
      counts.currentReplicas -= 1;
      return;
    }
    if (isUnavailable(arrangement, pod)) return;
  }
}

async function remove({ client, recorder, set }: Arrangement, pod: Pod): Promise<void> {
  const what = `Delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`;
  try {
    await client.on(Pod).delete(keyFor(pod));
  } catch (error) {
    if (isNotFound(error)) return; // gone already
    if (isStatusError(error)) recorder.event(set, 'Warning', 'FailedDelete', `${what} failed error: ${error.message}`);
    throw error;
  }
  recorder.event(set, 'Normal', 'SuccessfulDelete', `${what} successful`);
}

function statusOf({ set, revisions }: Arrangement, counts: Counts): StatefulSetStatus {
  const { conditions } = set.status;
  const done = set.spec.updateStrategy.type === 'RollingUpdate' && counts.updatedReplicas === counts.replicas && counts.readyReplicas === counts.replicas;
  const currentRevision = done ? revisions.update.metadata.name! : revisions.current.metadata.name!;
  const currentReplicas = done ? counts.updatedReplicas : counts.currentReplicas;
  const some = (name: string, count: number): object => (count === 0 ? {} : { [name]: count });
  return {
    observedGeneration: set.metadata.generation!,
    replicas: counts.replicas,
    ...some('readyReplicas', counts.readyReplicas),
    ...some('currentReplicas', currentReplicas),
    ...some('updatedReplicas', counts.updatedReplicas),
    currentRevision,
    updateRevision: revisions.update.metadata.name!,
    collisionCount: revisions.collisionCount,
    ...(conditions === undefined ? {} : { conditions }),
    availableReplicas: counts.availableReplicas,
  };
}
