/** Programs that others could have written, in Go (go/): typed client-go, and a controller with controller-runtime. */
import { afterAll, beforeAll, describe, test } from 'vitest';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { notBuilt } from '../support/program.js';
import { programPath, startServing } from '../support/serving.js';

const SOURCES = resolve('tests/clients/go');
const go = programPath('go', 'GO');

/** Nothing is fetched here: whoever wants these tests runs `go mod download` in go/ before. */
function withoutModules(): string | undefined {
  if (go === undefined) return 'there is no Go on this machine';
  const { status } = spawnSync(go, ['list', '-deps', './...'], {
    cwd: SOURCES,
    env: { ...process.env, GOPROXY: 'off', GOFLAGS: '-mod=readonly' },
    stdio: 'ignore',
    timeout: 60_000,
  });
  return status === 0 ? undefined : 'the Go modules are not in the cache: go mod download in tests/clients/go';
}
const without = notBuilt ?? withoutModules();

describe.skipIf(without !== undefined)(`programs in Go (${without ?? go})`, () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'minikube-ts-go-'));
    const built = spawnSync(go!, ['build', '-o', folder, './...'], {
      cwd: SOURCES,
      env: { ...process.env, GOPROXY: 'off', GOFLAGS: '-mod=readonly -buildvcs=false' },
      encoding: 'utf8',
    });
    assert.equal(built.status, 0, built.stderr);
  }, 900_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Beside this process, which must go on reading what the server prints. */
  const run = (program: string, args: readonly string[], kubeconfig: string) =>
    new Promise<{ out: string; err: string; status: number | null }>((done) => {
      const child = spawn(program, args, { env: { ...process.env, KUBECONFIG: kubeconfig }, timeout: 200_000 });
      let [out, err] = ['', ''];
      child.stdout.on('data', (part) => (out += part));
      child.stderr.on('data', (part) => (err += part));
      child.on('close', (status) => done({ out, err, status }));
    });

  test("client-go's clients, informers, applies, streams and elections work", async () => {
    const serving = await startServing();
    try {
      const { out, err, status } = await run(join(folder, 'typed'), [], serving.kubeconfig);
      assert.equal(status, 0, out + err);
      assert.deepEqual(
        out.trim().split('\n'),
        ['discovery', 'protobuf', 'pages', 'informers', 'apply', 'streams', 'tokens', 'dynamic', 'election'].map((name) => `${name} ok`),
      );
    } finally {
      await serving.stop();
    }
  }, 300_000);

  test('a controller made with controller-runtime keeps its objects', async () => {
    const serving = await startServing();
    try {
      const ours = (...args: string[]) => run(process.execPath, [resolve('bin/minikube-ts.js'), ...args], serving.kubeconfig);
      assert.equal((await ours('apply', '-f', join(SOURCES, 'site-crd.yaml'))).status, 0);
      assert.equal((await ours('wait', '--for=condition=Established', 'crd/sites.sites.example.com', '--timeout=30s')).status, 0);
      const { out, err, status } = await run(join(folder, 'controller'), [], serving.kubeconfig);
      assert.equal(status, 0, out + err);
      assert.deepEqual(
        out.trim().split('\n'),
        ['elected', 'status', 'scaled', 'healed', 'events', 'finalized', 'collected', 'stopped'].map((name) => `${name} ok`),
      );
    } finally {
      await serving.stop();
    }
  }, 300_000);
});
