/** Deployments, StatefulSets and DaemonSets on create and update: defaults, complaints in Kubernetes' words, what never changes. */
import { describe, test } from 'vitest';
import assert from 'node:assert/strict';
import { DaemonSet } from '../../../src/api/apps/daemonset.js';
import { Deployment } from '../../../src/api/apps/deployment.js';
import { StatefulSet } from '../../../src/api/apps/statefulset.js';
import { updated, withChange, written } from '../written.js';

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx:1' }] } };
const base = { metadata: { name: 'web', namespace: 'default' }, spec: { selector: { matchLabels: { app: 'web' } }, template } };

test('a Deployment is defaulted as SetDefaults_Deployment does', async () => {
  const { object, causes } = await written(Deployment, base);
  assert.deepEqual(causes, []);
  assert.equal(object.spec.replicas, 1);
  assert.deepEqual(object.spec.strategy, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } });
  assert.equal(object.spec.revisionHistoryLimit, 10);
  assert.equal(object.spec.progressDeadlineSeconds, 600);
});

describe('a Deployment is refused', () => {
  const cases: [name: string, path: string, value: unknown, causes: string[]][] = [
    ['negative replicas', 'spec.replicas', -1, ['spec.replicas: Invalid value: -1: must be greater than or equal to 0']],
    ['empty selector', 'spec.selector', {}, ['spec.selector: Invalid value: {}: empty selector is invalid for deployment']],
    [
      'no selector',
      'spec.selector',
      undefined,
      ['spec.selector: Required value', 'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'],
    ],
    [
      'unknown strategy',
      'spec.strategy',
      { type: 'Bogus' },
      ['spec.strategy: Unsupported value: {"Type":"Bogus","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"'],
    ],
    [
      'Recreate with parameters',
      'spec.strategy',
      { type: 'Recreate', rollingUpdate: {} },
      ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
    ],
    [
      'no room to roll',
      'spec.strategy',
      { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } },
      ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0'],
    ],
    [
      'above all pods',
      'spec.strategy',
      { rollingUpdate: { maxUnavailable: '150%' } },
      ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "150%": must not be greater than 100%'],
    ],
    ['deadline within minReady', 'spec.minReadySeconds', 600, ['spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds']],
    [
      'pods that end',
      'spec.template.spec.restartPolicy',
      'Never',
      ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ],
  ];
  test.each(cases)('%s', async (_name, path, value, causes) => {
    assert.deepEqual((await written(Deployment, withChange(base, path, value))).causes, causes);
  });
});

test("a Deployment's selector never changes", async () => {
  const other = { matchLabels: { app: 'web', tier: 'x' } };
  const after = withChange(withChange(base, 'spec.selector', other), 'spec.template.metadata.labels', other.matchLabels);
  assert.deepEqual(await updated(Deployment, base, after), ['spec.selector: Invalid value: {"matchLabels":{"app":"web","tier":"x"}}: field is immutable']);
});

test('a DaemonSet counts the generations of its template in an annotation', async () => {
  const { object } = await written(DaemonSet, base);
  assert.equal(object.metadata.annotations['deprecated.daemonset.template.generation'], '1');
});

test('a DaemonSet prints its strategy as Go does, and wants one of two limits', async () => {
  const bogus = await written(DaemonSet, withChange(base, 'spec.updateStrategy', { type: 'Bogus' }));
  assert.deepEqual(bogus.causes, [
    'spec.updateStrategy: Unsupported value: {"Type":"Bogus","RollingUpdate":null}: supported values: "RollingUpdate", "OnDelete"',
  ]);
  const both = await written(DaemonSet, withChange(base, 'spec.updateStrategy', { rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } }));
  assert.deepEqual(both.causes, ['spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero']);
});

const set = withChange({ ...base, spec: { ...base.spec, serviceName: 'web' } }, 'spec.volumeClaimTemplates', [
  { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
]);

test('a StatefulSet fills in its claims, and its containers may mount them', async () => {
  const mounted = withChange(set, 'spec.template.spec.containers', [{ name: 'c', image: 'nginx:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] }]);
  const { object, causes } = await written(StatefulSet, mounted);
  assert.deepEqual(causes, []);
  assert.equal(object.spec.volumeClaimTemplates[0].kind, 'PersistentVolumeClaim');
  assert.deepEqual(object.spec.volumeClaimTemplates[0].status, { phase: 'Pending' });
  assert.deepEqual(object.spec.updateStrategy, { type: 'RollingUpdate', rollingUpdate: { partition: 0 } });
});

test('a StatefulSet whose type of update was named gets no parameters of its own', async () => {
  const { object } = await written(StatefulSet, withChange(set, 'spec.updateStrategy', { type: 'RollingUpdate' }));
  assert.deepEqual(object.spec.updateStrategy, { type: 'RollingUpdate' });
});

test('little of a StatefulSet may change', async () => {
  assert.deepEqual(await updated(StatefulSet, set, withChange(set, 'spec.replicas', 5)), []);
  const [cause] = await updated(StatefulSet, set, withChange(set, 'spec.serviceName', 'other'));
  assert.match(cause!, /^spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals'/);
});

test('a name that is no label, and a limit below zero, draw warnings', async () => {
  const named = (name: string) => ({ ...base, metadata: { name, namespace: 'default' } });
  const warningsOf = async (kind: typeof Deployment | typeof StatefulSet, body: object) =>
    (await kind.strategy()).warnings!((await written(kind, body)).object, undefined);
  assert.deepEqual(await warningsOf(Deployment, named('a.b')), [
    'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]',
  ]);
  assert.deepEqual(await warningsOf(StatefulSet, withChange(base, 'spec.revisionHistoryLimit', -1)), [
    'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended',
  ]);
});

test("a StatefulSet's batch of pods is dropped, its feature being off", async () => {
  const { object } = await written(StatefulSet, withChange(base, 'spec.updateStrategy', { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2 } }));
  assert.deepEqual(object.spec.updateStrategy, { type: 'RollingUpdate', rollingUpdate: { partition: 0 } });
});
