/** Structs of batch/v1: CronJob, CronJobStatus, CronJobSpec, JobTemplateSpec, JobSpec, SuccessPolicy, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, int32, int64, list, str, struct, sub, timePointer, typeMeta } from '../../../apimachinery/schema.js';
import { PodTemplateSpec } from '../../core/types/podspec.js';
import { ObjectReference } from '../../core/types/reference.js';
import { LabelSelector, ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const PodFailurePolicyOnExitCodesRequirement = struct('batch/v1.PodFailurePolicyOnExitCodesRequirement', {
  containerName: str('ContainerName *string', 1).optional(),
  operator: str('Operator v1.PodFailurePolicyOnExitCodesOperator=string', 2, { enum: ['In', 'NotIn'] }),
  values: list(int32(), 'Values []int32', 3, { listType: 'set' }),
});
export type PodFailurePolicyOnExitCodesRequirement = z.output<typeof PodFailurePolicyOnExitCodesRequirement>;

export const PodFailurePolicyOnPodConditionsPattern = struct('batch/v1.PodFailurePolicyOnPodConditionsPattern', {
  type: str('Type v1.PodConditionType=string', 1),
  status: str('Status v1.ConditionStatus=string', 2, { required: false }),
});
export type PodFailurePolicyOnPodConditionsPattern = z.output<typeof PodFailurePolicyOnPodConditionsPattern>;

export const PodFailurePolicyRule = struct('batch/v1.PodFailurePolicyRule', {
  action: str('Action v1.PodFailurePolicyAction=string', 1, { enum: ['Count', 'FailIndex', 'FailJob', 'Ignore'] }),
  onExitCodes: sub(PodFailurePolicyOnExitCodesRequirement, 'OnExitCodes *batch/v1.PodFailurePolicyOnExitCodesRequirement', 2).optional(),
  onPodConditions: list(PodFailurePolicyOnPodConditionsPattern, 'OnPodConditions []batch/v1.PodFailurePolicyOnPodConditionsPattern', 3, {
    listType: 'atomic',
  }).optional(),
});
export type PodFailurePolicyRule = z.output<typeof PodFailurePolicyRule>;

export const PodFailurePolicy = struct('batch/v1.PodFailurePolicy', {
  rules: list(PodFailurePolicyRule, 'Rules []batch/v1.PodFailurePolicyRule', 1, { listType: 'atomic' }),
});
export type PodFailurePolicy = z.output<typeof PodFailurePolicy>;

export const SuccessPolicyRule = struct('batch/v1.SuccessPolicyRule', {
  succeededIndexes: str('SucceededIndexes *string', 1).optional(),
  succeededCount: int32('SucceededCount *int32', 2).optional(),
});
export type SuccessPolicyRule = z.output<typeof SuccessPolicyRule>;

export const SuccessPolicy = struct('batch/v1.SuccessPolicy', {
  rules: list(SuccessPolicyRule, 'Rules []batch/v1.SuccessPolicyRule', 1, { listType: 'atomic' }),
});
export type SuccessPolicy = z.output<typeof SuccessPolicy>;

export const JobSpec = struct('batch/v1.JobSpec', {
  parallelism: int32('Parallelism *int32', 1).optional(),
  completions: int32('Completions *int32', 2).optional(),
  activeDeadlineSeconds: int64('ActiveDeadlineSeconds *int64', 3).optional(),
  podFailurePolicy: sub(PodFailurePolicy, 'PodFailurePolicy *batch/v1.PodFailurePolicy', 11).optional(),
  successPolicy: sub(SuccessPolicy, 'SuccessPolicy *batch/v1.SuccessPolicy', 16).optional(),
  backoffLimit: int32('BackoffLimit *int32', 7).optional(),
  backoffLimitPerIndex: int32('BackoffLimitPerIndex *int32', 12).optional(),
  maxFailedIndexes: int32('MaxFailedIndexes *int32', 13).optional(),
  selector: sub(LabelSelector, 'Selector *apis/meta/v1.LabelSelector', 4).optional(),
  manualSelector: bool('ManualSelector *bool', 5).optional(),
  template: sub(PodTemplateSpec, 'Template core/v1.PodTemplateSpec', 6),
  ttlSecondsAfterFinished: int32('TTLSecondsAfterFinished *int32', 8).optional(),
  completionMode: str('CompletionMode *v1.CompletionMode=string', 9, { enum: ['Indexed', 'NonIndexed'] }).optional(),
  suspend: bool('Suspend *bool', 10).optional(),
  podReplacementPolicy: str('PodReplacementPolicy *v1.PodReplacementPolicy=string', 14, { enum: ['Failed', 'TerminatingOrFailed'] }).optional(),
  managedBy: str('ManagedBy *string', 15).optional(),
});
export type JobSpec = z.output<typeof JobSpec>;

export const JobTemplateSpec = struct('batch/v1.JobTemplateSpec', {
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(JobSpec, 'Spec batch/v1.JobSpec', 2, { omitempty: true }),
});
export type JobTemplateSpec = z.output<typeof JobTemplateSpec>;

export const CronJobSpec = struct('batch/v1.CronJobSpec', {
  schedule: str('Schedule string', 1),
  timeZone: str('TimeZone *string', 8).optional(),
  startingDeadlineSeconds: int64('StartingDeadlineSeconds *int64', 2).optional(),
  concurrencyPolicy: str('ConcurrencyPolicy v1.ConcurrencyPolicy=string', 3, { enum: ['Allow', 'Forbid', 'Replace'] }).optional(),
  suspend: bool('Suspend *bool', 4).optional(),
  jobTemplate: sub(JobTemplateSpec, 'JobTemplate batch/v1.JobTemplateSpec', 5),
  successfulJobsHistoryLimit: int32('SuccessfulJobsHistoryLimit *int32', 6).optional(),
  failedJobsHistoryLimit: int32('FailedJobsHistoryLimit *int32', 7).optional(),
});
export type CronJobSpec = z.output<typeof CronJobSpec>;

export const CronJobStatus = struct('batch/v1.CronJobStatus', {
  active: list(ObjectReference, 'Active []core/v1.ObjectReference', 1, { listType: 'atomic' }).optional(),
  lastScheduleTime: timePointer('LastScheduleTime *apis/meta/v1.Time', 4).optional(),
  lastSuccessfulTime: timePointer('LastSuccessfulTime *apis/meta/v1.Time', 5).optional(),
});
export type CronJobStatus = z.output<typeof CronJobStatus>;

export const CronJob = struct('batch/v1.CronJob', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(CronJobSpec, 'Spec batch/v1.CronJobSpec', 2, { required: true, omitempty: true }),
  status: sub(CronJobStatus, 'Status batch/v1.CronJobStatus', 3, { omitempty: true }),
});
export type CronJob = z.output<typeof CronJob>;
