/** A pod's status that tells that somebody meant it to go, and who. */
import type { PodCondition, PodStatus } from '../../api/core/types/pod.js';
import type { Pod } from '../kinds.js';

export function withDisruption(pod: Pod, { reason, message, time }: { reason: string; message: string; time: string }): PodStatus {
  const conditions = pod.status.conditions ?? [];
  const known = conditions.find(({ type }) => type === 'DisruptionTarget');
  if (known?.status === 'True' && known.reason === reason && known.message === message) return pod.status;
  const generation = pod.metadata.generation;
  const next = { type: 'DisruptionTarget', ...(generation === undefined ? {} : { observedGeneration: generation }), status: 'True', lastProbeTime: null, lastTransitionTime: time, reason, message } as PodCondition;
  return {
    ...pod.status,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    conditions: known === undefined ? [...conditions, next] : conditions.map((condition) => (condition === known ? next : condition)),
  };
}
