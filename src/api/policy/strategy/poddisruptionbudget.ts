/**
 * Rules on writing PodDisruptionBudgets: one of two limits, and a status whose
 * counts are not negative.
 */
import { validateConditions } from '../../../apimachinery/conditions.js';
import { validateLabelSelector } from '../../core/validation/labelselector.js';
import { goStruct, invalid, nonNegatives, notMoreThan100Percent, positiveIntOrPercent, supported, type Causes } from '../../apps/validation/rules.js';
import type { Strategy } from '../../kind.js';
import { PodDisruptionBudget, PodDisruptionBudgetSpec } from '../types/poddisruptionbudget.js';

const COUNTS = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'];

export const strategy: Strategy<PodDisruptionBudget> = {
  schema: PodDisruptionBudget,
  metadataRules: 'none',
  requiresResourceVersion: true,
  // As Kubernetes does: nothing is asked of the name, but that it fits a path.
  validateName: () => [],
  validate: ({ spec }) => validateSpec(spec, 'spec', { allowInvalidValues: false }),
  placesMetadata: true,
  // A selector that was accepted when the rules were looser may stay as it is.
  validateUpdate: (next, previous) => validateSpec(next.spec, 'spec', { allowInvalidValues: validateLabelSelector(previous.spec.selector, '').length > 0 }),
  subresources: {
    status: {
      requiresResourceVersion: true,
      prepareForUpdate(next, previous) {
        next.spec = previous.spec;
      },
      placesMetadata: true,
      validateUpdate: ({ status }) => [...validateConditions(status.conditions ?? [], 'status.conditions'), ...nonNegatives('status', status, COUNTS)],
    },
  },
};

function validateSpec(spec: PodDisruptionBudgetSpec, path: string, options: { allowInvalidValues: boolean }): Causes {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec;
  const both = minAvailable !== undefined && maxUnavailable !== undefined;
  return [
    ...(both ? [invalid(path, goStruct(spec, PodDisruptionBudgetSpec), 'minAvailable and maxUnavailable cannot be both set')] : []),
    ...positiveIntOrPercent(`${path}.minAvailable`, minAvailable),
    ...notMoreThan100Percent(`${path}.minAvailable`, minAvailable),
    ...positiveIntOrPercent(`${path}.maxUnavailable`, maxUnavailable),
    ...notMoreThan100Percent(`${path}.maxUnavailable`, maxUnavailable),
    ...validateLabelSelector(selector, `${path}.selector`, options),
    ...(policy === undefined ? [] : supported(`${path}.unhealthyPodEvictionPolicy`, policy, ['AlwaysAllow', 'IfHealthyBudget'])),
  ];
}
