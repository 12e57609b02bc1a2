/**
 * Validation of Jobs and of the Job templates of CronJobs, in the order and
 * words of k8s.io/kubernetes/pkg/apis/batch/validation.
 */
import { asHeld } from '../../../apimachinery/givenempty.js';
import { tooLong } from '../../../apimachinery/fielderror.js';
import { sortedKeys } from '../../../apimachinery/gojson.js';
import { selectorOf } from '../../../apimachinery/labels.js';
import type { LabelSelector } from '../../../apimachinery/meta/meta.js';
import { byteLength, dns1123Label } from '../../../apimachinery/names.js';
import { validatePodTemplateSpec } from '../../core/validation/podspec.js';
import { validateDomainPrefixedPath } from '../../apps/validation/domainprefixedpath.js';
import { validateLabelSelector } from '../../apps/validation/labelselector.js';
import { invalid, nonNegatives, required, supported, type Causes } from '../../apps/validation/rules.js';
import type { JobSpec } from '../types/cronjob.js';
import type { Job } from '../types/job.js';
import { validatePodFailurePolicy } from './podfailurepolicy.js';
import { validateSuccessPolicy } from './successpolicy.js';

const LABEL_PREFIX = 'batch.kubernetes.io/';
const PARALLELISM_INDEXED_MAX = 100_000;
const FAILED_INDEXES_MAX = 100_000;
const COMPLETIONS_SOFT_MAX = 100_000;
const PARALLELISM_WITH_MANY_MAX = 10_000;
const FAILED_INDEXES_WITH_MANY_MAX = 10_000;
const MANAGED_BY_MAX = 63;

/** `previous`: labels with a prefix are not asked of a Job that began without. */
export function validateJob(job: Job, previous?: Job): Causes {
  return [...validateGeneratedSelector(job, previous), ...validateJobSpec(job.spec, 'spec'), ...validateIndexedName(job)];
}

/** Unless the user manages the selector, it and the template's labels must be the generated ones. */
function validateGeneratedSelector({ metadata, spec }: Job, previous?: Job): Causes {
  if (spec.manualSelector || !spec.selector) return [];
  const legacy = { 'controller-uid': metadata.uid ?? '', 'job-name': metadata.name ?? '' };
  const prefixed = Object.fromEntries(Object.entries(legacy).map(([key, value]) => [LABEL_PREFIX + key, value]));
  const old = previous?.spec.template.metadata.labels ?? {};
  const wanted = previous && Object.keys(prefixed).some((key) => old[key] === undefined) ? legacy : { ...legacy, ...prefixed };
  const readable = validateLabelSelector(spec.selector, '').length === 0;
  const foreign = readable && !selectorOf(spec.selector).matches(wanted);
  return [
    ...(metadata.uid ? [] : [required('metadata.uid')]),
    ...Object.entries(wanted).flatMap(([key, value]) => mustHaveLabel(spec.template.metadata.labels, key, value)),
    ...(foreign ? [invalid('spec.selector', selectorValue(spec.selector), '`selector` not auto-generated')] : []),
  ];
}

/** As Go prints it: the struct in its order, its map by key. */
export function selectorValue({ matchLabels, matchExpressions }: LabelSelector): object {
  return { ...(matchLabels ? { matchLabels: sortedKeys(matchLabels) } : {}), ...(matchExpressions ? { matchExpressions } : {}) };
}

function mustHaveLabel(labels: Readonly<Record<string, string>> | undefined, key: string, value: string): Causes {
  const field = `spec.template.metadata.labels[${key}]`;
  if (labels?.[key] === undefined) return [required(field, `must be '${value}'`)];
  return labels[key] === value ? [] : [invalid(field, sortedKeys(labels), `must be '${value}'`)];
}

export function validateJobSpec(spec: JobSpec, path: string): Causes {
  const labels = spec.template.metadata.labels ?? {};
  const unreadable = validateLabelSelector(spec.selector, '').length > 0;
  return [
    ...validateJobSpecFields(spec, path),
    ...(spec.selector ? validateLabelSelector(spec.selector, `${path}.selector`) : [required(`${path}.selector`)]),
    ...(unreadable || selectorOf(spec.selector).matches(labels)
      ? []
      : [
          invalid(
            `${path}.template.metadata.labels`,
            sortedKeys(asHeld(spec.template.metadata, 'labels') as object),
            '`selector` does not match template `labels`',
          ),
        ]),
  ];
}

/** All but the selector, which a template of a CronJob does not have. */
export function validateJobSpecFields(spec: JobSpec, path: string): Causes {
  const counts = ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished', 'backoffLimitPerIndex', 'maxFailedIndexes'];
  const lacksLimit = spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined;
  return [
    ...nonNegatives(path, spec, counts),
    ...(lacksLimit ? [required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified')] : []),
    ...validateManagedBy(spec.managedBy, `${path}.managedBy`),
    ...validateCompletionMode(spec, path),
    ...(spec.podFailurePolicy ? validatePodFailurePolicy(spec, `${path}.podFailurePolicy`) : []),
    ...(spec.successPolicy ? validateSuccessPolicy(spec, `${path}.successPolicy`) : []),
    ...validateReplacementPolicy(spec, `${path}.podReplacementPolicy`),
    ...validatePodTemplateSpec(spec.template, `${path}.template`),
    ...validateRestartPolicy(spec, `${path}.template.spec.restartPolicy`),
  ];
}

function validateManagedBy(managedBy: string | undefined, path: string): Causes {
  if (managedBy === undefined) return [];
  const long: Causes = byteLength(managedBy) > MANAGED_BY_MAX ? [tooLong(path, managedBy, MANAGED_BY_MAX)] : [];
  return [...validateDomainPrefixedPath(managedBy, path), ...long];
}

function validateCompletionMode(spec: JobSpec, path: string): Causes {
  const { completionMode, backoffLimitPerIndex, maxFailedIndexes } = spec;
  const needsIndexes = (name: string, value: number | undefined): Causes =>
    value === undefined ? [] : [invalid(`${path}.${name}`, value, 'requires indexed completion mode')];
  if (completionMode === 'Indexed') return validateIndexed(spec, path);
  if (completionMode !== undefined && completionMode !== 'NonIndexed') return supported(`${path}.completionMode`, completionMode, ['NonIndexed', 'Indexed']);
  return [...needsIndexes('backoffLimitPerIndex', backoffLimitPerIndex), ...needsIndexes('maxFailedIndexes', maxFailedIndexes)];
}

function validateIndexed({ completions, parallelism, backoffLimitPerIndex, maxFailedIndexes }: JobSpec, path: string): Causes {
  const above = (name: string, value: number | undefined, max: number, detail: string): Causes =>
    value !== undefined && value > max ? [invalid(`${path}.${name}`, value, detail)] : [];
  const causes: Causes = [
    ...(completions === undefined ? [required(`${path}.completions`, 'when completion mode is Indexed')] : []),
    ...above('parallelism', parallelism, PARALLELISM_INDEXED_MAX, `must be less than or equal to ${PARALLELISM_INDEXED_MAX} when completion mode is Indexed`),
    ...above('maxFailedIndexes', maxFailedIndexes, completions ?? Infinity, 'must be less than or equal to completions'),
    ...above('maxFailedIndexes', maxFailedIndexes, FAILED_INDEXES_MAX, `must be less than or equal to ${FAILED_INDEXES_MAX}`),
  ];
  if (completions === undefined || completions <= COMPLETIONS_SOFT_MAX || backoffLimitPerIndex === undefined) return causes;
  const withMany = (max: number): string =>
    `must be less than or equal to ${max} when completions are above ${COMPLETIONS_SOFT_MAX} and used with backoff limit per index`;
  return [
    ...causes,
    ...(maxFailedIndexes === undefined ? [required(`${path}.maxFailedIndexes`, `must be specified when completions is above ${COMPLETIONS_SOFT_MAX}`)] : []),
    ...above('parallelism', parallelism, PARALLELISM_WITH_MANY_MAX, withMany(PARALLELISM_WITH_MANY_MAX)),
    ...above('maxFailedIndexes', maxFailedIndexes, FAILED_INDEXES_WITH_MANY_MAX, withMany(FAILED_INDEXES_WITH_MANY_MAX)),
  ];
}

function validateReplacementPolicy({ podReplacementPolicy, podFailurePolicy }: JobSpec, path: string): Causes {
  if (podReplacementPolicy === undefined) return [];
  return podFailurePolicy ? supported(path, podReplacementPolicy, ['Failed']) : supported(path, podReplacementPolicy, ['Failed', 'TerminatingOrFailed']);
}

function validateRestartPolicy({ template, podFailurePolicy }: JobSpec, path: string): Causes {
  const policy = template.spec.restartPolicy ?? '';
  if (policy === '' || policy === 'Always') return [required(path, 'valid values: "OnFailure", "Never"')];
  if (policy !== 'OnFailure' && policy !== 'Never') return supported(path, policy, ['OnFailure', 'Never']);
  if (podFailurePolicy && policy !== 'Never') return [invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified')];
  return [];
}

/** Pods of an Indexed Job are named after it and their index, which must fit a host name. */
function validateIndexedName({ metadata, spec }: Job): Causes {
  if (spec.completionMode !== 'Indexed' || spec.completions === undefined || spec.completions <= 0) return [];
  const hostname = `${metadata.name ?? ''}-${spec.completions - 1}`;
  if (dns1123Label(hostname).length === 0) return [];
  return [invalid('metadata.name', metadata.name ?? '', `will not able to create pod with invalid DNS label: ${hostname}`)];
}
