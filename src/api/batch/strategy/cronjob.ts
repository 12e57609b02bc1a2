/**
 * Rules on writing CronJobs: defaults, the schedule, its time zone, and the
 * template of the Jobs to come.
 */
import type { Strategy } from '../../kind.js';
import { invalid, nonNegative, nonNegatives, required, supported, type Causes } from '../../apps/validation/rules.js';
import { validateAnnotations, validateLabels } from '../../../apimachinery/names.js';
import { defaultPodTemplateSpec } from '../../core/defaults/podspec.js';
import { warningsForPodTemplate } from '../../core/strategy/podwarnings.js';
import { CronJob } from '../types/cronjob.js';
import type { CronJobSpec, JobTemplateSpec } from '../types/cronjob.js';
import { validateJobSpecFields } from '../validation/job.js';
import { scheduleMessage } from '../validation/schedule.js';
import { timeZoneMessage } from '../validation/timezone.js';

/** Room for the suffix that a Job's name gets. */
const NAME_MAX = 52;

export const strategy: Strategy<CronJob> = {
  schema: CronJob,
  defaults({ spec }) {
    defaultPodTemplateSpec(spec.jobTemplate.spec.template);
    spec.concurrencyPolicy ||= 'Allow';
    spec.suspend ??= false;
    spec.successfulJobsHistoryLimit ??= 3;
    spec.failedJobsHistoryLimit ??= 1;
  },
  validate: (job) => [...validateCronJobSpec(job.spec, 'spec'), ...validateNameLength(job)],
  validateUpdate: (next, previous) => validateCronJobSpec(next.spec, 'spec', previous.spec),
  warnings: (next, previous) => [
    ...(next.spec.schedule.includes('TZ') && next.spec.schedule !== previous?.spec.schedule
      ? [`CRON_TZ or TZ used in spec.schedule is not officially supported, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details`]
      : []),
    ...warningsForPodTemplate(next.spec.jobTemplate.spec.template, 'spec.jobTemplate.spec.template'),
  ],
  subresources: {
    status: {
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
  if (message !== undefined) return [invalid(path, schedule, message)];
  if (!schedule.includes('TZ') || schedule === previous?.schedule) return [];
  return timeZone === undefined
    ? [invalid(path, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')]
    : [invalid(path, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule')];
}

function validateTimeZone({ timeZone }: CronJobSpec, path: string, previous?: CronJobSpec): Causes {
  if (timeZone === undefined || timeZone === previous?.timeZone) return [];
  const message = timeZoneMessage(timeZone);
  return message === undefined ? [] : [invalid(path, timeZone, message)];
}

function validateConcurrencyPolicy(policy: string | undefined, path: string): Causes {
  return policy ? supported(path, policy, ['Allow', 'Forbid', 'Replace']) : [required(path)];
}

function validateJobTemplate({ metadata, spec }: JobTemplateSpec, path: string): Causes {
  return [
    ...validateAnnotations(metadata.annotations, `${path}.annotations`),
    ...validateLabels(metadata.labels, `${path}.labels`),
    ...validateJobSpecFields(spec, `${path}.spec`),
  ];
}
