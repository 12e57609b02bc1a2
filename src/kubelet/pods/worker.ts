/**
 * One pod's worker: one step at a time, each beginning with what the runtime
 * says now, so that it may be killed anywhere and go on. Between steps it waits
 * for an event, or for one time, and holds nothing.
 */
import { parseTime } from '../../apimachinery/time.js';
import type { ContainerStatus } from '../../cri/runtime.js';
import { podEvent, referenceTo, type Context } from '../context.js';
import { admit } from '../admission.js';
import { terminationMessage } from '../containers/terminationmessage.js';
import type { Container, Pod, PodStatus } from '../kinds.js';
import { podFolder, type MountedVolume } from '../volumes/volumes.js';
import { act, pruneDead, type Again } from './act.js';
import { isTerminal } from './conditions.js';
import type { Refusal } from './containerstatus.js';
import { killPod, podIpOf } from './kill.js';
import { finalStatus, podStatus } from './podstatus.js';
import { isRunning, readPodRuntime, type PodRuntime } from './podruntime.js';
import { logDirectoryOf } from './sandboxconfig.js';
import { Resize } from './resize.js';
import { asksForAll, couldRestartAll, isSidecar } from './restartpolicy.js';

export interface Verdict {
  phase: string;
  reason?: string | undefined;
  message?: string | undefined;
  /** Overrides the pod's own grace period. */
  graceSeconds?: number;
  /** Why the node ends it, as the condition DisruptionTarget tells. */
  disruption?: string;
  /** Of the Event that tells it. */
  annotations?: Record<string, string>;
}

/** A turn that a pod waits for, so that the next process does not take it before its time. */
export interface SavedTurn {
  /** Milliseconds since the epoch. */
  at: number;
  /** The pod and what ran of it when the wait began: any change ends it. */
  seen: string;
  mountDelayMs: number;
}

export interface WorkerOptions {
  context: Context;
  pod: Pod;
  isStatic: boolean;
  /** Its first status is known. */
  begun(): void;
  /** Nothing of it is left: neither in the runtime nor on the disk. */
  gone(worker: PodWorker): void;
}

const DEADLINE = { phase: 'Failed', reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' };
const PREEMPTED = {
  phase: 'Failed',
  reason: 'Preempting',
  message: 'Preempted in order to admit critical pod',
  disruption: 'Pod was preempted by Kubelet to accommodate a critical pod.',
};
const RETRY_FIRST_MS = 10_000;
const HOUSEKEEPING_MS = 2_000;
/** So many steps at one moment, and something turns in a circle: it goes on, but no faster than time. */
const STEPS_AT_ONCE_MAX = 200;
const CIRCLE_PAUSE_MS = 1_000;

const NOT_TRIED = new Set(['ContainerCreating', 'PodInitializing']);

export class PodWorker {
  pod: Pod;
  readonly isStatic: boolean;
  readonly refusals = new Map<string, Refusal>();
  readonly resize = new Resize();
  /** Once mounted; the runtime's containers hold on to them. */
  volumes: ReadonlyMap<string, MountedVolume> | undefined;
  /** How long a volume that could not be mounted is left alone; doubles. */
  mountDelayMs = 0;
  shown: PodStatus;
  readonly #options: WorkerOptions;
  readonly #messages = new Map<string, string>();
  #justStarted: string | undefined;
  #stage: 'running' | 'terminating' | 'terminated' = 'running';
  #begun = false;
  #told = false;
  #removed = false;
  #verdict: Verdict | undefined;
  readonly #waiting: (() => void)[] = [];
  #turn: SavedTurn | undefined;
  #dirty = false;
  #steps = { at: 0, count: 0 };
  #atWork = false;
  #stopped = false;
  #release: (() => void) | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.pod = options.pod;
    this.isStatic = options.isStatic;
    this.shown = options.pod.status ?? {};
  }

  get uid(): string {
    return this.pod.metadata.uid!;
  }

  get context(): Context {
    return this.#options.context;
  }

  /** As was shown last: all containers are being started anew. */
  get restartsAll(): boolean {
    return this.shown.conditions?.some(({ type, status }) => type === 'AllContainersRestarting' && status === 'True') === true;
  }

  /** Let in and not ended: it takes room on the node. */
  get takesRoom(): boolean {
    return this.#begun && this.#stage === 'running' && !isTerminal(this.shown.phase);
  }

  get isTerminated(): boolean {
    return this.#stage === 'terminated';
  }

  /** Nobody wants it any more: end it and leave nothing. */
  remove(): void {
    this.#removed = true;
    this.wake();
  }

  /** undefined: it waits for no time. */
  get savedTurn(): SavedTurn | undefined {
    return this.#stage === 'running' ? this.#turn : undefined;
  }

  evict(verdict: Verdict): void {
    if (this.#stage !== 'running') return;
    this.#verdict = verdict;
    this.context.options.recorder.annotatedEvent(referenceTo(this.pod), verdict.annotations ?? {}, 'Warning', verdict.reason ?? '', verdict.message ?? '');
    this.wake();
  }

  /** Resolves when nothing of it runs any more. */
  whenTerminated(): Promise<void> {
    return this.isTerminated ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  wake(): void {
    if (this.#stopped) return;
    this.#dirty = true;
    if (this.#atWork) return;
    this.#atWork = true;
    void this.#work().finally(() => {
      this.#atWork = false;
      if (this.#dirty) this.wake();
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer?.();
  }

  /** Work that waits for a time: meanwhile the cluster may be at rest. */
  readonly idle = async <T>(work: Promise<T>): Promise<T> => {
    try {
      if (await lastsLonger(work)) {
        this.#release?.();
        this.#release = undefined;
      }
      return await work;
    } finally {
      this.#release ??= this.context.options.quiescence.hold();
    }
  };

  /** Those started before it in the same turn have had time to end unseen. */
  started(containerId: string): void {
    this.#justStarted = containerId;
  }

  async #work(): Promise<void> {
    this.#release ??= this.context.options.quiescence.hold();
    while (this.#dirty && !this.#stopped) {
      this.#dirty = false;
      this.#cancelTimer?.();
      try {
        this.#later(await this.#step());
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        this.context.options.log.error(
          `Error syncing pod, skipping err=${JSON.stringify(error.message)} pod="${this.pod.metadata.namespace}/${this.pod.metadata.name}" podUID="${this.uid}"`,
        );
        this.#later({ ms: this.#jittered(RETRY_FIRST_MS) });
      }
    }
    this.#release?.();
    this.#release = undefined;
  }

  #later(again: Again | undefined): void {
    const deadline = this.#deadlineIn();
    const ms = Math.min(again?.ms ?? Infinity, deadline ?? Infinity);
    if (ms === Infinity || this.#stopped) return;
    if (ms <= 0 && this.#isCircling()) this.#cancelTimer = this.context.options.clock.after(CIRCLE_PAUSE_MS, () => this.wake());
    else if (ms <= 0) this.#dirty = true;
    else this.#cancelTimer = this.context.options.clock.after(ms, () => this.wake());
  }

  #isCircling(): boolean {
    const now = this.context.options.clock.now();
    this.#steps = this.#steps.at === now ? { at: now, count: this.#steps.count + 1 } : { at: now, count: 1 };
    return this.#steps.count > STEPS_AT_ONCE_MAX;
  }

  #jittered(ms: number): number {
    return ms + this.context.options.random.int(Math.floor(ms / 2));
  }

  async #step(): Promise<Again | undefined> {
    if (this.#stage === 'terminated') return this.#afterEnd();
    const runtime = this.#observe(await readPodRuntime(this.context.options.runtime, this.uid));
    if (!this.#begun && (await this.#begin(runtime))) return this.#afterEnd();
    this.#heed();
    if (this.#mustEnd()) return this.#terminate(runtime);
    this.#probe(runtime);
    this.#judgeDeadline();
    this.resize.complete(this.pod, runtime, this.context);
    this.#judgeResize();
    const phase = this.#show(runtime, { ends: false });
    await this.context.status.flush(this.uid);
    if (!this.#told) this.#options.begun();
    this.#told = true;
    if (isTerminal(phase)) {
      this.#stage = 'terminating';
      return { ms: 0 };
    }
    const seen = seenOf(this.pod, runtime);
    const left = this.#leftOfTurn(seen);
    if (left !== undefined) return { ms: left };
    await pruneDead(this, runtime, this.context);
    const again = await act(this, runtime, this.context);
    if (again === undefined) return undefined;
    const ms = again.jittered === true ? this.#jittered(again.ms) : again.ms;
    if (ms > 0) this.#turn = { at: this.context.options.clock.now() + ms, seen, mountDelayMs: this.mountDelayMs };
    return { ms };
  }

  /** A process before this one was to look again at its time; where nothing has changed that still holds. */
  #leftOfTurn(seen: string): number | undefined {
    this.#turn = undefined;
    const kept = this.context.turns.get(this.uid);
    this.context.turns.delete(this.uid);
    const left = kept === undefined || kept.seen !== seen ? 0 : kept.at - this.context.options.clock.now();
    if (left <= 0) return undefined;
    this.mountDelayMs = kept!.mountDelayMs;
    this.#turn = kept;
    return left;
  }

  #judgeResize(): void {
    this.resize.settle(this.pod);
    if (this.resize.isAsked(this.pod)) this.context.retryResizes(this.uid);
  }

  /** The first step. Returns whether the pod has ended already. */
  async #begin(runtime: PodRuntime): Promise<boolean> {
    this.#begun = true;
    const { pod, context } = this;
    const ranBefore = runtime.sandboxes.length > 0;
    if (isTerminal(pod.status?.phase) && !runtime.sandboxes.some(({ state }) => state === 'SANDBOX_READY')) {
      this.#stage = 'terminated';
      context.status.finish(pod, pod.status);
      return true;
    }
    if (!ranBefore && !this.#removed && pod.metadata.deletionTimestamp === undefined && pod.status?.startTime === undefined) {
      const refusal = await admit(pod, context, (victims) => this.idle(context.preempt(victims, PREEMPTED)));
      if (refusal !== undefined) {
        this.#reject(refusal);
        return true;
      }
    }
    if (ranBefore) this.#recallRefusals();
    const resize = context.resizes.get(this.uid);
    if (resize !== undefined) this.resize.restore(resize);
    context.resizes.delete(this.uid);
    this.resize.grant(pod);
    return false;
  }

  /** Why its containers wait was found out by the process before this one; until they are tried again that stands. */
  #recallRefusals(): void {
    const { initContainerStatuses = [], containerStatuses = [] } = this.pod.status ?? {};
    for (const { name, state } of [...(initContainerStatuses ?? []), ...(containerStatuses ?? [])]) {
      const { reason, message } = state?.waiting ?? {};
      if (reason !== undefined && !NOT_TRIED.has(reason)) this.refusals.set(name, { reason, message: message ?? '' });
    }
  }

  #reject({ reason, message }: Refusal): void {
    const { pod, context } = this;
    podEvent(context.options.recorder, pod, 'Warning', reason, message);
    this.#stage = 'terminated';
    const generation = Number(pod.metadata.generation ?? 0);
    this.shown = context.status.set(
      pod,
      { ...(generation > 0 ? { observedGeneration: generation } : {}), phase: 'Failed', reason, message: `Pod was rejected: ${message}`, conditions: [] },
      { mayEnd: true },
    );
    context.status.finish(pod, this.shown);
  }

  /** Whoever ends a pod in the API has ended it here too, with the phase it was given. */
  #heed(): void {
    const { phase, reason, message } = this.pod.status ?? {};
    if (this.isStatic || this.#verdict !== undefined || !isTerminal(phase)) return;
    this.#verdict = { phase: phase!, reason, message };
  }

  #mustEnd(): boolean {
    return (
      this.#removed ||
      this.#stage === 'terminating' ||
      this.pod.metadata.deletionTimestamp !== undefined ||
      (this.#verdict !== undefined && this.#verdict !== DEADLINE)
    );
  }

  /** A container that ended before anybody saw it run is seen running once, as the order of updates wants. */
  #observe(runtime: PodRuntime): PodRuntime {
    const containers = runtime.containers.map((status): ContainerStatus => {
      if (this.#justStarted !== status.id || isRunning(status)) return status;
      this.#dirty = true;
      return { ...status, state: 'CONTAINER_RUNNING', finishedAt: 0, exitCode: 0, reason: '', message: '' };
    });
    this.#justStarted = undefined;
    const seen: PodRuntime = { ...runtime, containers };
    for (const status of containers) if (status.state === 'CONTAINER_EXITED') this.#ended(status);
    return seen;
  }

  #ended(status: ContainerStatus): void {
    this.context.probes.drop(status.id);
    if (this.#messages.has(status.id) || !this.context.keepsFiles) return;
    this.#messages.set(status.id, terminationMessage(this.pod, status, { files: this.context.options.files, logDirectory: logDirectoryOf(this.pod) }));
  }

  #probe(runtime: PodRuntime): void {
    const { spec } = this.pod;
    const podIp = podIpOf(runtime, this.context);
    const probed: Container[] = [...spec.containers, ...(spec.initContainers ?? []).filter(isSidecar)];
    for (const container of probed) {
      if (container.livenessProbe === undefined && container.readinessProbe === undefined && container.startupProbe === undefined) continue;
      const status = runtime.containers.find(({ metadata }) => metadata.name === container.name);
      if (isRunning(status)) this.context.probes.ensure(this.pod, container, { containerId: status!.id, startedAt: status!.startedAt, podIp });
    }
  }

  #deadlineIn(): number | undefined {
    const { activeDeadlineSeconds } = this.pod.spec;
    if (activeDeadlineSeconds === undefined || this.shown.startTime === undefined || this.#stage !== 'running' || this.#verdict !== undefined) return undefined;
    return Math.max(1, parseTime(this.shown.startTime) + Number(activeDeadlineSeconds) * 1000 - this.context.options.clock.now());
  }

  #judgeDeadline(): void {
    const { activeDeadlineSeconds } = this.pod.spec;
    if (activeDeadlineSeconds === undefined || this.shown.startTime === undefined || this.#verdict !== undefined) return;
    if (this.context.options.clock.now() - parseTime(this.shown.startTime) < Number(activeDeadlineSeconds) * 1000) return;
    this.#verdict = DEADLINE;
    podEvent(this.context.options.recorder, this.pod, 'Normal', DEADLINE.reason, DEADLINE.message);
  }

  /** Returns the phase it came to, which is not shown while anything of the pod may run. */
  #show(runtime: PodRuntime, { ends }: { ends: boolean }): string {
    const { pod, context, refusals, resize } = this;
    const verdict = this.#verdict !== undefined && (ends || this.#verdict === DEADLINE) ? this.#verdict : undefined;
    // As the kubelet: each look at a pod past its deadline says so.
    if (verdict === DEADLINE) podEvent(context.options.recorder, pod, 'Normal', DEADLINE.reason, DEADLINE.message);
    const draft = podStatus({
      pod,
      runtime,
      previous: this.shown,
      refusals,
      messages: this.#messages,
      hostIps: context.hostIps,
      ends,
      verdict,
      probes: context.probes,
      resize,
      restartsAll: !ends && this.#mustRestartAll(runtime),
    });
    this.shown = context.status.set(pod, draft, { mayEnd: ends });
    return draft.phase ?? '';
  }

  #mustRestartAll(runtime: PodRuntime): boolean {
    const { pod, shown } = this;
    if (!couldRestartAll(pod)) return false;
    const statuses = [...(shown.initContainerStatuses ?? []), ...(shown.containerStatuses ?? [])];
    return this.restartsAll || asksForAll(pod, runtime, statuses).length > 0;
  }

  async #terminate(runtime: PodRuntime): Promise<Again | undefined> {
    this.#stage = 'terminating';
    const { pod, context } = this;
    this.#show(runtime, { ends: false });
    await context.status.flush(this.uid);
    const graceSeconds = Number(this.#verdict?.graceSeconds ?? pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30);
    const asked = context.options.clock.now();
    await killPod(pod, runtime, context, { graceSeconds, idle: this.idle });
    // As the kubelet, whose housekeeping forgets the status of a static pod without a file: an end that came later is told nowhere.
    const isForgotten = this.isStatic && this.#removed && context.options.clock.now() - asked >= HOUSEKEEPING_MS;
    if (!isForgotten) {
      this.#show(this.#observe(await readPodRuntime(context.options.runtime, this.uid)), { ends: !(this.isStatic && this.#removed) });
      await context.status.flush(this.uid);
    }
    this.#stage = 'terminated';
    for (const resolve of this.#waiting.splice(0)) resolve();
    context.roomFreed();
    if (isForgotten) return this.#afterEnd();
    const last = finalStatus(pod, this.shown);
    // A mirror goes with its file before a phase could be told.
    this.shown = this.isStatic && this.#removed ? { ...last, phase: this.shown.phase ?? last.phase! } : last;
    context.status.finish(this.pod, this.shown);
    await context.status.flush(this.uid);
    return this.#afterEnd();
  }

  async #afterEnd(): Promise<undefined> {
    if (this.#removed) await this.#clean();
    else if (this.pod.metadata.deletionTimestamp !== undefined) this.context.status.finish(this.pod, this.shown);
    return undefined;
  }

  async #clean(): Promise<void> {
    const { options, restarts, pulls, status, probes } = this.context;
    this.#stopped = true;
    const runtime = await readPodRuntime(options.runtime, this.uid);
    for (const { id } of runtime.containers) {
      probes.drop(id);
      await options.runtime.removeContainer(id);
    }
    for (const { id } of runtime.sandboxes) await options.runtime.removePodSandbox(id);
    options.files.remove(podFolder(this.uid));
    options.files.remove(logDirectoryOf(this.pod));
    restarts.forget(`${this.uid} `);
    pulls.forget(`${this.uid}_`);
    status.forget(this.uid);
    this.#options.gone(this);
  }
}

function seenOf({ metadata }: Pod, { sandboxes, containers }: PodRuntime): string {
  const newest = new Map([...containers].reverse().map((status) => [status.metadata.name, `${status.id.slice(0, 12)}:${status.state}`]));
  return [
    metadata.generation,
    metadata.deletionTimestamp,
    ...sandboxes.map(({ id, state }) => `${id.slice(0, 12)}:${state}`),
    ...[...newest.values()].sort(),
  ].join(' ');
}

/** What is over within a few turns waited for no time: only the rest may let the cluster come to rest. */
async function lastsLonger(work: Promise<unknown>): Promise<boolean> {
  let isOver = false;
  const over = (): void => void (isOver = true);
  work.then(over, over);
  for (let turn = 0; turn < TURNS_MAX && !isOver; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  return !isOver;
}
const TURNS_MAX = 25;
