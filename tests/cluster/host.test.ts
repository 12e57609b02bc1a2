import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, it } from 'vitest';
import type { Terminal } from '../../src/cli/host.js';
import { createHost } from '../../src/cluster/host.js';

const home = mkdtempSync(join(tmpdir(), 'host-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const host = createHost({ terminal: {} as Terminal, root: process.cwd(), home, program: 'minikube-ts', version: 'v0', env: {}, cwd: home });

describe('the host', () => {
  it.each([
    [{ context: 'nosuch' }, 'context "nosuch" does not exist'],
    [{ cluster: 'nosuch' }, 'cluster "nosuch" does not exist'],
    [{ user: 'nosuch' }, 'auth info "nosuch" does not exist'],
    [{ kubeconfig: 'nosuch.yaml' }, 'stat nosuch.yaml: no such file or directory'],
    [{ kubeconfig: home }, `error loading config file ${JSON.stringify(home)}: read ${home}: is a directory`],
  ])('connects nowhere for %j', async (target, message) => {
    await assert.rejects(host.connect(target, 'read'), { message });
  });

  it.each([
    [() => host.readFile('gone'), 'open gone: no such file or directory'],
    [() => host.readFile('.'), 'read .: is a directory'],
    [() => host.listFolder('gone/more'), 'stat gone/more: no such file or directory'],
    [() => host.writeFile('gone/file', ''), 'open gone/file: no such file or directory'],
  ])('words the failure of %s as Go does', (action, message) => {
    assert.throws(action, { message });
  });
});
