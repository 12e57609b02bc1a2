/** What cp sends and reads. */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { entriesOf, tarOf } from '../../src/cli/tar.js';

test('an archive gives back what went in, long names and all', () => {
  const entries = [
    { name: 'n', type: 'folder' as const, content: Buffer.alloc(0) },
    { name: 'n/empty', type: 'file' as const, content: Buffer.alloc(0) },
    { name: `n/${'long'.repeat(40)}`, type: 'file' as const, content: Buffer.from('x'.repeat(1000)) },
    { name: 'n/é', type: 'file' as const, content: Buffer.from([0, 255]) },
  ];
  const read = entriesOf(Buffer.from(tarOf(entries)));
  assert.deepEqual(
    read.map(({ name, type, content }) => [name.replace(/\/$/, ''), type, Buffer.from(content).toString('hex')]),
    entries.map(({ name, type, content }) => [name, type, content.toString('hex')]),
  );
});

test('modes and links are carried, links of any length', () => {
  const far = `../${'far/'.repeat(40)}away`;
  const empty = Buffer.alloc(0);
  const bytes = Buffer.from(
    tarOf([
      { name: 'run', type: 'file', content: empty, mode: 0o755 },
      { name: 'near', type: 'other', content: empty, link: 'run' },
      { name: 'far', type: 'other', content: empty, link: far },
    ]),
  );
  assert.deepEqual([bytes.toString('latin1', 100, 107), bytes.toString('latin1', 512 + 156, 512 + 160)], ['0000755', '2run']);
  assert.deepEqual([bytes.toString('latin1', 1024 + 156, 1024 + 157), bytes.toString('latin1', 1536, 1536 + far.length)], ['K', far]);
});
