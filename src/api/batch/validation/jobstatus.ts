/**
 * Which state a Job's status may be set to: no contradiction between its
 * conditions, times and counters.
 */
import { duplicate, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { nonNegatives } from '../../apps/validation/rules.js';
import type { Job, JobStatus } from '../types/job.js';

export function validateJobStatusUpdate(next: Job, previous: Job): Causes {
  return [...validateJobStatus(next.status, 'status'), ...validateChange(next.status, previous.status, next.spec.suspend === true, 'status')];
}

function validateJobStatus(status: JobStatus, path: string): Causes {
  return [
    ...nonNegatives(path, status, ['active', 'succeeded', 'failed', 'ready', 'terminating']),
    ...validateUncounted(status, `${path}.uncountedTerminatedPods`),
    ...validateConditions(status, `${path}.conditions`),
    ...validateCompletionTime(status, `${path}.completionTime`),
    ...validateFinished(status, path),
    ...((status.ready ?? 0) > (status.active ?? 0) ? [invalid(`${path}.ready`, status.ready, 'cannot set more ready pods than active')] : []),
  ];
}

const holds = ({ conditions = [] }: JobStatus, type: string): boolean => conditions.some((condition) => condition.type === type && condition.status === 'True');
const isFinished = (status: JobStatus): boolean => holds(status, 'Complete') || holds(status, 'Failed');

function validateUncounted({ uncountedTerminatedPods: pods }: JobStatus, path: string): Causes {
  const seen = new Set<string>();
  return (['succeeded', 'failed'] as const).flatMap((name) =>
    (pods?.[name] ?? []).flatMap((uid, index) => {
      const field = `${path}.${name}[${index}]`;
      if (uid === '') return [invalid(field, uid, 'must not be empty')];
      if (seen.has(uid)) return [duplicate(field, uid)];
      seen.add(uid);
      return [];
    }),
  );
}

function validateConditions(status: JobStatus, path: string): Causes {
  const pairs = [['Complete', 'Failed'], ['Complete', 'FailureTarget'], ['SuccessCriteriaMet', 'Failed'], ['SuccessCriteriaMet', 'FailureTarget']] as const;
  // The value is left out of these messages.
  return pairs.flatMap(([one, other]) =>
    holds(status, one) && holds(status, other) ? [{ field: path, type: 'Invalid' as const, message: `Invalid value: cannot set ${one}=True and ${other}=true conditions` }] : [],
  );
}

function validateCompletionTime({ completionTime, startTime, ...status }: JobStatus, path: string): Causes {
  const complete = holds(status, 'Complete');
  if (completionTime === undefined) return complete ? [required(path, 'completionTime is required for Complete jobs')] : [];
  return [
    ...(complete ? [] : [invalid(path, completionTime, 'cannot set completionTime when there is no Complete=True condition')]),
    ...(startTime && Date.parse(completionTime) < Date.parse(startTime) ? [invalid(path, completionTime, 'completionTime cannot be set before startTime')] : []),
  ];
}

function validateFinished(status: JobStatus, path: string): Causes {
  if (!isFinished(status)) return [];
  const uncounted = status.uncountedTerminatedPods;
  return [
    ...((status.active ?? 0) > 0 ? [invalid(`${path}.active`, status.active, 'active>0 is invalid for finished job')] : []),
    ...(status.startTime === undefined ? [required(`${path}.startTime`, 'startTime is required for finished job')] : []),
    ...((status.terminating ?? 0) > 0 ? [invalid(`${path}.terminating`, status.terminating, 'terminating>0 is invalid for finished job')] : []),
    ...((uncounted?.succeeded ?? []).length + (uncounted?.failed ?? []).length > 0
      ? [invalid(`${path}.uncountedTerminatedPods`, { Succeeded: uncounted?.succeeded ?? null, Failed: uncounted?.failed ?? null }, 'uncountedTerminatedPods needs to be empty for finished job')]
      : []),
  ];
}

function validateChange(next: JobStatus, previous: JobStatus, suspended: boolean, path: string): Causes {
  const fell = (name: 'succeeded' | 'failed'): Causes =>
    (next[name] ?? 0) < (previous[name] ?? 0) ? [invalid(`${path}.${name}`, next[name] ?? 0, `cannot decrease the ${name} counter`)] : [];
  const lost = ['Complete', 'Failed'].filter((type) => holds(previous, type) && !holds(next, type));
  return [
    ...lost.map((type) => ({ field: `${path}.conditions`, type: 'Invalid' as const, message: `Invalid value: cannot disable the terminal ${type}=True condition` })),
    ...fell('failed'),
    ...fell('succeeded'),
    ...(previous.startTime && next.startTime !== previous.startTime && !suspended && !holds(previous, 'Suspended')
      ? [required(`${path}.startTime`, 'startTime cannot be removed for unsuspended job')].slice(next.startTime === undefined ? 0 : 1)
      : []),
  ];
}
