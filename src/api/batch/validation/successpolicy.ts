/**
 * Validation of an Indexed Job's success policy: rules that name indexes, count
 * them, or both, in the words of k8s.io/kubernetes/pkg/apis/batch/validation.
 */
import { tooLong, tooMany } from '../../../apimachinery/fielderror.js';
import { byteLength } from '../../../apimachinery/names.js';
import { goStruct, invalid, nonNegative, required, type Causes } from '../../apps/validation/rules.js';
import { SuccessPolicy } from '../types/cronjob.js';
import type { JobSpec, SuccessPolicyRule } from '../types/cronjob.js';
import { countIndexes } from './indexes.js';

const RULES_MAX = 20;
const INDEXES_BYTES_MAX = 64 * 1024;

export function validateSuccessPolicy({ successPolicy, completionMode, completions = 0 }: JobSpec, path: string): Causes {
  if (completionMode !== 'Indexed') return [invalid(path, goStruct(successPolicy, SuccessPolicy), 'requires indexed completion mode')];
  const rules = successPolicy?.rules ?? [];
  return [
    ...(rules.length === 0 ? [required(`${path}.rules`, 'at least one rules must be specified when the successPolicy is specified')] : []),
    ...(rules.length > RULES_MAX ? [tooMany(`${path}.rules`, rules.length, RULES_MAX)] : []),
    ...rules.flatMap((rule, index) => validateRule(rule, completions, `${path}.rules[${index}]`)),
  ];
}

function validateRule({ succeededIndexes, succeededCount }: SuccessPolicyRule, completions: number, path: string): Causes {
  if (succeededIndexes === undefined && succeededCount === undefined)
    return [required(path, 'at least one of succeededCount or succeededIndexes must be specified')];
  // As Kubernetes does: a list that cannot be read names no index.
  const counted = succeededIndexes === undefined ? undefined : countIndexes(succeededIndexes, completions);
  const total = typeof counted === 'string' ? 0 : counted;
  return [
    ...(succeededIndexes !== undefined && byteLength(succeededIndexes) > INDEXES_BYTES_MAX
      ? [tooLong(`${path}.succeededIndexes`, succeededIndexes, INDEXES_BYTES_MAX)]
      : []),
    ...(typeof counted === 'string' ? [invalid(`${path}.succeededIndexes`, succeededIndexes, `error parsing succeededIndexes: ${counted}`)] : []),
    ...(succeededCount === undefined ? [] : validateCount(succeededCount, completions, total, `${path}.succeededCount`)),
  ];
}

function validateCount(count: number, completions: number, total: number | undefined, path: string): Causes {
  return [
    ...nonNegative(path, count),
    ...(count > completions ? [invalid(path, count, `must be less than or equal to ${completions} (the number of specified completions)`)] : []),
    ...(total !== undefined && count > total
      ? [invalid(path, count, `must be less than or equal to ${total} (the number of indexes in the specified succeededIndexes field)`)]
      : []),
  ];
}
