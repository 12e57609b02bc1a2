/** What users see of pods on a node: the order of updates, restarts, images, ends; against recordings of a real kubelet. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import type { Pod } from '../../src/kubelet/kinds.js';
import { PodKind } from '../../src/kubelet/kinds.js';
import { summaryOf } from '../../src/api/core/podcolumns.js';
import { createLab, record, type Lab } from './lab.js';

const SERVER = ['sh', '-c', "trap 'exit 0' TERM; while :; do sleep 0.2; done"];
const pod = (spec: object, metadata: object = {}): object => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', ...metadata }, spec });
const one = (container: object, spec: object = {}): object =>
  pod({ containers: [{ name: 'c', image: 'busybox:1.36', command: SERVER, ...container }], ...spec });

interface Course {
  /** STATUS after each update, repeats left out. */
  statuses: string[];
  /** "Reason xCount", the last count of each. */
  events: string[];
  last: Pod | undefined;
}

async function course(objects: readonly object[], seconds: number, after?: (lab: Lab) => Promise<void>): Promise<Course> {
  const lab = await createLab();
  await lab.namespace('ns');
  const seen = await record(lab, 'ns');
  await lab.create('ns', objects);
  await lab.clock.advance(seconds * 1000);
  if (after !== undefined) await after(lab);
  seen.stop();
  await lab.stop();
  const statuses = seen.pods.map(({ object, type }) => (type === 'DELETED' ? 'gone' : summaryOf(object as Pod).reason));
  const counts = new Map<string, number>();
  for (const { object } of seen.events) {
    const { reason, count } = object as unknown as { reason: string; count: number };
    counts.set(reason, Math.max(counts.get(reason) ?? 0, count));
  }
  return {
    statuses: statuses.filter((status, at) => status !== statuses[at - 1]),
    events: [...counts].map(([reason, count]) => `${reason} x${count}`),
    last: seen.pods.at(-1)?.object as Pod,
  };
}

const remove =
  (grace?: number) =>
  async (lab: Lab): Promise<void> => {
    await lab.client.on(PodKind).delete({ namespace: 'ns', name: 'p' }, grace === undefined ? {} : { gracePeriodSeconds: grace });
    await lab.clock.advance(40_000);
  };

const cases: readonly {
  what: string;
  objects: readonly object[];
  seconds: number;
  after?: (lab: Lab) => Promise<void>;
  statuses: string[];
  events: string[];
}[] = [
  {
    what: 'a server runs, and leaves with its exit code when it is deleted',
    objects: [one({})],
    seconds: 5,
    after: remove(),
    statuses: ['Pending', 'ContainerCreating', 'Running', 'Terminating', 'Completed', 'gone'],
    events: ['Pulled x1', 'Created x1', 'Started x1', 'Killing x1'],
  },
  {
    what: 'a container that fails restarts at once, then after ten and twenty seconds',
    objects: [one({ command: ['sh', '-c', 'exit 1'] })],
    seconds: 36,
    statuses: [
      'Pending',
      'ContainerCreating',
      'Running',
      'Error',
      'Running',
      'Error',
      'CrashLoopBackOff',
      'Running',
      'Error',
      'CrashLoopBackOff',
      'Running',
      'Error',
    ],
    events: ['Pulled x4', 'Created x4', 'Started x4', 'BackOff x3'],
  },
  {
    what: 'a pod that runs once has ended before its phase says so',
    objects: [one({ command: ['sh', '-c', 'exit 0'] }, { restartPolicy: 'Never' })],
    seconds: 3,
    statuses: ['Pending', 'ContainerCreating', 'Running', 'Completed'],
    events: ['Pulled x1', 'Created x1', 'Started x1'],
  },
  {
    what: 'an image that does not exist is tried again later, and both states take turns',
    objects: [one({ image: 'nginx:nosuch' })],
    seconds: 28,
    statuses: ['Pending', 'ContainerCreating', 'ErrImagePull', 'ImagePullBackOff', 'ErrImagePull'],
    events: ['Pulling x2', 'Failed x2', 'BackOff x2'],
  },
  {
    what: 'an environment that names a missing Secret keeps a container from being made',
    objects: [one({ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'a' } } }] })],
    seconds: 1,
    statuses: ['Pending', 'ContainerCreating', 'CreateContainerConfigError'],
    events: ['Pulled x2', 'Failed x2'],
  },
  {
    what: 'init containers come one after the other, then the rest',
    objects: [
      pod({
        initContainers: [
          { name: 'i1', image: 'busybox:1.36', command: ['sh', '-c', 'sleep 2'] },
          { name: 'i2', image: 'busybox:1.36', command: ['true'] },
        ],
        containers: [{ name: 'c', image: 'busybox:1.36', command: SERVER }],
      }),
    ],
    seconds: 4,
    statuses: ['Pending', 'Init:0/2', 'Init:1/2', 'PodInitializing', 'Running'],
    events: ['Pulled x1', 'Created x1', 'Started x1'],
  },
  {
    what: 'a volume that names a missing key waits longer each time',
    objects: [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cm' }, data: { b: '1' } },
      one({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }, { volumes: [{ name: 'v', configMap: { name: 'cm', items: [{ key: 'a', path: 'a' }] } }] }),
    ],
    seconds: 8,
    statuses: ['Pending', 'ContainerCreating'],
    events: ['FailedMount x5'],
  },
  {
    what: 'a pod past its deadline has failed',
    objects: [one({}, { activeDeadlineSeconds: 5, terminationGracePeriodSeconds: 1 })],
    seconds: 8,
    statuses: ['Pending', 'ContainerCreating', 'Running', 'Completed'],
    events: ['Pulled x1', 'Created x1', 'Started x1', 'DeadlineExceeded x4', 'Killing x1'],
  },
  {
    what: 'a node selector that does not fit is refused by the node itself',
    objects: [one({}, { nodeName: 'w1-k8s', nodeSelector: { x: 'y' } })],
    seconds: 1,
    statuses: ['Pending', 'NodeAffinity'],
    events: ['NodeAffinity x1'],
  },
];

for (const { what, objects, seconds, after, statuses, events } of cases) {
  test(what, async () => {
    const found = await course(objects, seconds, after);
    assert.deepEqual({ statuses: found.statuses, events: found.events }, { statuses, events });
  });
}

test('a failing liveness probe restarts its container at once the first two times', async () => {
  const { last, events } = await course([one({ livenessProbe: { exec: { command: ['cat', '/none'] }, periodSeconds: 1, failureThreshold: 3 } })], 9);
  assert.equal(last?.status.containerStatuses?.[0]?.restartCount, 2);
  assert.ok(events.includes('Unhealthy x9') || events.includes('Unhealthy x8'), events.join());
});

test('a kubelet that was killed goes on with what runs, and with its back-off', async () => {
  const lab = await createLab();
  await lab.namespace('ns');
  await lab.create('ns', [one({ command: ['sh', '-c', 'exit 1'] }), { ...(one({}) as Record<string, unknown>), metadata: { name: 'q' } }]);
  await lab.clock.advance(3_000);
  const before = await lab.client.on(PodKind).get({ namespace: 'ns', name: 'q' });
  await lab.restart();
  await lab.clock.advance(3_000);
  const q = await lab.client.on(PodKind).get({ namespace: 'ns', name: 'q' });
  assert.equal(q.metadata.resourceVersion, before.metadata.resourceVersion, 'nothing changed, so nothing is written');
  assert.equal((await lab.client.on(PodKind).get({ namespace: 'ns', name: 'p' })).status.containerStatuses?.[0]?.restartCount, 1);
  await lab.clock.advance(6_000);
  assert.equal((await lab.client.on(PodKind).get({ namespace: 'ns', name: 'p' })).status.containerStatuses?.[0]?.restartCount, 2);
  await lab.stop();
});

test('a pod deleted while no kubelet ran is ended by the next', async () => {
  const lab = await createLab();
  await lab.namespace('ns');
  await lab.create('ns', [one({})]);
  await lab.clock.advance(2_000);
  await lab.kubelet.stop();
  await lab.client.on(PodKind).delete({ namespace: 'ns', name: 'p' });
  await lab.restart();
  await lab.clock.advance(2_000);
  assert.equal((await lab.client.on(PodKind).list({ namespace: 'ns' })).items.length, 0);
  assert.deepEqual(await lab.sim.runtime.listPodSandbox(), []);
  await lab.stop();
});

test('a pod at rest leaves nothing due', async () => {
  const lab = await createLab();
  await lab.namespace('ns');
  await lab.create('ns', [one({ command: ['sleep', '100000'], livenessProbe: { exec: { command: ['true'] }, periodSeconds: 5 } })]);
  await lab.clock.advance(60_000);
  assert.ok(lab.clock.nextDue()! - lab.clock.now() > 60_000, `due in ${lab.clock.nextDue()! - lab.clock.now()} ms`);
  await lab.stop();
});

test('an ephemeral container runs beside the others, once', async () => {
  const lab = await createLab();
  await lab.namespace('ns');
  await lab.create('ns', [one({})]);
  await lab.clock.advance(1_000);
  await lab.client
    .on(PodKind)
    .patch(
      { namespace: 'ns', name: 'p' },
      'strategic',
      { spec: { ephemeralContainers: [{ name: 'dbg', image: 'busybox:1.36', command: ['sh', '-c', 'exit 3'] }] } },
      { subresource: 'ephemeralcontainers' },
    );
  await lab.clock.advance(30_000);
  const { status } = await lab.client.on(PodKind).get({ namespace: 'ns', name: 'p' });
  assert.deepEqual(
    status.ephemeralContainerStatuses?.map(({ name, restartCount, state }) => [name, restartCount, state?.terminated?.exitCode]),
    [['dbg', 0, 3]],
  );
  assert.equal(status.phase, 'Running');
  await lab.stop();
});

test('a container may have a restart policy of its own, and rules for exit codes', async () => {
  const lab = await createLab();
  await lab.namespace('ns');
  await lab.create('ns', [
    pod({
      restartPolicy: 'Always',
      initContainers: [{ name: 'i', image: 'busybox:1.36', command: ['false'], restartPolicy: 'Never' }],
      containers: [{ name: 'c', image: 'busybox:1.36', command: SERVER }],
    }),
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'q' },
      spec: {
        restartPolicy: 'Never',
        containers: [
          {
            name: 'c',
            image: 'busybox:1.36',
            command: ['sh', '-c', 'exit 42'],
            restartPolicy: 'Never',
            restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }],
          },
        ],
      },
    },
  ]);
  await lab.clock.advance(2_000);
  assert.equal((await lab.client.on(PodKind).get({ namespace: 'ns', name: 'p' })).status.phase, 'Failed');
  const q = await lab.client.on(PodKind).get({ namespace: 'ns', name: 'q' });
  assert.deepEqual([q.status.phase, q.status.containerStatuses?.[0]?.restartCount], ['Running', 1]);
  await lab.stop();
});

test('sidecars start first and are stopped last; a pod whose work is done ends with them', async () => {
  const { statuses, last } = await course(
    [
      pod({
        restartPolicy: 'Never',
        initContainers: [{ name: 's', image: 'busybox:1.36', command: SERVER, restartPolicy: 'Always' }],
        containers: [{ name: 'c', image: 'busybox:1.36', command: ['sh', '-c', 'sleep 1'] }],
      }),
    ],
    10,
  );
  assert.equal(last?.status.phase, 'Succeeded');
  assert.deepEqual(statuses.slice(0, 4), ['Pending', 'Init:0/1', 'PodInitializing', 'Running']);
});

test('pods go on while the list of pods has not come yet: nothing is taken for gone', async () => {
  const lab = await createLab();
  await lab.namespace('ns');
  await lab.create('ns', [one({})]);
  await lab.clock.advance(1_000);
  const handle = lab.server.handle.bind(lab.server);
  lab.server.handle = (request) => (request.path === '/api/v1/pods' ? Promise.reject(new Error('connection refused')) : handle(request));
  await lab.restart();
  await lab.clock.advance(2_000);
  assert.equal((await lab.sim.runtime.listContainers({ state: 'CONTAINER_RUNNING' })).length, 1);
  lab.server.handle = handle;
  await lab.clock.advance(40_000);
  const { status } = await lab.client.on(PodKind).get({ namespace: 'ns', name: 'p' });
  assert.deepEqual([status.phase, status.containerStatuses?.[0]?.restartCount], ['Running', 0]);
  await lab.stop();
});

test('a pod that somebody fails through the API is ended', async () => {
  const lab = await createLab();
  await lab.namespace('ns');
  await lab.create('ns', [one({})]);
  await lab.clock.advance(1_000);
  await lab.client
    .on(PodKind)
    .patch({ namespace: 'ns', name: 'p' }, 'strategic', { status: { phase: 'Failed', reason: 'Because' } }, { subresource: 'status' });
  await lab.clock.advance(5_000);
  const { status } = await lab.client.on(PodKind).get({ namespace: 'ns', name: 'p' });
  assert.deepEqual([status.phase, status.reason, status.containerStatuses?.[0]?.state?.terminated?.exitCode], ['Failed', 'Because', 0]);
  await lab.stop();
});

test('variables come from environment files in volumes, and what is missing there keeps a container waiting', async () => {
  const lab = await createLab();
  await lab.namespace('ns');
  const variable = (name: string, key: string, rest: object = {}): object => ({
    name,
    valueFrom: { fileKeyRef: { volumeName: 'e', path: 'config.env', key, ...rest } },
  });
  const spec = (env: object[]): object => ({
    restartPolicy: 'Never',
    volumes: [{ name: 'e', emptyDir: {} }],
    initContainers: [
      {
        name: 'i',
        image: 'busybox:1.36',
        command: ['sh', '-c', `printf "# one\\nA='a b' # c\\nB='x\\ny'\\nC= 'none'\\n" > /e/config.env`],
        volumeMounts: [{ name: 'e', mountPath: '/e' }],
      },
    ],
    containers: [{ name: 'c', image: 'busybox:1.36', command: ['sh', '-c', 'echo "$A|$B|${C-unset}|${D-unset}"'], env }],
  });
  await lab.create('ns', [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: spec([variable('A', 'A'), variable('B', 'B'), variable('C', 'C', { optional: true }), variable('D', 'D', { optional: true })]),
    },
  ]);
  await lab.create('ns', [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'q' }, spec: spec([variable('D', 'D')]) }]);
  await lab.clock.advance(20_000);
  let text = '';
  for await (const chunk of lab.kubelet.api.log({ namespace: 'ns', pod: 'p', uid: '', container: 'c', follow: false, previous: false, timestamps: false }))
    text += Buffer.from(chunk).toString();
  assert.equal(text, 'a b|x\ny|unset|unset\n');
  const { status } = await lab.client.on<Pod>(PodKind).get({ namespace: 'ns', name: 'q' });
  const path = `/var/lib/kubelet/pods/${(await lab.client.on<Pod>(PodKind).get({ namespace: 'ns', name: 'q' })).metadata.uid}/volumes/kubernetes.io~empty-dir/e/config.env`;
  assert.deepEqual(status.containerStatuses![0]!.state!.waiting, {
    reason: 'CreateContainerConfigError',
    message: `environment variable key "D" not found in file "${path}"`,
  });
  await lab.stop();
});

test('pull secrets that are not there are told, and the pull is tried without them', async () => {
  const lab = await createLab();
  await lab.namespace('ns');
  const seen = await record(lab, 'ns');
  await lab.create('ns', [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { imagePullSecrets: [{ name: 'one' }, { name: 'two' }], containers: [{ name: 'c', image: 'nginx', imagePullPolicy: 'Always' }] },
    },
  ]);
  await lab.clock.advance(2_000);
  const events = seen.events.map(({ object }) => object as any);
  assert.equal(
    events.find(({ reason }) => reason === 'FailedToRetrieveImagePullSecret').message,
    'Unable to retrieve some image pull secrets (one, two); attempting to pull the image may not succeed.',
  );
  assert.ok(events.some(({ reason }) => reason === 'Started'));
  await lab.stop();
});

test('a log that has grown too long is put aside, and only so many are kept', async () => {
  const lab = await createLab({ kubelet: { config: { containerLogMaxSize: '1Ki', containerLogMaxFiles: 3 } } });
  await lab.namespace('ns');
  await lab.create('ns', [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'c', image: 'busybox:1.36', command: ['sh', '-c', 'i=0; while :; do i=$((i+1)); echo "line $i"; sleep 0.5; done'] }] },
    },
  ]);
  await lab.clock.advance(100_000);
  const { metadata } = await lab.client.on<Pod>(PodKind).get({ namespace: 'ns', name: 'p' });
  const names = lab.files.names(`/var/log/pods/ns_p_${metadata.uid}/c`)!;
  assert.deepEqual(
    names.map((name) => name.replace(/\d{8}-\d{6}$/, 'T')),
    ['0.log', '0.log.T', '0.log.T'],
  );
  await lab.stop();
});
