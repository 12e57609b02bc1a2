/** What tutorials and books are typed with: their images, their load, their slips. */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { createImageCatalog } from '../../src/sim/images/catalogue.js';
import { createWorld, exec, logOf, startPod, textOfLog } from './support/world.js';

test("the tutorials' servers answer what their pages show", async () => {
  const world = createWorld();
  const node = world.node('n1', 1);
  const client = await startPod(node, 'busybox', ['sleep', 'infinity']);
  const get = async (ip: string, port: number): Promise<string> => {
    const running = exec(node, client.id, 'wget', '-qO-', `http://${ip}:${port}`);
    await world.quiescence.settled();
    return (await running).out;
  };
  const cases: readonly (readonly [image: string, port: number, answer: string, args?: string[]])[] = [
    ['gcr.io/google-samples/kubernetes-bootcamp:v1', 8080, 'Hello Kubernetes bootcamp! | Running on: web | v=1\n'],
    ['jocatalin/kubernetes-bootcamp:v2', 8080, 'Hello Kubernetes bootcamp! | Running on: web | v=2\n'],
    ['luksa/kubia', 8080, "You've hit web\n"],
    ['registry.k8s.io/hpa-example', 80, 'OK!'],
    ['hashicorp/http-echo:1.0', 5678, 'apple\n', ['-text=apple']],
  ];
  for (const [image, port, answer, args = []] of cases) {
    const { ip } = await startPod(node, image, [], { name: 'web', container: { args } });
    assert.equal(await get(ip, port), answer, image);
  }
  const { ip } = await startPod(node, 'registry.k8s.io/nginx-slim:0.24', [], { name: 'slim' });
  assert.match(await get(ip, 80), /Welcome to nginx!/);
});

test('work is counted: requests of the server that is made to be loaded, a loop without end, and stress, up to the limit', async () => {
  const world = createWorld();
  const node = world.node('n1', 1);
  const resources = { cpuPeriod: 100_000, cpuQuota: 50_000, cpuShares: 0, memoryLimitInBytes: 0, oomScoreAdj: 0 };
  const linux = { resources, securityContext: { readonlyRootfs: false, privileged: false, supplementalGroups: [], noNewPrivs: false } };
  const php = await startPod(node, 'registry.k8s.io/hpa-example', []);
  const load = await startPod(node, 'busybox', ['sh', '-c', `while sleep 0.1; do wget -qO- http://${php.ip} > /dev/null; done`]);
  const loop = await startPod(node, 'busybox', ['sh', '-c', 'while true; do :; done']);
  const stress = await startPod(node, 'polinux/stress', ['stress', '--cpu', '2']);
  const limited = await startPod(node, 'polinux/stress', ['stress', '--cpu', '2'], { container: { linux } });
  await world.clock.advance(12_000);
  const millicores = async (id: string): Promise<number> => Math.round((await node.runtime.containerStats(id)).cpu.usageNanoCores / 1e6);
  assert.ok(Math.abs((await millicores(php.id)) - 60) < 20, `${await millicores(php.id)}m`);
  assert.ok((await millicores(load.id)) < 50);
  assert.ok((await millicores(loop.id)) > 900, `${await millicores(loop.id)}m`);
  assert.equal(await millicores(stress.id), 2000);
  assert.equal(await millicores(limited.id), 500);
  await node.runtime.stopContainer(load.id, 0);
  await world.clock.advance(11_000);
  assert.ok((await millicores(php.id)) < 5, 'what was long ago is no load');
});

test('tail -F waits for a file that is not there yet', async () => {
  const world = createWorld();
  const node = world.node('n1', 1);
  const { id, config } = await startPod(node, 'busybox', ['tail', '-F', '/opt/logs.txt']);
  await world.clock.advance(2_000);
  await exec(node, id, 'sh', '-c', 'mkdir -p /opt; echo one >> /opt/logs.txt');
  await world.clock.advance(2_000);
  await exec(node, id, 'sh', '-c', 'echo two >> /opt/logs.txt');
  await world.clock.advance(2_000);
  assert.equal(
    textOfLog(logOf(node, config)),
    "tail: can't open '/opt/logs.txt': No such file or directory\ntail: /opt/logs.txt has appeared; following end of new file\none\ntwo\n",
  );
});

test('images that nobody has published cannot be pulled, whatever else is taken as it is', async () => {
  const catalog = createImageCatalog();
  const fails = [
    'nginx:1.161',
    'nginx:1.91',
    'nginx:latestt',
    'nginx:v1.999-alpine',
    'ngnix',
    'nginxx:1.27',
    'apline',
    'wrong-image',
    'nginx:invalid-tag',
    'gcr.io/google-samples/kubernetes-bootcamp:v10',
  ];
  for (const image of fails) await assert.rejects(catalog.pull(image), image);
  const works = [
    'nginx',
    'nginx:1.7.9',
    'nginx:1.27.5-alpine',
    'busybox:1.36.1',
    'mysql:9.1',
    'redis:v1',
    'app',
    'my-app:v10',
    'shop/api:2026.1',
    'alpine:20250108',
    'ubuntu:24.04',
    'fsouza/fake-gcs-server',
    'example.com:5000/ngnix:1.0',
  ];
  for (const image of works) assert.ok(await catalog.pull(image), image);
});

test('tools to look around with can be installed, by root, where there is a package manager', async () => {
  const world = createWorld();
  const node = world.node('n1', 1);
  const [alpine, nginx] = [await startPod(node, 'alpine', ['sleep', '3600']), await startPod(node, 'nginx', [])];
  const run = (id: string, script: string) => exec(node, id, 'sh', '-c', script);
  assert.equal((await run(alpine.id, 'curl -V')).code, 127);
  assert.match(
    (await run(alpine.id, 'apk add --no-cache curl bind-tools && which curl')).out,
    /\(1\/2\) Installing curl\n\(2\/2\) Installing bind-tools\nOK: .*\n\/usr\/bin\/curl\n$/,
  );
  assert.deepEqual(await run(alpine.id, 'apk add -q nano > /dev/null'), {
    out: '',
    err: 'ERROR: unable to select packages:\n  nano (no such package):\n    required by: world[nano]\n',
    code: 1,
  });
  assert.equal((await run(nginx.id, 'apt-get install -y iputils-ping > /dev/null')).err, 'E: Unable to locate package iputils-ping\n');
  assert.match(
    (await run(nginx.id, 'apt-get update && apt-get install -y iputils-ping && ping -c1 localhost')).out,
    /Setting up iputils-ping[^]*1 packets transmitted/,
  );
  const user = await startPod(node, 'alpine', ['sleep', '3600'], {
    container: {
      linux: {
        resources: { cpuPeriod: 0, cpuQuota: 0, cpuShares: 0, memoryLimitInBytes: 0, oomScoreAdj: 0 },
        securityContext: { runAsUser: 1000, readonlyRootfs: false, privileged: false, supplementalGroups: [], noNewPrivs: false },
      },
    },
  });
  assert.equal((await run(user.id, 'apk add curl')).code, 99);
});
