/**
 * How much of a device's capacity may be asked for: single values, or a range
 * with steps, and what is meant where nothing is asked.
 */
import { forbidden, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { canonicalQuantity, parseQuantity } from '../../../apimachinery/quantity.js';
import type { CapacityRequestPolicy, CapacityRequestPolicyRange, DeviceCapacity } from '../types/resourceslice.js';
import { validateSet } from './lists.js';

const VALUES_MAX = 10;
const ONE_POLICY = 'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time';

export function validateCapacity({ value, requestPolicy: policy }: DeviceCapacity, path: string, isShared: boolean): Causes {
  if (!policy) return [];
  const field = `${path}.requestPolicy`;
  return isShared ? validatePolicy(policy, value, field) : [forbidden(field, 'allowMultipleAllocations must be true')];
}

function validatePolicy({ default: asked, validValues = [], validRange }: CapacityRequestPolicy, capacity: string, path: string): Causes {
  if (validValues.length > 0 && validRange) return [forbidden(path, ONE_POLICY)];
  if (validValues.length > 0)
    return asked === undefined
      ? [required(`${path}.default`, 'required when validValues is defined')]
      : validateValues(validValues, asked, capacity, `${path}.validValues`);
  if (!validRange) return [];
  return asked === undefined
    ? [required(`${path}.default`, 'required when validRange is defined')]
    : validateRange(validRange, asked, capacity, `${path}.validRange`);
}

const compare = (one: string, other: string): number => parseQuantity(one).cmp(parseQuantity(other));
const shown = canonicalQuantity;

function validateValues(values: readonly string[], asked: string, capacity: string, path: string): Causes {
  return [
    ...values.flatMap((value, at) =>
      at > 0 && compare(values[at - 1]!, value) > 0 ? [invalid(`${path}[${at}]`, shown(value), 'values must be sorted in ascending order')] : [],
    ),
    ...validateSet(
      values,
      path,
      VALUES_MAX,
      (value) => parseQuantity(value).value().toString(),
      (value, field) => (compare(value, capacity) > 0 ? [invalid(field, shown(value), `option is larger than capacity value: ${shown(capacity)}`)] : []),
    ),
    // A list that is too long is not looked into, so nothing is found there.
    ...(values.length <= VALUES_MAX && values.some((value) => compare(value, asked) === 0)
      ? []
      : [invalid(path, shown(asked), 'default value is not valid according to the requestPolicy')]),
  ];
}

function validateRange({ min, max, step }: CapacityRequestPolicyRange, asked: string, capacity: string, path: string): Causes {
  if (min === undefined) return [required(`${path}.min`, 'required when validRange is defined')];
  const causes: Causes = [];
  if (compare(min, capacity) > 0) causes.push(invalid(`${path}.min`, shown(min), `min is larger than capacity value: ${shown(capacity)}`));
  if (compare(asked, min) < 0) causes.push(invalid(`${path}.min`, shown(asked), `default is less than min: ${shown(min)}`));
  if (max !== undefined) {
    if (compare(min, max) > 0) causes.push(invalid(`${path}.max`, shown(min), `min is larger than max: ${shown(max)}`));
    if (compare(max, capacity) > 0) causes.push(invalid(`${path}.max`, shown(max), `max is larger than capacity value: ${shown(capacity)}`));
    if (compare(asked, max) > 0) causes.push(invalid(`${path}.max`, shown(asked), `default is more than max: ${shown(max)}`));
  }
  if (step === undefined) return causes;
  const next = parseQuantity(min).add(parseQuantity(step));
  if (next.cmp(parseQuantity(capacity)) > 0)
    causes.push(invalid(`${path}.step`, shown(step), `one step ${next.toString()} is larger than capacity value: ${shown(capacity)}`));
  return [...causes, ...[asked, ...(max === undefined ? [] : [max])].flatMap((value) => validateStep(value, { min, step }, `${path}.step`))];
}

/** A step of zero, by which the real server divides, is refused in the same words. */
function validateStep(value: string, { min, step }: { min: string; step: string }, path: string): Causes {
  const [width, distance] = [parseQuantity(step).value(), parseQuantity(value).value() - parseQuantity(min).value()];
  return width !== 0n && distance % width === 0n
    ? []
    : [invalid(path, shown(value), `value is not a multiple of a given step (${shown(step)}) from (${shown(min)})`)];
}
