/** Writes onto a pod why it was not placed, and the node it was promised; nothing where that stands there already. */
import { formatTime } from '../apimachinery/time.js';
import type { Client } from '../client/client.js';
import { Pod } from './kinds.js';

export interface Failure {
  reason: 'Unschedulable' | 'SchedulerError';
  message: string;
  /** Empty: a promise there was is taken back. Undefined: left as it is. */
  nominatedNodeName?: string;
}

/** Resolves when it is written; throws what the API server answers. */
export async function writeFailure(client: Client, pod: Pod, { reason, message, nominatedNodeName }: Failure, now: number): Promise<void> {
  const { metadata, status } = pod;
  const before = status.conditions?.find(({ type }) => type === 'PodScheduled');
  const isSame = before?.status === 'False' && before.reason === reason && before.message === message && before.observedGeneration === metadata.generation;
  const isPromiseSame = nominatedNodeName === undefined || nominatedNodeName === (status.nominatedNodeName ?? '');
  if (isSame && isPromiseSame) return;
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    lastProbeTime: null,
    lastTransitionTime: before?.status === 'False' && before.lastTransitionTime ? before.lastTransitionTime : formatTime(now),
    reason,
    message,
    ...(metadata.generation === undefined ? {} : { observedGeneration: metadata.generation }),
  };
  const body = {
    metadata: { uid: metadata.uid },
    status: {
      ...(isSame ? {} : { conditions: [condition] }),
      ...(isPromiseSame ? {} : { nominatedNodeName: nominatedNodeName === '' ? null : nominatedNodeName }),
    },
  };
  await client.on(Pod).patch({ namespace: metadata.namespace!, name: metadata.name! }, 'strategic', body, { subresource: 'status' });
}
