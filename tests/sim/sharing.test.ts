/** Containers among each other's processes, and what people look at and compare with the tools of an image. */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { containerConfig, createWorld, exec, sandboxConfig, startPod, type Node } from './support/world.js';

const WAITS = ['sh', '-c', "trap 'exit 7' TERM; while :; do sleep 1; done"];

async function startBeside(node: Node, sandbox: string, more: Parameters<typeof containerConfig>[2] = {}): Promise<string> {
  await node.images.pullImage('busybox');
  const id = await node.runtime.createContainer(sandbox, containerConfig('busybox', ['sleep', 'infinity'], more), sandboxConfig('beside'));
  await node.runtime.startContainer(id);
  return id;
}

test('a container with a target sees its processes and files, and can signal them', async () => {
  const world = createWorld();
  const node = world.node('w1', 1);
  const { id: target, sandbox } = await startPod(node, 'nginx', ['sh', '-c', `echo inside > /tmp/mark; ${WAITS[2]}`]);
  const security = { readonlyRootfs: false, privileged: false, supplementalGroups: [], noNewPrivs: false, targetId: target };
  const debugger_ = await startBeside(node, sandbox, {
    metadata: { name: 'debug', attempt: 0 },
    linux: { ...containerConfig('busybox', []).linux, securityContext: security },
  });
  const seen = (await exec(node, debugger_, 'ps')).out;
  assert.match(seen, /^ +1 root +0:00 sh -c echo inside/m);
  assert.match(seen, /sleep infinity/);
  assert.equal((await exec(node, debugger_, 'cat', '/proc/1/root/tmp/mark')).out, 'inside\n');
  assert.equal((await exec(node, debugger_, 'ls', '/proc/1/root/etc/nginx')).out, 'conf.d\nmime.types\nnginx.conf\n');
  // Numbers are never used twice, on whichever side they are given.
  const pids = seen
    .split('\n')
    .slice(1, -1)
    .map((line) => line.trim().split(/\s+/)[0]);
  assert.equal(new Set(pids).size, pids.length);
  assert.equal((await exec(node, debugger_, 'sh', '-c', 'kill 1')).code, 0);
  await world.clock.advance(2_000);
  assert.equal((await node.runtime.containerStatus(target)).exitCode, 7);
  assert.equal((await node.runtime.containerStatus(debugger_)).state, 'CONTAINER_RUNNING');
});

test('containers of a pod that shares its process namespace see each other, and pause before them', async () => {
  const world = createWorld();
  const node = world.node('w1', 1);
  const { id, sandbox } = await startPod(node, 'busybox', WAITS, { sandbox: { linux: { ...sandboxConfig('x').linux, sharePid: true } } });
  const other = await startBeside(node, sandbox, { metadata: { name: 'other', attempt: 0 } });
  const seen = (await exec(node, other, 'ps', '-o', 'pid,args')).out;
  assert.match(seen, /^1 +\/pause$/m);
  assert.match(seen, /^2 +sh -c trap/m);
  assert.match(seen, /^\d+ +sleep infinity$/m);
  const stopped = node.runtime.stopContainer(id, 10);
  await world.clock.advance(2_000);
  await stopped;
  assert.equal((await node.runtime.containerStatus(id)).exitCode, 7);
  const thawed = createWorld().node('w1', 1);
  await thawed.thaw(JSON.parse(JSON.stringify(node.freeze())) as ReturnType<typeof node.freeze>);
  assert.equal((await thawed.runtime.containerStatus(other)).state, 'CONTAINER_RUNNING');
});

const LOOKS: readonly (readonly [command: string, out: RegExp])[] = [
  ['printf "box\\n" | hexdump -C', /^00000000 {2}62 6f 78 0a {39}\|box\.\|\n00000004\n$/],
  ['printf "box\\n" | od -c', /^0000000 {3}b {3}o {3}x {2}\\n\n0000004\n$/],
  ['printf "box\\n" | od -An -t x1', /^ 62 6f 78 0a\n$/],
  ['printf "box\\n" | xxd', /^00000000: 626f 780a {32}box\.\n$/],
  ['printf "ab\\0long enough\\1" | strings', /^long enough\n$/],
  ['printf "abcdefgh\\n" | fold -w 3', /^abc\ndef\ngh\n$/],
  ['cd /tmp; printf "a\\nb\\nc\\n" > x; printf "a\\nB\\nc\\n" > y; diff x y; echo $?', /^--- x\n\+\+\+ y\n@@ -1,3 \+1,3 @@\n a\n-b\n\+B\n c\n1\n$/],
  ['cd /tmp; cmp x y; cmp x x; echo $?', /^x y differ: char 3, line 2\n0\n$/],
  ['ip -4 addr show eth0 | grep -c inet; ip addr show nosuch 2>&1', /^1\nip: can't find device 'nosuch'\n$/],
  ['ip -o -4 addr show dev eth0', /^2: eth0 {4}inet 10\.244\.1\.\d+\/32 scope global eth0\\ {7}valid_lft/],
  [
    'route -n | tail -1; netstat -rn | head -1; ip r get 10.96.0.1',
    /^169\.254\.1\.1 {5}0\.0\.0\.0 {9}255\.255\.255\.255 UH {4}0 .*eth0\nKernel IP routing table\n10\.96\.0\.1 via 169\.254\.1\.1 dev eth0 {2}src 10\.244\.1\.\d+ \n$/,
  ],
  [
    'ulimit -n; hostname other 2>&1; umount /etc/hosts 2>&1',
    /^1048576\nhostname: sethostname: Operation not permitted\numount: can't unmount \/etc\/hosts: Operation not permitted\n$/,
  ],
  ['top -n 1 -b | tail -2', / sleep infinity\n +\d+ +\d+ root +S .*tail|top/],
];

test('busybox has the tools that people look around with', async () => {
  const world = createWorld();
  const node = world.node('w1', 1);
  const { id } = await startPod(node, 'busybox', ['sleep', 'infinity']);
  for (const [command, out] of LOOKS) assert.match((await exec(node, id, 'sh', '-c', command)).out, out, command);
});

test('nginx reads its configuration again when it is told to, and says what it cannot read', async () => {
  const world = createWorld();
  const node = world.node('w1', 1);
  const { id } = await startPod(node, 'nginx', []);
  const sh = async (script: string) => exec(node, id, 'bash', '-c', script);
  assert.match(
    (await sh("sed -i 's/listen .*;/listen 8080;/' /etc/nginx/conf.d/default.conf; nginx -t 2>&1; nginx -s reload 2>&1")).out,
    /test is successful\n.*signal process started\n$/,
  );
  assert.match((await sh('curl -s localhost:8080 | grep -c Welcome; curl -sS localhost 2>&1')).out, /^\d\ncurl: \(7\) Failed to connect to localhost port 80/);
  assert.match(
    (await sh("echo 'server {' > /etc/nginx/conf.d/broken.conf; nginx -t 2>&1; echo $?")).out,
    /unexpected end of file, expecting "}" in \/etc\/nginx\/conf\.d\/broken\.conf:2\n.*test failed\n1\n$/,
  );
  const told = (await sh('curl -sv localhost:8080 2>&1 >/dev/null')).out;
  assert.match(
    told,
    /^\* Host localhost:8080 was resolved\.\n[^]*\* Connected to localhost \(127\.0\.0\.1\) port 8080\n[^]*> GET \/ HTTP\/1\.1\n> Host: localhost:8080\n[^]*< HTTP\/1\.1 200 OK\n/,
  );
  assert.match(
    (await sh('id nginx; getent hosts localhost; bash --version')).out,
    /^uid=101\(nginx\) gid=101\(nginx\) groups=101\(nginx\)\n127\.0\.0\.1 +localhost\nGNU bash, version 5\.2/,
  );
  await assert.rejects(exec(node, id, 'ps'), /exec: "ps": executable file not found in \$PATH/);
  assert.match(
    (await sh('apt-get update >/dev/null; apt-get install -y procps >/dev/null; ps aux')).out,
    /^USER +PID %CPU %MEM +VSZ +RSS TTY +STAT START +TIME COMMAND\nroot +1 +0\.0 +\d\.\d +\d+ +\d+ \? +Ss +03:04 +0:00 nginx/,
  );
});

test('a pod among the processes of the node sees them all, under numbers that are the node’s, and can end those of containers', async () => {
  const world = createWorld();
  const node = world.node('w1', 1);
  const { id: web } = await startPod(node, 'busybox', WAITS);
  const { id } = await startPod(node, 'busybox', ['sleep', 'infinity'], { sandbox: { linux: { ...sandboxConfig('x').linux, hostPid: true } } });
  const lines = (await exec(node, id, 'ps', '-o', 'pid,args')).out.split('\n');
  assert.match(lines[1]!, /^1 +\/sbin\/init$/);
  assert.ok(lines.some((line) => /^\d+ +\/usr\/bin\/kubelet /.test(line)) && lines.some((line) => line.endsWith('sleep infinity')));
  const pid = lines.find((line) => line.includes('sh -c trap'))!.split(' ')[0]!;
  assert.equal((await exec(node, id, 'sh', '-c', `kill ${pid}`)).code, 0);
  await world.clock.advance(2_000);
  assert.equal((await node.runtime.containerStatus(web)).exitCode, 7);
});

test('a program runs as somebody else by su, and where there are no programs chroot finds none', async () => {
  const world = createWorld();
  const node = world.node('w1', 1);
  const { id } = await startPod(node, 'busybox', ['sleep', 'infinity']);
  const sh = async (script: string) => (await exec(node, id, 'sh', '-c', `(${script}) 2>&1`)).out;
  assert.equal(
    await sh('adduser -D bob; id bob; su bob -c "whoami; touch /etc/x"; ls -ld /home/bob | cut -c1-10'),
    'uid=1000(bob) gid=1000(bob) groups=1000(bob)\nbob\ntouch: /etc/x: Permission denied\ndrwxr-xr-x\n',
  );
  assert.equal(
    await sh('su nobody -s /bin/sh -c "id -un; su"; su none; adduser bob'),
    "nobody\nsu: must be suid to work properly\nsu: unknown user none\nadduser: user 'bob' in use\n",
  );
  assert.equal(
    await sh('chroot /tmp; chroot /none ls; chroot / echo same'),
    "chroot: can't execute '/bin/sh': No such file or directory\nchroot: can't change root directory to '/none': No such file or directory\nsame\n",
  );
});
