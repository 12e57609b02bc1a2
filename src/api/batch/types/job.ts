/** Structs of batch/v1: Job, JobStatus, UncountedTerminatedPods, JobCondition. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { int32, list, str, struct, sub, time, timePointer, typeMeta } from '../../../apimachinery/schema.js';
import { JobSpec } from './cronjob.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const JobCondition = struct('batch/v1.JobCondition', {
  type: str('Type v1.JobConditionType=string', 1),
  status: str('Status v1.ConditionStatus=string', 2),
  lastProbeTime: time('LastProbeTime apis/meta/v1.Time', 3).optional(),
  lastTransitionTime: time('LastTransitionTime apis/meta/v1.Time', 4).optional(),
  reason: str('Reason string', 5).optional(),
  message: str('Message string', 6).optional(),
});
export type JobCondition = z.output<typeof JobCondition>;

export const UncountedTerminatedPods = struct('batch/v1.UncountedTerminatedPods', {
  succeeded: list(str(), 'Succeeded []types.UID=string', 1, { listType: 'set' }).optional(),
  failed: list(str(), 'Failed []types.UID=string', 2, { listType: 'set' }).optional(),
});
export type UncountedTerminatedPods = z.output<typeof UncountedTerminatedPods>;

export const JobStatus = struct('batch/v1.JobStatus', {
  conditions: list(JobCondition, 'Conditions []batch/v1.JobCondition', 1, { patch: 'merge', key: 'type', listType: 'atomic' }).optional(),
  startTime: timePointer('StartTime *apis/meta/v1.Time', 2).optional(),
  completionTime: timePointer('CompletionTime *apis/meta/v1.Time', 3).optional(),
  active: int32('Active int32', 4).optional(),
  succeeded: int32('Succeeded int32', 5).optional(),
  failed: int32('Failed int32', 6).optional(),
  terminating: int32('Terminating *int32', 11).optional(),
  completedIndexes: str('CompletedIndexes string', 7).optional(),
  failedIndexes: str('FailedIndexes *string', 10).optional(),
  uncountedTerminatedPods: sub(UncountedTerminatedPods, 'UncountedTerminatedPods *batch/v1.UncountedTerminatedPods', 8).optional(),
  ready: int32('Ready *int32', 9).optional(),
});
export type JobStatus = z.output<typeof JobStatus>;

export const Job = struct('batch/v1.Job', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(JobSpec, 'Spec batch/v1.JobSpec', 2, { omitempty: true }),
  status: sub(JobStatus, 'Status batch/v1.JobStatus', 3, { omitempty: true }),
});
export type Job = z.output<typeof Job>;
