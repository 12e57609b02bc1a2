/**
 * Job controller: runs pods until enough have ended well. Every ended pod is
 * counted once and only once: its uid goes into the status before its
 * finalizer is taken off, and into the counts after.
 */
import type { JobStatus } from '../../api/batch/types/job.js';
import { selectorOf } from '../../apimachinery/labels.js';
import { keyOf } from '../../apimachinery/object.js';
import { isNotFound } from '../../apimachinery/status.js';
import { formatTime } from '../../apimachinery/time.js';
import type { Client } from '../../client/client.js';
import { keyFor, keyTextOf } from '../../client/resource.js';
import { enqueueItself, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { Job, Pod } from '../kinds.js';
import { isSame } from '../order.js';
import { claim, controllerOf, isControlledBy, orphanIndex, ownerIn } from '../owner.js';
import { allAtOnce, createPod, deletePod, slowStart } from '../podcontrol.js';
import { conditionOf, isPodReady, isTerminating } from '../pods.js';
import { plainVictims } from '../replicaset/victims.js';
import { backoffMs, endedAt, judgeFailure, withEnded, type Failures } from './failures.js';
import { INDEX_IGNORED_FAILURES, indexOf, isIndexed } from './indexes.js';
import { isTracked, podOf, TRACKING, type IndexedPart } from './podtemplate.js';
import {
  allFailures,
  failureCount,
  formatIndexes,
  isJobFinished,
  isPodFailed,
  onlyReplacesFailed,
  reached,
  stateOf,
  withJobCondition,
  type State,
} from './state.js';

const BURST_MAX = 500;
/** Most pods counted in one pass: their uids stand in the status meanwhile. */
const UNCOUNTED_MAX = 500;
const MANAGER = 'kubernetes.io/job-controller';
/** Keys of pods whose Job is gone or done: their finalizer must not hold them. */
const LOOSE = 'pod:';

interface Sync {
  job: Job;
  owned: readonly Pod[];
  state: State;
  failures: Failures;
}

export function jobController(deps: ControllerDeps): Controller {
  const { clock, recorder } = deps;
  const jobs = deps.informers.of(Job);
  const pods = deps.informers.of(Pod, { indexers: orphanIndex });
  /** By the Job's uid. Lost with the process; what is left of it is on the pods. */
  const remembered = new Map<string, Failures>();

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    if (key.startsWith(LOOSE)) return freeLoose(client, key.slice(LOOSE.length));
    const job = jobs.lister.get(keyOf(key));
    if (job === undefined || (job.spec.managedBy ?? MANAGER) !== MANAGER) return;
    if (isJobFinished(job)) return void remembered.delete(job.metadata.uid!);
    const started = withStart(job);
    const owned = await claim({ client, owner: job, ownerKind: Job, kind: Pod, informer: pods, selector: job.spec.selector, finalizer: TRACKING });
    const state = stateOf(started, owned, clock.now());
    const failures = failuresOf(job, owned, state);
    const waits: number[] = [];
    const { active, error } = await resize(client, { job: started, owned, state, failures }, waits);
    if (error === undefined && job.metadata.deletionTimestamp === undefined) state.finish ??= reached(started, state, active);
    const { status, rest } = await count(client, started, owned, state, active);
    remembered.set(job.metadata.uid!, failures);
    if (rest) waits.push(0);
    await finish(client, job, started, { status, state: rest ? { ...state, terminating: state.terminating + 1 } : state });
    if (error !== undefined) throw error;
    const { activeDeadlineSeconds } = job.spec;
    if (state.finish === undefined && activeDeadlineSeconds !== undefined && status.startTime !== undefined)
      waits.push(Date.parse(status.startTime) + activeDeadlineSeconds * 1000 - clock.now());
    return waits.length === 0 ? undefined : { againMs: Math.max(1, Math.min(...waits)) };
  }

  async function freeLoose(client: Client, key: string): Promise<void> {
    const pod = pods.lister.get(keyOf(key));
    if (pod === undefined || !isTracked(pod)) return;
    const job = ownerIn(jobs, Job, pod);
    if (job === undefined || isJobFinished(job)) await free(client, pod);
  }

  function withStart(job: Job): Job {
    if (job.spec.suspend || job.status.startTime !== undefined || job.metadata.deletionTimestamp !== undefined) return job;
    return { ...job, status: { ...job.status, startTime: formatTime(clock.now()) } };
  }

  /** Failures in a row. What this process did not see end is read off the pods that are still there. */
  function failuresOf(job: Job, owned: readonly Pod[], state: State): Failures {
    const before = remembered.get(job.metadata.uid!);
    const counted = before === undefined ? owned.filter((pod) => !isTracked(pod)) : [];
    const known =
      before ??
      withEnded(
        { count: 0, lastAt: 0 },
        counted.filter(({ status }) => status.phase === 'Succeeded'),
        counted.filter((pod) => isPodFailed(pod, job)),
      );
    return withEnded(known, state.newSucceeded, [...state.newFailed, ...state.ignored]);
  }

  /** Makes or deletes pods. Returns how many run after that. */
  async function resize(client: Client, sync: Sync, waits: number[]): Promise<{ active: number; error?: unknown }> {
    const { job, state } = sync;
    const control = { client, recorder, owner: job };
    if (state.finish !== undefined) {
      await allAtOnce(state.active, (pod) => deletePod(control, pod));
      return afterRemoval(state, state.active);
    }
    if (job.metadata.deletionTimestamp !== undefined) return { active: state.active.length };
    const wanted = job.spec.suspend ? 0 : wantedActive(job, state);
    const surplus = surplusPods(job, state, wanted).slice(0, job.spec.suspend ? Infinity : BURST_MAX);
    if (surplus.length > 0) {
      await allAtOnce(surplus, async (pod) => {
        await free(client, pod); // these were not needed: they are not failures
        await deletePod(control, pod);
      });
      return afterRemoval(state, surplus);
    }
    const missing = wanted - state.active.length - (onlyReplacesFailed(job) ? state.terminating : 0);
    if (missing <= 0 || job.spec.suspend) return { active: state.active.length };
    return create(client, sync, Math.min(missing, BURST_MAX), waits);
  }

  function afterRemoval(state: State, removed: readonly Pod[]): { active: number } {
    state.terminating += removed.length;
    state.ready -= removed.filter(isPodReady).length;
    return { active: state.active.length - removed.length };
  }

  function wantedActive({ spec: { parallelism = 1, completions } }: Job, state: State): number {
    if (completions === undefined) return state.succeeded > 0 ? state.active.length : parallelism;
    return Math.max(0, Math.min(completions - state.succeeded, parallelism));
  }

  function surplusPods(job: Job, state: State, wanted: number): Pod[] {
    const removed = new Set<Pod>(isIndexed(job) ? uselessIndexed(job, state) : []);
    const most = Math.max(removed.size, state.active.length - wanted);
    const rest = state.active.filter((pod) => !removed.has(pod));
    return [...removed, ...plainVictims(rest, most - removed.size)];
  }

  async function create(client: Client, { job, owned, state, failures }: Sync, most: number, waits: number[]): Promise<{ active: number; error?: unknown }> {
    const parts = isIndexed(job) ? missingParts(job, owned, state, most) : Array.from<IndexedPart | undefined>({ length: most });
    const ready = parts.filter((part) => {
      const last = part === undefined ? undefined : state.kept.get(part.index);
      const own = last === undefined ? { count: 0, lastAt: 0 } : { count: allFailures(last) + 1, lastAt: endedAt(last) };
      const wait = backoffMs(job.spec.backoffLimitPerIndex === undefined ? failures : own, clock.now());
      if (wait > 0) waits.push(wait);
      return wait === 0;
    });
    const { made, error } = await slowStart(ready.length, (at) => createPod({ client, recorder, owner: job }, podOf(job, ready[at])));
    return { active: state.active.length + made, ...(error === undefined ? {} : { error }) };
  }

  /** Counts ended pods and takes their finalizers off, so many at a time. Returns the status to write, and whether some are left. */
  async function count(client: Client, job: Job, owned: readonly Pod[], state: State, active: number): Promise<{ status: JobStatus; rest: boolean }> {
    const failing = state.finish?.type === 'FailureTarget';
    const all = state.finish !== undefined || job.metadata.deletionTimestamp !== undefined;
    const kept = new Set(all ? [] : state.kept.values());
    const loose = owned.filter((pod) => isTracked(pod) && !kept.has(pod) && (all || pod.status.phase === 'Succeeded' || isPodFailed(pod, job)));
    const release = loose.slice(0, UNCOUNTED_MAX);
    const known = job.status.uncountedTerminatedPods ?? {};
    const ended = (pods: readonly Pod[]): string[] => release.filter((pod) => pods.includes(pod)).map(({ metadata }) => metadata.uid!);
    const stopped = failing
      ? release.filter(
          (pod) =>
            pod.status.phase !== 'Succeeded' && !state.newFailed.includes(pod) && !state.ignored.includes(pod) && !known.failed?.includes(pod.metadata.uid!),
        )
      : [];
    const succeeded = isIndexed(job) ? (known.succeeded ?? []) : [...(known.succeeded ?? []), ...ended(state.newSucceeded)];
    const failed = [...(known.failed ?? []), ...ended([...state.newFailed, ...stopped])];
    const base = withCounts(job, state, active);
    if (succeeded.length + failed.length > 0)
      await write(client, job, {
        ...base,
        uncountedTerminatedPods: { ...(succeeded.length > 0 ? { succeeded } : {}), ...(failed.length > 0 ? { failed } : {}) },
      });
    else if (release.length > 0 && (isIndexed(job) || state.finish !== undefined)) await write(client, job, base);
    await allAtOnce(release, (pod) => free(client, pod));
    const sums = {
      succeeded: isIndexed(job) ? state.succeededIndexes.size : (job.status.succeeded ?? 0) + succeeded.length,
      failed: (job.status.failed ?? 0) + failed.length,
    };
    return {
      status: {
        ...base,
        ...(sums.succeeded > 0 ? { succeeded: sums.succeeded } : {}),
        ...(sums.failed > 0 ? { failed: sums.failed } : {}),
        uncountedTerminatedPods: {},
      },
      rest: loose.length > release.length,
    };
  }

  function withCounts(job: Job, state: State, active: number): JobStatus {
    const { active: _active, completedIndexes: _done, failedIndexes: _lost, ...rest } = job.status;
    const time = formatTime(clock.now());
    let conditions = job.status.conditions ?? [];
    if (state.finish !== undefined) conditions = withJobCondition(conditions, { ...state.finish, status: 'True' }, time);
    const completed = formatIndexes(state.succeededIndexes);
    return {
      ...rest,
      ...(conditions.length > 0 ? { conditions } : {}),
      ...(active > 0 ? { active } : {}),
      ready: Math.min(state.ready, active),
      terminating: state.terminating,
      uncountedTerminatedPods: {},
      ...(completed === '' ? {} : { completedIndexes: completed }),
      ...(job.spec.backoffLimitPerIndex === undefined ? {} : { failedIndexes: formatIndexes(state.failedIndexes) }),
      ...(isIndexed(job) && state.succeededIndexes.size > 0 ? { succeeded: state.succeededIndexes.size } : {}),
    };
  }

  // Written under what the informer last saw, or under what this pass last wrote.
  const written = new Map<string, Job>();

  async function write(client: Client, job: Job, status: JobStatus): Promise<void> {
    const key = keyTextOf(job);
    const latest = written.get(key) ?? jobs.lister.get(keyOf(key)) ?? job;
    if (!isSame(status, latest.status)) written.set(key, await client.on(Job).updateStatus({ ...latest, status }));
  }

  async function finish(client: Client, cached: Job, job: Job, { status, state }: { status: JobStatus; state: State }): Promise<void> {
    try {
      const time = formatTime(clock.now());
      const over = state.finish !== undefined && state.terminating === 0;
      const next = over ? finishedStatus(status, state, time) : state.finish === undefined ? suspendedStatus(job, status, time) : status;
      await write(client, cached, next);
      if (over) tellFinish(cached, next, state);
      else tellSuspension(cached, next);
    } finally {
      written.delete(keyTextOf(cached));
    }
  }

  function finishedStatus(status: JobStatus, { finish: end }: State, time: string): JobStatus {
    const well = end!.type === 'SuccessCriteriaMet';
    const conditions = withJobCondition(
      status.conditions ?? [],
      { type: well ? 'Complete' : 'Failed', status: 'True', reason: end!.reason, message: end!.message },
      time,
    );
    return { ...status, conditions, ...(well ? { completionTime: time } : {}) };
  }

  function suspendedStatus(job: Job, status: JobStatus, time: string): JobStatus {
    const known = conditionOf(status.conditions, 'Suspended');
    if (job.spec.suspend) {
      const { startTime: _start, ...rest } = status;
      return {
        ...rest,
        conditions: withJobCondition(status.conditions ?? [], { type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' }, time),
      };
    }
    if (known?.status !== 'True') return status;
    return {
      ...status,
      startTime: time,
      conditions: withJobCondition(status.conditions ?? [], { type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' }, time),
    };
  }

  function tellFinish(job: Job, { succeeded = 0 }: JobStatus, { finish: end }: State): void {
    if (end!.type === 'SuccessCriteriaMet' && job.spec.completions !== undefined && succeeded > job.spec.completions)
      recorder.event(job, 'Warning', 'TooManySucceededPods', 'Too many succeeded pods running after completion count reached');
    if (end!.type === 'SuccessCriteriaMet') recorder.event(job, 'Normal', 'Completed', 'Job completed');
    else recorder.event(job, 'Warning', end!.reason, end!.message);
  }

  function tellSuspension(job: Job, status: JobStatus): void {
    const was = conditionOf(job.status.conditions, 'Suspended')?.status;
    const is = conditionOf(status.conditions, 'Suspended')?.status;
    if (was === is) return;
    if (is === 'True') recorder.event(job, 'Normal', 'Suspended', 'Job suspended');
    else recorder.event(job, 'Normal', 'Resumed', 'Job resumed');
  }

  return makeController({
    name: 'job',
    deps,
    informers: [
      [Job, jobs],
      [Pod, pods],
    ],
    reconcile,
    wire(queue) {
      const wake = (pod: Pod): void => {
        const ref = controllerOf(pod);
        if (ref === undefined) {
          for (const job of jobs.lister.list({ namespace: pod.metadata.namespace! }))
            if (selectorOf(job.spec.selector).matches(pod.metadata.labels ?? {})) queue.add(keyTextOf(job));
        }
        const owner = ownerIn(jobs, Job, pod);
        if (owner !== undefined) queue.add(keyTextOf(owner));
        if (isTracked(pod) && (owner === undefined || isJobFinished(owner))) queue.add(`${LOOSE}${keyTextOf(pod)}`);
      };
      return [
        jobs.handle(enqueueItself(queue)),
        jobs.handle({
          deleted(job) {
            remembered.delete(job.metadata.uid!);
            for (const pod of pods.lister.ownedBy(job.metadata.uid!)) if (isTracked(pod)) queue.add(`${LOOSE}${keyTextOf(pod)}`);
          },
        }),
        pods.handle({
          added: wake,
          updated(pod, previous) {
            wake(pod);
            const before = ownerIn(jobs, Job, previous);
            if (before !== undefined && !isControlledBy(pod, before)) queue.add(keyTextOf(before));
          },
          deleted: wake,
        }),
      ];
    },
  });
}

async function free(client: Client, pod: Pod): Promise<void> {
  if (!isTracked(pod)) return;
  try {
    await client.on(Pod).patch(keyFor(pod), 'strategic', { metadata: { uid: pod.metadata.uid, '$deleteFromPrimitiveList/finalizers': [TRACKING] } });
  } catch (error) {
    if (!isNotFound(error)) throw error; // gone: nothing holds it
  }
}

/** Pods of no index of this Job's, and all but the best of those that share one. */
function uselessIndexed(job: Job, { active }: State): Pod[] {
  const byIndex = new Map<number | undefined, Pod[]>();
  for (const pod of active) byIndex.set(indexOf(pod), [...(byIndex.get(indexOf(pod)) ?? []), pod]);
  const ordered = [...byIndex].sort(([one = -1], [other = -1]) => one - other);
  return ordered.flatMap(([index, pods]) => (index === undefined || index >= (job.spec.completions ?? 0) ? pods : plainVictims(pods, pods.length - 1)));
}

function missingParts(job: Job, owned: readonly Pod[], state: State, most: number): IndexedPart[] {
  const taken = new Set(state.active.map(indexOf));
  if (onlyReplacesFailed(job)) for (const pod of owned) if (isTerminating(pod)) taken.add(indexOf(pod));
  const parts: IndexedPart[] = [];
  for (let index = 0; index < (job.spec.completions ?? 0) && parts.length < most; index++) {
    if (taken.has(index) || state.succeededIndexes.has(index) || state.failedIndexes.has(index)) continue;
    parts.push({ index, ...(job.spec.backoffLimitPerIndex === undefined ? {} : countsAfter(job, state.kept.get(index))) });
  }
  return parts;
}

/** What the next pod of an index is told of failures before it. */
function countsAfter(job: Job, last: Pod | undefined): { failures: number; ignoredFailures: number } {
  if (last === undefined) return { failures: 0, ignoredFailures: 0 };
  const isIgnored = judgeFailure(job, last).action === 'Ignore';
  return { failures: failureCount(last) + (isIgnored ? 0 : 1), ignoredFailures: failureCount(last, INDEX_IGNORED_FAILURES) + (isIgnored ? 1 : 0) };
}
