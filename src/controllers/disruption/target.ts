/** The condition of a pod that tells that somebody meant it to go, and who, as a patch of its status. */
import type { Pod } from '../kinds.js';

export function disruptionPatch(pod: Pod, { reason, message, time }: { reason: string; message: string; time: string }): object {
  const { generation } = pod.metadata;
  const known = (pod.status.conditions ?? []).map(({ type }) => ({ type }));
  const order = known.some(({ type }) => type === 'DisruptionTarget') ? known : [...known, { type: 'DisruptionTarget' }];
  const observed = generation === undefined ? {} : { observedGeneration: generation };
  return {
    ...observed,
    '$setElementOrder/conditions': order,
    conditions: [{ type: 'DisruptionTarget', ...observed, status: 'True', lastTransitionTime: time, reason, message }],
  };
}
