/** HorizontalPodAutoscalers: v1 and v2 into each other, defaults, and complaints that name v2's fields. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { toV1, toV2 } from '../../../src/api/autoscaling/conversion.js';
import { HorizontalPodAutoscaler as V2 } from '../../../src/api/autoscaling/horizontalpodautoscaler.js';
import { HorizontalPodAutoscaler as V1 } from '../../../src/api/autoscaling/horizontalpodautoscaler.v1.js';
import { withChange, written } from '../written.js';

const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';
const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
const base = { metadata: { name: 'h', namespace: 'default' }, spec: { scaleTargetRef, maxReplicas: 3 } };

test('without metrics the CPU is watched at 80%, in both versions', async () => {
  const v2 = (await written(V2, base)).object;
  assert.deepEqual(v2.spec.metrics, [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }]);
  assert.equal((await written(V1, base)).object.spec.targetCPUUtilizationPercentage, 80);
  assert.equal(toV1(v2).spec.targetCPUUtilizationPercentage, 80);
});

test('metrics that v1 has no field for survive a trip through it', async () => {
  const metrics = [
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
    { type: 'Pods', pods: { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue: '10' } } },
    { type: 'External', external: { metric: { name: 'queue', selector: { matchLabels: { a: 'b' } } }, target: { type: 'Value', value: '30' } } },
  ];
  const v2 = (await written(V2, withChange(withChange(base, 'spec.metrics', metrics), 'spec.behavior', { scaleDown: { stabilizationWindowSeconds: 60 } })))
    .object;
  const v1 = toV1(v2);
  assert.equal(v1.spec.targetCPUUtilizationPercentage, 50);
  assert.deepEqual(Object.keys(v1.metadata.annotations ?? {}).sort(), ['autoscaling.alpha.kubernetes.io/behavior', 'autoscaling.alpha.kubernetes.io/metrics']);
  // The CPU, which v1 has a field for, comes back behind the others.
  const [cpu, ...others] = v2.spec.metrics;
  assert.deepEqual({ ...toV2(v1), apiVersion: '' }, { ...v2, apiVersion: '', spec: { ...v2.spec, metrics: [...others, cpu] } });
});

test('behaviour travels in the internal form, and is read in any case', async () => {
  const { object } = await written(V2, withChange(base, 'spec.behavior', { scaleDown: { stabilizationWindowSeconds: 60 } }));
  const v1 = toV1(object);
  const policies = '[{"Type":"Percent","Value":100,"PeriodSeconds":15}]';
  const annotations = v1.metadata.annotations!;
  assert.ok(annotations[BEHAVIOR]!.endsWith(`"ScaleDown":{"StabilizationWindowSeconds":60,"SelectPolicy":"Max","Policies":${policies},"Tolerance":null}}`));
  const lower = { ...v1, metadata: { ...v1.metadata, annotations: { [BEHAVIOR]: JSON.stringify(object.spec.behavior) } } };
  assert.deepEqual(toV2(lower).spec.behavior, object.spec.behavior);
});

test('what was measured is kept whole, the CPU too', async () => {
  const { object } = await written(V2, base);
  const currentMetrics = [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 12, averageValue: '120m' } } }];
  const v1 = toV1({ ...object, status: { currentReplicas: 1, desiredReplicas: 1, currentMetrics } });
  assert.equal(v1.status.currentCPUUtilizationPercentage, 12);
  assert.deepEqual(toV2(v1).status.currentMetrics, currentMetrics);
});

test('behaviour that is begun is filled in, both ways', async () => {
  const { object } = await written(V2, withChange(base, 'spec.behavior', { scaleDown: { stabilizationWindowSeconds: 60 } }));
  assert.equal(object.spec.behavior.scaleUp.policies.length, 2);
  assert.deepEqual(object.spec.behavior.scaleDown, {
    selectPolicy: 'Max',
    policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
    stabilizationWindowSeconds: 60,
  });
});

test.each([
  [
    'spec.maxReplicas',
    0,
    ['spec.maxReplicas: Required value: must be set and greater than 0', 'spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`'],
  ],
  [
    'spec.scaleTargetRef',
    {},
    [
      'spec.scaleTargetRef.kind: Required value',
      'spec.scaleTargetRef.name: Required value',
      'spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group',
    ],
  ],
  [
    'spec.minReplicas',
    0,
    [
      'spec.minReplicas: Invalid value: 0: must be greater than or equal to 1',
      'spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas',
    ],
  ],
  ['spec.metrics', [{ type: 'Pods' }], ['spec.metrics[0].pods: Required value: must populate information for the given metric source']],
  [
    'spec.behavior',
    { scaleDown: { selectPolicy: 'X' } },
    ['spec.behavior.scaleDown.selectPolicy: Unsupported value: "X": supported values: "Disabled", "Max", "Min"'],
  ],
])('%s is refused', async (path, value, causes) => {
  assert.deepEqual((await written(V2, withChange(base, path, value))).causes, causes);
});

test('what is written as v1 is judged as v2', async () => {
  const { causes } = await written(V1, withChange(base, 'spec.targetCPUUtilizationPercentage', -1));
  assert.deepEqual(causes, ['spec.metrics[0].resource.target.averageUtilization: Invalid value: -1: must be greater than 0']);
});

test('the Targets column shows two metrics and counts the rest', async () => {
  const metric = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } };
  const { object } = await written(V2, withChange(base, 'spec.metrics', [metric, metric, metric]));
  const cells = V2.columns.map(({ name, cell }) => [name, cell(object, 0)]);
  assert.deepEqual(Object.fromEntries(cells)['Targets'], 'cpu: <unknown>/50%, cpu: <unknown>/50% + 1 more...');
});
