/** How far and how soon an autoscaler follows what is called for: cases by the rules of autoscaling/v2. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { noteScale, normalized, remembering } from '../../../src/controllers/podautoscaler/behavior.js';

type Rules = { stabilizationWindowSeconds?: number; selectPolicy?: string; policies?: { type: string; value: number; periodSeconds: number }[] };
const UP = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};
const DOWN = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };
const autoscaler = (behavior?: { scaleUp?: Rules; scaleDown?: Rules }, maxReplicas = 100): any => ({
  spec: {
    minReplicas: 2,
    maxReplicas,
    ...(behavior === undefined ? {} : { behavior: { scaleUp: { ...UP, ...behavior.scaleUp }, scaleDown: { ...DOWN, ...behavior.scaleDown } } }),
  },
});
const reasons = (told: { reason: string }[]): string[] => told.map(({ reason }) => reason);

const cases: [string, any, number, number, number, string[]][] = [
  ['without rules, twice as many at most', autoscaler(), 10, 50, 20, ['ReadyForNewScale', 'ScaleUpLimit']],
  ['or four', autoscaler(), 1, 50, 4, ['ReadyForNewScale', 'ScaleUpLimit']],
  ['and never more than the maximum', autoscaler(undefined, 12), 10, 50, 12, ['ReadyForNewScale', 'TooManyReplicas']],
  ['down waits for the window', autoscaler(), 10, 1, 10, ['ScaleDownStabilized', 'DesiredWithinRange']],
  ['by rules, the larger step of the two', autoscaler({}), 10, 50, 20, ['ReadyForNewScale', 'ScaleUpLimit']],
  ['by rules, the smaller step', autoscaler({ scaleUp: { selectPolicy: 'Min' } }), 10, 50, 14, ['ReadyForNewScale', 'ScaleUpLimit']],
  ['not at all', autoscaler({ scaleUp: { selectPolicy: 'Disabled' } }), 10, 50, 10, ['ReadyForNewScale', 'ScaleUpLimit']],
  [
    'down at once, by a part',
    autoscaler({ scaleDown: { stabilizationWindowSeconds: 0, policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }] } }),
    50,
    5,
    45,
    ['ReadyForNewScale', 'ScaleDownLimit'],
  ],
  ['down at once, to the least', autoscaler({ scaleDown: { stabilizationWindowSeconds: 0 } }), 10, 1, 2, ['ReadyForNewScale', 'TooFewReplicas']],
];

for (const [name, hpa, current, desired, replicas, told] of cases) {
  test(name, () => {
    const found = normalized(hpa, remembering(current, 0), { current, desired, now: 0 });
    assert.equal(found.replicas, replicas);
    assert.deepEqual(reasons(found.told), told);
  });
}

test('what was added within the period counts against the rule, and no more after it', () => {
  const hpa = autoscaler({ scaleUp: { policies: [{ type: 'Pods', value: 4, periodSeconds: 60 }] } });
  const memory = remembering(10, 0);
  noteScale(hpa, memory, { before: 10, after: 14, now: 0 });
  assert.equal(normalized(hpa, memory, { current: 14, desired: 30, now: 30_000 }).replicas, 14);
  assert.equal(normalized(hpa, memory, { current: 14, desired: 30, now: 61_000 }).replicas, 18);
});

test('five minutes after the last high recommendation the low one is followed', () => {
  const memory = remembering(10, 0);
  assert.equal(normalized(autoscaler(), memory, { current: 10, desired: 3, now: 299_000 }).replicas, 10);
  assert.equal(normalized(autoscaler(), memory, { current: 10, desired: 3, now: 301_000 }).replicas, 3);
});
