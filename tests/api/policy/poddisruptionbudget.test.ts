/** PodDisruptionBudgets: conditions of a status are judged as those of every kind. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { PodDisruptionBudget } from '../../../src/api/policy/poddisruptionbudget.js';
import { CONTEXT, written } from '../written.js';

test('a condition needs a reason and a time, a count may not be negative', async () => {
  const { object } = await written(PodDisruptionBudget, { metadata: { name: 'b', namespace: 'default' }, spec: { minAvailable: 1 } });
  const { subresources } = await PodDisruptionBudget.strategy();
  const status = { ...object.status, expectedPods: -1, conditions: [{ type: 'T', status: 'Maybe', reason: '', message: '' }] };
  const causes = subresources!.status!.validateUpdate!({ ...object, status }, object, CONTEXT);
  assert.deepEqual(
    causes.map(({ field, message }) => `${field}: ${message}`),
    [
      'status.conditions[0].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"',
      'status.conditions[0].lastTransitionTime: Required value: must be set',
      'status.conditions[0].reason: Required value: must be set',
      'status.expectedPods: Invalid value: -1: must be greater than or equal to 0',
    ],
  );
});
