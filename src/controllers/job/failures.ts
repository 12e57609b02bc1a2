/** What a failed pod means for its Job: by the pod failure policy, and by how long the next pod must wait. */
import type { PodFailurePolicyRule } from '../../api/batch/types/cronjob.js';
import type { Job, Pod } from '../kinds.js';
import { conditionOf } from '../pods.js';

const BACKOFF_FIRST_MS = 10_000;
const BACKOFF_MAX_MS = 600_000;

export interface Verdict {
  /** undefined: no rule matched, which counts. */
  action?: string;
  /** For FailJob: why. */
  message?: string;
}

export function judgeFailure({ spec }: Job, pod: Pod): Verdict {
  for (const [at, rule] of (spec.podFailurePolicy?.rules ?? []).entries()) {
    const match = byExitCode(rule, pod) ?? byCondition(rule, pod);
    if (match !== undefined) return { action: rule.action, message: `${match} matching ${rule.action} rule at index ${at}` };
  }
  return {};
}

function byExitCode({ onExitCodes }: PodFailurePolicyRule, pod: Pod): string | undefined {
  if (onExitCodes === undefined) return undefined;
  const { containerName, operator, values } = onExitCodes;
  for (const { name, state } of [...(pod.status.containerStatuses ?? []), ...(pod.status.initContainerStatuses ?? [])]) {
    const code = state.terminated?.exitCode;
    if (code === undefined || code === 0 || (containerName !== undefined && containerName !== name)) continue;
    if (values.includes(code) === (operator === 'In'))
      return `Container ${name} for pod ${pod.metadata.namespace}/${pod.metadata.name} failed with exit code ${code}`;
  }
  return undefined;
}

function byCondition({ onPodConditions = [] }: PodFailurePolicyRule, pod: Pod): string | undefined {
  const matched = onPodConditions.find(({ type, status }) => conditionOf(pod.status.conditions, type)?.status === status);
  return matched === undefined ? undefined : `Pod ${pod.metadata.namespace}/${pod.metadata.name} has condition ${matched.type}`;
}

/** When the pod ended: by its containers (sidecars end last), by its condition, by the moment it was deleted, or else unknown and long ago. */
export function endedAt(pod: Pod): number {
  const sidecars = new Set((pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name));
  const statuses = [...(pod.status.containerStatuses ?? []), ...(pod.status.initContainerStatuses ?? []).filter(({ name }) => sidecars.has(name))];
  const ends = statuses.map(({ state }) => Date.parse(state.terminated?.finishedAt ?? ''));
  if (ends.length > 0 && ends.every((end) => !Number.isNaN(end))) return Math.max(...ends);
  const ready = conditionOf(pod.status.conditions, 'Ready');
  if (ready?.status === 'False' && ready.lastTransitionTime) return Date.parse(ready.lastTransitionTime);
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, creationTimestamp } = pod.metadata;
  if (deletionTimestamp !== undefined) return Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000;
  return Date.parse(creationTimestamp ?? '') || 0;
}

/** What is remembered of a Job's failures: how many in a row, and when the last was. */
export interface Failures {
  count: number;
  lastAt: number;
}

/** With pods that ended since; a success forgets what failed before it. */
export function withEnded({ count, lastAt }: Failures, succeeded: readonly Pod[], failed: readonly Pod[]): Failures {
  if (succeeded.length + failed.length === 0) return { count, lastAt };
  const ends = failed.map(endedAt);
  if (succeeded.length === 0) return { count: count + ends.length, lastAt: Math.max(...ends) };
  const lastSuccess = Math.max(...succeeded.map(endedAt));
  const since = ends.filter((end) => end > lastSuccess);
  return { count: since.length, lastAt: Math.max(0, ...since) };
}

/** Milliseconds until new pods may be made: the wait doubles with each failure. */
export function backoffMs({ count, lastAt }: Failures, now: number): number {
  if (count === 0) return 0;
  return Math.max(0, lastAt + Math.min(BACKOFF_FIRST_MS * 2 ** (count - 1), BACKOFF_MAX_MS) - now);
}
