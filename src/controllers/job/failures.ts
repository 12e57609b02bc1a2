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
  for (const { name, state } of [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])]) {
    const code = state.terminated?.exitCode;
    if (code === undefined || code === 0 || (containerName !== undefined && containerName !== name)) continue;
    if (values.includes(code) === (operator === 'In')) return `Container ${name} for pod ${pod.metadata.namespace}/${pod.metadata.name} failed with exit code ${code}`;
  }
  return undefined;
}

function byCondition({ onPodConditions = [] }: PodFailurePolicyRule, pod: Pod): string | undefined {
  const matched = onPodConditions.find(({ type, status }) => conditionOf(pod.status.conditions, type)?.status === status);
  return matched === undefined ? undefined : `Pod ${pod.metadata.namespace}/${pod.metadata.name} has condition ${matched.type}`;
}

/** When the pod ended, as its containers say, or its conditions, or else now. */
function endedAt(pod: Pod, now: number): number {
  const ends = (pod.status.containerStatuses ?? []).map(({ state }) => Date.parse(state.terminated?.finishedAt ?? ''));
  if (ends.length > 0 && ends.every((end) => !Number.isNaN(end))) return Math.max(...ends);
  const ready = conditionOf(pod.status.conditions, 'Ready');
  if (ready?.status === 'False' && ready.lastTransitionTime) return Date.parse(ready.lastTransitionTime);
  return pod.metadata.deletionTimestamp === undefined ? now : Date.parse(pod.metadata.deletionTimestamp);
}

/** Milliseconds until new pods may be made: the wait doubles with each failure since the last success. Read off the pods, so that a restart forgets nothing. */
export function backoffMs(failed: readonly Pod[], succeeded: readonly Pod[], now: number): number {
  const lastSuccess = Math.max(-Infinity, ...succeeded.map((pod) => endedAt(pod, now)));
  const failures = failed.map((pod) => endedAt(pod, now)).filter((end) => end > lastSuccess);
  if (failures.length === 0) return 0;
  const wait = Math.min(BACKOFF_FIRST_MS * 2 ** (failures.length - 1), BACKOFF_MAX_MS);
  return Math.max(0, Math.max(...failures) + wait - now);
}
