/**
 * Keeps the newest status of each pod and brings it to the API server: one
 * write a pod at a time, the newest only, again after a failure. Nothing is
 * lost while the server cannot be reached.
 */
import { keyText } from '../../apimachinery/object.js';
import { isNotFound, isStatusError } from '../../apimachinery/status.js';
import { formatTime } from '../../apimachinery/time.js';
import type { Client } from '../../client/client.js';
import type { Clock } from '../../platform/clock.js';
import type { Log } from '../../platform/component.js';
import type { Quiescence } from '../../platform/quiescence.js';
import { PodKind, type Pod, type PodCondition, type PodStatus } from '../kinds.js';
import { isTerminal } from './conditions.js';
import { statusPatch } from './statuspatch.js';

export interface StatusManagerOptions {
  client: Client;
  clock: Clock;
  quiescence: Quiescence;
  log: Log;
  /** The object in the API that shows a pod's status: itself, or a static pod's mirror. undefined: not there now. */
  shownBy(pod: Pod): Pod | undefined;
}

interface Entry {
  pod: Pod;
  status: PodStatus;
  /** What the last write returned, which a cache may not hold yet. */
  written?: Pod;
  atWork?: Promise<void>;
  again: boolean;
  /** What the API showed before this process has been taken over. */
  adopted: boolean;
  cancelRetry?: () => void;
  /** uid of the mirror that shows it, once that is known. */
  mirror?: string;
  /** Set once nothing of the pod is left on the node: its object may go as soon as the last status is there. */
  finished: boolean;
}

export type StatusDraft = Omit<PodStatus, 'conditions'> & { conditions: readonly Pick<PodCondition, 'type' | 'status' | 'reason' | 'message'>[] };

const RETRY_MS = 10_000;
/** As the kubelet: what could not be told when it changed is told with all others at this pace. */
const BATCH_MS = 10_000;

/** As Kubernetes: this one says of no generation that it was seen. */
const UNOBSERVED = 'AllContainersRestarting';

export class StatusManager {
  readonly #options: StatusManagerOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: StatusManagerOptions) {
    this.#options = options;
  }

  get(uid: string): PodStatus | undefined {
    return this.#entries.get(uid)?.status;
  }

  /** `mayEnd`: nothing of the pod can run any more, so a terminal phase may be shown. */
  set(pod: Pod, draft: StatusDraft, { mayEnd }: { mayEnd: boolean }): PodStatus {
    const uid = pod.metadata.uid!;
    const before = this.#entries.get(uid)?.status ?? pod.status;
    const kept = !mayEnd && isTerminal(draft.phase) && !isTerminal(before.phase) ? { phase: before.phase, reason: before.reason, message: before.message } : {};
    const status = withoutUndefined({
      ...draft,
      ...kept,
      startTime: before.startTime ?? formatTime(this.#options.clock.now()),
      conditions: this.#conditions(pod, draft, before),
    }) as PodStatus;
    this.#store(pod, status);
    return status;
  }

  /** Changes a part of the status at once, out of turn. */
  patch(pod: Pod, change: (status: PodStatus) => PodStatus): void {
    const before = this.#entries.get(pod.metadata.uid!);
    if (before !== undefined) this.#store(before.pod, change(before.status));
  }

  /** Nothing of the pod runs: what never told its end gets one, and the object may be deleted. */
  finish(pod: Pod, status: PodStatus): void {
    this.#store(pod, status);
    const entry = this.#entries.get(pod.metadata.uid!)!;
    entry.finished = true;
    this.#push(entry);
  }

  /** The object changed in the API: whatever it lacks is written again. */
  look(uid: string, pod: Pod): void {
    const entry = this.#entries.get(uid);
    if (entry === undefined) return;
    if (pod.metadata.uid === uid) entry.pod = pod;
    this.#push(entry);
  }

  /** Resolves once the write under way, if there is one, and what waited for it have been tried. */
  async flush(uid: string): Promise<void> {
    await this.#entries.get(uid)?.atWork;
  }

  forget(uid: string): void {
    const entry = this.#entries.get(uid);
    entry?.cancelRetry?.();
    this.#entries.delete(uid);
  }

  stop(): void {
    for (const uid of [...this.#entries.keys()]) this.forget(uid);
  }

  #store(pod: Pod, status: PodStatus): void {
    const uid = pod.metadata.uid!;
    const known = this.#entries.get(uid);
    const entry = known ?? { pod, status, again: false, adopted: false, finished: false };
    if (known === undefined) this.#entries.set(uid, entry);
    entry.pod = pod;
    entry.status = status;
    this.#push(entry);
  }

  #conditions(pod: Pod, { conditions }: StatusDraft, before: PodStatus): PodCondition[] {
    const generation = pod.metadata.generation ?? 0;
    const now = formatTime(this.#options.clock.now());
    return conditions.map((condition) => {
      const old = before.conditions?.find(({ type }) => type === condition.type);
      const lastTransitionTime = old !== undefined && old.status === condition.status ? (old.lastTransitionTime ?? now) : now;
      const observed = generation > 0 && condition.type !== UNOBSERVED ? { observedGeneration: generation } : {};
      return withoutUndefined({ ...condition, ...observed, lastTransitionTime }) as PodCondition;
    });
  }

  #push(entry: Entry): void {
    entry.again = true;
    if (entry.atWork !== undefined) return;
    entry.cancelRetry?.();
    const release = this.#options.quiescence.hold();
    entry.atWork = this.#drain(entry).finally(() => {
      delete entry.atWork;
      release();
    });
  }

  async #drain(entry: Entry): Promise<void> {
    while (entry.again && this.#entries.get(entry.pod.metadata.uid!) === entry) {
      entry.again = false;
      try {
        await this.#write(entry);
      } catch (error) {
        this.#failed(entry, error);
        return;
      }
    }
  }

  async #write(entry: Entry): Promise<void> {
    const held = newest(this.#options.shownBy(entry.pod), entry.written);
    if (held === undefined) return;
    const { namespace, name, uid } = held.metadata as { namespace: string; name: string; uid: string };
    if (this.#isTooEarly(entry, held)) return;
    if (!entry.adopted) entry.status = adopted(held.status, entry.status);
    entry.adopted = true;
    const pods = this.#options.client.on<Pod>(PodKind);
    const patch = statusPatch(held.status, entry.status);
    if (patch !== undefined)
      entry.written = await pods.patch({ namespace, name }, 'strategic', { metadata: { uid }, status: patch }, { subresource: 'status' });
    const current = entry.written ?? held;
    if (entry.finished && !entry.again && current.metadata.deletionTimestamp !== undefined) {
      await pods.delete({ namespace, name }, { gracePeriodSeconds: 0, preconditions: { uid } });
    }
  }

  /** A mirror is news to the kubelet itself: what was thought out before the sandbox stood is not told to it at once. */
  #isTooEarly(entry: Entry, held: Pod): boolean {
    const { uid } = held.metadata;
    if (uid === entry.pod.metadata.uid || uid === entry.mirror || held.status?.startTime !== undefined) return false;
    const hasSandbox = entry.status.conditions?.some(({ type, status }) => type === 'PodReadyToStartContainers' && status === 'True') === true;
    const mirror = (): void => void (entry.mirror = uid!);
    if (hasSandbox || entry.finished) mirror();
    else entry.cancelRetry = this.#options.clock.after(BATCH_MS, () => (mirror(), this.#push(entry)));
    return entry.mirror !== uid;
  }

  #failed(entry: Entry, error: unknown): void {
    if (isNotFound(error)) return; // it is gone, and so is who would read this
    if (!isStatusError(error) && !(error instanceof Error)) throw error;
    this.#options.log.warning(
      `Failed to update status for pod pod="${keyText({ namespace: entry.pod.metadata.namespace!, name: entry.pod.metadata.name! })}" err=${JSON.stringify((error as Error).message)}`,
    );
    delete entry.written;
    entry.cancelRetry = this.#options.clock.after(RETRY_MS, () => this.#push(entry));
  }
}

/** Times that an earlier process told stay as they were: of a static pod they are nowhere but in its mirror. */
function adopted(held: PodStatus, status: PodStatus): PodStatus {
  if (held?.startTime === undefined) return status;
  const conditions = (status.conditions ?? []).map((condition) => {
    const old = held.conditions?.find(({ type }) => type === condition.type);
    return old?.status === condition.status && old.lastTransitionTime !== undefined ? { ...condition, lastTransitionTime: old.lastTransitionTime } : condition;
  });
  return { ...status, startTime: held.startTime, ...(status.conditions === undefined ? {} : { conditions }) };
}

function newest(cached: Pod | undefined, written: Pod | undefined): Pod | undefined {
  if (cached === undefined || written === undefined || cached.metadata.uid !== written.metadata.uid) return cached;
  return isOlder(cached.metadata.resourceVersion ?? '', written.metadata.resourceVersion ?? '') ? written : cached;
}

const isOlder = (one: string, other: string): boolean => (one.length === other.length ? one < other : one.length < other.length);

const withoutUndefined = <T extends object>(value: T): T => Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;
