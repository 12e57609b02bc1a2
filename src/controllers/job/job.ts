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
import { conditionOf, isActive } from '../pods.js';
import { victims } from '../replicaset/victims.js';
import { backoffMs, judgeFailure } from './failures.js';
import { INDEX_FAILURES, INDEX_IGNORED_FAILURES, indexOf, isIndexed } from './indexes.js';
import { isTracked, podOf, TRACKING, type IndexedPart } from './podtemplate.js';
import { formatIndexes, isJobFinished, isPodFailed, onlyReplacesFailed, stateOf, withJobCondition, type State } from './state.js';

const BURST_MAX = 500;
const MANAGER = 'kubernetes.io/job-controller';
/** Keys of pods whose Job is gone or done: their finalizer must not hold them. */
const LOOSE = 'pod:';

export function jobController(deps: ControllerDeps): Controller {
  const { clock, recorder } = deps;
  const jobs = deps.informers.of(Job);
  const pods = deps.informers.of(Pod, { indexers: orphanIndex });

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    if (key.startsWith(LOOSE)) return freeLoose(client, key.slice(LOOSE.length));
    const job = jobs.lister.get(keyOf(key));
    if (job === undefined || (job.spec.managedBy ?? MANAGER) !== MANAGER || isJobFinished(job)) return;
    const started = withStart(job);
    const owned = await claim({ client, owner: job, ownerKind: Job, kind: Pod, informer: pods, selector: job.spec.selector, finalizer: TRACKING });
    const state = stateOf(started, owned, clock.now());
    const waits: number[] = [];
    const { active, error } = await resize(client, started, owned, state, waits);
    const status = await count(client, started, owned, state, active);
    await finish(client, job, started, status, state);
    if (error !== undefined) throw error;
    const { activeDeadlineSeconds } = job.spec;
    if (state.finish === undefined && activeDeadlineSeconds !== undefined && status.startTime !== undefined) waits.push(Date.parse(status.startTime) + activeDeadlineSeconds * 1000 - clock.now());
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

  /** Makes or deletes pods. Returns how many run after that. */
  async function resize(client: Client, job: Job, owned: readonly Pod[], state: State, waits: number[]): Promise<{ active: number; error?: unknown }> {
    const control = { client, recorder, owner: job };
    if (job.metadata.deletionTimestamp !== undefined) return { active: state.active.length };
    if (state.finish !== undefined) {
      await allAtOnce(state.active, (pod) => deletePod(control, pod));
      state.terminating += state.active.length;
      return { active: 0 };
    }
    const wanted = job.spec.suspend ? 0 : wantedActive(job, state);
    const surplus = surplusPods(job, state, wanted);
    if (surplus.length > 0) {
      await allAtOnce(surplus.slice(0, BURST_MAX), async (pod) => {
        await free(client, pod); // these were not needed: they are not failures
        await deletePod(control, pod);
      });
      return { active: state.active.length - Math.min(surplus.length, BURST_MAX) };
    }
    const missing = wanted - state.active.length - (onlyReplacesFailed(job) ? state.terminating : 0);
    if (missing <= 0 || job.spec.suspend) return { active: state.active.length };
    return create(client, job, { owned, state, count: Math.min(missing, BURST_MAX) }, waits);
  }

  function wantedActive({ spec: { parallelism = 1, completions } }: Job, state: State): number {
    if (completions === undefined) return state.succeeded > 0 ? Math.min(state.active.length, parallelism) : parallelism;
    return Math.max(0, Math.min(completions - state.succeeded - state.failedIndexes.size, parallelism));
  }

  function surplusPods(job: Job, state: State, wanted: number): Pod[] {
    const removed = new Set<Pod>();
    if (isIndexed(job)) for (const pod of uselessIndexed(job, state)) removed.add(pod);
    const rest = state.active.filter((pod) => !removed.has(pod));
    for (const pod of victims(rest, rest, Math.max(0, rest.length - wanted), clock.now())) removed.add(pod);
    return [...removed];
  }

  async function create(client: Client, job: Job, { owned, state, count: most }: { owned: readonly Pod[]; state: State; count: number }, waits: number[]): Promise<{ active: number; error?: unknown }> {
    const parts = isIndexed(job) ? missingParts(job, owned, state, most) : Array.from<IndexedPart | undefined>({ length: most });
    const ready = parts.filter((part) => {
      const failed = owned.filter((pod) => isPodFailed(pod, job) && (job.spec.backoffLimitPerIndex === undefined || indexOf(pod) === part?.index));
      const succeeded = job.spec.backoffLimitPerIndex === undefined ? owned.filter(({ status }) => status.phase === 'Succeeded') : [];
      const wait = backoffMs(failed, succeeded, clock.now());
      if (wait > 0) waits.push(wait);
      return wait === 0;
    });
    const { made, error } = await slowStart(ready.length, (at) => createPod({ client, recorder, owner: job }, podOf(job, ready[at])));
    return { active: state.active.length + made, ...(error === undefined ? {} : { error }) };
  }

  /** Counts ended pods and takes their finalizers off. Returns the status to write. */
  async function count(client: Client, job: Job, owned: readonly Pod[], state: State, active: number): Promise<JobStatus> {
    const done = state.finish !== undefined;
    const failing = state.finish?.type === 'FailureTarget';
    const going = job.metadata.deletionTimestamp !== undefined;
    const stopped = done || going ? owned.filter((pod) => isTracked(pod) && isActive(pod) && !state.newFailed.includes(pod)) : [];
    const newFailed = failing ? [...state.newFailed, ...stopped] : state.newFailed;
    const known = job.status.uncountedTerminatedPods ?? {};
    const succeeded = isIndexed(job) ? (known.succeeded ?? []) : [...(known.succeeded ?? []), ...state.newSucceeded.map(({ metadata }) => metadata.uid!)];
    const failed = [...(known.failed ?? []), ...newFailed.map(({ metadata }) => metadata.uid!)];
    const base = withCounts(job, state, active);
    const release = owned.filter((pod) => isTracked(pod) && (pod.status.phase === 'Succeeded' || isPodFailed(pod, job) || stopped.includes(pod)));
    if (succeeded.length + failed.length > 0) await write(client, job, { ...base, uncountedTerminatedPods: { ...(succeeded.length > 0 ? { succeeded } : {}), ...(failed.length > 0 ? { failed } : {}) } });
    else if (release.length > 0 && isIndexed(job)) await write(client, job, base);
    await allAtOnce(release, (pod) => free(client, pod));
    const sums = { succeeded: isIndexed(job) ? state.succeededIndexes.size : (job.status.succeeded ?? 0) + succeeded.length, failed: (job.status.failed ?? 0) + failed.length };
    return { ...base, ...(sums.succeeded > 0 ? { succeeded: sums.succeeded } : {}), ...(sums.failed > 0 ? { failed: sums.failed } : {}), uncountedTerminatedPods: {} };
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

  async function finish(client: Client, cached: Job, job: Job, status: JobStatus, state: State): Promise<void> {
    try {
      const time = formatTime(clock.now());
      const over = state.finish !== undefined && state.terminating === 0;
      const next = over ? finishedStatus(status, state, time) : state.finish === undefined ? suspendedStatus(job, status, time) : status;
      await write(client, cached, next);
      if (over) tellFinish(cached, state);
      else tellSuspension(cached, next);
    } finally {
      written.delete(keyTextOf(cached));
    }
  }

  function finishedStatus(status: JobStatus, { finish: end }: State, time: string): JobStatus {
    const well = end!.type === 'SuccessCriteriaMet';
    const conditions = withJobCondition(status.conditions ?? [], { type: well ? 'Complete' : 'Failed', status: 'True', reason: end!.reason, message: end!.message }, time);
    return { ...status, conditions, ...(well ? { completionTime: time } : {}) };
  }

  function suspendedStatus(job: Job, status: JobStatus, time: string): JobStatus {
    const known = conditionOf(status.conditions, 'Suspended');
    if (job.spec.suspend) {
      const { startTime: _start, ...rest } = status;
      return { ...rest, conditions: withJobCondition(status.conditions ?? [], { type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' }, time) };
    }
    if (known?.status !== 'True') return status;
    return { ...status, startTime: time, conditions: withJobCondition(status.conditions ?? [], { type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' }, time) };
  }

  function tellFinish(job: Job, { finish: end }: State): void {
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
          for (const job of jobs.lister.list({ namespace: pod.metadata.namespace! })) if (selectorOf(job.spec.selector).matches(pod.metadata.labels ?? {})) queue.add(keyTextOf(job));
        }
        const owner = ownerIn(jobs, Job, pod);
        if (owner !== undefined) queue.add(keyTextOf(owner));
        if (isTracked(pod) && (owner === undefined || isJobFinished(owner))) queue.add(`${LOOSE}${keyTextOf(pod)}`);
      };
      return [
        jobs.handle(enqueueItself(queue)),
        jobs.handle({
          deleted(job) {
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

/** Pods of an index that has one already, is done, or is none of this Job's. */
function uselessIndexed(job: Job, state: State): Pod[] {
  const seen = new Set<number>();
  return state.active.filter((pod) => {
    const index = indexOf(pod);
    if (index === undefined || index >= (job.spec.completions ?? 0) || seen.has(index) || state.succeededIndexes.has(index) || state.failedIndexes.has(index)) return true;
    seen.add(index);
    return false;
  });
}

function missingParts(job: Job, owned: readonly Pod[], state: State, most: number): IndexedPart[] {
  const taken = new Set(state.active.map(indexOf));
  if (onlyReplacesFailed(job)) for (const pod of owned) if (pod.metadata.deletionTimestamp !== undefined && !isPodFailed(pod, job)) taken.add(indexOf(pod));
  const parts: IndexedPart[] = [];
  for (let index = 0; index < (job.spec.completions ?? 0) && parts.length < most; index++) {
    if (taken.has(index) || state.succeededIndexes.has(index) || state.failedIndexes.has(index)) continue;
    parts.push({ index, ...(job.spec.backoffLimitPerIndex === undefined ? {} : failuresOf(job, owned, index)) });
  }
  return parts;
}

function failuresOf(job: Job, owned: readonly Pod[], index: number): { failures: number; ignoredFailures: number } {
  const last = owned.filter((pod) => indexOf(pod) === index && isPodFailed(pod, job)).sort((one, other) => failureCount(one) - failureCount(other)).at(-1);
  if (last === undefined) return { failures: 0, ignoredFailures: 0 };
  const isIgnored = judgeFailure(job, last).action === 'Ignore';
  const ignored = Number(last.metadata.annotations?.[INDEX_IGNORED_FAILURES] ?? 0);
  return { failures: failureCount(last) + (isIgnored ? 0 : 1), ignoredFailures: ignored + (isIgnored ? 1 : 0) };
}

const failureCount = (pod: Pod): number => Number(pod.metadata.annotations?.[INDEX_FAILURES] ?? 0);
