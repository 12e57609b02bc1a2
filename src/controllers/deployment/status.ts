/** A Deployment's status: counts and conditions, and whether its rollout is done, moving, or stuck. */
import type { DeploymentCondition, DeploymentStatus } from '../../api/apps/types/deployment.js';
import { formatTime } from '../../apimachinery/time.js';
import type { Deployment, ReplicaSet } from '../kinds.js';
import { sum } from '../order.js';
import { conditionOf } from '../pods.js';
import { actual, available, maxUnavailable, wanted } from './arithmetic.js';

/** kubectl and clients take this number for "no deadline". */
const NO_DEADLINE = 2 ** 31 - 1;

export function hasDeadline({ spec: { progressDeadlineSeconds } }: Deployment): boolean {
  return progressDeadlineSeconds !== undefined && progressDeadlineSeconds !== NO_DEADLINE;
}

export function condition(type: string, status: string, reason: string, message: string, now: number): DeploymentCondition {
  const time = formatTime(now);
  return { type, status, lastUpdateTime: time, lastTransitionTime: time, reason, message };
}

/** A condition that says something new goes to the end; one that does not stays as it is. */
export function withCondition(conditions: readonly DeploymentCondition[], next: DeploymentCondition): DeploymentCondition[] {
  const known = conditionOf(conditions, next.type);
  if (known !== undefined && known.status === next.status && known.reason === next.reason) return [...conditions];
  const kept = known?.status === next.status && known.lastTransitionTime !== undefined ? { ...next, lastTransitionTime: known.lastTransitionTime } : next;
  return [...without(conditions, next.type), kept];
}

export function without(conditions: readonly DeploymentCondition[], type: string): DeploymentCondition[] {
  return conditions.filter((known) => known.type !== type);
}

export function countedStatus(deployment: Deployment, current: ReplicaSet | undefined, all: readonly ReplicaSet[], now: number): DeploymentStatus {
  const availableReplicas = available(all);
  const counts = {
    replicas: actual(all),
    updatedReplicas: current?.status.replicas ?? 0,
    readyReplicas: sum(all, (set) => set.status.readyReplicas),
    availableReplicas,
    unavailableReplicas: Math.max(0, wanted(all) - availableReplicas),
  };
  const enough = availableReplicas >= (deployment.spec.replicas ?? 0) - maxUnavailable(deployment);
  const availability = enough
    ? condition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', now)
    : condition('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.', now);
  const { collisionCount, conditions = [] } = deployment.status;
  return {
    observedGeneration: deployment.metadata.generation!,
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0)),
    terminatingReplicas: sum(all, (set) => set.status.terminatingReplicas),
    conditions: withCondition(conditions, availability),
    ...(collisionCount === undefined ? {} : { collisionCount }),
  };
}

export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const { replicas = 0 } = deployment.spec;
  return status.updatedReplicas === replicas || (replicas === 0 && !status.updatedReplicas)
    ? (status.replicas ?? 0) === replicas && (status.availableReplicas ?? 0) === replicas && (status.observedGeneration ?? 0) >= deployment.metadata.generation!
    : false;
}

function isProgressing(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const old = ({ replicas = 0, updatedReplicas = 0 }: DeploymentStatus): number => replicas - updatedReplicas;
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function isTimedOut(deployment: Deployment, status: DeploymentStatus, now: number): boolean {
  const progressing = conditionOf(status.conditions, 'Progressing');
  if (progressing === undefined || progressing.reason === 'NewReplicaSetAvailable') return false;
  if (progressing.reason === 'ProgressDeadlineExceeded') return true;
  return Date.parse(progressing.lastUpdateTime ?? '') + deployment.spec.progressDeadlineSeconds! * 1000 < now;
}

/** The whole status of a rollout under way or done. */
export function rolloutStatus(deployment: Deployment, current: ReplicaSet | undefined, all: readonly ReplicaSet[], now: number): DeploymentStatus {
  const status = countedStatus(deployment, current, all, now);
  let conditions = status.conditions ?? [];
  if (!hasDeadline(deployment)) conditions = without(conditions, 'Progressing');
  const known = conditionOf(deployment.status.conditions, 'Progressing');
  const done = (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && known?.reason === 'NewReplicaSetAvailable';
  if (hasDeadline(deployment) && !done) conditions = withProgress(deployment, status, conditions, current, now);
  const failure = failureOf(all, current);
  conditions = failure === undefined ? without(conditions, 'ReplicaFailure') : withCondition(conditions, failure);
  return { ...status, conditions };
}

function withProgress(
  deployment: Deployment,
  status: DeploymentStatus,
  conditions: readonly DeploymentCondition[],
  current: ReplicaSet | undefined,
  now: number,
): DeploymentCondition[] {
  const what = current === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${current.metadata.name}"`;
  const known = conditionOf(deployment.status.conditions, 'Progressing');
  if (isComplete(deployment, status))
    return withCondition(conditions, condition('Progressing', 'True', 'NewReplicaSetAvailable', `${what} has successfully progressed.`, now));
  if (isProgressing(deployment.status, status)) {
    const next = condition('Progressing', 'True', 'ReplicaSetUpdated', `${what} is progressing.`, now);
    const kept = known?.status === 'True' && known.lastTransitionTime !== undefined ? { ...next, lastTransitionTime: known.lastTransitionTime } : next;
    return [...without(conditions, 'Progressing'), kept];
  }
  if (isTimedOut(deployment, { ...status, conditions: [...conditions] }, now)) {
    return withCondition(conditions, condition('Progressing', 'False', 'ProgressDeadlineExceeded', `${what} has timed out progressing.`, now));
  }
  return [...conditions];
}

function failureOf(all: readonly ReplicaSet[], current: ReplicaSet | undefined): DeploymentCondition | undefined {
  const ordered = current === undefined ? all : [current, ...all.filter((set) => set !== current)];
  for (const { status } of ordered) {
    const failure = conditionOf(status.conditions, 'ReplicaFailure');
    if (failure === undefined) continue;
    const time = failure.lastTransitionTime;
    return { ...failure, ...(time === undefined ? {} : { lastUpdateTime: time }) };
  }
  return undefined;
}

/** Milliseconds until the rollout may count as stuck, or undefined where no look is needed. */
export function untilStuck(deployment: Deployment, status: DeploymentStatus, now: number): number | undefined {
  const progressing = conditionOf(deployment.status.conditions, 'Progressing');
  if (!hasDeadline(deployment) || progressing === undefined) return undefined;
  if (isComplete(deployment, status) || progressing.reason === 'ProgressDeadlineExceeded') return undefined;
  const left = Date.parse(progressing.lastUpdateTime ?? '') + deployment.spec.progressDeadlineSeconds! * 1000 - now;
  return left < 1000 ? 1000 : left + 1000;
}
