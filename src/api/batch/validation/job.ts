/**
 * Validation of Jobs and of the Job templates of CronJobs, in the order and
 * words of k8s.io/kubernetes/pkg/apis/batch/validation.
 */
import { tooLong, tooMany } from '../../../apimachinery/fielderror.js';
import { sortedKeys } from '../../../apimachinery/gojson.js';
import { selectorOf } from '../../../apimachinery/labels.js';
import { domainPrefixedPath, dns1123Label } from '../../../apimachinery/names.js';
import { validatePodTemplateSpec } from '../../core/validation/podspec.js';
import { validateLabelSelector } from '../../apps/validation/labelselector.js';
import { complaints, invalid, nonNegative, nonNegatives, required, supported, type Causes } from '../../apps/validation/rules.js';
import type { JobSpec, SuccessPolicyRule } from '../types/cronjob.js';
import type { Job } from '../types/job.js';
import { validatePodFailurePolicy } from './podfailurepolicy.js';

const LABEL_PREFIX = 'batch.kubernetes.io/';
const PARALLELISM_INDEXED_MAX = 100_000;
const COMPLETIONS_SOFT_MAX = 100_000;
const PARALLELISM_WITH_MANY_MAX = 10_000;
const FAILED_INDEXES_WITH_MANY_MAX = 10_000;
const SUCCESS_RULES_MAX = 20;
const SUCCEEDED_INDEXES_BYTES_MAX = 64 * 1024;
const MANAGED_BY_MAX = 63;

export function validateJob(job: Job, previous?: Job): Causes {
  return [...validateGeneratedSelector(job, previous), ...validateJobSpec(job.spec, 'spec'), ...validateIndexedName(job)];
}

/** Unless the user manages the selector, it and the template's labels must be the generated ones. Labels with a prefix are not asked of a Job that began without. */
export function validateGeneratedSelector({ metadata, spec }: Job, previous?: Job): Causes {
  if (spec.manualSelector || !spec.selector) return [];
  const expected = { 'controller-uid': metadata.uid ?? '', 'job-name': metadata.name ?? '' };
  const prefixed = Object.fromEntries(Object.entries(expected).map(([key, value]) => [LABEL_PREFIX + key, value]));
  const old = previous?.spec.template.metadata.labels ?? {};
  const wanted = previous && Object.keys(prefixed).some((key) => old[key] === undefined) ? expected : { ...prefixed, ...expected };
  const generated = selectorOf(spec.selector).matches({ ...prefixed, ...expected });
  return [
    ...(metadata.uid ? [] : [required('metadata.uid')]),
    ...Object.entries(wanted).flatMap(([key, value]) => mustHaveLabel(spec.template.metadata.labels, key, value)),
    ...(generated ? [] : [invalid('spec.selector', sortedKeys(spec.selector), '`selector` not auto-generated')]),
  ];
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
      : [invalid(`${path}.template.metadata.labels`, sortedKeys(spec.template.metadata.labels) ?? null, '`selector` does not match template `labels`')]),
  ];
}

/** All but the selector, which a template of a CronJob does not have. */
export function validateJobSpecFields(spec: JobSpec, path: string): Causes {
  const isIndexed = spec.completionMode === 'Indexed';
  return [
    ...nonNegatives(path, spec, ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished', 'backoffLimitPerIndex']),
    ...validatePerIndex(spec, path, isIndexed),
    ...(spec.completionMode === undefined ? [] : supported(`${path}.completionMode`, spec.completionMode, ['NonIndexed', 'Indexed'])),
    ...(isIndexed ? validateIndexed(spec, path) : []),
    ...(spec.podFailurePolicy ? validatePodFailurePolicy(spec, `${path}.podFailurePolicy`) : []),
    ...(spec.successPolicy ? validateSuccessPolicy(spec, `${path}.successPolicy`, isIndexed) : []),
    ...validateReplacementPolicy(spec, `${path}.podReplacementPolicy`),
    ...validateManagedBy(spec.managedBy, `${path}.managedBy`),
    ...validatePodTemplateSpec(spec.template, `${path}.template`),
    ...validateRestartPolicy(spec, path),
  ];
}

function validatePerIndex({ backoffLimitPerIndex, maxFailedIndexes, completions, parallelism }: JobSpec, path: string, isIndexed: boolean): Causes {
  const causes: Causes = [];
  if (backoffLimitPerIndex !== undefined && !isIndexed) causes.push(invalid(`${path}.backoffLimitPerIndex`, backoffLimitPerIndex, 'requires indexed completion mode'));
  if (maxFailedIndexes === undefined) return causes;
  causes.push(...nonNegative(`${path}.maxFailedIndexes`, maxFailedIndexes));
  if (backoffLimitPerIndex === undefined) causes.push(required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  if (!isIndexed) causes.push(invalid(`${path}.maxFailedIndexes`, maxFailedIndexes, 'requires indexed completion mode'));
  if (completions !== undefined && maxFailedIndexes > completions) causes.push(invalid(`${path}.maxFailedIndexes`, maxFailedIndexes, 'must be less than or equal to completions'));
  return completions !== undefined && completions > COMPLETIONS_SOFT_MAX ? [...causes, ...validateMany(parallelism, maxFailedIndexes, path)] : causes;
}

function validateMany(parallelism: number | undefined, maxFailedIndexes: number, path: string): Causes {
  const tooMuch = (name: string, value: number | undefined, max: number): Causes =>
    value !== undefined && value > max ? [invalid(`${path}.${name}`, value, `must be less than or equal to ${max} when completions are above ${COMPLETIONS_SOFT_MAX} and used with backoff limit per index`)] : [];
  return [...tooMuch('parallelism', parallelism, PARALLELISM_WITH_MANY_MAX), ...tooMuch('maxFailedIndexes', maxFailedIndexes, FAILED_INDEXES_WITH_MANY_MAX)];
}

function validateIndexed({ completions, parallelism }: JobSpec, path: string): Causes {
  return [
    ...(completions === undefined ? [required(`${path}.completions`, 'when completion mode is Indexed')] : []),
    ...(parallelism !== undefined && parallelism > PARALLELISM_INDEXED_MAX
      ? [invalid(`${path}.parallelism`, parallelism, `must be less than or equal to ${PARALLELISM_INDEXED_MAX} when completion mode is Indexed`)]
      : []),
  ];
}

function validateSuccessPolicy(spec: JobSpec, path: string, isIndexed: boolean): Causes {
  if (!isIndexed) return [invalid(path, goSuccessPolicy(spec), 'requires indexed completion mode')];
  const rules = spec.successPolicy!.rules ?? [];
  if (rules.length === 0) return [required(`${path}.rules`, 'at least one rules must be specified when the successPolicy is specified')];
  const many: Causes = rules.length > SUCCESS_RULES_MAX ? [tooMany(`${path}.rules`, rules.length, SUCCESS_RULES_MAX)] : [];
  return [...many, ...rules.flatMap((rule, index) => validateSuccessRule(rule, spec.completions ?? 0, `${path}.rules[${index}]`))];
}

const goSuccessPolicy = ({ successPolicy }: JobSpec): unknown => ({
  Rules: (successPolicy?.rules ?? []).map(({ succeededIndexes, succeededCount }) => ({ SucceededIndexes: succeededIndexes ?? null, SucceededCount: succeededCount ?? null })),
});

function validateSuccessRule({ succeededIndexes, succeededCount }: SuccessPolicyRule, completions: number, path: string): Causes {
  if (succeededIndexes === undefined && succeededCount === undefined) return [required(path, 'at least one of succeededCount or succeededIndexes must be specified')];
  const causes: Causes = [];
  let total: number | undefined;
  if (succeededIndexes !== undefined) {
    if (succeededIndexes.length > SUCCEEDED_INDEXES_BYTES_MAX) causes.push(tooLong(`${path}.succeededIndexes`, succeededIndexes, SUCCEEDED_INDEXES_BYTES_MAX));
    const parsed = countIndexes(succeededIndexes, completions);
    if (typeof parsed === 'string') causes.push(invalid(`${path}.succeededIndexes`, succeededIndexes, `error parsing succeededIndexes: ${parsed}`));
    else total = parsed;
  }
  if (succeededCount === undefined) return causes;
  causes.push(...nonNegative(`${path}.succeededCount`, succeededCount));
  if (succeededCount > completions) causes.push(invalid(`${path}.succeededCount`, succeededCount, `must be less than or equal to ${completions} (the number of specified completions)`));
  if (total !== undefined && succeededCount > total) causes.push(invalid(`${path}.succeededCount`, succeededCount, `must be less than or equal to ${total} (the number of indexes in the specified succeededIndexes field)`));
  return causes;
}

/** How many indexes "1,3-5" names; a message where it cannot be read. */
function countIndexes(text: string, completions: number): number | string {
  if (text === '') return 0;
  let total = 0;
  let last = -1;
  for (const part of text.split(',')) {
    const limits = part.split('-');
    if (limits.length > 2) return `invalid interval string "${part}"`;
    const numbers: number[] = [];
    for (const limit of limits) {
      if (!/^[+-]?[0-9]+$/.test(limit)) return `cannot convert string to integer for index: "${limit}"`;
      const number = Number(limit);
      if (number >= completions) return `too large index: "${limit}"`;
      if (number <= last) return `non-increasing order, previous: ${last}, current: ${number}`;
      numbers.push(number);
      last = number;
    }
    total += (numbers[1] ?? numbers[0]!) - numbers[0]! + 1;
  }
  return total;
}

function validateReplacementPolicy({ podReplacementPolicy, podFailurePolicy }: JobSpec, path: string): Causes {
  if (podReplacementPolicy === undefined) return [];
  return podFailurePolicy ? supported(path, podReplacementPolicy, ['Failed']) : supported(path, podReplacementPolicy, ['Failed', 'TerminatingOrFailed']);
}

function validateManagedBy(managedBy: string | undefined, path: string): Causes {
  if (managedBy === undefined) return [];
  const long: Causes = managedBy.length > MANAGED_BY_MAX ? [tooLong(path, managedBy, MANAGED_BY_MAX)] : [];
  return [...complaints(path, managedBy, domainPrefixedPath(managedBy)), ...long];
}

function validateRestartPolicy({ template, podFailurePolicy }: JobSpec, path: string): Causes {
  const policy = template.spec.restartPolicy ?? '';
  if (policy === '' || policy === 'Always') return [required(`${path}.template.spec.restartPolicy`, 'valid values: "OnFailure", "Never"')];
  if (policy !== 'OnFailure' && policy !== 'Never') return supported(`${path}.template.spec.restartPolicy`, policy, ['OnFailure', 'Never']);
  if (podFailurePolicy && policy !== 'Never') return [invalid(`${path}.template.spec.restartPolicy`, policy, 'only "Never" is supported when podFailurePolicy is specified')];
  return [];
}

/** Pods of an Indexed Job are named after it and their index, which must fit a host name. */
function validateIndexedName({ metadata, spec }: Job): Causes {
  if (spec.completionMode !== 'Indexed' || !spec.completions || !metadata.name) return [];
  const hostname = `${metadata.name}-${spec.completions - 1}`;
  return dns1123Label(hostname).map((message) => invalid('metadata.name', metadata.name, `will not able to create pod with invalid DNS label: ${hostname}: ${message}`)).slice(0, 1);
}
