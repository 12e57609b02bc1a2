/**
 * Rules on writing PodDisruptionBudgets: one of two limits, and a status whose
 * counts are not negative.
 */
import { validateLabelSelector } from '../../apps/validation/labelselector.js';
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
  validate: ({ spec }) => validateSpec(spec, 'spec'),
  validateUpdate: ({ spec }) => validateSpec(spec, 'spec'),
  subresources: {
    status: {
      requiresResourceVersion: true,
      prepareForUpdate(next, previous) {
        next.spec = previous.spec;
      },
      validateUpdate: ({ status }) => nonNegatives('status', status, COUNTS),
    },
  },
};

function validateSpec(spec: PodDisruptionBudgetSpec, path: string): Causes {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec;
  const both = minAvailable !== undefined && maxUnavailable !== undefined;
  return [
    ...(both ? [invalid(path, goStruct(spec, PodDisruptionBudgetSpec), 'minAvailable and maxUnavailable cannot be both set')] : []),
    ...positiveIntOrPercent(`${path}.minAvailable`, minAvailable),
    ...notMoreThan100Percent(`${path}.minAvailable`, minAvailable),
    ...positiveIntOrPercent(`${path}.maxUnavailable`, maxUnavailable),
    ...notMoreThan100Percent(`${path}.maxUnavailable`, maxUnavailable),
    ...validateLabelSelector(selector, `${path}.selector`),
    ...(policy === undefined ? [] : supported(`${path}.unhealthyPodEvictionPolicy`, policy, ['AlwaysAllow', 'IfHealthyBudget'])),
  ];
}
