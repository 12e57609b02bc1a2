/**
 * Rules on writing CronJobs: defaults, the schedule, its time zone, and the
 * template of the Jobs to come.
 */
import type { Strategy } from '../../kind.js';
import { complaints, invalid, nonNegative, nonNegatives, notSupported, required, supported, type Causes } from '../../apps/validation/rules.js';
import { nameWarnings } from '../../apps/validation/workloadtemplate.js';
import { defaultPodTemplateSpec } from '../../core/defaults/podspec.js';
import { CronJob } from '../types/cronjob.js';
import type { CronJobSpec, JobTemplateSpec } from '../types/cronjob.js';
import { selectorValue, validateJobSpecFields } from '../validation/job.js';
import { scheduleMessage } from '../validation/schedule.js';
import { timeZoneMessages } from '../validation/timezone.js';
import { defaultPodFailurePolicy, jobWarnings } from './jobtemplate.js';

/** Room for the suffix that a Job's name gets. */
const NAME_MAX = 52;
const TZ_WARNING =
  'cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details';

export const strategy: Strategy<CronJob> = {
  schema: CronJob,
  defaults({ spec }) {
    defaultPodTemplateSpec(spec.jobTemplate.spec.template);
    defaultPodFailurePolicy(spec.jobTemplate.spec);
    spec.concurrencyPolicy ||= 'Allow';
    spec.suspend ??= false;
    spec.successfulJobsHistoryLimit ??= 3;
    spec.failedJobsHistoryLimit ??= 1;
  },
  validate: (job) => [...validateCronJobSpec(job.spec, 'spec'), ...validateNameLength(job)],
  placesMetadata: true,
  validateUpdate: (next, previous, _, metadata) => [...(metadata?.changed ?? []), ...validateCronJobSpec(next.spec, 'spec', previous.spec)],
  warnings: (next, previous) => [
    ...nameWarnings(next, previous),
    ...jobWarnings(next, previous, next.spec.jobTemplate.spec, 'spec.jobTemplate.spec'),
    ...(previous !== undefined && next.spec.schedule.includes('TZ') ? [TZ_WARNING] : []),
  ],
  subresources: {
    status: {
      // As Kubernetes does: nothing more is asked of a status, nor of metadata beside it.
      placesMetadata: true,
      prepareForUpdate(next, previous) {
        next.spec = previous.spec;
      },
    },
  },
};

function validateNameLength({ metadata }: CronJob): Causes {
  return (metadata.name ?? '').length > NAME_MAX ? [invalid('metadata.name', metadata.name, `must be no more than ${NAME_MAX} characters`)] : [];
}

function validateCronJobSpec(spec: CronJobSpec, path: string, previous?: CronJobSpec): Causes {
  return [
    ...validateSchedule(spec, `${path}.schedule`, previous),
    ...nonNegative(`${path}.startingDeadlineSeconds`, spec.startingDeadlineSeconds),
    ...validateTimeZone(spec, `${path}.timeZone`, previous),
    ...validateConcurrencyPolicy(spec.concurrencyPolicy, `${path}.concurrencyPolicy`),
    ...validateJobTemplate(spec.jobTemplate, `${path}.jobTemplate`),
    ...nonNegatives(path, spec, ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit']),
  ];
}

function validateSchedule({ schedule, timeZone }: CronJobSpec, path: string, previous?: CronJobSpec): Causes {
  if (schedule === '') return [required(path)];
  const message = scheduleMessage(schedule);
  return [...(message === undefined ? [] : [invalid(path, schedule, message)]), ...validateZoneOfSchedule(schedule, timeZone, previous, path)];
}

/** What began with a zone in its schedule may keep one there, as long as it is the only one. */
function validateZoneOfSchedule(schedule: string, timeZone: string | undefined, previous: CronJobSpec | undefined, path: string): Causes {
  if (!schedule.includes('TZ')) return [];
  if (previous?.schedule.includes('TZ') !== true) return [invalid(path, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')];
  return timeZone === undefined ? [] : [invalid(path, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule')];
}

function validateTimeZone({ timeZone }: CronJobSpec, path: string, previous?: CronJobSpec): Causes {
  if (timeZone === undefined || timeZone === previous?.timeZone) return [];
  return complaints(path, timeZone, timeZoneMessages(timeZone));
}

function validateConcurrencyPolicy(policy: string | undefined, path: string): Causes {
  return policy ? supported(path, policy, ['Allow', 'Forbid', 'Replace']) : [required(path)];
}

/** The selector is every Job's own, made when the Job is. */
function validateJobTemplate({ spec }: JobTemplateSpec, path: string): Causes {
  return [
    ...validateJobSpecFields(spec, `${path}.spec`),
    ...(spec.selector ? [invalid(`${path}.spec.selector`, selectorValue(spec.selector), '`selector` will be auto-generated')] : []),
    ...(spec.manualSelector ? [notSupported(`${path}.spec.manualSelector`, spec.manualSelector, ['nil', 'false'])] : []),
  ];
}
