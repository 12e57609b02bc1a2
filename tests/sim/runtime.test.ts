import assert from 'node:assert/strict';
import { test } from 'vitest';
import type { ContainerEvent } from '../../src/cri/runtime.js';
import { RuntimeError } from '../../src/cri/runtime.js';
import { containerConfig, createWorld, exec, logOf, sandboxConfig, startPod, textOfLog } from './support/world.js';

const refusal =
  (message: string, code: RuntimeError['code'] = 'Unknown') =>
  (error: unknown) => {
    assert.ok(error instanceof RuntimeError, String(error));
    assert.deepEqual({ message: error.message.replace(/"[0-9a-f]{64}"/, '"<id>"'), code: error.code }, { message, code });
    return true;
  };

test('a container logs in CRI format, ends, and says how', async () => {
  const world = createWorld();
  const node = world.node('n1', 1);
  const { id, config } = await startPod(node, 'busybox:1.36', ['sh', '-c', 'echo one; echo two >&2; printf three; exit 3']);
  await world.quiescence.settled();
  assert.equal(
    logOf(node, config),
    '2026-01-02T03:04:05.000000000Z stdout F one\n2026-01-02T03:04:05.000000000Z stderr F two\n2026-01-02T03:04:05.000000000Z stdout P three\n',
  );
  const status = await node.runtime.containerStatus(id);
  assert.equal(status.state, 'CONTAINER_EXITED');
  assert.deepEqual([status.exitCode, status.reason, status.image], [3, 'Error', 'docker.io/library/busybox:1.36']);
  assert.match(status.imageRef, /^docker\.io\/library\/busybox@sha256:[0-9a-f]{64}$/);
});

test('events tell of every change in order', async () => {
  const world = createWorld();
  const node = world.node('n1', 1);
  const seen: ContainerEvent['type'][] = [];
  node.runtime.events(({ type }) => seen.push(type));
  const { id } = await startPod(node, 'busybox', ['true']);
  await world.quiescence.settled();
  await node.runtime.removeContainer(id);
  await world.quiescence.settled();
  assert.deepEqual(seen, ['CONTAINER_CREATED_EVENT', 'CONTAINER_STARTED_EVENT', 'CONTAINER_STOPPED_EVENT', 'CONTAINER_DELETED_EVENT']);
});

const STOPS: [about: string, image: string, command: string[], seconds: number, code: number, takesMs: number][] = [
  ['a shell with a trap', 'busybox', ['sh', '-c', "trap 'exit 0' TERM; while :; do sleep 0.2; done"], 30, 0, 200],
  ['a trap that takes its time', 'busybox', ['sh', '-c', "trap 'sleep 3; exit 5' TERM; while :; do sleep 0.2; done"], 30, 5, 3_200],
  ['process 1 without a handler, killed after the grace', 'busybox', ['sleep', '3600'], 5, 137, 5_000],
  ['a busy loop', 'busybox', ['sh', '-c', 'while :; do :; done'], 2, 137, 2_000],
  ['nginx', 'nginx', [], 30, 0, 0],
  ['an unknown image', 'mycorp/app:v1', [], 30, 0, 0],
  ['pause', 'registry.k8s.io/pause:3.10', [], 30, 0, 0],
  ['a grace of zero', 'busybox', ['sh', '-c', "trap 'exit 0' TERM; while :; do sleep 0.2; done"], 0, 137, 0],
];
for (const [about, image, command, seconds, code, takesMs] of STOPS) {
  test(`stopping ${about} ends it with ${code}`, async () => {
    const world = createWorld();
    const node = world.node('n1', 1);
    const { id } = await startPod(node, image, command);
    await world.clock.advance(1_000);
    const before = world.clock.now();
    let over: number | undefined;
    void node.runtime.stopContainer(id, seconds).then(() => (over = world.clock.now()));
    await world.clock.advance(0);
    await world.clock.advance(10_000);
    assert.equal((await node.runtime.containerStatus(id)).exitCode, code);
    assert.ok(over !== undefined);
    const { finishedAt } = await node.runtime.containerStatus(id);
    assert.ok(finishedAt - before <= takesMs, `took ${finishedAt - before}`);
  });
}

test('what cannot start fails in containerd and runc’s words', async () => {
  const world = createWorld();
  const node = world.node('n1', 1);
  const start =
    'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ';
  await assert.rejects(startPod(node, 'busybox', ['nosuchcmd', '-x']), refusal(`${start}exec: "nosuchcmd": executable file not found in $PATH: unknown`));
  await assert.rejects(startPod(node, 'busybox', ['/etc/passwd']), refusal(`${start}exec: "/etc/passwd": permission denied: unknown`));
  await assert.rejects(startPod(node, 'busybox', ['/nope']), refusal(`${start}exec: "/nope": stat /nope: no such file or directory: unknown`));
  const failed = (await node.runtime.listContainers({ state: 'CONTAINER_EXITED' })).map(({ exitCode, reason, startedAt }) => ({ exitCode, reason, startedAt }));
  assert.deepEqual(failed[0], { exitCode: 128, reason: 'StartError', startedAt: 0 });
});

test('an image without a command cannot be created without one', async () => {
  const bare = { tree: () => ({ nodes: new Map(), children: new Map() }), entrypoint: [], cmd: [], env: {}, workingDir: '', user: '', size: 1 };
  const world = createWorld({ catalog: { images: { 'docker.io/library/bare': bare } } });
  await assert.rejects(
    startPod(world.node('n1', 1), 'bare', []),
    refusal('failed to generate container "<id>" spec: failed to generate spec: no command specified'),
  );
});

test('exec runs in the container and tells its code; what is not there is refused', async () => {
  const world = createWorld();
  const node = world.node('n1', 1);
  const { id } = await startPod(node, 'busybox', ['sh', '-c', "trap 'exit 0' TERM; while :; do sleep 0.2; done"]);
  assert.deepEqual(await exec(node, id, 'sh', '-c', 'echo out; echo err >&2; exit 42'), { out: 'out\n', err: 'err\n', code: 42 });
  assert.deepEqual(await exec(node, id, 'pwd'), { out: '/\n', err: '', code: 0 });
  const words = 'failed to exec in container: failed to start exec "<id>": OCI runtime exec failed: exec failed: unable to start container process: ';
  await assert.rejects(exec(node, id, 'nosuchcmd'), refusal(`${words}exec: "nosuchcmd": executable file not found in $PATH: unknown`));
  await assert.rejects(exec(node, id, '/etc/passwd'), refusal(`${words}exec: "/etc/passwd": permission denied: unknown`));
  const slow = node.runtime.execSync(id, ['sleep', '10'], 1_000);
  const checked = assert.rejects(slow, refusal('failed to exec in container: timeout 1s exceeded: context deadline exceeded', 'DeadlineExceeded'));
  await world.clock.advance(2_000);
  await checked;
});

test('memory beyond the limit ends the container as OOMKilled', async () => {
  for (const command of [
    ['sh', '-c', "x=$(head -c 64000000 /dev/zero | tr '\\0' x); echo done"],
    ['sh', '-c', 'exec tail /dev/zero'],
  ]) {
    const world = createWorld();
    const node = world.node('n1', 1);
    const base = containerConfig('busybox', command);
    const { id } = await startPod(node, 'busybox', command, {
      container: { linux: { ...base.linux, resources: { ...base.linux.resources, memoryLimitInBytes: 16 << 20 } } },
    });
    await world.clock.advance(5_000);
    const { exitCode, reason } = await node.runtime.containerStatus(id);
    assert.deepEqual({ exitCode, reason }, { exitCode: 137, reason: 'OOMKilled' });
  }
});

test('a terminal has a prompt, echoes, and Ctrl-C ends what runs, not the shell', async () => {
  const world = createWorld();
  const node = world.node('n1', 1);
  const { id } = await startPod(node, 'busybox', ['sleep', 'infinity']);
  let [screen, code] = ['', undefined as number | undefined];
  const io = {
    stdout: (chunk: Uint8Array) => void (screen += Buffer.from(chunk).toString()),
    stderr: (chunk: Uint8Array) => void (screen += Buffer.from(chunk).toString()),
    exit: (end: number) => void (code = end),
  };
  const handle = await node.runtime.exec(id, { command: ['sh'], tty: true, stdin: true }, io);
  const type = async (text: string): Promise<void> => {
    handle.stdin(Buffer.from(text));
    await world.clock.advance(100);
  };
  await type('');
  await type('echo hi; tty\r');
  await type('sleep 100\r');
  await type('\x03');
  await type('exit 3\r');
  assert.equal(screen.replaceAll('\x1b[6n', ''), '/ # echo hi; tty\r\nhi\r\n/dev/pts/0\r\n/ # sleep 100\r\n^C\r\n/ # exit 3\r\n');
  assert.equal(code, 3);
});

test('attach sees output as it comes and feeds standard input', async () => {
  const world = createWorld();
  const node = world.node('n1', 1);
  const { id } = await startPod(node, 'busybox', ['cat'], { container: { stdin: true, stdinOnce: true } });
  let [out, code] = ['', undefined as number | undefined];
  const handle = await node.runtime.attach(
    id,
    { tty: false, stdin: true },
    { stdout: (chunk) => void (out += Buffer.from(chunk).toString()), stderr: () => {}, exit: (end) => void (code = end) },
  );
  handle.stdin(Buffer.from('typed\n'));
  await world.quiescence.settled();
  assert.equal(out, 'typed\n');
  handle.closeStdin();
  await world.quiescence.settled();
  assert.equal(code, 0);
});

test('users, environment, working directory, mounts and read-only roots are what was asked for', async () => {
  const world = createWorld();
  const node = world.node('n1', 1);
  node.files.write('/var/lib/vol/a', 'from the node\n');
  const linux = {
    ...containerConfig('busybox', []).linux,
    securityContext: { runAsUser: 1000, runAsGroup: 3000, supplementalGroups: [2000, 4000], readonlyRootfs: true, privileged: false, noNewPrivs: false },
  };
  const { id } = await startPod(node, 'busybox', ['sleep', 'infinity'], {
    name: 'web',
    container: {
      linux,
      workingDir: '/tmp',
      envs: [{ key: 'A', value: 'x y' }],
      mounts: [
        { containerPath: '/v', hostPath: '/var/lib/vol', readonly: false },
        { containerPath: '/ro', hostPath: '/var/lib/vol', readonly: true },
      ],
    },
  });
  const script = 'id; pwd; echo $A $HOSTNAME; cat /v/a; echo z > /ro/b; touch /root/x; touch /etc/x; cat /etc/resolv.conf; hostname';
  const { out, err } = await exec(node, id, 'sh', '-c', script);
  assert.equal(
    out,
    'uid=1000 gid=3000 groups=2000,3000,4000\n/tmp\nx y web\nfrom the node\nsearch default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\nweb\n',
  );
  assert.match(err, /can't create \/ro\/b: /);
});

const PULLS: [image: string, code: RuntimeError['code'], message: string][] = [
  [
    'nosuchimage',
    'Unknown',
    'failed to pull and unpack image "docker.io/library/nosuchimage:latest": failed to resolve reference "docker.io/library/nosuchimage:latest": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
  ],
  [
    'nginx:nosuch',
    'NotFound',
    'failed to pull and unpack image "docker.io/library/nginx:nosuch": failed to resolve reference "docker.io/library/nginx:nosuch": docker.io/library/nginx:nosuch: not found',
  ],
  [
    '127.0.0.1:5999/x:1',
    'Unknown',
    'failed to pull and unpack image "127.0.0.1:5999/x:1": failed to resolve reference "127.0.0.1:5999/x:1": failed to do request: Head "http://127.0.0.1:5999/v2/x/manifests/1": dial tcp 127.0.0.1:5999: connect: connection refused',
  ],
];
for (const [image, code, message] of PULLS) {
  test(`pulling ${image} fails as a registry would say`, async () => {
    const node = createWorld().node('n1', 1);
    await assert.rejects(node.images.pullImage(image), refusal(message, code));
    assert.equal(await node.images.imageStatus(image), undefined);
  });
}

test('an image is known by tag, digest and id, and is gone when removed', async () => {
  const node = createWorld().node('n1', 1);
  const ref = await node.images.pullImage('busybox:1.36');
  const status = await node.images.imageStatus('docker.io/library/busybox:1.36');
  assert.deepEqual(status!.repoTags, ['docker.io/library/busybox:1.36']);
  assert.equal((await node.images.imageStatus(ref))!.id, status!.id);
  await node.images.removeImage(status!.id);
  assert.deepEqual(await node.images.listImages(), []);
});

test('a hosted program starts, logs, is resumed after a thaw without a restart, and ends with its own code', async () => {
  const starts: { resumed: boolean; startedAt: number; identity: string }[] = [];
  const hosts = {
    program: (name: string) => ({
      start: (options: { resumed: boolean; startedAt: number; identity: string; log(line: string): void }) => {
        starts.push({ resumed: options.resumed, startedAt: options.startedAt, identity: options.identity });
        options.log(`${name} is up`);
        return { stop: async () => 0 };
      },
    }),
  };
  const world = createWorld({ hosts });
  const node = world.node('n1', 1);
  const { id, config } = await startPod(node, 'registry.k8s.io/kube-scheduler:v1.36.0', ['kube-scheduler', '--leader-elect=true']);
  const state = JSON.parse(JSON.stringify(node.freeze()));
  await node.close();
  await world.clock.advance(60_000);
  const again = world.node('n1', 1, node.files);
  await again.thaw(state);
  assert.deepEqual(
    starts.map(({ resumed, startedAt }) => [resumed, startedAt]),
    [
      [false, starts[0]!.startedAt],
      [true, starts[0]!.startedAt],
    ],
  );
  assert.equal(starts[0]!.identity, starts[1]!.identity);
  assert.equal(textOfLog(logOf(again, config)), 'kube-scheduler is up\nkube-scheduler is up\n');
  void again.runtime.stopContainer(id, 30);
  await world.quiescence.settled();
  assert.deepEqual([(await again.runtime.containerStatus(id)).exitCode, (await again.runtime.containerStatus(id)).reason], [0, 'Completed']);
});

test('ten thousand generic containers cost little and set no timers', async () => {
  const world = createWorld({ catalog: { mode: 'generic' } });
  const node = world.node('n1', 1);
  await node.images.pullImage('any/image');
  const began = performance.now();
  const config = sandboxConfig('p', { linux: { ...sandboxConfig('p').linux, hostNetwork: true } });
  for (let at = 0; at < 10_000; at++) {
    const sandbox = await node.runtime.runPodSandbox(config);
    const id = await node.runtime.createContainer(sandbox, containerConfig('any/image', ['whatever'], { logPath: '' }), config);
    await node.runtime.startContainer(id);
  }
  assert.ok(performance.now() - began < 5_000);
  assert.equal(world.clock.nextDue(), undefined);
  assert.equal((await node.runtime.listContainers({ state: 'CONTAINER_RUNNING' })).length, 10_000);
});

test('pulls and starts take the time that the pod’s annotations give them, and a job’s program ends', async () => {
  const world = createWorld();
  const node = world.node('n1', 1);
  const annotations = { 'minikube-ts.io/pull-duration': '3s', 'minikube-ts.io/start-duration': '2s', 'minikube-ts.io/run-duration': '5s' };
  const config = sandboxConfig('slow', { annotations });
  const steps: [string, number][] = [];
  const mark = (what: string): void => void steps.push([what, world.clock.now()]);
  const from = world.clock.now();
  void (async () => {
    await node.images.pullImage('mycorp/job', undefined, config);
    mark('pulled');
    const sandbox = await node.runtime.runPodSandbox(config);
    const id = await node.runtime.createContainer(sandbox, containerConfig('mycorp/job', ['/work']), config);
    await node.runtime.startContainer(id);
    mark('started');
    node.runtime.events(() => mark('ended'));
  })();
  await world.clock.advance(20_000);
  assert.deepEqual(
    steps.map(([what, at]) => [what, at - from]),
    [
      ['pulled', 3_000],
      ['started', 5_000],
      ['ended', 10_000],
    ],
  );
});

test('a Debian has bash, and no tools that nobody installed', async () => {
  const world = createWorld();
  const node = world.node('n1', 1);
  const { id } = await startPod(node, 'ubuntu:24.04', ['sleep', 'infinity']);
  assert.deepEqual(await exec(node, id, 'bash', '-c', 'grep -h ^ID= /etc/os-release | cat; wget x'), {
    out: 'ID=ubuntu\n',
    err: 'bash: line 1: wget: command not found\n',
    code: 127,
  });
});
