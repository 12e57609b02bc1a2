/** The real helm against `serve`: a release's whole life, with a chart of ours (charts/shop) that has hooks, a CRD and a test. */
import { describe, test } from 'vitest';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { notBuilt } from '../support/program.js';
import { programPath, startServing } from '../support/serving.js';

const helm = programPath('helm', 'HELM');
const without = notBuilt ?? (helm === undefined ? 'there is no helm on this machine' : undefined);
const CHART = resolve('tests/clients/charts/shop');

describe.skipIf(without !== undefined)(`helm (${without ?? helm})`, () => {
  test('installs, upgrades, tests, fails, rolls back and uninstalls', async () => {
    const serving = await startServing();
    const home = mkdtempSync(join(tmpdir(), 'minikube-ts-helm-'));
    const env = { ...process.env, KUBECONFIG: serving.kubeconfig, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home };
    const run = (program: string, args: readonly string[]) => spawnSync(program, args, { env, encoding: 'utf8', timeout: 120_000 });
    const ok = (...args: string[]): string => {
      const { status, stdout, stderr } = run(helm!, args);
      assert.equal(status, 0, `helm ${args.join(' ')}: ${stderr}`);
      return stdout;
    };
    const ours = (...args: string[]): string => run(process.execPath, [resolve('bin/minikube-ts.js'), ...args]).stdout;
    const history = (): string[] =>
      (JSON.parse(ok('history', 'web', '-o', 'json')) as { status: string; description: string }[]).map(
        ({ status, description }) => `${status}: ${description}`,
      );
    try {
      assert.match(ok('install', 'web', CHART, '--wait', '--timeout', '90s'), /STATUS: deployed\nREVISION: 1\n[^]*web says hello\./);
      assert.equal(ours('logs', 'job/web-pre-install'), 'pre-install of revision 1\n');
      assert.equal(ours('get', 'orders', '-o', 'jsonpath={.items[*].spec}'), '{"count":1,"item":"hello"}');
      assert.match(ok('upgrade', 'web', CHART, '--set', 'greeting=bye,replicas=3', '--wait', '--timeout', '90s'), /REVISION: 2/);
      assert.equal(ours('logs', 'job/web-post-upgrade'), 'post-upgrade of revision 2\n');
      assert.match(ok('test', 'web', '--logs'), /Phase: +Succeeded[^]*POD LOGS: web-test\nbye\n/);
      assert.match(ok('get', 'values', 'web'), /greeting: bye\nreplicas: 3\n/);

      const failed = run(helm!, ['upgrade', 'web', CHART, '--set', 'broken=true', '--atomic', '--timeout', '8s']);
      assert.equal(failed.status, 1);
      assert.match(failed.stderr, /UPGRADE FAILED: release web failed, and has been rolled back due to atomic being set: context deadline exceeded/);
      ok('rollback', 'web', '1', '--wait', '--timeout', '90s');
      assert.deepEqual(history(), [
        'superseded: Install complete',
        'superseded: Upgrade complete',
        'failed: Upgrade "web" failed: context deadline exceeded',
        'superseded: Rollback to 2',
        'deployed: Rollback to 1',
      ]);
      assert.equal(ours('get', 'deployment', 'web', '-o', 'jsonpath={.spec.replicas} {.status.readyReplicas}'), '2 2');
      assert.match(ok('get', 'manifest', 'web'), /kind: Order/);
      assert.match(ok('list', '--no-headers'), /^web\s+default\s+5\s+.*\sdeployed\s+shop-0\.1\.0\s+1\.27/);

      assert.equal(ok('uninstall', 'web', '--wait', '--timeout', '90s'), 'release "web" uninstalled\n');
      assert.equal(ok('list', '--all', '-q').trim(), '');
      assert.equal(ours('get', 'deployments,services,orders', '-l', 'app=web', '-o', 'name'), '');
    } finally {
      await serving.stop();
      rmSync(home, { recursive: true, force: true });
    }
  }, 600_000);
});
