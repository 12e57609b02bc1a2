/**
 * Rules of metav1.Condition lists, in the words of
 * k8s.io/apimachinery/pkg/apis/meta/v1/validation: each type once, a status of
 * three, a reason that is one word, and a time.
 */
import { duplicate, invalid, notSupported, required, tooLong, type Causes } from './fielderror.js';
import { byteLength, qualifiedName, regexMessage } from './names.js';

export interface ConditionLike {
  type: string;
  status: string;
  observedGeneration?: number | undefined;
  lastTransitionTime?: string | null | undefined;
  reason: string;
  message: string;
}

const REASON_MAX = 1024;
const MESSAGE_MAX = 32 * 1024;
const REASON = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?';
const REASON_MESSAGE = regexMessage(
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'",
  REASON,
  'my_name',
  'MY_NAME',
  'MyName',
  'ReasonA,ReasonB',
  'ReasonA:ReasonB',
);
const REASON_REGEX = new RegExp(`^${REASON}$`);

export function validateConditions(conditions: readonly ConditionLike[], path: string): Causes {
  return conditions.flatMap((condition, at) => [
    ...(conditions.findIndex(({ type }) => type === condition.type) < at ? [duplicate(`${path}[${at}].type`, condition.type)] : []),
    ...validateCondition(condition, `${path}[${at}]`),
  ]);
}

function validateCondition({ type, status, observedGeneration = 0, lastTransitionTime, reason, message }: ConditionLike, path: string): Causes {
  const causes: Causes = qualifiedName(type).map((text) => invalid(`${path}.type`, type, text));
  if (!['False', 'True', 'Unknown'].includes(status)) causes.push(notSupported(`${path}.status`, status, ['False', 'True', 'Unknown']));
  if (observedGeneration < 0) causes.push(invalid(`${path}.observedGeneration`, observedGeneration, 'must be greater than or equal to zero'));
  if (!lastTransitionTime) causes.push(required(`${path}.lastTransitionTime`, 'must be set'));
  if (reason === '') causes.push(required(`${path}.reason`, 'must be set'));
  else {
    if (!REASON_REGEX.test(reason)) causes.push(invalid(`${path}.reason`, reason, REASON_MESSAGE));
    if (byteLength(reason) > REASON_MAX) causes.push(tooLong(`${path}.reason`, reason, REASON_MAX));
  }
  if (byteLength(message) > MESSAGE_MAX) causes.push(tooLong(`${path}.message`, message, MESSAGE_MAX));
  return causes;
}
