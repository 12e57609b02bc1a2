/**
 * Makes and removes pods for an owner and says so in events, many at once but
 * carefully: one, then two, then four …, so that a refusal costs one request.
 */
import type { ObjectDraft } from '../apimachinery/object.js';
import type { KubeObject } from '../apimachinery/object.js';
import { isNotFound, isStatusError } from '../apimachinery/status.js';
import type { Client } from '../client/client.js';
import type { EventRecorder } from '../client/events.js';
import { keyFor } from '../client/resource.js';
import { Pod } from './kinds.js';

export interface PodControl {
  client: Client;
  recorder: EventRecorder;
  owner: KubeObject;
}

/** Undefined when the namespace is going: nothing can be made there, and nobody needs to hear of it. */
export async function createPod({ client, recorder, owner }: PodControl, draft: ObjectDraft<Pod>): Promise<Pod | undefined> {
  try {
    const pod = await client.on(Pod).create(draft);
    recorder.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    return pod;
  } catch (error) {
    if (isNamespaceTerminating(error)) return undefined;
    if (isStatusError(error)) recorder.event(owner, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
    throw error;
  }
}

export async function deletePod({ client, recorder, owner }: PodControl, pod: Pod): Promise<void> {
  try {
    await client.on(Pod).delete(keyFor(pod));
  } catch (error) {
    if (isNotFound(error)) return; // somebody else was faster
    if (isStatusError(error)) recorder.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${error.message}`);
    throw error;
  }
  recorder.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
}

export function isNamespaceTerminating(error: unknown): boolean {
  return isStatusError(error) && (error.status.details?.causes ?? []).some(({ reason }) => reason === 'NamespaceTerminating');
}

/** Calls `make` count times in batches that double; stops after a batch with a failure. Returns how many went well, and the first failure. */
export async function slowStart(count: number, make: (at: number) => Promise<unknown>, first = 1): Promise<{ made: number; error?: unknown }> {
  let made = 0;
  let begun = 0;
  for (let batch = Math.min(count, first); batch > 0; batch = Math.min(2 * batch, count - begun)) {
    const outcomes = await Promise.allSettled(Array.from({ length: batch }, (_, at) => make(begun + at)));
    begun += batch;
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    made += outcomes.filter(({ status }) => status === 'fulfilled').length;
    if (failed !== undefined) return { made, error: failed.reason };
  }
  return { made };
}

/** Does all at once, waits for all, then throws the first failure. */
export async function allAtOnce<T>(items: readonly T[], act: (item: T) => Promise<unknown>): Promise<void> {
  const outcomes = await Promise.allSettled(items.map((item) => act(item)));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
