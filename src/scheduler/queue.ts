/**
 * Pods that wait for a node: active ones by priority, those that failed and may
 * be tried again after a back-off, and those that nothing has happened for.
 * As Kubernetes does, a pod in back-off is taken early when nobody else waits,
 * unless it failed by no fault of its own; a gated pod is in no one's way.
 */
import type { Clock } from '../platform/clock.js';
import type { Delayed } from '../client/workqueue.js';
import type { ClusterEvent } from './events.js';
import type { Framework } from './runtime.js';
import { Heap } from './heap.js';
import type { Pod } from './kinds.js';
import { PodInfo } from './podinfo.js';

const UNSCHEDULABLE_MAX_MS = 5 * 60_000;
/** Back-offs end at whole windows, within which priority decides. */
const BACKOFF_WINDOW_MS = 1_000;

export interface QueuedPod {
  info: PodInfo;
  readonly uid: string;
  readonly order: number;
  /** When it came, or came back from its last attempt. */
  since: number;
  attempts: number;
  /** Attempts that plugins refused, and errors since the last of these. */
  refusals: number;
  errors: number;
  /** Who refused it last time, gates included; none: nobody in particular. */
  rejectedBy: ReadonlySet<string>;
  /** The plugin that does not let it wait for its turn. */
  gatedBy: string | undefined;
  backoffUntil: number;
}

export interface QueueOptions {
  clock: Clock;
  /** The plugins that the pod's scheduler name stands for. */
  frameworkFor(pod: PodInfo): Framework;
  /** Called when there is something to take. */
  wake(): void;
  backoffFirstMs: number;
  backoffMaxMs: number;
}

export class SchedulingQueue {
  readonly #options: QueueOptions;
  readonly #active: Heap<QueuedPod>;
  readonly #backoff: Heap<QueuedPod>;
  readonly #errorBackoff: Heap<QueuedPod>;
  readonly #unschedulable = new Map<string, QueuedPod>();
  readonly #left = new Map<string, Delayed & { uid: string; attempts: number; rejectedBy: string[] }>();
  #restored: QueuedPod[] = [];
  #order = 0;
  #alarm: { at: number; cancel: () => void } | undefined;

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#active = new Heap<QueuedPod>(uidOf, (one, other) => byPriority(one, other) < 0);
    const byBackoff = (one: QueuedPod, other: QueuedPod): boolean => (one.backoffUntil - other.backoffUntil || byPriority(one, other)) < 0;
    this.#backoff = new Heap<QueuedPod>(uidOf, byBackoff);
    this.#errorBackoff = new Heap<QueuedPod>(uidOf, byBackoff);
  }

  get hasNext(): boolean {
    return this.#active.size > 0 || this.#backoff.size > 0;
  }

  add(info: PodInfo): void {
    if (this.find(info.uid) !== undefined) return this.update(info.pod);
    const pod: QueuedPod = {
      info,
      uid: info.uid,
      order: this.#order++,
      since: this.#options.clock.now(),
      attempts: 0,
      refusals: 0,
      errors: 0,
      rejectedBy: NOBODY,
      gatedBy: undefined,
      backoffUntil: 0,
    };
    const left = this.#left.get(info.key);
    this.#left.delete(info.key);
    if (left?.uid === info.uid) {
      pod.attempts = left.attempts;
      pod.refusals = left.attempts;
      pod.rejectedBy = new Set(left.rejectedBy);
      pod.since = left.due - UNSCHEDULABLE_MAX_MS;
      this.#park(pod);
      this.#restored.push(pod);
    } else this.#activate(pod);
  }

  find(uid: string): QueuedPod | undefined {
    return this.#active.get(uid) ?? this.#backoff.get(uid) ?? this.#errorBackoff.get(uid) ?? this.#unschedulable.get(uid);
  }

  /** The pod itself has changed. */
  update(next: Pod): void {
    const pod = this.find(next.metadata.uid ?? '');
    if (pod === undefined) return this.add(new PodInfo(next));
    const previous = pod.info;
    const before = previous.pod;
    if (before.metadata.resourceVersion === next.metadata.resourceVersion) return;
    if (!previous.refresh(next)) {
      pod.info = new PodInfo(next);
      for (const heap of [this.#active, this.#backoff, this.#errorBackoff]) if (heap.get(pod.uid) !== undefined) heap.push(pod);
    }
    if (!this.#unschedulable.has(pod.uid) || !ownEvents(before, next).some((event) => this.#matters(pod, event, pod.info, previous))) return;
    this.#unschedulable.delete(pod.uid);
    this.#release(pod);
  }

  delete(uid: string): void {
    for (const heap of [this.#active, this.#backoff, this.#errorBackoff]) heap.remove(uid);
    this.#unschedulable.delete(uid);
  }

  /** The next pod to try, and undefined when none may be. */
  pop(): QueuedPod | undefined {
    const pod = this.#active.pop() ?? this.#backoff.pop();
    if (pod === undefined) return undefined;
    pod.attempts += 1;
    pod.rejectedBy = NOBODY;
    return pod;
  }

  /** The attempt did not count. */
  retry(pod: QueuedPod): void {
    pod.attempts -= 1;
    this.#activate(pod);
  }

  /** It was refused by plugins, or by nobody in particular. */
  returnUnschedulable(pod: QueuedPod, rejectedBy: Iterable<string>): void {
    pod.rejectedBy = new Set(rejectedBy);
    pod.since = this.#options.clock.now();
    pod.refusals += 1;
    pod.errors = 0;
    this.#park(pod);
  }

  /** Something went wrong that has nothing to do with the pod. */
  returnError(pod: QueuedPod): void {
    pod.since = this.#options.clock.now();
    pod.errors += 1;
    this.#backOff(pod);
  }

  /** Something happened: who was refused by a plugin that it matters to is tried again, if it is one of those in question. */
  moveAll(event: ClusterEvent, next?: unknown, previous?: unknown, isInQuestion?: (pod: PodInfo) => boolean): void {
    if (this.#unschedulable.size === 0) return;
    const moved = [...this.#unschedulable.values()].filter((pod) => isInQuestion?.(pod.info) !== false && this.#matters(pod, event, next, previous));
    for (const pod of moved) {
      this.#unschedulable.delete(pod.uid);
      this.#release(pod);
    }
  }

  /** Tries the pod again at once, whatever it waits for. */
  activate(uid: string): void {
    const pod = this.#unschedulable.get(uid) ?? this.#backoff.remove(uid) ?? this.#errorBackoff.remove(uid);
    if (pod === undefined) return;
    this.#unschedulable.delete(uid);
    this.#activate(pod);
  }

  delayed(): Delayed[] {
    const waiting = [...this.#unschedulable.values(), ...this.#backoff.values(), ...this.#errorBackoff.values()].filter(({ gatedBy }) => gatedBy === undefined);
    return waiting
      .map(({ info, uid, attempts, rejectedBy, since }) => ({
        key: [info.key, uid, attempts, [...rejectedBy].join(',')].join(' '),
        due: since + UNSCHEDULABLE_MAX_MS,
      }))
      .sort((one, other) => one.due - other.due || (one.key < other.key ? -1 : 1));
  }

  restore(delayed: readonly Delayed[]): void {
    for (const { key: text, due } of delayed) {
      const [key = '', uid = '', attempts = '0', rejectedBy = ''] = text.split(' ');
      this.#left.set(key, { key, due, uid, attempts: Number(attempts), rejectedBy: rejectedBy === '' ? [] : rejectedBy.split(',') });
    }
  }

  /** Nobody told what happened between two processes: pods taken up are tried at once if `mayFit` says there is reason to. */
  reconsider(mayFit: (pod: QueuedPod) => boolean): void {
    for (const pod of this.#restored.splice(0)) {
      if (pod.gatedBy !== undefined || !this.#unschedulable.has(pod.uid) || !mayFit(pod)) continue;
      this.#unschedulable.delete(pod.uid);
      this.#release(pod);
    }
  }

  stop(): void {
    this.#alarm?.cancel();
    this.#alarm = undefined;
  }

  #matters({ info, rejectedBy, gatedBy }: QueuedPod, event: ClusterEvent, next: unknown, previous: unknown): boolean {
    if (rejectedBy.size === 0) return true;
    const framework = this.#options.frameworkFor(info);
    if (gatedBy !== undefined && !framework.hearsOf(gatedBy, event)) return false;
    return framework.isHinted(rejectedBy, event, info, next, previous);
  }

  /** Whether a plugin keeps it from waiting for its turn; it is put aside then. */
  #isGated(pod: QueuedPod): boolean {
    const rejection = this.#options.frameworkFor(pod.info).preEnqueue(pod.info);
    pod.gatedBy = rejection?.plugin;
    if (rejection === undefined) return false;
    pod.rejectedBy = new Set([...pod.rejectedBy, rejection.plugin]);
    this.#unschedulable.set(pod.uid, pod);
    return true;
  }

  #activate(pod: QueuedPod): void {
    if (this.#isGated(pod)) return;
    this.#active.push(pod);
    this.#options.wake();
  }

  #release(pod: QueuedPod): void {
    if (pod.attempts === 0 || this.#backoffUntil(pod) <= this.#options.clock.now()) this.#activate(pod);
    else this.#backOff(pod);
  }

  #backOff(pod: QueuedPod): void {
    if (this.#isGated(pod)) return;
    pod.backoffUntil = this.#backoffUntil(pod);
    const isError = pod.errors > 0;
    (isError ? this.#errorBackoff : this.#backoff).push(pod);
    this.#setAlarm();
    if (!isError) this.#options.wake();
  }

  #park(pod: QueuedPod): void {
    this.#unschedulable.set(pod.uid, pod);
    this.#setAlarm(pod.since + UNSCHEDULABLE_MAX_MS);
  }

  #backoffUntil({ refusals, errors, since }: QueuedPod): number {
    const { backoffFirstMs, backoffMaxMs } = this.#options;
    const times = errors > 0 ? errors : refusals;
    if (times === 0) return since;
    const until = since + Math.min(backoffFirstMs * 2 ** (times - 1), backoffMaxMs);
    return until - (until % BACKOFF_WINDOW_MS);
  }

  get #backoffEnds(): number {
    return Math.min(this.#backoff.peek()?.backoffUntil ?? Infinity, this.#errorBackoff.peek()?.backoffUntil ?? Infinity);
  }

  #setAlarm(due = Infinity): void {
    const at = Math.min(due, this.#backoffEnds);
    if (at === Infinity || (this.#alarm !== undefined && this.#alarm.at <= at)) return;
    this.#alarm?.cancel();
    const { clock } = this.#options;
    this.#alarm = { at, cancel: clock.after(Math.max(0, at - clock.now()), () => this.#ring()) };
  }

  #ring(): void {
    this.#alarm = undefined;
    const now = this.#options.clock.now();
    for (const heap of [this.#backoff, this.#errorBackoff]) {
      for (let pod = heap.peek(); pod !== undefined && pod.backoffUntil <= now; pod = heap.peek()) {
        heap.pop();
        this.#active.push(pod);
        this.#options.wake();
      }
    }
    const waiting = [...this.#unschedulable.values()].filter(({ gatedBy }) => gatedBy === undefined);
    for (const pod of waiting.filter(({ since }) => since + UNSCHEDULABLE_MAX_MS <= now)) {
      this.#unschedulable.delete(pod.uid);
      this.#release(pod);
    }
    this.#setAlarm(
      waiting.reduce((least, { since }) => (since + UNSCHEDULABLE_MAX_MS > now ? Math.min(least, since + UNSCHEDULABLE_MAX_MS) : least), Infinity),
    );
  }
}

const NOBODY: ReadonlySet<string> = new Set();

const uidOf = ({ uid }: QueuedPod): string => uid;

/** PrioritySort: the more important first, then who has waited longer. */
const byPriority = (one: QueuedPod, other: QueuedPod): number => other.info.priority - one.info.priority || one.since - other.since || one.order - other.order;

function ownEvents(before: Pod, next: Pod): ClusterEvent[] {
  const events: ClusterEvent[] = [];
  const differs = (one: unknown, other: unknown): boolean => one !== other && JSON.stringify(one) !== JSON.stringify(other);
  if (differs(before.metadata.labels, next.metadata.labels)) events.push('UnscheduledPod/UpdateLabel');
  if (differs(before.spec.containers, next.spec.containers) || differs(before.spec.resources, next.spec.resources)) events.push('UnscheduledPod/ScaleDown');
  if ((before.spec.schedulingGates ?? []).length > 0 && (next.spec.schedulingGates ?? []).length === 0) events.push('UnscheduledPod/GatesEliminated');
  if (differs(before.spec.tolerations, next.spec.tolerations)) events.push('UnscheduledPod/UpdateToleration');
  if (
    differs(before.status.resourceClaimStatuses, next.status.resourceClaimStatuses) ||
    differs(before.status.extendedResourceClaimStatus, next.status.extendedResourceClaimStatus)
  )
    events.push('UnscheduledPod/UpdateGeneratedResourceClaim');
  return events;
}
