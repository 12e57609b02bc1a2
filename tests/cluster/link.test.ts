/** The program called through links from elsewhere, as a global install makes them, and under the name of the one it stands in for. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { notBuilt } from '../support/program.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'minikube-ts-'));
  for (const name of ['minikube-ts', 'kubectl']) symlinkSync(resolve('bin/minikube-ts.js'), join(folder, name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function typed(name: string, ...words: string[]) {
  const env: NodeJS.ProcessEnv = { ...process.env, MINIKUBE_TS_HOME: join(folder, 'home') };
  for (const one of ['NODE_EXTRA_CA_CERTS', 'KUBECONFIG', 'MINIKUBE_TS_CLUSTER']) delete env[one];
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(folder, name), ...words], { cwd: folder, env, encoding: 'utf8' });
  return { stdout, stderr, status };
}

test.skipIf(notBuilt)('what it needs is found beside the program, not beside the link', { timeout: 60_000 }, () => {
  expect(typed('minikube-ts', 'create', 'configmap', 'a')).toEqual({ stdout: 'configmap/a created\n', stderr: '', status: 0 });
  expect(typed('kubectl', 'get', 'configmap', 'a', '-o', 'name')).toEqual({ stdout: 'configmap/a\n', stderr: '', status: 0 });
});

test.skipIf(notBuilt)('messages name what was typed', () => {
  for (const name of ['minikube-ts', 'kubectl'])
    expect(typed(name, 'nosuch')).toMatchObject({ stderr: expect.stringContaining(`unknown command "nosuch" for "${name}"`), status: 1 });
});
