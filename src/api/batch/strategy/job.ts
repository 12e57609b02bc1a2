/**
 * Rules on writing Jobs: defaults, the generated selector, what may change
 * while a Job is suspended, and which state its status may reach.
 */
import type { Strategy } from '../../kind.js';
import { goStruct, immutable, invalid, type Causes } from '../../apps/validation/rules.js';
import { nameWarnings } from '../../apps/validation/workloadtemplate.js';
import { defaultPodTemplateSpec } from '../../core/defaults/podspec.js';
import type { Container } from '../../core/types/container.js';
import { PodSpec, PodTemplateSpec } from '../../core/types/podspec.js';
import { PodFailurePolicy, SuccessPolicy } from '../types/cronjob.js';
import type { JobSpec } from '../types/cronjob.js';
import { Job } from '../types/job.js';
import { validateJob, validateJobSpec } from '../validation/job.js';
import { validateJobStatusUpdate } from '../validation/jobstatus.js';
import { defaultPodFailurePolicy, jobWarnings } from './jobtemplate.js';

const BACKOFF_LIMIT = 6;
/** MaxInt32: with a limit per index there is none for the Job. */
const BACKOFF_UNLIMITED = 2_147_483_647;

export const strategy: Strategy<Job> = {
  schema: Job,
  defaults(job) {
    const { metadata, spec } = job;
    defaultPodTemplateSpec(spec.template);
    defaultPodFailurePolicy(spec);
    if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
    spec.parallelism ??= 1;
    spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? BACKOFF_LIMIT : BACKOFF_UNLIMITED;
    const labels = spec.template.metadata.labels;
    if (labels && Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
    spec.completionMode ??= 'NonIndexed';
    spec.suspend ??= false;
    spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
    spec.manualSelector ??= false;
  },
  // As Kubernetes does: the selector is made here, where the uid is known.
  validate(job) {
    generateSelector(job);
    return validateJob(job);
  },
  // As Kubernetes does: the spec is judged twice on an update, and complained of twice.
  placesMetadata: true,
  validateUpdate: (next, previous, _, metadata) => [
    ...(metadata?.whole ?? []),
    ...validateJob(next, previous),
    ...(metadata?.changed ?? []),
    ...validateJobSpec(next.spec, 'spec'),
    ...validateJobSpecUpdate(next, previous),
  ],
  warnings: (next, previous) => [...nameWarnings(next, previous), ...jobWarnings(next, previous, next.spec, 'spec')],
  defaultPropagation: 'orphan',
  subresources: {
    status: {
      prepareForUpdate(next, previous) {
        next.spec = previous.spec;
      },
      validateUpdate: (next, previous) => validateJobStatusUpdate(next, previous),
    },
  },
};

/** Labels its pods by the Job's uid and name, the old keys too, and selects them by the uid. */
function generateSelector({ metadata, spec }: Job): void {
  if (spec.manualSelector) return;
  const uid = metadata.uid ?? '';
  const name = metadata.name ?? '';
  const labels = { ...spec.template.metadata.labels };
  for (const [key, value] of [
    ['controller-uid', uid],
    ['batch.kubernetes.io/controller-uid', uid],
    ['job-name', name],
    ['batch.kubernetes.io/job-name', name],
  ] as const)
    labels[key] ??= value;
  spec.template.metadata.labels = labels;
  spec.selector = { ...spec.selector, matchLabels: { ...spec.selector?.matchLabels } };
  spec.selector.matchLabels!['batch.kubernetes.io/controller-uid'] ??= uid;
  if (Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
}

function validateJobSpecUpdate(next: Job, previous: Job): Causes {
  const { spec } = next;
  const old = previous.spec;
  return [
    ...validateCompletionsUpdate(spec, old),
    ...immutable('spec.selector', spec.selector, old.selector),
    ...validateTemplateUpdate(next, previous),
    ...immutable('spec.completionMode', spec.completionMode, old.completionMode),
    ...immutable('spec.podFailurePolicy', spec.podFailurePolicy, old.podFailurePolicy, goStruct(spec.podFailurePolicy, PodFailurePolicy)),
    ...immutable('spec.backoffLimitPerIndex', spec.backoffLimitPerIndex, old.backoffLimitPerIndex),
    ...immutable('spec.managedBy', spec.managedBy, old.managedBy),
    ...immutable('spec.successPolicy', spec.successPolicy, old.successPolicy, goStruct(spec.successPolicy, SuccessPolicy)),
  ];
}

function validateCompletionsUpdate({ completions, parallelism, completionMode }: JobSpec, old: JobSpec): Causes {
  if (completionMode !== 'Indexed') return immutable('spec.completions', completions, old.completions);
  if (completions === old.completions) return [];
  // That an Indexed Job has completions is asked elsewhere.
  if (completions === undefined) return [];
  // An elastic Indexed Job grows or shrinks as a whole.
  return completions === parallelism ? [] : [invalid('spec.completions', completions, 'can only be modified in tandem with spec.parallelism')];
}

/** While a Job is suspended and has no pods, their placement and resources may still be decided; otherwise nothing of the template changes. */
function validateTemplateUpdate(next: Job, previous: Job): Causes {
  const { template } = next.spec;
  const old = previous.spec.template;
  if (!mayStillChange(previous)) return immutable('spec.template', template, old, goStruct(template, PodTemplateSpec));
  const kept = withPlacementOf(old, template);
  return [
    ...immutable('spec.template', template.metadata, kept.metadata, goStruct(template, PodTemplateSpec)),
    ...immutable('spec.template.spec', template.spec, withResourcesOf(kept.spec, template.spec), goStruct(template.spec, PodSpec)),
  ];
}

function mayStillChange({ spec, status }: Job): boolean {
  const stopped = (status.conditions ?? []).some(({ type, status: value }) => type === 'Suspended' && value === 'True');
  return spec.suspend === true && (status.startTime === undefined || stopped) && (status.active ?? 0) === 0;
}

function withPlacementOf(template: PodTemplateSpec, wanted: PodTemplateSpec): PodTemplateSpec {
  const { nodeSelector, tolerations, schedulingGates } = wanted.spec;
  const { labels, annotations } = wanted.metadata;
  const affinity = withoutUndefined({ ...template.spec.affinity, nodeAffinity: wanted.spec.affinity?.nodeAffinity });
  const keepsAffinity = wanted.spec.affinity !== undefined || Object.keys(affinity).length > 0;
  const spec = withoutUndefined({ ...template.spec, nodeSelector, tolerations, schedulingGates, affinity: keepsAffinity ? affinity : undefined });
  return { ...template, metadata: withoutUndefined({ ...template.metadata, labels, annotations }), spec };
}

/** Resources are the wanted ones, of containers that are still there. */
function withResourcesOf(spec: PodSpec, wanted: PodSpec): PodSpec {
  const containers = withWantedResources(spec.containers, wanted.containers);
  const initContainers = withWantedResources(spec.initContainers, wanted.initContainers);
  return withoutUndefined({ ...spec, containers: containers as PodSpec['containers'], initContainers });
}

function withWantedResources(containers: readonly Container[] | undefined, wanted: readonly Container[] | undefined): Container[] | undefined {
  const sameCount = (containers ?? []).length === (wanted ?? []).length;
  return containers?.map((container, index) => {
    const other = wanted?.[index];
    return sameCount && other?.name === container.name ? withoutUndefined({ ...container, resources: other.resources }) : container;
  });
}

function withoutUndefined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
