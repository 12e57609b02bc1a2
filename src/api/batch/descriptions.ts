/** What Jobs and CronJobs are, in words, as src/api/descriptions.ts reads them. */
export const batch = `
Job: Runs pods until enough of them have succeeded.
  spec: Which pods, how many and how often they are tried.
  status: How far it has got.
JobTemplateSpec: What a new Job looks like.
  metadata: Labels and annotations that the Jobs get.
  spec: What the Jobs are to do.
JobSpec: Which pods a Job runs, how many and how often they are tried.
  parallelism: How many pods may run at once; 1 by default.
  completions: How many pods must succeed. Without it one success is enough, and parallelism says how many work together.
  activeDeadlineSeconds: How long the Job may take before it is failed.
  podFailurePolicy: What a pod's failure means, by exit codes and conditions; otherwise every failure counts.
  successPolicy: When the Job has succeeded before all its pods have. Needs Indexed.
  backoffLimit: How many failures there may be before the Job is failed; 6 by default.
  backoffLimitPerIndex: How many failures each index may have. Needs Indexed.
  maxFailedIndexes: How many indexes may fail before the Job is failed. Needs backoffLimitPerIndex.
  selector: Labels of its pods. As a rule the system fills it in.
  manualSelector: Whether selector and the pods' labels are one's own business.
  template: What the pods are. Its restartPolicy must be Never or OnFailure.
  ttlSecondsAfterFinished: How long the Job is kept after it has ended; for ever when not given.
  completionMode: NonIndexed (the default), or Indexed: every pod has a number from 0 on, and each number must succeed once.
  suspend: Whether no pods run for now; those that do are ended.
  podReplacementPolicy: When a new pod takes a failed one's place: TerminatingOrFailed, or Failed, once the old one has ended.
  managedBy: Who runs the Job, where it is not the Job controller.
JobStatus: How far a Job has got.
  conditions: Complete, Failed, Suspended and others.
  startTime: When it began; anew when it is resumed.
  completionTime: When it succeeded.
  active: How many pods wait or run.
  succeeded: How many pods succeeded.
  failed: How many pods failed.
  terminating: How many pods are ending.
  completedIndexes: The numbers that have succeeded, as in 1,3-5.
  failedIndexes: The numbers that have failed, as in 1,3-5.
  uncountedTerminatedPods: Pods that have ended and are not in the counts yet.
  ready: How many pods are ready.
JobCondition: One thing that holds of a Job, or does not.
  type: Complete, Failed, Suspended, FailureTarget or SuccessCriteriaMet.
  lastProbeTime: When it was last looked at.
UncountedTerminatedPods: Pods that have ended and are not in the counts yet.
  succeeded: The uids of those that succeeded.
  failed: The uids of those that failed.
PodFailurePolicy: What a pod's failure means.
  rules: The first rule that fits counts; without one the failure counts as usual.
PodFailurePolicyRule: One kind of failure, and what it means.
  action: FailJob, FailIndex, Ignore (it does not count) or Count.
  onExitCodes: Fits by exit codes.
  onPodConditions: Fits by conditions of the pod.
PodFailurePolicyOnExitCodesRequirement: Exit codes.
  containerName: The container; any when not given.
  operator: In or NotIn.
  values: The codes; 0 is not one for In.
PodFailurePolicyOnPodConditionsPattern: A condition of a pod.
  type: The condition's type.
  status: Its status; True by default.
SuccessPolicy: When a Job has succeeded before all its pods have.
  rules: One that is fulfilled is enough.
SuccessPolicyRule: What is enough.
  succeededIndexes: Numbers that must have succeeded, as in 0,2-4; together with succeededCount, those that are counted.
  succeededCount: How many must have succeeded.
CronJob: Makes Jobs at set times.
  spec: When, and which.
  status: Which there are and were.
CronJobSpec: When Jobs are made, and which.
  schedule: When, in the five fields of cron: minute, hour, day, month and day of the week.
  timeZone: The zone in which the schedule is meant, such as Europe/Berlin; the controller's when not given.
  startingDeadlineSeconds: How late a Job may start; a start missed by more is left out.
  concurrencyPolicy: What happens while the last Job still runs: Allow (the default), Forbid or Replace.
  suspend: Whether no Jobs are made for now.
  jobTemplate: What the Jobs are.
  successfulJobsHistoryLimit: How many Jobs that succeeded are kept; 3 by default.
  failedJobsHistoryLimit: How many Jobs that failed are kept; 1 by default.
CronJobStatus: Which Jobs there are and were.
  active: Jobs that run.
  lastScheduleTime: The last time for which a Job was made.
  lastSuccessfulTime: When a Job last succeeded.
`;
