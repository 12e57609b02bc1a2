/** The contract of a node's files on both implementations, and what only a disk can show. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { diskFiles } from '../../src/platform/diskfiles.js';
import { memoryFiles } from '../../src/platform/memoryfiles.js';
import { filesContract } from './files.contract.js';

filesContract('files in memory', () => ({ files: memoryFiles(), remove() {} }));
filesContract('files on a disk', () => {
  const root = mkdtempSync(join(tmpdir(), 'files-'));
  return { files: diskFiles(root), remove: () => rmSync(root, { recursive: true }) };
});

test('a disk shows its files under their own path, without drafts', () => {
  const root = mkdtempSync(join(tmpdir(), 'files-'));
  const files = diskFiles(root);
  files.write('/var/lib/kubelet/config.yaml', 'x');
  assert.equal(files.diskPath('/var/lib/kubelet/config.yaml'), join(root, 'var/lib/kubelet/config.yaml'));
  assert.equal(readFileSync(join(root, 'var/lib/kubelet/config.yaml'), 'utf8'), 'x');
  assert.deepEqual(readdirSync(join(root, 'var/lib/kubelet')), ['config.yaml']);
  assert.equal(memoryFiles().diskPath('/a'), undefined);
  assert.ok(existsSync(root));
  rmSync(root, { recursive: true });
});

test('a folder that somebody else removed is made again', () => {
  const root = mkdtempSync(join(tmpdir(), 'files-'));
  const files = diskFiles(root);
  files.makeFolder('/a/b/c');
  for (const removed of ['a', 'a/b', 'a/b/c', '']) {
    rmSync(join(root, removed), { recursive: true });
    files.write('/a/b/c/file', 'x');
    assert.equal(readFileSync(join(root, 'a/b/c/file'), 'utf8'), 'x');
    rmSync(join(root, removed), { recursive: true });
    files.makeFolder('/a/b/c/d');
    assert.deepEqual(readdirSync(join(root, 'a/b/c')), ['d']);
  }
  files.write('/a/file', 'x');
  assert.throws(() => files.makeFolder('/a/file/b'), { code: 'ENOTDIR' });
  assert.throws(() => files.makeFolder('/a/file'), { code: 'EEXIST' });
  rmSync(root, { recursive: true });
});

test('memory tells time as it is told to', () => {
  const files = memoryFiles({ now: () => 42 });
  files.write('/a', 'x');
  assert.equal(files.info('/a')!.modifiedMs, 42);
});
