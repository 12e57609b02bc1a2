/** What a node's files do, on a disk and in memory: one suite for both. */
import { afterEach, beforeEach, describe, test } from 'vitest';
import assert from 'node:assert/strict';
import type { Files } from '../../src/platform/files.js';

export interface FilesFixture {
  files: Files;
  remove(): void;
}

const text = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString();

export function filesContract(name: string, make: () => FilesFixture): void {
  describe(name, () => {
    let fixture: FilesFixture;
    let files: Files;
    beforeEach(() => {
      fixture = make();
      files = fixture.files;
    });
    afterEach(() => fixture.remove());

    test('what is not there is undefined', () => {
      files.write('/a', 'x');
      for (const path of ['/none', '/none/deep', '/a/below']) {
        assert.deepEqual([files.read(path), files.names(path), files.info(path)], [undefined, undefined, undefined], path);
      }
      assert.deepEqual([files.read('/'), files.names('/a')], [undefined, undefined]);
    });

    test('writing makes the folders on the way, and replaces the whole', () => {
      files.write('/etc/kubernetes/manifests/a.yaml', 'a long first text');
      files.write('/etc/kubernetes/manifests/a.yaml', Buffer.from('short'));
      assert.equal(text(files.read('/etc/kubernetes/manifests/a.yaml')), 'short');
      assert.deepEqual(files.names('/etc/kubernetes'), ['manifests']);
      assert.deepEqual(files.names('/etc/kubernetes/manifests'), ['a.yaml']);
    });

    test('a mode is kept by who writes without one', () => {
      files.write('/key', 'secret', { mode: 0o600 });
      files.write('/key', 'other');
      files.write('/plain', '');
      files.makeFolder('/closed', { mode: 0o700 });
      assert.deepEqual(
        ['/key', '/plain', '/closed'].map((path) => files.info(path)!.mode),
        [0o600, 0o644, 0o700],
      );
    });

    test('appending makes the file, then adds to it', () => {
      files.append('/log/0.log', 'one\n');
      files.append('/log/0.log', Buffer.from('two\n'));
      assert.equal(text(files.read('/log/0.log')), 'one\ntwo\n');
      assert.equal(files.info('/log/0.log')!.size, 8);
    });

    test('names are sorted', () => {
      for (const name of ['b', 'a', 'C', '.hidden']) files.write(`/${name}`, '');
      files.makeFolder('/aa/deep');
      assert.deepEqual(files.names('/'), ['.hidden', 'C', 'a', 'aa', 'b']);
      assert.deepEqual(files.names('/aa/deep'), []);
    });

    test('the fingerprint changes with the content, and only then', () => {
      files.write('/a', 'one');
      const before = files.info('/a')!.fingerprint;
      files.read('/a');
      assert.equal(files.info('/a')!.fingerprint, before);
      files.write('/a', 'two');
      assert.notEqual(files.info('/a')!.fingerprint, before);
    });

    test('links are followed, and are links themselves', () => {
      files.write('/v1/key', 'first');
      files.write('/v2/key', 'second');
      files.link('/data', 'v1');
      files.link('/key', '/data/key');
      assert.equal(text(files.read('/key')), 'first');
      files.link('/data.new', 'v2');
      files.rename('/data.new', '/data');
      assert.equal(text(files.read('/key')), 'second');
      assert.deepEqual([files.info('/data')!.kind, files.info('/v1')!.kind, files.info('/v1/key')!.kind], ['link', 'folder', 'file']);
      assert.deepEqual(files.names('/data'), ['key']);
      files.link('/dangling', 'nowhere');
      assert.equal(files.read('/dangling'), undefined);
      assert.equal(files.info('/dangling')!.kind, 'link');
    });

    test('a loop of links is an error, not an end without an answer', () => {
      files.link('/a', 'b');
      files.link('/b', 'a');
      assert.throws(() => files.read('/a'), { code: 'ELOOP' });
    });

    test('removing takes folders with all in them, links but not what they name, and nothing where there is nothing', () => {
      files.write('/a/b/c', 'x');
      files.link('/l', 'a');
      files.remove('/l');
      assert.equal(text(files.read('/a/b/c')), 'x');
      files.remove('/a');
      files.remove('/a');
      assert.deepEqual(files.names('/'), []);
    });

    test('renaming moves files and folders', () => {
      files.write('/a/b', 'x');
      files.write('/old', 'gone');
      files.rename('/a', '/deep/er');
      files.rename('/deep/er/b', '/old');
      assert.equal(text(files.read('/old')), 'x');
      assert.deepEqual(files.names('/deep/er'), []);
      assert.throws(() => files.rename('/none', '/x'), { code: 'ENOENT' });
    });

    test('no path leaves the root', () => {
      files.write('/../../a', 'x');
      assert.equal(text(files.read('/a')), 'x');
      assert.deepEqual(files.names('/..'), ['a']);
    });

    test('what fails in another way than by not being there throws', () => {
      files.write('/folder/a', '');
      assert.throws(() => files.write('/folder', 'x'), { code: 'EISDIR' });
      assert.throws(
        () => files.write('/folder/a/b', 'x'),
        (error: NodeJS.ErrnoException) => ['ENOTDIR', 'EEXIST'].includes(error.code!),
      );
    });

    test('a watch hears of changes in its folder until it is ended', async () => {
      let heard = (): void => {};
      let calls = 0;
      const next = (): Promise<void> => new Promise((resolve) => (heard = resolve));
      const end = files.watch('/manifests', () => {
        calls++;
        heard();
      });
      let change = next();
      files.write('/manifests/a.yaml', 'x');
      await change;
      await new Promise((resolve) => setImmediate(resolve));
      change = next();
      files.remove('/manifests/a.yaml');
      await change;
      await new Promise((resolve) => setImmediate(resolve));
      end();
      const before = calls;
      files.write('/manifests/b.yaml', 'x');
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(calls, before);
    });
  });
}
