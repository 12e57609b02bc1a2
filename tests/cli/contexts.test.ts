/** Embedded clusters as contexts: beside the user's own, chosen for later commands, never written into a kubeconfig. */
import { afterAll, beforeAll, test } from 'vitest';
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/cli/main.js';
import type { Output } from '../../src/cli/host.js';
import { forgetCluster, readChoice } from '../../src/cluster/contexts.js';
import { createHost } from '../../src/cluster/host.js';

const home = mkdtempSync(join(tmpdir(), 'minikube-ts-contexts-'));
const kubeconfig = join(home, '.kube', 'config');
beforeAll(() => {
  mkdirSync(join(home, 'clusters', 'small'), { recursive: true });
  writeFileSync(join(home, 'clusters', 'small', 'cluster.json'), '{"format":1,"nodes":[],"addons":[]}');
  mkdirSync(join(home, '.kube'));
  writeFileSync(
    kubeconfig,
    'apiVersion: v1\nkind: Config\nclusters: [{name: far, cluster: {server: "https://far:6443"}}]\ncontexts: [{name: work, context: {cluster: far, user: me}}]\nusers: [{name: me, user: {token: t}}]\ncurrent-context: work\n',
  );
});
afterAll(() => rmSync(home, { recursive: true }));

function hostOf(env: Record<string, string> = {}, written: string[] = []) {
  const output: Output = {
    write: (text) => void written.push(String(text)),
    isTty: false,
    columns: undefined,
    rows: undefined,
    flushed: async () => {},
    closed: false,
  };
  const stdin = { isTty: false, readAll: async () => new Uint8Array(), onData: () => () => {}, raw: () => {} };
  return createHost({
    root: '.',
    home,
    program: 'kubectl',
    version: 'test',
    env: { HOME: home, ...env },
    cwd: home,
    terminal: { stdin, stdout: output, stderr: output, onInterrupt: () => () => {}, onResize: () => () => {} },
  });
}

async function config(line: string, env: Record<string, string> = {}): Promise<string> {
  const written: string[] = [];
  await run(['config', ...line.split(' ')], hostOf(env, written));
  return written.join('');
}

test('embedded clusters stand beside the contexts of the usual kubeconfig, and commands go to the default one', async () => {
  const list = await config('get-contexts');
  assert.match(list, /^\* +kubernetes-admin@minikube-ts +default +kubernetes-admin/m);
  assert.match(list, /^ +kubernetes-admin@small +small/m);
  assert.match(list, /^ +work +far +me/m);
  assert.equal(await config('current-context'), 'kubernetes-admin@minikube-ts\n');
  assert.match(await config('view'), /name: kubernetes-admin@small[\s\S]*token: REDACTED/);
});

test('of a kubeconfig that a flag or variable names, nothing is hidden and nothing added', async () => {
  assert.equal(await config('get-contexts -o name', { KUBECONFIG: kubeconfig }), 'work\n');
  assert.equal(await config(`current-context --kubeconfig=${kubeconfig}`), 'work\n');
});

test('a context that was chosen is where later commands go, and the kubeconfig is not touched', async () => {
  const before = readFileSync(kubeconfig, 'utf8');
  assert.equal(await config('use-context kubernetes-admin@small'), 'Switched to context "kubernetes-admin@small".\n');
  assert.equal(await config('current-context'), 'kubernetes-admin@small\n');
  assert.equal(await config('current-context', { MINIKUBE_TS_CLUSTER: 'default' }), 'kubernetes-admin@minikube-ts\n');
  assert.equal(hostOf().clusters.path(undefined), join(home, 'clusters', 'small'));
  assert.equal(readFileSync(kubeconfig, 'utf8'), before);
  assert.match(await config('use-context nosuch'), /no context exists with the name: "nosuch"/);
});

test('the namespace of an embedded context is kept too, and nothing else of it can be changed', async () => {
  assert.equal(await config('set-context --current --namespace=team'), 'Context "kubernetes-admin@small" modified.\n');
  assert.deepEqual(readChoice(home), { cluster: 'small', namespaces: { small: 'team' } });
  assert.match(await config('get-contexts'), /^\* +kubernetes-admin@small +small +kubernetes-admin +team/m);
  assert.match(await config('set-context kubernetes-admin@small --user=other'), /its namespace alone can be set/);
  for (const line of ['delete-context kubernetes-admin@small', 'rename-context kubernetes-admin@small x'])
    assert.match(await config(line), /stands for the embedded cluster "small"/);
});

test("the user's own context can be chosen, and an embedded one again", async () => {
  assert.equal(await config('use-context work'), 'Switched to context "work".\n');
  assert.equal(await config('current-context'), 'work\n');
  const session = await hostOf().connect({}, 'read');
  assert.deepEqual([session.embedded, session.server], [false, 'https://far:6443']);
  await session.close();
  await assert.rejects(hostOf().connect({ context: 'nosuch' }, 'read'), /context "nosuch" does not exist/);
  await config('use-context kubernetes-admin@minikube-ts');
  assert.equal(await config('current-context'), 'kubernetes-admin@minikube-ts\n');
});

test('a cluster that is gone is no longer chosen', async () => {
  await config('use-context kubernetes-admin@small');
  forgetCluster(home, 'small');
  assert.equal(await config('current-context'), 'kubernetes-admin@minikube-ts\n');
  assert.deepEqual(readChoice(home), {});
});
