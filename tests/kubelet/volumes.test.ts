/** Images as volumes, and probes over gRPC: what reaches beyond the container's own files. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { PodKind, type Pod } from '../../src/kubelet/kinds.js';
import { createLab, record, type Lab } from './lab.js';

async function logOf(lab: Lab, pod = 'p'): Promise<string> {
  let text = '';
  for await (const chunk of lab.kubelet.api.log({ namespace: 'ns', pod, uid: '', container: 'c', follow: false, previous: false, timestamps: false }))
    text += Buffer.from(chunk).toString();
  return text;
}
const get = (lab: Lab, name: string): Promise<Pod> => lab.client.on<Pod>(PodKind).get({ namespace: 'ns', name });

test('an image is a volume that can only be read, and a part of it can be mounted', async () => {
  const lab = await createLab();
  await lab.namespace('ns');
  const seen = await record(lab, 'ns');
  const script = 'cat /i/etc/nginx/nginx.conf | head -1 | wc -l; ls /part; touch /i/x; echo $?';
  const spec = {
    restartPolicy: 'Never',
    containers: [
      {
        name: 'c',
        image: 'busybox:1.36',
        command: ['sh', '-c', `(${script}) 2>&1`],
        volumeMounts: [
          { name: 'i', mountPath: '/i' },
          { name: 'i', mountPath: '/part', subPath: 'usr/share/nginx/html' },
        ],
      },
    ],
    volumes: [{ name: 'i', image: { reference: 'nginx' } }],
  };
  await lab.create('ns', [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec }]);
  await lab.clock.advance(3_000);
  assert.equal(await logOf(lab), '1\n50x.html\nindex.html\ntouch: /i/x: Read-only file system\n1\n');
  const pulled = seen.events.map(({ object }) => object as any).filter(({ message }) => /image "nginx"/.test(message));
  assert.deepEqual(
    pulled.map(({ reason, involvedObject }) => `${reason} ${involvedObject.fieldPath}`),
    ['Pulling undefined', 'Pulled undefined'],
  );
  await lab.stop();
});

test('of an image only folders within it can be mounted', async () => {
  const lab = await createLab();
  await lab.namespace('ns');
  const pod = (name: string, subPath: string): object => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      containers: [{ name: 'c', image: 'busybox:1.36', command: ['sleep', '1000'], volumeMounts: [{ name: 'i', mountPath: '/i', subPath }] }],
      volumes: [{ name: 'i', image: { reference: 'nginx' } }],
    },
  });
  await lab.create('ns', [pod('missing', 'no/such'), pod('file', 'etc/nginx/nginx.conf')]);
  await lab.clock.advance(1_000);
  const waiting = async (name: string) => (await lab.client.on<any>(PodKind).get({ namespace: 'ns', name })).status.containerStatuses[0].state.waiting;
  const where = '"/run/containerd/io.containerd.grpc.v1.cri/image-volumes/[0-9a-f]{64}/[0-9a-f]{64}"';
  const [missing, file] = [await waiting('missing'), await waiting('file')];
  assert.deepEqual([missing.reason, file.reason], ['CreateContainerError', 'CreateContainerError']);
  assert.match(
    missing.message,
    new RegExp(`^failed to mount image volume: failed to ensure image subpath "no/such" in ${where}: openat no/such: no such file or directory$`),
  );
  assert.match(
    file.message,
    new RegExp(
      `^failed to mount image volume: failed to ensure image subpath "etc/nginx/nginx.conf" in ${where}: only directory subpath is supported, subpath: "etc/nginx/nginx.conf", mountpoint: ${where} $`,
    ),
  );
  await lab.stop();
});

test('an image for a volume that cannot be pulled keeps those waiting that mount it', async () => {
  const lab = await createLab();
  await lab.namespace('ns');
  const spec = {
    containers: [
      { name: 'c', image: 'busybox:1.36', command: ['sleep', '1000'], volumeMounts: [{ name: 'i', mountPath: '/i' }] },
      { name: 'd', image: 'busybox:1.36', command: ['sleep', '1000'] },
    ],
    volumes: [{ name: 'i', image: { reference: 'nosuchimage' } }],
  };
  await lab.create('ns', [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec }]);
  await lab.clock.advance(3_000);
  const [c, d] = (await get(lab, 'p')).status.containerStatuses!;
  assert.match(c!.state!.waiting!.reason!, /^(ErrImagePull|ImagePullBackOff)$/);
  assert.match(c!.state!.waiting!.message!, /pull access denied, repository does not exist/);
  assert.ok(d!.state!.running !== undefined);
  await lab.stop();
});

test('probes over gRPC hear what a server says of its health, and of others only that they do not answer', async () => {
  const lab = await createLab();
  await lab.namespace('ns');
  const seen = await record(lab, 'ns');
  const pod = (name: string, image: string, args: string[], grpc: object): object => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: [{ name: 'c', image, ...(args.length > 0 ? { args } : {}), readinessProbe: { grpc, periodSeconds: 2, failureThreshold: 1 } }] },
  });
  const agnhost = 'registry.k8s.io/e2e-test-images/agnhost:2.47';
  await lab.create('ns', [
    pod('well', agnhost, ['grpc-health-checking'], { port: 5000 }),
    pod('ill', agnhost, ['grpc-health-checking', '--delay-unhealthy-sec=0'], { port: 5000 }),
    pod('other', agnhost, ['grpc-health-checking'], { port: 5000, service: 's' }),
    pod('web', 'nginx', [], { port: 80 }),
  ]);
  await lab.clock.advance(5_000);
  const ready = async (name: string): Promise<boolean> => (await get(lab, name)).status.containerStatuses![0]!.ready;
  assert.deepEqual([await ready('well'), await ready('ill'), await ready('other'), await ready('web')], [true, false, false, false]);
  const unhealthy = Object.fromEntries(
    seen.events
      .map(({ object }) => object as any)
      .filter(({ reason }) => reason === 'Unhealthy')
      .map(({ involvedObject, message }) => [involvedObject.name, message.replace(/10\.244\.0\.\d+/, 'IP')]),
  );
  assert.deepEqual(unhealthy, {
    ill: 'Readiness probe failed: service unhealthy (responded with "NOT_SERVING")',
    other: 'Readiness probe failed: error: health rpc probe failed: rpc error: code = NotFound desc = unknown service',
    web: 'Readiness probe failed: timeout: failed to connect service "IP:80" within 1s: context deadline exceeded',
  });
  await lab.stop();
});

test('a runtime class whose handler the node does not have keeps a pod from its sandbox', async () => {
  const lab = await createLab();
  await lab.namespace('ns');
  const seen = await record(lab, 'ns');
  for (const [name, handler] of [
    ['plain', 'runc'],
    ['gvisor', 'runsc'],
  ])
    await lab.create('', [{ apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name }, handler }]);
  const pod = (name: string): object => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { runtimeClassName: name, containers: [{ name: 'c', image: 'busybox:1.36', command: ['sleep', '1000'] }] },
  });
  await lab.create('ns', [pod('plain'), pod('gvisor')]);
  await lab.clock.advance(2_000);
  assert.equal((await get(lab, 'plain')).status.phase, 'Running');
  assert.equal((await get(lab, 'gvisor')).status.phase, 'Pending');
  const told = seen.events.map(({ object }) => object as any).filter(({ involvedObject }) => involvedObject.name === 'gvisor');
  assert.deepEqual(
    told.map(({ reason, message }) => [reason, message]),
    [
      [
        'FailedCreatePodSandBox',
        'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "runsc" is configured',
      ],
    ],
  );
  await lab.stop();
});
