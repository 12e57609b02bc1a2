/** Programs that nobody knows from within: what may be asked of them. */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { PORTS_ANNOTATION } from '../../src/sim/constants.js';
import { nodeProber } from '../../src/cluster/prober.js';
import { createWorld, exec, startPod } from './support/world.js';

const ANNOTATIONS = { annotations: { [PORTS_ANNOTATION]: '8080,9443' } };

test('an unknown program answers where its container says it does, and nowhere else, until it ends', async () => {
  const world = createWorld();
  const node = world.node('n1', 1);
  const { ip, id } = await startPod(node, 'registry.example.com:5000/team/app:1', [], { name: 'app', container: ANNOTATIONS });
  const prober = nodeProber(world.network, { name: 'n1', address: '192.168.1.11' });
  const http = { host: ip, scheme: 'HTTP' as const, path: '/healthz', headers: [], timeoutMs: 1_000 };
  assert.deepEqual(await prober.http({ ...http, port: 8080 }), { status: 200, body: 'app\n' });
  assert.equal((await prober.http({ ...http, port: 9443, path: '/apis/custom.example.com/v1' })).status, 404);
  await prober.tcp({ host: ip, port: 9443, timeoutMs: 1_000 });
  assert.deepEqual(await prober.grpc({ host: ip, port: 8080, service: '', timeoutMs: 1_000 }), { status: 'SERVING' });
  await assert.rejects(prober.http({ ...http, port: 8081 }), /connection refused/);
  await node.runtime.stopContainer(id, 0);
  await assert.rejects(prober.http({ ...http, port: 8080 }), /connection refused/);
});

test.each([
  ['busybox', ['sleep', '1000']],
  ['registry.k8s.io/pause:3.10', []],
] as const)('%s answers nowhere, after a freeze neither', async (image, command) => {
  const world = createWorld();
  const node = world.node('n1', 1);
  const { ip } = await startPod(node, image, [...command], { name: 'app', container: ANNOTATIONS });
  const ask = async (): Promise<unknown> =>
    assert.rejects(world.network.hosted.http({ node: 'n1' }, { address: ip, port: 8080, path: '/' }), /connection refused/);
  await ask();
  const state = JSON.parse(JSON.stringify(node.freeze()));
  await node.close();
  await world.node('n1', 1, node.files).thaw(state);
  await ask();
});

test("nginx speaks no gRPC, and is not taken for content with a probe's command that it does not have", async () => {
  const world = createWorld();
  const node = world.node('n1', 1);
  const { ip, id } = await startPod(node, 'nginx', []);
  const prober = nodeProber(world.network, { name: 'n1', address: '192.168.1.11' });
  await assert.rejects(prober.grpc({ host: ip, port: 80, service: '', timeoutMs: 1_000 }), /no gRPC/);
  await assert.rejects(exec(node, id, 'grpc_health_probe'), /executable file not found/);
  const app = await startPod(node, 'team/app:1', []);
  assert.equal((await exec(node, app.id, 'grpc_health_probe', '-addr=:8080')).code, 0);
  assert.equal((await exec(node, app.id, 'cat', '/nowhere')).code, 1);
});

test("an unknown image runs as a user of its own, one of Docker's library as root", async () => {
  const world = createWorld();
  const node = world.node('n1', 1);
  for (const [image, uid] of [
    ['quay.io/team/app:1', 65532],
    ['my-app', 65532],
    ['mysql:9', undefined],
    ['busybox', undefined],
  ] as const) {
    await node.images.pullImage(image);
    assert.equal((await node.images.imageStatus(image))?.uid, uid, image);
  }
});
