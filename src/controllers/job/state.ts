/**
 * A Job as its pods show it: how many run, ended well or badly, and whether
 * that makes the Job finished. A pure reading; nothing is written here.
 */
import type { JobCondition } from '../../api/batch/types/job.js';
import type { Job, Pod } from '../kinds.js';
import { sum } from '../order.js';
import { conditionOf, isActive, isPodReady, isTerminating } from '../pods.js';
import { judgeFailure } from './failures.js';
import { formatIndexes, INDEX_FAILURES, indexOf, isIndexed, metSuccessRule, parseIndexes } from './indexes.js';
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
  const counted = new Set([...(uncounted.succeeded ?? []), ...(uncounted.failed ?? [])]);
  const fresh = pods.filter((pod) => isTracked(pod) && !counted.has(pod.metadata.uid!));
  const newSucceeded = fresh.filter(({ status }) => status.phase === 'Succeeded');
  const badly = fresh.filter((pod) => isPodFailed(pod, job));
  const ignored = badly.filter((pod) => judgeFailure(job, pod).action === 'Ignore');
  const newFailed = badly.filter((pod) => !ignored.includes(pod));
  const active = pods.filter(isActive);
  const succeededIndexes = isIndexed(job) ? doneIndexes(job, newSucceeded) : new Set<number>();
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
    failedIndexes: lostIndexes(job, newFailed),
    finish: undefined,
  };
  return { ...state, finish: known(job) ?? failure(job, state, now) ?? success(job, state) };
}

function doneIndexes(job: Job, newSucceeded: readonly Pod[]): Set<number> {
  const completions = job.spec.completions ?? 0;
  const indexes = parseIndexes(job.status.completedIndexes, completions);
  for (const pod of newSucceeded) {
    const index = indexOf(pod);
    if (index !== undefined && index < completions) indexes.add(index);
  }
  return indexes;
}

function lostIndexes(job: Job, newFailed: readonly Pod[]): Set<number> {
  const { backoffLimitPerIndex: limit, completions = 0 } = job.spec;
  if (limit === undefined) return new Set();
  const indexes = parseIndexes(job.status.failedIndexes, completions);
  for (const pod of newFailed) {
    const index = indexOf(pod);
    const spent = Number(pod.metadata.annotations?.[INDEX_FAILURES] ?? 0) >= limit;
    if (index !== undefined && index < completions && (spent || judgeFailure(job, pod).action === 'FailIndex')) indexes.add(index);
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

function failure(job: Job, state: State, now: number): Finish | undefined {
  const fail = (reason: string, message: string): Finish => ({ type: 'FailureTarget', reason, message });
  const verdict = state.newFailed.map((pod) => judgeFailure(job, pod)).find(({ action }) => action === 'FailJob');
  if (verdict !== undefined) return fail('PodFailurePolicy', verdict.message!);
  const { backoffLimit = 6, activeDeadlineSeconds, maxFailedIndexes, completions = 0 } = job.spec;
  if (state.failed > backoffLimit || restartedTooOften(job, state.active, backoffLimit)) return fail('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  if (activeDeadlineSeconds !== undefined && job.status.startTime !== undefined && !job.spec.suspend && now - Date.parse(job.status.startTime) >= activeDeadlineSeconds * 1000) {
    return fail('DeadlineExceeded', 'Job was active longer than specified deadline');
  }
  if (!isIndexed(job) || state.failedIndexes.size === 0) return undefined;
  if (maxFailedIndexes !== undefined && state.failedIndexes.size > maxFailedIndexes) return fail('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
  return state.succeededIndexes.size + state.failedIndexes.size >= completions ? fail('FailedIndexes', 'Job has failed indexes') : undefined;
}

function restartedTooOften({ spec }: Job, active: readonly Pod[], backoffLimit: number): boolean {
  if ((spec.template.spec as { restartPolicy?: string }).restartPolicy !== 'OnFailure') return false;
  const running = active.filter(({ status }) => status.phase === 'Running' || status.phase === 'Pending');
  const restarts = sum(running, ({ status }) => sum([...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])], ({ restartCount }) => restartCount));
  return backoffLimit === 0 ? restarts > 0 : restarts >= backoffLimit;
}

function success(job: Job, state: State): Finish | undefined {
  const rule = isIndexed(job) ? metSuccessRule(job, state.succeededIndexes) : undefined;
  if (rule !== undefined) return { type: 'SuccessCriteriaMet', reason: 'SuccessPolicy', message: `Matched rules at index ${rule}` };
  const { completions } = job.spec;
  const enough = completions === undefined ? state.succeeded > 0 && state.active.length === 0 : state.succeeded >= completions && !job.spec.suspend;
  return enough ? { type: 'SuccessCriteriaMet', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' } : undefined;
}

export function withJobCondition(conditions: readonly JobCondition[], next: Omit<JobCondition, 'lastProbeTime' | 'lastTransitionTime'>, time: string): JobCondition[] {
  const at = conditions.findIndex(({ type }) => type === next.type);
  const condition = { ...next, lastProbeTime: time, lastTransitionTime: time };
  if (at < 0) return [...conditions, condition];
  const known = conditions[at]!;
  if (known.status === next.status && known.reason === next.reason && known.message === next.message) return [...conditions];
  return conditions.map((one, index) => (index === at ? condition : one));
}

export { formatIndexes };
