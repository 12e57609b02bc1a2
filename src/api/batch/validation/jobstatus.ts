/**
 * Which state a Job's status may be set to: no contradiction between its
 * conditions, times and counters. As Kubernetes does: most rules are asked only
 * of what changed, since the controller cannot set everything at once.
 */
import { semanticEqual } from '../../core/validation/complaints.js';
import { duplicate, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { goStruct, invalidWithoutValue, nonNegatives } from '../../apps/validation/rules.js';
import { UncountedTerminatedPods, type Job, type JobStatus } from '../types/job.js';
import { countIndexes, overlapMessage } from './indexes.js';

export function validateJobStatusUpdate(next: Job, previous: Job): Causes {
  const change = changeOf(next, previous);
  return [
    ...nonNegatives('status', next.status, ['active', 'succeeded', 'failed', 'ready', 'terminating']),
    ...validateUncounted(next.status, 'status.uncountedTerminatedPods'),
    ...validateTerminalConditions(next.status, change),
    ...validateTimes(next.status, change),
    ...validateInterimConditions(next, change),
    ...validateFinished(next.status, change),
    ...validateIndexes(next, change),
    ...validatePods(next.status, change),
    ...validateSuccess(next),
    ...validateChange(next, previous),
  ];
}

/** Whether this part of the status is new. */
interface Change {
  has(condition: string): boolean;
  field(...names: readonly (keyof JobStatus)[]): boolean;
  finished: boolean;
  /** As Kubernetes does: a suspended Job of no completions completes at once, unstarted. */
  neverRuns: boolean;
}

function changeOf({ spec, status }: Job, { status: old }: Job): Change {
  return {
    has: (condition) => holds(status, condition) !== holds(old, condition),
    field: (...names) => names.some((name) => !semanticEqual(status[name], old[name])),
    finished: isFinished(status) !== isFinished(old),
    neverRuns: spec.suspend === true && spec.completions === 0,
  };
}

const holds = ({ conditions = [] }: JobStatus, type: string): boolean => conditions.some((condition) => condition.type === type && condition.status === 'True');
const isFinished = (status: JobStatus): boolean => holds(status, 'Complete') || holds(status, 'Failed');
const refuseConditions = (detail: string): Causes => [invalidWithoutValue('status.conditions', detail)];

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

function validateTerminalConditions(status: JobStatus, change: Change): Causes {
  const both = (other: string): Causes =>
    (change.has('Complete') || change.has(other)) && holds(status, 'Complete') && holds(status, other)
      ? refuseConditions(`cannot set Complete=True and ${other}=true conditions`)
      : [];
  return [...both('Failed'), ...both('FailureTarget')];
}

function validateTimes(status: JobStatus, change: Change): Causes {
  const { startTime, completionTime } = status;
  const complete = holds(status, 'Complete');
  const field = 'status.completionTime';
  const asked = change.has('Complete') || change.field('completionTime');
  return [
    ...(asked && completionTime !== undefined && !complete
      ? [invalid(field, completionTime, 'cannot set completionTime when there is no Complete=True condition')]
      : []),
    ...(asked && completionTime === undefined && complete ? [required(field, 'completionTime is required for Complete jobs')] : []),
    ...(change.field('startTime', 'completionTime') && startTime && completionTime && Date.parse(completionTime) < Date.parse(startTime)
      ? [invalid(field, completionTime, 'completionTime cannot be set before startTime')]
      : []),
  ];
}

/** A Job fails or completes in two steps, so that its pods end in between. */
function validateInterimConditions({ status }: Job, change: Change): Causes {
  const failed = (change.has('Failed') || change.field('failedIndexes')) && holds(status, 'Failed') && !holds(status, 'FailureTarget');
  const completed =
    !change.neverRuns && (change.has('Complete') || change.has('SuccessCriteriaMet')) && holds(status, 'Complete') && !holds(status, 'SuccessCriteriaMet');
  return [
    ...(failed ? refuseConditions('cannot set Failed=True condition without the FailureTarget=true condition') : []),
    ...(completed ? refuseConditions('cannot set Complete=True condition without the SuccessCriteriaMet=true condition') : []),
  ];
}

function validateFinished(status: JobStatus, change: Change): Causes {
  if (!isFinished(status)) return [];
  const { active = 0, startTime, uncountedTerminatedPods: pods } = status;
  const uncounted = (pods?.failed ?? []).length + (pods?.succeeded ?? []).length;
  return [
    ...(active > 0 && (change.finished || change.field('active')) ? [invalid('status.active', active, 'active>0 is invalid for finished job')] : []),
    ...(startTime === undefined && !change.neverRuns && (change.finished || change.field('startTime'))
      ? [required('status.startTime', 'startTime is required for finished job')]
      : []),
    ...(uncounted > 0 && (change.finished || change.field('uncountedTerminatedPods'))
      ? [invalid('status.uncountedTerminatedPods', goStruct(pods, UncountedTerminatedPods), 'uncountedTerminatedPods needs to be empty for finished job')]
      : []),
  ];
}

function validateIndexes({ spec, status }: Job, change: Change): Causes {
  const { completions, backoffLimitPerIndex } = spec;
  const { completedIndexes = '', failedIndexes } = status;
  const [completedAsked, failedAsked] = [change.field('completedIndexes'), change.field('failedIndexes')];
  const unreadable = (name: string, list: string): Causes => {
    const parsed = countIndexes(list, completions ?? 0);
    return typeof parsed === 'string' ? [invalid(`status.${name}`, list, `error parsing ${name}: ${parsed}`)] : [];
  };
  const overlap = completions === undefined || failedIndexes === undefined ? undefined : overlapMessage(completedIndexes, failedIndexes, completions);
  return [
    ...(completedAsked && completions !== undefined ? unreadable('completedIndexes', completedIndexes) : []),
    ...(failedAsked && completions !== undefined && backoffLimitPerIndex !== undefined && failedIndexes !== undefined
      ? unreadable('failedIndexes', failedIndexes)
      : []),
    ...(completedAsked && completedIndexes !== '' && spec.completionMode !== 'Indexed'
      ? [invalid('status.completedIndexes', completedIndexes, 'cannot set non-empty completedIndexes when non-indexed completion mode')]
      : []),
    ...(failedAsked && backoffLimitPerIndex === undefined && failedIndexes !== undefined
      ? [invalid('status.failedIndexes', failedIndexes, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null')]
      : []),
    ...((completedAsked || failedAsked) && overlap !== undefined ? [invalid('status.failedIndexes', failedIndexes, overlap)] : []),
  ];
}

function validatePods(status: JobStatus, change: Change): Causes {
  const { terminating = 0, ready = 0, active = 0 } = status;
  return [
    ...(terminating > 0 && isFinished(status) && (change.finished || change.field('terminating'))
      ? [invalid('status.terminating', terminating, 'terminating>0 is invalid for finished job')]
      : []),
    ...(ready > active && change.field('ready', 'active') ? [invalid('status.ready', ready, 'cannot set more ready pods than active')] : []),
  ];
}

function validateSuccess({ spec, status }: Job): Causes {
  const met = holds(status, 'SuccessCriteriaMet');
  return [
    ...(met && holds(status, 'Failed') ? refuseConditions('cannot set SuccessCriteriaMet=True and Failed=true conditions') : []),
    ...(met && holds(status, 'FailureTarget') ? refuseConditions('cannot set SuccessCriteriaMet=True and FailureTarget=true conditions') : []),
    ...(spec.successPolicy && !met && holds(status, 'Complete')
      ? refuseConditions('cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True')
      : []),
  ];
}

function validateChange({ spec, status }: Job, { status: old }: Job): Causes {
  const lost = ['Failed', 'Complete', 'FailureTarget'].filter((type) => holds(old, type) && !holds(status, type));
  const fell = (name: 'succeeded' | 'failed'): Causes =>
    (status[name] ?? 0) < (old[name] ?? 0) ? [invalid(`status.${name}`, status[name] ?? 0, `cannot decrease the ${name} counter`)] : [];
  // An elastic Indexed Job that shrinks has fewer to count.
  const shrinks = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism;
  const moved = status.completionTime !== undefined && old.completionTime !== undefined && status.completionTime !== old.completionTime;
  const met = holds(status, 'SuccessCriteriaMet');
  const wasMet = holds(old, 'SuccessCriteriaMet');
  return [
    ...lost.flatMap((type) => refuseConditions(`cannot disable the terminal ${type}=True condition`)),
    ...fell('failed'),
    ...(shrinks ? [] : fell('succeeded')),
    ...(moved ? [invalid('status.completionTime', status.completionTime, 'completionTime cannot be mutated')] : []),
    ...validateStart(spec.suspend === true, status, old),
    ...(wasMet && !met ? refuseConditions('cannot disable the SuccessCriteriaMet=True condition') : []),
    ...(holds(old, 'Complete') && !wasMet && met ? refuseConditions('cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions') : []),
  ];
}

/** As Kubernetes does: the message speaks of removal when the time is another one, too. A Job that is resumed starts anew. */
function validateStart(suspended: boolean, status: JobStatus, old: JobStatus): Causes {
  const resumed = holds(old, 'Suspended') && !holds(status, 'Suspended');
  const allowed = suspended || resumed || old.startTime === undefined || old.startTime === status.startTime;
  return allowed ? [] : [required('status.startTime', 'startTime cannot be removed for unsuspended job')];
}
