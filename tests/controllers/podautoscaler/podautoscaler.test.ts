/** What an autoscaler says where nobody serves the metrics it needs, and how it moves a target out of its bounds. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { asking, eventsAbout } from '../../support/asking.js';
import { controlPlane } from '../../support/controlplane.js';

const HPAS = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

async function scaled(spec: object, replicas = 2) {
  const plane = await controlPlane({ only: ['horizontal-pod-autoscaler', 'deployment', 'replicaset', 'serviceaccount'] });
  const ask = asking(plane);
  await ask('POST', DEPLOYMENTS, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'a', resources: { requests: { cpu: '100m' } } }] } },
    },
  });
  await ask('POST', HPAS, {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'h' },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas: 1, maxReplicas: 5, ...spec },
  });
  await plane.clock.advance(16_000);
  const { status } = await ask('GET', `${HPAS}/h`);
  const found = { status, events: await eventsAbout(ask, 'h'), replicas: (await ask('GET', `${DEPLOYMENTS}/web`)).spec.replicas };
  await plane.stop();
  return found;
}

const NO_CUSTOM = 'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered';
const cases: [string, object, string, string, string][] = [
  [
    'Resource',
    { resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
    'FailedGetResourceMetric',
    'failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)',
    'failed to get cpu resource metric value: ',
  ],
  [
    'Pods',
    { pods: { metric: { name: 'packets' }, target: { type: 'AverageValue', averageValue: '1k' } } },
    'FailedGetPodsMetric',
    `unable to get metric packets: ${NO_CUSTOM}`,
    'failed to get pods metric value: ',
  ],
  [
    'Object',
    {
      object: {
        metric: { name: 'requests' },
        describedObject: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name: 'main' },
        target: { type: 'Value', value: '10' },
      },
    },
    'FailedGetObjectMetric',
    `unable to get metric requests: Ingress on default main/${NO_CUSTOM}`,
    'failed to get object metric value: ',
  ],
];

for (const [type, metric, reason, message, named] of cases) {
  test(`${type}: what cannot be had is told, and nothing moves`, async () => {
    const { status, events, replicas } = await scaled({ metrics: [{ type, ...metric }] });
    assert.equal(replicas, 2);
    assert.deepEqual(
      events.sort(),
      [`FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: ${named}${message}`, `${reason}: ${message}`].sort(),
    );
    const active = status.conditions.find((condition: any) => condition.type === 'ScalingActive');
    assert.deepEqual([active.status, active.reason, active.message], ['False', reason, `the HPA was unable to compute the replica count: ${message}`]);
    assert.deepEqual([status.currentReplicas, status.desiredReplicas, status.currentMetrics], [2, 0, [{ type: '' }]]);
  });
}

test('an external metric names its selector, and what was asked of the server', async () => {
  const { events } = await scaled({
    metrics: [
      {
        type: 'External',
        external: { metric: { name: 'queue', selector: { matchLabels: { a: 'b' } } }, target: { type: 'AverageValue', averageValue: '30' } },
      },
    ],
  });
  const message =
    'unable to get external metric default/queue/&LabelSelector{MatchLabels:map[string]string{a: b,},MatchExpressions:[]LabelSelectorRequirement{},}: unable to fetch metrics from external metrics API: the server could not find the requested resource (get queue.external.metrics.k8s.io)';
  assert.ok(events.includes(`FailedGetExternalMetric: ${message}`), events.join('\n'));
  assert.ok(
    events.includes(
      `FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get external metric value: failed to get queue external metric: ${message}`,
    ),
    events.join('\n'),
  );
});

test('a target beyond its bounds is brought back, whatever the metrics say', async () => {
  const { status, events, replicas } = await scaled({
    minReplicas: 3,
    metrics: [{ type: 'Pods', pods: { metric: { name: 'packets' }, target: { type: 'AverageValue', averageValue: '1k' } } }],
  });
  assert.equal(replicas, 3);
  assert.ok(events.includes('SuccessfulRescale: New size: 3; reason: Current number of replicas below Spec.MinReplicas'), events.join('\n'));
  assert.equal(status.desiredReplicas, 3);
});
