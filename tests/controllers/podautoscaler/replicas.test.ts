/** How many replicas a measurement calls for: pods that are not measured, not ready, or just within tolerance. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { byAverage, byShare, byUtilization, type Measured } from '../../../src/controllers/podautoscaler/replicas.js';

const NOW = Date.parse('2030-01-01T01:00:00Z');
const EARLY = '2030-01-01T00:00:00Z';
function pod(name: string, { phase = 'Running', ready = 'True', started = EARLY, requests = { cpu: '100m' } as Record<string, string> } = {}): any {
  return {
    metadata: { name, namespace: 'n' },
    spec: { containers: [{ name: 'c', resources: { requests } }] },
    status: { phase, startTime: started, conditions: [{ type: 'Ready', status: ready, lastTransitionTime: started }] },
  };
}
function measured(values: (number | undefined)[], pods: any[], tolerances = { up: 0.1, down: 0.1 }): Measured {
  const metrics = new Map(values.flatMap((value, at) => (value === undefined ? [] : [[`p${at}`, { value, at: NOW, windowMs: 0 }] as const])));
  return { metrics, pods, current: pods.length, tolerances, now: NOW };
}
const cpu = { target: 50, resource: 'cpu' };

const cases: [string, Measured, { replicas: number; utilization: number }][] = [
  ['twice the target, twice the pods', measured([100, 100], [pod('p0'), pod('p1')]), { replicas: 4, utilization: 100 }],
  ['within tolerance nothing moves', measured([54, 54], [pod('p0'), pod('p1')]), { replicas: 2, utilization: 54 }],
  ['a finer tolerance moves', measured([54, 54], [pod('p0'), pod('p1')], { up: 0, down: 0 }), { replicas: 3, utilization: 54 }],
  ['a pod without a reading is idle on the way up', measured([100, undefined], [pod('p0'), pod('p1')]), { replicas: 2, utilization: 100 }],
  ['and at its request on the way down', measured([10, undefined], [pod('p0'), pod('p1')]), { replicas: 2, utilization: 10 }],
  [
    'a pod that starts says nothing',
    measured([20, 300], [pod('p0'), pod('p1', { ready: 'False', started: '2030-01-01T00:59:30Z' })]),
    { replicas: 1, utilization: 20 },
  ],
  ['a pod that waits is idle on the way up', measured([100], [pod('p0'), pod('p1', { phase: 'Pending' })]), { replicas: 2, utilization: 100 }],
];
for (const [name, seen, wanted] of cases) {
  test(name, () => {
    const { replicas, utilization } = byUtilization(seen, cpu);
    assert.deepEqual({ replicas, utilization }, wanted);
  });
}

test("what cannot be told is told in Kubernetes' words", () => {
  assert.throws(() => byUtilization(measured([1], []), cpu), /^Error: no pods returned by selector while calculating replica count$/);
  assert.throws(() => byUtilization(measured([1], [pod('p0', { requests: {} })]), cpu), /^Error: missing request for cpu in container c of Pod p0$/);
  assert.throws(
    () => byUtilization(measured([1], [pod('p0', { phase: 'Pending' })]), cpu),
    /^Error: did not receive metrics for targeted pods \(pods might be unready\)$/,
  );
});

test('an amount a pod, and a share of one amount', () => {
  assert.deepEqual(byAverage(measured([30, 50], [pod('p0'), pod('p1')]), { target: 20, resource: 'memory' }), { value: 40, replicas: 4 });
  assert.deepEqual(byShare({ current: 2, tolerances: { up: 0.1, down: 0.1 } }, 90, 20), { value: 45, replicas: 5 });
});
