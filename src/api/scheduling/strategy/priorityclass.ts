/**
 * Rules on writing PriorityClasses: the "system-" names are Kubernetes' own,
 * value and preemption policy never change.
 */
import { forbidden, immutable, required, supported, type Causes } from '../../apps/validation/rules.js';
import type { Strategy } from '../../kind.js';
import { PriorityClass } from '../types/priorityclass.js';

const USER_MAX = 1_000_000_000;
const SYSTEM: Readonly<Record<string, PriorityClassValues>> = {
  'system-node-critical': { value: 2_000_001_000, globalDefault: false },
  'system-cluster-critical': { value: 2_000_000_000, globalDefault: false },
};
interface PriorityClassValues {
  value: number;
  globalDefault: boolean;
}

export const strategy: Strategy<PriorityClass> = {
  schema: PriorityClass,
  defaults(priorityClass) {
    priorityClass.preemptionPolicy ??= 'PreemptLowerPriority';
  },
  prepareForCreate({ metadata }) {
    metadata.generation = 1;
  },
  validate: validatePriorityClass,
  placesMetadata: true,
  validateUpdate: (next, previous, _, metadata) => [
    ...(metadata?.changed ?? []),
    ...(next.value === previous.value ? [] : [forbidden('value', 'may not be changed in an update.')]),
    ...immutable('preemptionPolicy', next.preemptionPolicy, previous.preemptionPolicy),
  ],
};

function validatePriorityClass({ metadata, value, globalDefault = false, preemptionPolicy }: PriorityClass): Causes {
  const name = metadata.name ?? '';
  return [
    ...(name.startsWith('system-') ? validateSystemClass(name, { value, globalDefault }) : validateUserValue(value)),
    ...(preemptionPolicy === undefined ? [] : validatePreemptionPolicy(preemptionPolicy)),
  ];
}

const validatePreemptionPolicy = (policy: string): Causes =>
  policy === '' ? [required('preemptionPolicy')] : supported('preemptionPolicy', policy, ['PreemptLowerPriority', 'Never']);

function validateSystemClass(name: string, { value, globalDefault }: PriorityClassValues): Causes {
  const known = SYSTEM[name];
  const reason = !known
    ? `${name} is not a known system priority class`
    : known.value !== value
      ? `value of ${name} PriorityClass must be ${known.value}`
      : globalDefault
        ? `globalDefault of ${name} PriorityClass must be false`
        : undefined;
  if (reason === undefined) return [];
  return [forbidden('metadata.name', `priority class names with 'system-' prefix are reserved for system use only. error: ${reason}`)];
}

function validateUserValue(value: number): Causes {
  return value > USER_MAX ? [forbidden('value', `maximum allowed value of a user defined priority is ${USER_MAX}`)] : [];
}
