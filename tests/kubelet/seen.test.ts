/** What a container sees of itself: its bounds, its volumes' owners and modes; and why a node refuses a pod. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { PodKind } from '../../src/kubelet/kinds.js';
import { Node as NodeKind } from '../../src/api/core/node.js';
import { createLab, NODE, record, type Lab } from './lab.js';

async function logOf(lab: Lab, container = 'c'): Promise<string> {
  let text = '';
  for await (const chunk of lab.kubelet.api.log({ namespace: 'ns', pod: 'p', uid: '', container, follow: false, previous: false, timestamps: false }))
    text += Buffer.from(chunk).toString();
  return text;
}

const pod = (spec: object, metadata: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', ...metadata },
  spec: { restartPolicy: 'Never', ...spec },
});

async function seen(
  script: string,
  { container = {}, spec = {}, others = [] }: { container?: object; spec?: object; others?: readonly object[] } = {},
): Promise<string> {
  const lab = await createLab();
  await lab.namespace('ns');
  await lab.create('ns', [...others, pod({ containers: [{ name: 'c', image: 'busybox:1.36', command: ['sh', '-c', script], ...container }], ...spec })]);
  await lab.clock.advance(3_000);
  const text = await logOf(lab);
  await lab.stop();
  return text;
}

const CASES: readonly { what: string; script: string; container?: object; spec?: object; others?: readonly object[]; sees: string }[] = [
  {
    what: 'a container without requests is the first to go when memory runs out',
    script: 'cat /proc/1/oom_score_adj /proc/self/cgroup /sys/fs/cgroup/memory.max /sys/fs/cgroup/cpu.max',
    sees: '1000\n0::/\nmax\nmax 100000\n',
  },
  {
    what: 'limits are what the cgroup says',
    script: 'cat /proc/1/oom_score_adj; cd /sys/fs/cgroup; cat memory.max cpu.max cpu.weight',
    container: { resources: { limits: { cpu: '500m', memory: '64Mi' } } },
    sees: '-997\n67108864\n50000 100000\n20\n',
  },
  {
    what: 'capabilities are those a runtime leaves',
    script: 'grep Cap /proc/1/status',
    sees: 'CapInh:\t0000000000000000\nCapPrm:\t00000000a80425fb\nCapEff:\t00000000a80425fb\nCapBnd:\t00000000a80425fb\nCapAmb:\t0000000000000000\n',
  },
  {
    what: 'capabilities are added and dropped, and who is not root holds none',
    script: 'grep -E "CapEff|CapBnd|NoNew" /proc/1/status',
    container: { securityContext: { runAsUser: 7, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } } },
    sees: 'CapEff:\t0000000000000000\nCapBnd:\t0000000000001000\nNoNewPrivs:\t1\n',
  },
  {
    what: 'volumes belong to the group of the pod, and so does what is made in them',
    script: 'touch /e/f; mkdir /e/d; cd /e; stat -c "%a %u %g" . f d; stat -Lc "%a %u %g" /s/k; id -G',
    container: {
      volumeMounts: [
        { name: 'e', mountPath: '/e' },
        { name: 's', mountPath: '/s' },
      ],
    },
    spec: {
      securityContext: { runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000 },
      volumes: [
        { name: 'e', emptyDir: {} },
        { name: 's', secret: { secretName: 's', defaultMode: 0o400 } },
      ],
    },
    others: [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { k: 'dg==' } }],
    sees: '2777 0 2000\n644 1000 2000\n2755 1000 2000\n440 0 2000\n3000 2000\n',
  },
  {
    what: 'a volume in memory is full at its limit',
    script: 'mount | grep " /m "; stat -c %a /m; head -c 2000000 /dev/zero 2>&1 > /m/f; echo $?',
    container: { volumeMounts: [{ name: 'm', mountPath: '/m' }] },
    spec: { volumes: [{ name: 'm', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }] },
    sees: 'tmpfs on /m type tmpfs (rw,relatime,size=1024k,noswap)\n1777\nhead: write error: No space left on device\n1\n',
  },
  {
    what: 'settings of the kernel are those the pod asked for',
    script: 'cat /proc/sys/net/ipv4/ip_local_port_range; sysctl net.ipv4.tcp_syncookies kernel.hostname; ls /proc/sys | head -2; sysctl -n nosuch 2>&1',
    spec: { securityContext: { sysctls: [{ name: 'net.ipv4.ip_local_port_range', value: '1024 2000' }] } },
    sees: "1024\t2000\nnet.ipv4.tcp_syncookies = 1\nkernel.hostname = p\nfs\nkernel\nsysctl: error: 'nosuch' is an unknown key\n",
  },
  {
    what: 'a subPath that is made has the mode of its volume',
    script: 'stat -c %a /v',
    container: { volumeMounts: [{ name: 'e', mountPath: '/v', subPath: 'a/b' }] },
    spec: { volumes: [{ name: 'e', emptyDir: {} }] },
    sees: '777\n',
  },
  {
    what: 'a host name of its own choice needs no Service',
    script: 'hostname; tail -1 /etc/hosts | cut -f2',
    spec: { hostnameOverride: 'x.example.com' },
    sees: 'x.example.com\nx.example.com\n',
  },
  {
    what: 'a read-only root leaves devices and volumes writable',
    script: '(touch /x; touch /dev/shm/x; echo $?) 2>&1',
    container: { securityContext: { readOnlyRootFilesystem: true } },
    sees: 'touch: /x: Read-only file system\n0\n',
  },
  {
    what: 'root without capabilities gives nothing away',
    script: '(chown 1:1 /tmp; echo $?; grep Seccomp: /proc/1/status) 2>&1',
    container: { securityContext: { seccompProfile: { type: 'RuntimeDefault' }, capabilities: { drop: ['ALL'] } } },
    sees: 'chown: /tmp: Operation not permitted\n1\nSeccomp:\t2\n',
  },
];

for (const { what, script, sees, ...rest } of CASES) test(what, async () => assert.equal(await seen(script, rest), sees));

const REFUSALS: readonly { what: string; spec: object; metadata?: object; taint?: string; reason: string; message: string }[] = [
  {
    what: 'a sysctl that is not safe',
    spec: { securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '65536' }] } },
    reason: 'SysctlForbidden',
    message: 'forbidden sysctl: "kernel.msgmax" not allowlisted',
  },
  {
    what: 'a label of another operating system',
    spec: {},
    metadata: { labels: { 'kubernetes.io/os': 'windows' } },
    reason: 'PodOSSelectorNodeLabelDoesNotMatch',
    message: "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label",
  },
  {
    what: 'a taint that pushes it out',
    spec: {},
    taint: 'NoExecute',
    reason: 'TaintToleration',
    message: "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate",
  },
];

for (const { what, spec, metadata, taint, reason, message } of REFUSALS) {
  test(`a pod is refused for ${what}`, async () => {
    const lab = await createLab();
    await lab.namespace('ns');
    if (taint !== undefined) await lab.client.on(NodeKind).patch({ name: NODE }, 'strategic', { spec: { taints: [{ key: 'k', effect: taint }] } });
    await lab.create('ns', [pod({ containers: [{ name: 'c', image: 'busybox:1.36', command: ['sleep', '9'] }], ...spec }, metadata)]);
    await lab.clock.advance(2_000);
    const { status } = await lab.client.on(PodKind).get({ namespace: 'ns', name: 'p' });
    assert.deepEqual([status.phase, status.reason, status.message], ['Failed', reason, `Pod was rejected: ${message}`]);
    await lab.stop();
  });
}

test('each volume that is not there has its own Event, and claims that are not there share one', async () => {
  const lab = await createLab();
  await lab.namespace('ns');
  const watched = await record(lab, 'ns');
  const volumes = [
    { name: 'a', configMap: { name: 'none' } },
    { name: 'b', secret: { secretName: 'none' } },
    { name: 'c', persistentVolumeClaim: { claimName: 'none' } },
  ];
  const mounts = volumes.map(({ name }) => ({ name, mountPath: `/${name}` }));
  await lab.create('ns', [pod({ nodeName: NODE, volumes, containers: [{ name: 'c', image: 'busybox:1.36', volumeMounts: mounts }] })]);
  await lab.clock.advance(300);
  watched.stop();
  assert.deepEqual(
    watched.events.map(({ object }) => (object as unknown as { message: string }).message),
    [
      'MountVolume.SetUp failed for volume "a" : configmap "none" not found',
      'MountVolume.SetUp failed for volume "b" : secret "none" not found',
      'Unable to attach or mount volumes: unmounted volumes=[a b c], unattached volumes=[], failed to process volumes=[c]: error processing PVC ns/none: failed to fetch PVC from API server: persistentvolumeclaims "none" not found',
    ],
  );
  await lab.stop();
});

const EVICTIONS: readonly { what: string; script: string; container?: object; spec?: object; message: string }[] = [
  {
    what: 'in its own layer',
    script: 'dd if=/dev/zero of=/big bs=1024 count=3000 2>/dev/null',
    message: 'Pod ephemeral local storage usage exceeds the total limit of containers 2Mi. ',
  },
  {
    what: 'in a volume',
    script: 'dd if=/dev/zero of=/e/big bs=1024 count=3000 2>/dev/null',
    container: { volumeMounts: [{ name: 'e', mountPath: '/e' }] },
    spec: { volumes: [{ name: 'e', emptyDir: {} }] },
    message: 'Pod ephemeral local storage usage exceeds the total limit of containers 2Mi. ',
  },
  {
    what: 'while another has room left',
    script: 'dd if=/dev/zero of=/big bs=1024 count=3000 2>/dev/null',
    message: 'Container c exceeded its local ephemeral storage limit "2Mi". ',
    spec: {
      initContainers: [
        { name: 'side', image: 'busybox:1.36', command: ['sleep', '900'], restartPolicy: 'Always', resources: { limits: { 'ephemeral-storage': '9Mi' } } },
      ],
    },
  },
];

for (const { what, script, container, spec, message } of EVICTIONS) {
  test(`a container that writes more than its limit ${what} is evicted`, async () => {
    const lab = await createLab();
    await lab.namespace('ns');
    await lab.create('ns', [
      pod({
        containers: [
          {
            name: 'c',
            image: 'busybox:1.36',
            command: ['sh', '-c', `${script}; sleep 900`],
            resources: { limits: { 'ephemeral-storage': '2Mi' } },
            ...container,
          },
        ],
        ...spec,
      }),
    ]);
    await lab.clock.advance(45_000);
    const { status } = await lab.client.on(PodKind).get({ namespace: 'ns', name: 'p' });
    assert.deepEqual([status.phase, status.reason, status.message], ['Failed', 'Evicted', message]);
    await lab.stop();
  });
}

test('a node turns away what asks for more strictness than it has', async () => {
  const lab = await createLab();
  await lab.namespace('ns');
  await lab.create('ns', [pod({ securityContext: { supplementalGroupsPolicy: 'Strict' }, containers: [{ name: 'c', image: 'busybox:1.36' }] })]);
  await lab.clock.advance(1_000);
  const { status } = await lab.client.on(PodKind).get({ namespace: 'ns', name: 'p' });
  assert.deepEqual(
    [status.reason, status.message],
    ['SupplementalGroupsPolicyNotSupported', 'Pod was rejected: SupplementalGroupsPolicy=Strict is not supported in this node'],
  );
  await lab.stop();
});

test('a host name that is too long for the kernel keeps a pod from its sandbox', async () => {
  const lab = await createLab();
  await lab.namespace('ns');
  const seen = await record(lab, 'ns');
  await lab.create('ns', [pod({ setHostnameAsFQDN: true, hostname: 'a'.repeat(50), subdomain: 'sub', containers: [{ name: 'c', image: 'busybox:1.36' }] })]);
  await lab.clock.advance(1_000);
  const fqdn = `${'a'.repeat(50)}.sub.ns.svc.cluster.local`;
  assert.deepEqual(
    seen.events.map(({ object }) => object as any).map(({ reason, message }) => [reason, message]),
    [
      [
        'FailedCreatePodSandBox',
        `Failed to create pod sandbox: failed to construct FQDN from pod hostname and cluster domain, FQDN ${fqdn} is too long (64 characters is the max, 75 characters requested)`,
      ],
    ],
  );
  await lab.stop();
});
