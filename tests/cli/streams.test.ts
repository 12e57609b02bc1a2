/** run, exec, attach, logs and cp against a cluster with nodes in this process. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import { startKubectl, type Kubectl } from '../support/kubectl.js';

let kubectl: Kubectl;

beforeAll(async () => {
  kubectl = await startKubectl({ nodes: 2, addons: 'none', images: 'simulated' });
  await kubectl.run(['run', 'tick', '--image=busybox', '--', 'sh', '-c', 'while true; do date; sleep 5; done']);
  await kubectl.advance(10_000);
}, 120_000);

afterAll(() => kubectl.close());

test('run --rm -i shows what a short command said, and deletes its pod', async () => {
  const { out, status } = await kubectl.run(['run', 'short', '--image=busybox', '--rm', '-i', '--restart=Never', '--', 'echo', 'hello']);
  assert.deepEqual({ out, status }, { out: 'hello\npod "short" deleted from default namespace\n', status: 0 });
});

test("run --restart=Never ends with the container's exit code", async () => {
  const { out, err, status } = await kubectl.run(['run', 'fails', '--image=busybox', '--rm', '-i', '-q', '--restart=Never', '--', 'sh'], {
    stdin: 'sleep 2; echo late; exit 3\n',
  });
  assert.deepEqual({ out, err, status }, { out: 'late\n', err: 'pod default/fails terminated (Error)\n', status: 3 });
});

test('exec passes input, output, errors and the exit code', async () => {
  const passed = await kubectl.run(['exec', '-i', 'tick', '--', 'sh', '-c', 'cat; echo bad >&2; exit 7'], { stdin: 'in\n' });
  assert.deepEqual(passed, { out: 'in\n', err: 'bad\ncommand terminated with exit code 7\n', status: 7 });
  const missing = await kubectl.run(['exec', 'tick', '--', 'nosuch']);
  assert.match(
    missing.err,
    /^error: Internal error occurred: Internal error occurred: error executing command in container: .*exec: "nosuch": executable file not found in \$PATH: unknown\n$/,
  );
  assert.equal(missing.status, 1);
});

test('ten minutes of time are 120 lines of a log that has one every five seconds', async () => {
  const before = (await kubectl.ok('logs tick')).split('\n').length;
  await kubectl.advance(600_000);
  const lines = (await kubectl.ok('logs tick')).split('\n');
  assert.equal(lines.length - before, 120);
  assert.equal(await kubectl.ok('logs tick --tail=1'), `${lines.at(-2)}\n`);
  assert.equal((await kubectl.ok('logs tick --since=10s')).split('\n').length - 1, 2);
});

test('logs -f shows lines as they come', async () => {
  const { out } = await kubectl.run(['logs', '-f', 'tick', '--tail=1'], { watch: (text) => text.split('\n').length > 3 });
  assert.equal(out.split('\n').length - 1, 3);
});

test('cp takes a folder into a container and back', async () => {
  mkdirSync(join(kubectl.home, 'there'));
  writeFileSync(join(kubectl.home, 'there', 'file'), 'content');
  await kubectl.ok('cp there tick:/tmp/there');
  assert.equal(await kubectl.ok('exec tick -- cat /tmp/there/file'), 'content');
  await kubectl.ok('cp tick:/tmp/there back');
  assert.equal(readFileSync(join(kubectl.home, 'back', 'file'), 'utf8'), 'content');
});
