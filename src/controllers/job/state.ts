/**
 * A Job as its pods show it: how many run, ended well or badly, and whether
 * that makes the Job finished. A pure reading; nothing is written here.
 */
import type { JobCondition } from '../../api/batch/types/job.js';
import type { Job, Pod } from '../kinds.js';
import { sum } from '../order.js';
import { conditionOf, isActive, isPodReady, isTerminating } from '../pods.js';
import { endedAt, judgeFailure } from './failures.js';
import { formatIndexes, INDEX_FAILURES, INDEX_IGNORED_FAILURES, indexOf, isIndexed, metSuccessRule, parseIndexes } from './indexes.js';
import { isTracked } from './podtemplate.js';

export interface Finish {
  type: 'FailureTarget' | 'SuccessCriteriaMet';
  reason: string;
  message: string;
}

export interface State {
  active: Pod[];
  ready: number;
  terminating: number;
  /** Ended pods that are not in the counts yet. */
  newSucceeded: Pod[];
  newFailed: Pod[];
  /** Failed, but a rule says they do not count. */
  ignored: Pod[];
  succeeded: number;
  failed: number;
  succeededIndexes: Set<number>;
  failedIndexes: Set<number>;
  /** The last failed pod of each index that has no other yet: kept until there is one, which takes over its count of failures. */
  kept: ReadonlyMap<number, Pod>;
  finish: Finish | undefined;
}

export function onlyReplacesFailed({ spec }: Job): boolean {
  return spec.podReplacementPolicy === 'Failed';
}

export function isPodFailed(pod: Pod, job: Job): boolean {
  if (pod.status.phase === 'Failed') return true;
  // One that is deleted may never come to say that it failed.
  return !onlyReplacesFailed(job) && pod.metadata.deletionTimestamp !== undefined && pod.status.phase !== 'Succeeded';
}

export function isJobFinished({ status }: Job): boolean {
  return (status.conditions ?? []).some(({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True');
}

export function stateOf(job: Job, pods: readonly Pod[], now: number): State {
  const { uncountedTerminatedPods: uncounted = {} } = job.status;
  const fresh = (counted: readonly string[] = []): Pod[] =>
    pods.filter((pod) => isTracked(pod) && !counted.includes(pod.metadata.uid!) && (!isIndexed(job) || isOwnIndex(job, pod)));
  const newSucceeded = fresh(uncounted.succeeded).filter(({ status }) => status.phase === 'Succeeded');
  const badly = fresh(uncounted.failed).filter((pod) => isPodFailed(pod, job));
  const ignored = badly.filter((pod) => judgeFailure(job, pod).action === 'Ignore');
  const newFailed = badly.filter((pod) => !ignored.includes(pod));
  const active = pods.filter(isActive);
  const succeededIndexes = isIndexed(job) ? doneIndexes(job, pods) : new Set<number>();
  const failedIndexes = lostIndexes(job, pods);
  const state: State = {
    active,
    ready: active.filter(isPodReady).length,
    terminating: pods.filter(isTerminating).length,
    newSucceeded,
    newFailed,
    ignored,
    succeeded: isIndexed(job) ? succeededIndexes.size : (job.status.succeeded ?? 0) + newSucceeded.length + (uncounted.succeeded ?? []).length,
    failed: (job.status.failed ?? 0) + newFailed.length + (uncounted.failed ?? []).length,
    succeededIndexes,
    failedIndexes,
    kept:
      job.spec.backoffLimitPerIndex === undefined
        ? new Map<number, Pod>()
        : keptPods(job, pods, { active, done: new Set([...succeededIndexes, ...failedIndexes]) }),
    finish: undefined,
  };
  return { ...state, finish: known(job) ?? failure(job, pods, state, now) ?? policyMet(job, state) };
}

function isOwnIndex(job: Job, pod: Pod): boolean {
  const index = indexOf(pod);
  return index !== undefined && index < (job.spec.completions ?? 0);
}

function keptPods(job: Job, pods: readonly Pod[], { active, done }: { active: readonly Pod[]; done: ReadonlySet<number> }): Map<number, Pod> {
  const taken = new Set(active.map(indexOf));
  const kept = new Map<number, Pod>();
  for (const pod of pods) {
    if (!isTracked(pod) || !isOwnIndex(job, pod) || !isPodFailed(pod, job)) continue;
    const index = indexOf(pod)!;
    if (done.has(index) || taken.has(index)) continue;
    const other = kept.get(index);
    if (other === undefined || (allFailures(other) <= allFailures(pod) && endedAt(pod) >= endedAt(other))) kept.set(index, pod);
  }
  return kept;
}

export const failureCount = (pod: Pod, name = INDEX_FAILURES): number => Number(pod.metadata.annotations?.[name] ?? 0) || 0;
/** How often pods of this index failed before this one, ignored failures too. */
export const allFailures = (pod: Pod): number => failureCount(pod) + failureCount(pod, INDEX_IGNORED_FAILURES);

function doneIndexes(job: Job, pods: readonly Pod[]): Set<number> {
  const indexes = parseIndexes(job.status.completedIndexes, job.spec.completions ?? 0);
  for (const pod of pods) if (pod.status.phase === 'Succeeded' && isTracked(pod) && isOwnIndex(job, pod)) indexes.add(indexOf(pod)!);
  return indexes;
}

function lostIndexes(job: Job, pods: readonly Pod[]): Set<number> {
  const { backoffLimitPerIndex: limit, completions = 0 } = job.spec;
  if (limit === undefined) return new Set();
  const indexes = parseIndexes(job.status.failedIndexes, completions);
  for (const pod of pods) {
    if (!isTracked(pod) || !isOwnIndex(job, pod) || !isPodFailed(pod, job)) continue;
    const { action } = judgeFailure(job, pod);
    if (action === 'FailIndex' || (action !== 'Ignore' && failureCount(pod) >= limit)) indexes.add(indexOf(pod)!);
  }
  return indexes;
}

/** A finish decided before: it stands, whatever happened since. */
function known({ status }: Job): Finish | undefined {
  for (const type of ['FailureTarget', 'SuccessCriteriaMet'] as const) {
    const condition = conditionOf(status.conditions, type);
    if (condition?.status === 'True') return { type, reason: condition.reason ?? '', message: condition.message ?? '' };
  }
  return undefined;
}

function failure(job: Job, pods: readonly Pod[], state: State, now: number): Finish | undefined {
  const fail = (reason: string, message: string): Finish => ({ type: 'FailureTarget', reason, message });
  const verdict = pods
    .filter((pod) => isPodFailed(pod, job))
    .map((pod) => judgeFailure(job, pod))
    .find(({ action }) => action === 'FailJob');
  if (verdict !== undefined) return fail('PodFailurePolicy', verdict.message!);
  const { backoffLimit = 6, activeDeadlineSeconds, maxFailedIndexes, completions = 0 } = job.spec;
  if (state.failed > backoffLimit || restartedTooOften(job, pods, backoffLimit))
    return fail('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  if (
    activeDeadlineSeconds !== undefined &&
    job.status.startTime !== undefined &&
    !job.spec.suspend &&
    now - Date.parse(job.status.startTime) >= activeDeadlineSeconds * 1000
  ) {
    return fail('DeadlineExceeded', 'Job was active longer than specified deadline');
  }
  if (!isIndexed(job) || state.failedIndexes.size === 0) return undefined;
  if (maxFailedIndexes !== undefined && state.failedIndexes.size > maxFailedIndexes)
    return fail('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
  return state.succeededIndexes.size + state.failedIndexes.size >= completions ? fail('FailedIndexes', 'Job has failed indexes') : undefined;
}

function restartedTooOften({ spec }: Job, pods: readonly Pod[], backoffLimit: number): boolean {
  if ((spec.template.spec as { restartPolicy?: string }).restartPolicy !== 'OnFailure') return false;
  const running = pods.filter(({ status }) => status.phase === 'Running' || status.phase === 'Pending');
  const restarts = sum(running, ({ status }) =>
    sum([...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])], ({ restartCount }) => restartCount),
  );
  return backoffLimit === 0 ? restarts > 0 : restarts >= backoffLimit;
}

function policyMet(job: Job, state: State): Finish | undefined {
  const rule = isIndexed(job) ? metSuccessRule(job, state.succeededIndexes) : undefined;
  return rule === undefined ? undefined : { type: 'SuccessCriteriaMet', reason: 'SuccessPolicy', message: `Matched rules at index ${rule}` };
}

/** Whether enough pods have ended well, once those that are not needed any more are gone. */
export function reached({ spec: { completions } }: Job, { succeeded }: State, active: number): Finish | undefined {
  const enough = active === 0 && (completions === undefined ? succeeded > 0 : succeeded >= completions);
  return enough ? { type: 'SuccessCriteriaMet', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' } : undefined;
}

export function withJobCondition(
  conditions: readonly JobCondition[],
  next: Omit<JobCondition, 'lastProbeTime' | 'lastTransitionTime'>,
  time: string,
): JobCondition[] {
  const at = conditions.findIndex(({ type }) => type === next.type);
  const condition = { ...next, lastProbeTime: time, lastTransitionTime: time };
  if (at < 0) return [...conditions, condition];
  const known = conditions[at]!;
  if (known.status === next.status && known.reason === next.reason && known.message === next.message) return [...conditions];
  return conditions.map((one, index) => (index === at ? condition : one));
}

export { formatIndexes };
