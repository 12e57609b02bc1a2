/**
 * Validation of a Job's pod failure policy, in the order and words of
 * k8s.io/kubernetes/pkg/apis/batch/validation.
 */
import { qualifiedName } from '../../../apimachinery/names.js';
import { duplicate, invalid, notSupported, required, tooMany, type Causes } from '../../../apimachinery/fielderror.js';
import { complaints, invalidWithoutValue } from '../../apps/validation/rules.js';
import type { JobSpec, PodFailurePolicyOnExitCodesRequirement, PodFailurePolicyOnPodConditionsPattern, PodFailurePolicyRule } from '../types/cronjob.js';

const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const OPERATORS = ['In', 'NotIn'];
const STATUSES = ['False', 'True', 'Unknown'];
const RULES_MAX = 20;
const EXIT_CODES_MAX = 255;
const CONDITIONS_MAX = 20;

export function validatePodFailurePolicy(spec: JobSpec, path: string): Causes {
  const rules = spec.podFailurePolicy!.rules ?? [];
  const { initContainers = [], containers } = spec.template.spec;
  const names = [...(containers ?? []), ...initContainers].map(({ name }) => name);
  return [
    ...tooManyItems(`${path}.rules`, rules.length, RULES_MAX),
    ...rules.flatMap((rule, index) => validateRule(rule, spec, names, `${path}.rules[${index}]`)),
  ];
}

function validateRule(rule: PodFailurePolicyRule, spec: JobSpec, names: readonly string[], path: string): Causes {
  const { action, onExitCodes, onPodConditions = [] } = rule;
  const both = onExitCodes !== undefined && onPodConditions.length > 0;
  const neither = onExitCodes === undefined && onPodConditions.length === 0;
  return [
    ...validateAction(action, spec, `${path}.action`),
    ...(onExitCodes ? validateOnExitCodes(onExitCodes, names, `${path}.onExitCodes`) : []),
    ...tooManyItems(`${path}.onPodConditions`, onPodConditions.length, CONDITIONS_MAX),
    ...onPodConditions.flatMap((pattern, index) => validatePattern(pattern, `${path}.onPodConditions[${index}]`)),
    ...(both ? [invalidWithoutValue(path, 'specifying both OnExitCodes and OnPodConditions is not supported')] : []),
    ...(neither ? [invalidWithoutValue(path, 'specifying one of OnExitCodes and OnPodConditions is required')] : []),
  ];
}

function validateAction(action: string, spec: JobSpec, path: string): Causes {
  if (!ACTIONS.includes(action)) return oneOf(action, ACTIONS, path);
  return action === 'FailIndex' && spec.backoffLimitPerIndex === undefined ? [invalid(path, action, 'requires the backoffLimitPerIndex to be set')] : [];
}

function validateOnExitCodes({ containerName, operator, values }: PodFailurePolicyOnExitCodesRequirement, names: readonly string[], path: string): Causes {
  const known = containerName === undefined || names.includes(containerName);
  return [
    ...oneOf(operator, OPERATORS, `${path}.operator`),
    ...(known ? [] : [invalid(`${path}.containerName`, containerName, 'must be one of the container or initContainer names in the pod template')]),
    ...((values ?? []).length === 0 ? [invalid(`${path}.values`, values ?? null, 'at least one value is required')] : []),
    ...tooManyItems(`${path}.values`, (values ?? []).length, EXIT_CODES_MAX),
    ...validateExitCodes(values ?? [], operator, `${path}.values`),
  ];
}

/** Go prints the list that it was given, brackets and all. */
function oneOf(value: string, values: readonly string[], path: string): Causes {
  if (value === '') return [required(path, `valid values: [${values.map((known) => JSON.stringify(known)).join(' ')}]`)];
  return values.includes(value) ? [] : [notSupported(path, value, values)];
}

function validateExitCodes(values: readonly number[], operator: string, path: string): Causes {
  const ordered = values.every((value, index) => index === 0 || values[index - 1]! <= value);
  return [
    ...values.flatMap((value, index) => [
      ...(operator === 'In' && value === 0 ? [invalid(`${path}[${index}]`, value, 'must not be 0 for the In operator')] : []),
      ...(values.indexOf(value) < index ? [duplicate(`${path}[${index}]`, value)] : []),
    ]),
    ...(ordered ? [] : [invalid(path, values, 'must be ordered')]),
  ];
}

function validatePattern({ type, status }: PodFailurePolicyOnPodConditionsPattern, path: string): Causes {
  return [...complaints(`${path}.type`, type, qualifiedName(type)), ...oneOf(status, STATUSES, `${path}.status`)];
}

const tooManyItems = (field: string, actual: number, max: number): Causes => (actual > max ? [tooMany(field, actual, max)] : []);
