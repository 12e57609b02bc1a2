/** CronJob controller: makes a Job at each time of the schedule, keeps a history of them, and tells when it could not. */
import type { ObjectReference } from '../../api/core/types/reference.js';
import type { JobTemplateSpec } from '../../api/batch/types/cronjob.js';
import { keyOf, type ObjectDraft } from '../../apimachinery/object.js';
import { isAlreadyExists, isNotFound, isStatusError } from '../../apimachinery/status.js';
import { formatTime } from '../../apimachinery/time.js';
import type { Client } from '../../client/client.js';
import { keyFor, keyTextOf } from '../../client/resource.js';
import { anyChange, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { CronJob, Job } from '../kinds.js';
import { byAge, isSame } from '../order.js';
import { controllerRef, ownerIn } from '../owner.js';
import { isNamespaceTerminating } from '../podcontrol.js';
import { inZone, isZoned, latestDue, parseSchedule, rfc1123, type Schedule } from './schedule.js';

const SCHEDULED_AT = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
/** Kubernetes looks a moment after the time, so that it has surely come. */
const AFTER_MS = 100;

type End = 'Complete' | 'Failed';

export function cronJobController(deps: ControllerDeps): Controller {
  const { clock, recorder } = deps;
  const crons = deps.informers.of(CronJob);
  const jobs = deps.informers.of(Job);

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    const cron = crons.lister.get(keyOf(key));
    if (cron === undefined) return;
    const children = jobs.lister.ownedBy(cron.metadata.uid!);
    await forgetOld(client, cron, children);
    const status = { ...cron.status, ...settleActive(cron, children) };
    const outcome = cron.metadata.deletionTimestamp !== undefined || cron.spec.suspend ? undefined : await schedule(client, cron, status);
    if ((status.active ?? []).length === 0) delete status.active;
    if (!isSame(status, cron.status)) await client.on(CronJob).updateStatus({ ...cron, status });
    return outcome;
  }

  async function forgetOld(client: Client, cron: CronJob, children: readonly Job[]): Promise<void> {
    const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = cron.spec;
    for (const [end, limit] of [
      ['Complete', successfulJobsHistoryLimit],
      ['Failed', failedJobsHistoryLimit],
    ] as const) {
      if (limit === undefined) continue;
      const done = children
        .filter((job) => endOf(job) === end)
        .sort((one, other) => (one.status.startTime ?? '').localeCompare(other.status.startTime ?? '') || byAge(one, other));
      for (const job of done.slice(0, Math.max(0, done.length - limit))) await remove(client, cron, job);
    }
  }

  async function remove(client: Client, cron: CronJob, job: Job): Promise<void> {
    try {
      await client.on(Job).delete(keyFor(job), { propagationPolicy: 'Background' });
      recorder.event(cron, 'Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name}`);
    } catch (error) {
      if (isNotFound(error)) return; // gone already
      if (isStatusError(error)) recorder.event(cron, 'Warning', 'FailedDelete', `Deleted job: ${error.message}`);
      throw error;
    }
  }

  /** Running Jobs in, ended and missing ones out of the list of active ones. */
  function settleActive(cron: CronJob, children: readonly Job[]): Partial<CronJob['status']> {
    let active = [...(cron.status.active ?? [])];
    let last = cron.status.lastSuccessfulTime;
    for (const job of children) {
      const listed = active.some(({ uid }) => uid === job.metadata.uid);
      const end = endOf(job);
      if (!listed && end === undefined && job.metadata.creationTimestamp! < formatTime(clock.now()) && !isOwn(cron, job))
        recorder.event(cron, 'Warning', 'UnexpectedJob', `Saw a job that the controller did not create or forgot: ${job.metadata.name}`);
      if (listed && end !== undefined) {
        active = active.filter(({ uid }) => uid !== job.metadata.uid);
        recorder.event(cron, 'Normal', 'SawCompletedJob', `Saw completed job: ${job.metadata.name}, condition: ${end}`);
      }
      if (end === 'Complete' && job.status.completionTime !== undefined && (last === undefined || job.status.completionTime > last))
        last = job.status.completionTime;
    }
    for (const ref of active) {
      if (children.some(({ metadata }) => metadata.uid === ref.uid)) continue;
      recorder.event(cron, 'Normal', 'MissingJob', `Active job went missing: ${ref.name}`);
      active = active.filter(({ uid }) => uid !== ref.uid);
    }
    return { active, ...(last === undefined ? {} : { lastSuccessfulTime: last }) };
  }

  async function schedule(client: Client, cron: CronJob, status: CronJob['status']): Promise<Outcome> {
    const plan = await planOf(cron);
    if (plan === undefined) return;
    const now = clock.now();
    const { startingDeadlineSeconds: deadline } = cron.spec;
    const last = Date.parse(status.lastScheduleTime ?? cron.metadata.creationTimestamp!);
    const since = deadline === undefined ? last : Math.max(last, now - deadline * 1000);
    const next = (): Outcome => {
      const at = plan.next(now);
      return at === undefined ? undefined : { againMs: at - now + AFTER_MS };
    };
    const { scheduled, tooMany } = latestDue(plan, since, now);
    if (tooMany)
      recorder.event(cron, 'Warning', 'TooManyMissedTimes', 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew');
    if (scheduled === undefined) return next();
    if (deadline !== undefined && scheduled + deadline * 1000 < now) {
      recorder.event(cron, 'Warning', 'MissSchedule', `Missed scheduled time to start a job: ${rfc1123(scheduled)}`);
      return next();
    }
    const active = status.active ?? [];
    const name = `${cron.metadata.name}-${Math.floor(scheduled / 60_000)}`;
    if (active.some((ref) => ref.name === name) || status.lastScheduleTime === formatTime(scheduled)) return next();
    if (cron.spec.concurrencyPolicy === 'Forbid' && active.length > 0) {
      recorder.event(cron, 'Normal', 'JobAlreadyActive', 'Not starting job because prior execution is running and concurrency policy is Forbid');
      return next();
    }
    if (cron.spec.concurrencyPolicy === 'Replace') {
      for (const job of jobs.lister.ownedBy(cron.metadata.uid!)) if (active.some(({ uid }) => uid === job.metadata.uid)) await remove(client, cron, job);
      status.active = [];
    }
    await start(client, cron, status, { name, scheduled });
    return next();
  }

  async function planOf(cron: CronJob): Promise<Schedule | undefined> {
    const { schedule: text, timeZone } = cron.spec;
    if (isZoned(text))
      recorder.event(
        cron,
        'Warning',
        'UnsupportedSchedule',
        `CRON_TZ or TZ used in schedule ${JSON.stringify(text)} is not officially supported, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details`,
      );
    try {
      return await parseSchedule(text, timeZone);
    } catch (error) {
      // Said by the parser; Kubernetes' own validation should have kept it out.
      if (!(error instanceof Error)) throw error;
      recorder.event(cron, 'Warning', 'UnparseableSchedule', `unparseable schedule: ${JSON.stringify(text)} : ${error.message}`);
      return undefined;
    }
  }

  async function start(client: Client, cron: CronJob, status: CronJob['status'], { name, scheduled }: { name: string; scheduled: number }): Promise<void> {
    try {
      const job = await client.on(Job).create(draftOf(cron, name, scheduled));
      recorder.event(cron, 'Normal', 'SuccessfulCreate', `Created job ${name}`);
      status.active = [...(status.active ?? []), refOf(job)];
    } catch (error) {
      if (isNamespaceTerminating(error)) return;
      if (!isAlreadyExists(error)) {
        if (isStatusError(error)) recorder.event(cron, 'Warning', 'FailedCreate', `Error creating job: ${error.message}`);
        throw error;
      }
      const found = await client.on(Job).get({ namespace: cron.metadata.namespace!, name });
      if (ownerIn(crons, CronJob, found)?.metadata.uid !== cron.metadata.uid) throw error;
      // Made by a pass that ended before it could say so.
      if (endOf(found) === undefined) status.active = [...(status.active ?? []), refOf(found)];
    }
    status.lastScheduleTime = formatTime(scheduled);
  }

  return makeController({
    name: 'cronjob',
    deps,
    informers: [
      [CronJob, crons],
      [Job, jobs],
    ],
    reconcile,
    wire: (queue) => [
      crons.handle(anyChange((cron) => queue.add(keyTextOf(cron)))),
      jobs.handle(
        anyChange((job) => {
          const owner = ownerIn(crons, CronJob, job);
          if (owner !== undefined) queue.add(keyTextOf(owner));
        }),
      ),
    ],
  });
}

function endOf({ status }: Job): End | undefined {
  return (status.conditions ?? []).find(({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True')?.type as End | undefined;
}

/** Made for a time of the schedule, by this controller. */
function isOwn(cron: CronJob, job: Job): boolean {
  return job.metadata.annotations?.[SCHEDULED_AT] !== undefined && job.metadata.name!.startsWith(`${cron.metadata.name}-`);
}

const refOf = ({ metadata }: Job): ObjectReference => ({
  kind: 'Job',
  namespace: metadata.namespace!,
  name: metadata.name!,
  uid: metadata.uid!,
  apiVersion: 'batch/v1',
  resourceVersion: metadata.resourceVersion!,
});

function draftOf(cron: CronJob, name: string, scheduled: number): ObjectDraft<Job> {
  const { metadata, spec } = cron.spec.jobTemplate as JobTemplateSpec;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace: cron.metadata.namespace!,
      ...(metadata.labels === undefined ? {} : { labels: metadata.labels }),
      annotations: { ...metadata.annotations, [SCHEDULED_AT]: inZone(scheduled, cron.spec.timeZone) },
      ownerReferences: [controllerRef(cron, CronJob)],
    },
    spec,
  } as ObjectDraft<Job>;
}
