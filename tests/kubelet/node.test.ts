/** A node in the API, its static pods, and what the API server asks of it. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { LeaseKind, NodeKind, PodKind, type Lease, type Node } from '../../src/kubelet/kinds.js';
import { isStatusError } from '../../src/apimachinery/status.js';
import { createMetricsServer } from '../../src/kubelet/metrics/metricsserver.js';
import { createLab, NODE, type Lab } from './lab.js';

const MANIFESTS = '/etc/kubernetes/manifests';
const manifest = (text: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: st\n  namespace: ns\n  labels: {app: st}\nspec:\n  containers:\n  - name: c\n    image: busybox:1.36\n    command: [sh, -c, 'trap "exit 0" TERM; echo ${text}; while :; do sleep 0.2; done']\n`;

async function text(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString();
}

const log = (lab: Lab, container: string, options: object = {}, pod = 'p'): Promise<string> =>
  text(lab.kubelet.api.log({ namespace: 'ns', pod, uid: '', container, follow: false, previous: false, timestamps: false, ...options }));

async function withPod(spec: object): Promise<Lab> {
  const lab = await createLab();
  await lab.namespace('ns');
  await lab.create('ns', [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec }]);
  await lab.clock.advance(3_000);
  return lab;
}

test('a node registers, is ready, and renews its Lease every ten seconds', async () => {
  const lab = await createLab({ kubelet: { registerWithTaints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] } });
  await lab.clock.advance(1_000);
  const node = await lab.client.on<Node>(NodeKind).get({ name: NODE });
  assert.deepEqual(node.metadata.labels, {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': NODE,
    'kubernetes.io/os': 'linux',
  });
  assert.ok(node.spec.taints?.some(({ key }) => key === 'node-role.kubernetes.io/control-plane'));
  assert.deepEqual(
    node.status.conditions?.map(({ type, status, reason }) => `${type}=${status} ${reason}`),
    [
      'MemoryPressure=False KubeletHasSufficientMemory',
      'DiskPressure=False KubeletHasNoDiskPressure',
      'PIDPressure=False KubeletHasSufficientPID',
      'Ready=True KubeletReady',
    ],
  );
  assert.equal(node.status.nodeInfo?.kubeletVersion, 'v1.36.3');
  assert.deepEqual([node.status.capacity?.['memory'], node.status.allocatable?.['memory'], node.status.allocatable?.['pods']], ['8Gi', '8092Mi', '110']);
  const key = { namespace: 'kube-node-lease', name: NODE };
  const before = await lab.client.on<Lease>(LeaseKind).get(key);
  await lab.clock.advance(10_000);
  const after = await lab.client.on<Lease>(LeaseKind).get(key);
  assert.equal(Date.parse(after.spec.renewTime!) - Date.parse(before.spec.renewTime!), 10_000);
  await lab.stop();
});

test('a Node that is deleted stays so until its kubelet starts anew, and is kept again once somebody makes it', async () => {
  const lab = await createLab();
  await lab.clock.advance(1_000);
  const nodes = lab.client.on<Node>(NodeKind);
  const first = await nodes.get({ name: NODE });
  await nodes.delete({ name: NODE });
  await lab.clock.advance(60_000);
  assert.equal((await nodes.list()).items.length, 0);
  assert.equal(lab.kubelet.saved().isRegistered, true);
  await nodes.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: NODE }, spec: {}, status: {} } as never);
  await lab.clock.advance(20_000);
  const again = await nodes.get({ name: NODE });
  assert.notEqual(again.metadata.uid, first.metadata.uid);
  assert.equal(again.status.conditions?.find(({ type }) => type === 'Ready')?.status, 'True');
  await lab.stop();
});

test('a static pod has a mirror that is made again, is edited with its file, and goes with it', async () => {
  const lab = await createLab();
  await lab.namespace('ns');
  lab.files.write(`${MANIFESTS}/st.yaml`, manifest('one'));
  await lab.clock.advance(2_000);
  const key = { namespace: 'ns', name: `st-${NODE}` };
  const mirror = await lab.client.on(PodKind).get(key);
  assert.equal(mirror.status.phase, 'Running');
  assert.equal(mirror.metadata.annotations?.['kubernetes.io/config.source'], 'file');
  assert.equal(mirror.metadata.annotations?.['kubernetes.io/config.mirror'], mirror.metadata.annotations?.['kubernetes.io/config.hash']);
  assert.deepEqual(
    mirror.metadata.ownerReferences?.map(({ kind, name, controller }) => ({ kind, name, controller })),
    [{ kind: 'Node', name: NODE, controller: true }],
  );
  await lab.client.on(PodKind).delete(key, { gracePeriodSeconds: 0 });
  await lab.clock.advance(2_000);
  const again = await lab.client.on(PodKind).get(key);
  assert.notEqual(again.metadata.uid, mirror.metadata.uid);
  assert.equal(again.status.containerStatuses?.[0]?.containerID, mirror.status.containerStatuses?.[0]?.containerID, 'the container never noticed');
  lab.files.write(`${MANIFESTS}/st.yaml`, manifest('two'));
  await lab.clock.advance(16_000);
  assert.equal(await log(lab, 'c', {}, `st-${NODE}`), 'two\n');
  lab.files.remove(`${MANIFESTS}/st.yaml`);
  await lab.clock.advance(5_000);
  assert.equal((await lab.client.on(PodKind).list({ namespace: 'ns' })).items.length, 0);
  assert.deepEqual(await lab.sim.runtime.listPodSandbox(), []);
  await lab.stop();
});

test('a mirror is left as it is by a kubelet that begins anew', async () => {
  const lab = await createLab();
  await lab.namespace('ns');
  lab.files.write(`${MANIFESTS}/st.yaml`, manifest('one'));
  await lab.clock.advance(2_000);
  const key = { namespace: 'ns', name: `st-${NODE}` };
  const before = await lab.client.on(PodKind).get(key);
  await lab.restart();
  await lab.clock.advance(5_000);
  assert.equal((await lab.client.on(PodKind).get(key)).metadata.resourceVersion, before.metadata.resourceVersion);
  await lab.stop();
});

test('a manifest that is no pod is told in the log and harms nothing else', async () => {
  const lab = await createLab();
  await lab.namespace('ns');
  lab.files.write(`${MANIFESTS}/broken.yaml`, 'kind: [');
  lab.files.write(
    `${MANIFESTS}/secret.yaml`,
    manifest('x').replace('    command', '    envFrom: [{secretRef: {name: s}}]\n    command').replace('name: st', 'name: other'),
  );
  lab.files.write(`${MANIFESTS}/.hidden.yaml`, manifest('hidden').replace('name: st', 'name: hidden'));
  lab.files.write(`${MANIFESTS}/st.yaml`, manifest('one'));
  await lab.clock.advance(2_000);
  assert.deepEqual(
    (await lab.client.on(PodKind).list({ namespace: 'ns' })).items.map(({ metadata }) => metadata.name),
    [`st-${NODE}`],
  );
  assert.ok(lab.lines.some((line) => line.includes('static pods may not reference secrets')));
  assert.ok(lab.lines.some((line) => line.includes("couldn't parse as pod(")));
  await lab.stop();
});

test('static pods run while the API server cannot be reached', async () => {
  const lab = await createLab({ start: false });
  const refused = new Error('connection refused');
  const handle = lab.server.handle.bind(lab.server);
  lab.server.handle = () => Promise.reject(refused);
  lab.files.write(`${MANIFESTS}/st.yaml`, manifest('one'));
  await lab.kubelet.start();
  await lab.clock.advance(2_000);
  assert.equal((await lab.sim.runtime.listContainers({ state: 'CONTAINER_RUNNING' })).length, 1);
  lab.server.handle = handle;
  await lab.namespace('ns');
  await lab.clock.advance(40_000);
  assert.equal((await lab.client.on(PodKind).get({ namespace: 'ns', name: `st-${NODE}` })).status.phase, 'Running');
  await lab.stop();
});

test('logs are read whole, by their tail, by bytes, and with times', async () => {
  const lab = await withPod({
    restartPolicy: 'Never',
    containers: [{ name: 'c', image: 'busybox:1.36', command: ['sh', '-c', 'echo one; echo two; printf three'] }],
  });
  assert.equal(await log(lab, 'c'), 'one\ntwo\nthree');
  assert.equal(await log(lab, 'c', { tailLines: 1 }), 'three');
  assert.equal(await log(lab, 'c', { tailLines: 2 }), 'two\nthree');
  assert.equal(await log(lab, 'c', { limitBytes: 5 }), 'one\nt');
  assert.match(await log(lab, 'c', { timestamps: true, tailLines: 1 }), /^2030-01-01T00:00:00\.\d{9}Z three$/);
  assert.equal(await log(lab, 'c', { follow: true }), 'one\ntwo\nthree');
  await assert.rejects(
    log(lab, 'c', { previous: true }),
    (error: unknown) => isStatusError(error) && error.code === 400 && error.message === 'previous terminated container "c" in pod "p" not found',
  );
  await lab.stop();
});

test('logs of a container that waits say what it waits for', async () => {
  const lab = await withPod({ containers: [{ name: 'c', image: 'nginx:nosuch' }] });
  await assert.rejects(log(lab, 'c'), { message: 'container "c" in pod "p" is waiting to start: image can\'t be pulled' });
  await lab.stop();
});

test('a command in a container answers with its output and exit code, a missing one with why', async () => {
  const lab = await withPod({ containers: [{ name: 'c', image: 'busybox:1.36', command: ['sleep', '1000'] }] });
  const run = async (command: string[]): Promise<{ out: string; status: any }> => {
    const session = await lab.kubelet.api.exec({
      namespace: 'ns',
      pod: 'p',
      uid: '',
      container: 'c',
      command,
      stdin: false,
      stdout: true,
      stderr: true,
      tty: false,
    });
    let out = '';
    const status = await new Promise((exit) => session.start({ stdout: (chunk) => void (out += Buffer.from(chunk).toString()), stderr: () => {}, exit }));
    return { out, status };
  };
  assert.deepEqual(await run(['echo', 'hi']), { out: 'hi\n', status: { metadata: {}, status: 'Success' } });
  const failed = await run(['sh', '-c', 'exit 3']);
  assert.deepEqual([failed.status.reason, failed.status.details.causes[0].message], ['NonZeroExitCode', '3']);
  assert.match(
    (await run(['nosuchcmd'])).status.message,
    /^Internal error occurred: Internal error occurred: error executing command in container: failed to exec in container: .*executable file not found in \$PATH/,
  );
  await lab.stop();
});

test('mounted configuration follows its ConfigMap within the sync period, and a subPath never', async () => {
  const lab = await createLab();
  await lab.namespace('ns');
  const command = ['sh', '-c', 'trap "exit 0" TERM; while :; do echo $(cat /v/a) $(cat /s/a); sleep 20; done'];
  await lab.create('ns', [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cm' }, data: { a: 'one' } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: {
        containers: [
          {
            name: 'c',
            image: 'busybox:1.36',
            command,
            volumeMounts: [
              { name: 'v', mountPath: '/v' },
              { name: 'v', mountPath: '/s/a', subPath: 'a' },
            ],
          },
        ],
        volumes: [{ name: 'v', configMap: { name: 'cm' } }],
      },
    },
  ]);
  await lab.clock.advance(1_000);
  const { ConfigMapKind } = await import('../../src/kubelet/kinds.js');
  await lab.client.on(ConfigMapKind).patch({ namespace: 'ns', name: 'cm' }, 'merge', { data: { a: 'two' } });
  await lab.clock.advance(90_000);
  const lines = (await log(lab, 'c')).trim().split('\n');
  assert.deepEqual([lines[0], lines.at(-1)], ['one one', 'two one']);
  await lab.stop();
});

test('metrics-server answers with what nodes and pods use', async () => {
  const lab = await withPod({ containers: [{ name: 'c', image: 'busybox:1.36', command: ['sleep', '1000'] }] });
  const metrics = createMetricsServer({
    connector: { nodes: () => [{ name: NODE }], pod: () => ({}), stats: () => lab.kubelet.api.stats() },
    clock: lab.clock,
    quiescence: lab.quiescence,
    log: { info() {}, warning() {}, error() {} },
  });
  await metrics.start();
  assert.match(metrics.node(NODE)!.usage.memory, /^\d+Ki$/);
  assert.deepEqual(
    metrics.pods('ns').map(({ metadata, containers }) => [metadata.name, containers.map(({ name }) => name)]),
    [['p', ['c']]],
  );
  await metrics.stop();
  await lab.stop();
});

test('a thousand quiet pods elsewhere cost a node nothing: only its own are told to it', async () => {
  const { sharedPods } = await import('../../src/kubelet/podsource.js');
  const lab = await createLab();
  await lab.namespace('ns');
  const { createInformerFactory } = await import('../../src/client/informerfactory.js');
  const { seededRandom } = await import('../../src/platform/random.js');
  const informers = createInformerFactory({ client: lab.client, clock: lab.clock, quiescence: lab.quiescence, random: seededRandom(1) });
  const told: string[] = [];
  sharedPods(informers)('other').listen({ changed: ({ metadata }) => void told.push(metadata.name!), deleted() {} });
  await informers.start();
  await lab.create('ns', [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'busybox:1.36' }] } }]);
  await lab.clock.advance(1_000);
  assert.deepEqual(told, []);
  informers.stop();
  await lab.stop();
});
