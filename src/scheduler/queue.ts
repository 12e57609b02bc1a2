/**
 * Pods that wait for a node: active ones by priority, those that failed and may
 * be tried again after a back-off, and those that nothing has happened for.
 * As Kubernetes does, a pod in back-off is taken early when nobody else waits.
 */
import type { Clock } from '../platform/clock.js';
import type { Delayed } from '../client/workqueue.js';
import type { ClusterEvent } from './events.js';
import type { Framework } from './runtime.js';
import { Heap } from './heap.js';
import type { Pod } from './kinds.js';
import { PodInfo } from './podinfo.js';

const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_MAX_MS = 10_000;
const UNSCHEDULABLE_MAX_MS = 5 * 60_000;

export interface QueuedPod {
  info: PodInfo;
  readonly uid: string;
  readonly order: number;
  /** When it came into its present queue. */
  since: number;
  attempts: number;
  /** Who refused it last time; none: nobody in particular. */
  rejectedBy: ReadonlySet<string>;
  isGated: boolean;
  /** It failed by no fault of its own: the back-off is kept. */
  isError: boolean;
  backoffUntil: number;
}

export interface QueueOptions {
  clock: Clock;
  framework: Framework;
  /** Called when there is something to take. */
  wake(): void;
}

export class SchedulingQueue {
  readonly #options: QueueOptions;
  readonly #active: Heap<QueuedPod>;
  readonly #backoff: Heap<QueuedPod>;
  readonly #unschedulable = new Map<string, QueuedPod>();
  readonly #left = new Map<string, Delayed & { uid: string; attempts: number; rejectedBy: string[] }>();
  #restored: QueuedPod[] = [];
  #order = 0;
  #alarm: { at: number; cancel: () => void } | undefined;

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#active = new Heap<QueuedPod>(uidOf, (one, other) => one.info.priority > other.info.priority || (one.info.priority === other.info.priority && (one.since < other.since || (one.since === other.since && one.order < other.order))));
    this.#backoff = new Heap<QueuedPod>(uidOf, (one, other) => one.backoffUntil < other.backoffUntil || (one.backoffUntil === other.backoffUntil && one.order < other.order));
  }

  get hasNext(): boolean {
    return this.#active.size > 0 || this.#early() !== undefined;
  }

  add(info: PodInfo): void {
    if (this.find(info.uid) !== undefined) return this.update(info.pod);
    const pod: QueuedPod = { info, uid: info.uid, order: this.#order++, since: this.#options.clock.now(), attempts: 0, rejectedBy: new Set(), isGated: false, isError: false, backoffUntil: 0 };
    const left = this.#left.get(info.key);
    this.#left.delete(info.key);
    if (left?.uid === info.uid) {
      pod.attempts = left.attempts;
      pod.rejectedBy = new Set(left.rejectedBy);
      pod.since = left.due - UNSCHEDULABLE_MAX_MS;
      this.#park(pod);
      this.#restored.push(pod);
    } else this.#activate(pod);
  }

  find(uid: string): QueuedPod | undefined {
    return this.#active.get(uid) ?? this.#backoff.get(uid) ?? this.#unschedulable.get(uid);
  }

  /** The pod itself has changed. */
  update(next: Pod): void {
    const pod = this.find(next.metadata.uid ?? '');
    if (pod === undefined) return this.add(new PodInfo(next));
    const previous = pod.info;
    const before = previous.pod;
    if (before.metadata.resourceVersion === next.metadata.resourceVersion || previous.refresh(next)) return;
    const wasParked = this.#unschedulable.has(pod.uid);
    const wasActive = this.#active.get(pod.uid) !== undefined;
    this.delete(pod.uid);
    pod.info = new PodInfo(next);
    if (wasActive) return this.#activate(pod);
    if (!wasParked) return this.#backOff(pod);
    const isFree = pod.isGated || ownEvents(before, next).some((event) => this.#matters(pod, event, pod.info, previous));
    if (isFree) this.#release(pod);
    else this.#park(pod);
  }

  delete(uid: string): void {
    this.#active.remove(uid);
    this.#backoff.remove(uid);
    this.#unschedulable.delete(uid);
  }

  /** The next pod to try, and undefined when none may be. */
  pop(): QueuedPod | undefined {
    const pod = this.#active.pop() ?? this.#popEarly();
    if (pod === undefined) return undefined;
    pod.attempts += 1;
    pod.isError = false;
    return pod;
  }

  /** It was refused by plugins, or by nobody in particular. */
  returnUnschedulable(pod: QueuedPod, rejectedBy: Iterable<string>): void {
    pod.rejectedBy = new Set(rejectedBy);
    pod.since = this.#options.clock.now();
    this.#park(pod);
  }

  /** Something went wrong that has nothing to do with the pod. */
  returnError(pod: QueuedPod): void {
    pod.rejectedBy = new Set();
    pod.since = this.#options.clock.now();
    pod.isError = true;
    this.#backOff(pod);
  }

  /** Something happened: who was refused by a plugin that it matters to is tried again. */
  moveAll(event: ClusterEvent, next?: unknown, previous?: unknown): void {
    if (this.#unschedulable.size === 0) return;
    const moved = [...this.#unschedulable.values()].filter((pod) => this.#matters(pod, event, next, previous));
    for (const pod of moved) {
      this.#unschedulable.delete(pod.uid);
      this.#release(pod);
    }
  }

  delayed(): Delayed[] {
    const waiting = [...this.#unschedulable.values(), ...this.#backoff.values()].filter(({ isGated }) => !isGated);
    return waiting
      .map(({ info, uid, attempts, rejectedBy, since }) => ({ key: [info.key, uid, attempts, [...rejectedBy].join(',')].join(' '), due: since + UNSCHEDULABLE_MAX_MS }))
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
      if (pod.isGated || !this.#unschedulable.has(pod.uid) || !mayFit(pod)) continue;
      this.#unschedulable.delete(pod.uid);
      this.#release(pod);
    }
  }

  stop(): void {
    this.#alarm?.cancel();
    this.#alarm = undefined;
  }

  #matters(pod: QueuedPod, event: ClusterEvent, next: unknown, previous: unknown): boolean {
    if (pod.isGated && event !== 'UnscheduledPod/GatesEliminated') return this.#options.framework.preEnqueue(pod.info) === undefined;
    return pod.rejectedBy.size === 0 || this.#options.framework.isHinted(pod.rejectedBy, event, pod.info, next, previous);
  }

  #activate(pod: QueuedPod): void {
    if (this.#options.framework.preEnqueue(pod.info) !== undefined) {
      pod.isGated = true;
      this.#unschedulable.set(pod.uid, pod);
      return;
    }
    pod.isGated = false;
    this.#active.push(pod);
    this.#options.wake();
  }

  #release(pod: QueuedPod): void {
    const { clock } = this.#options;
    pod.backoffUntil = backoffUntil(pod);
    if (pod.attempts === 0 || pod.backoffUntil <= clock.now()) {
      pod.since = clock.now();
      this.#activate(pod);
    } else this.#backOff(pod);
  }

  #backOff(pod: QueuedPod): void {
    pod.backoffUntil = backoffUntil(pod);
    this.#backoff.push(pod);
    this.#setAlarm();
    if (!pod.isError) this.#options.wake();
  }

  #park(pod: QueuedPod): void {
    this.#unschedulable.set(pod.uid, pod);
    this.#setAlarm(pod.since + UNSCHEDULABLE_MAX_MS);
  }

  #early(): QueuedPod | undefined {
    const first = this.#backoff.peek();
    if (first === undefined || !first.isError) return first;
    return this.#backoff.values().find(({ isError }) => !isError);
  }

  #popEarly(): QueuedPod | undefined {
    const pod = this.#early();
    if (pod !== undefined) this.#backoff.remove(pod.uid);
    return pod;
  }

  #setAlarm(due = this.#backoff.peek()?.backoffUntil ?? Infinity): void {
    const at = Math.min(due, this.#backoff.peek()?.backoffUntil ?? Infinity);
    if (at === Infinity || (this.#alarm !== undefined && this.#alarm.at <= at)) return;
    this.#alarm?.cancel();
    const { clock } = this.#options;
    this.#alarm = { at, cancel: clock.after(Math.max(0, at - clock.now()), () => this.#ring()) };
  }

  #ring(): void {
    this.#alarm = undefined;
    const now = this.#options.clock.now();
    for (let pod = this.#backoff.peek(); pod !== undefined && pod.backoffUntil <= now; pod = this.#backoff.peek()) {
      this.#backoff.pop();
      this.#activate(pod);
    }
    const waiting = [...this.#unschedulable.values()].filter(({ isGated }) => !isGated);
    for (const pod of waiting.filter(({ since }) => since + UNSCHEDULABLE_MAX_MS <= now)) {
      this.#unschedulable.delete(pod.uid);
      this.#release(pod);
    }
    this.#setAlarm(waiting.reduce((least, { since }) => (since + UNSCHEDULABLE_MAX_MS > now ? Math.min(least, since + UNSCHEDULABLE_MAX_MS) : least), Infinity));
  }
}

const uidOf = ({ uid }: QueuedPod): string => uid;

function backoffUntil({ attempts, since }: QueuedPod): number {
  return attempts === 0 ? since : since + Math.min(BACKOFF_FIRST_MS * 2 ** (attempts - 1), BACKOFF_MAX_MS);
}

function ownEvents(before: Pod, next: Pod): ClusterEvent[] {
  const events: ClusterEvent[] = [];
  const differs = (one: unknown, other: unknown): boolean => one !== other && JSON.stringify(one) !== JSON.stringify(other);
  if (differs(before.metadata.labels, next.metadata.labels)) events.push('UnscheduledPod/UpdateLabel');
  if (differs(before.spec.tolerations, next.spec.tolerations)) events.push('UnscheduledPod/UpdateToleration');
  if ((before.spec.schedulingGates ?? []).length > 0 && (next.spec.schedulingGates ?? []).length === 0) events.push('UnscheduledPod/GatesEliminated');
  if (differs(before.spec.containers, next.spec.containers) || differs(before.spec.resources, next.spec.resources)) events.push('UnscheduledPod/ScaleDown');
  return events;
}
