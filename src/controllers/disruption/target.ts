/** The condition of a pod that tells that somebody meant it to go, and who. */
import type { PodCondition } from '../../api/core/types/pod.js';
import type { Pod } from '../kinds.js';

export function disruption({ metadata: { generation } }: Pod, { reason, message, time }: { reason: string; message: string; time: string }): Partial<PodCondition> {
  return { type: 'DisruptionTarget', ...(generation === undefined ? {} : { observedGeneration: generation }), status: 'True', lastTransitionTime: time, reason, message };
}
