/** What goes wrong around a cluster: other processes, signals, broken files. Nothing that was answered is lost, and each error is one clear sentence. */
import { afterAll, beforeAll, describe, test } from 'vitest';
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { makeHome, notBuilt, type Home } from '../support/program.js';

const BARE = ['--bare', '--components', 'apiserver'];
const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  a: "1"\n`;

describe.skipIf(notBuilt !== undefined)('the built program', () => {
  let home: Home;
  beforeAll(async () => {
    home = makeHome();
    const made = await home.run(['cluster', 'create', 'default', ...BARE]);
    assert.deepEqual([made.out, made.err, made.code], ['cluster/default created\n', '', 0]);
  });
  afterAll(() => home.remove());

  test('kill -9 in the middle of apply loses nothing that was answered, and the next command goes on', async () => {
    const many = Array.from({ length: 200 }, (_, at) => configMap(`kill-${at}`)).join('---\n');
    const file = join(home.path, 'many.yaml');
    writeFileSync(file, many);
    const apply = home.start(['apply', '-f', file]);
    await apply.printed(/configmap\/kill-2\d created/);
    apply.child.kill('SIGKILL');
    const { out } = await apply.finished;
    const answered = out
      .split('\n')
      .filter((line) => line.endsWith(' created'))
      .map((line) => line.split(' ')[0]!);
    const listed = await home.run(['get', 'cm', '-o', 'name']);
    const there = new Set(listed.out.split('\n'));
    assert.deepEqual(
      answered.filter((name) => !there.has(name)),
      [],
    );
    const again = await home.run(['apply', '-f', file]);
    assert.equal(again.code, 0, again.err);
    assert.equal(again.out.split('\n').filter((line) => / (created|unchanged)$/.test(line)).length, 200);
  });

  test('ten writers at once, while an eleventh watches, lose no update', async () => {
    assert.equal((await home.run(['create', 'configmap', 'shared', '--from-literal=a=1'])).code, 0);
    const watching = home.start(['get', 'cm', 'shared', '-w', '-o', 'jsonpath={.metadata.labels}{"\\n"}']);
    await watching.printed(/\n/);
    const writers = await Promise.all(Array.from({ length: 10 }, (_, at) => home.run(['label', 'cm', 'shared', `w${at}=x`])));
    assert.deepEqual(
      writers.map(({ code, err }) => [code, err]),
      writers.map(() => [0, '']),
    );
    await watching.printed(/^(?=.*w0)(?=.*w1)(?=.*w2)(?=.*w3)(?=.*w4)(?=.*w5)(?=.*w6)(?=.*w7)(?=.*w8)(?=.*w9).*$/m);
    watching.child.kill('SIGINT');
    assert.equal((await watching.finished).err, '');
    const { metadata } = JSON.parse((await home.run(['get', 'cm', 'shared', '-o', 'json'])).out);
    assert.deepEqual(
      Object.keys(metadata.labels).sort(),
      Array.from({ length: 10 }, (_, at) => `w${at}`),
    );
  });

  test('a reader that leaves early is no error', async () => {
    const get = home.start(['get', 'clusterroles']);
    get.child.stdout!.once('data', () => get.child.stdout!.destroy());
    const { err } = await get.finished;
    assert.equal(err, '');
  });

  test('a port in use is named', async () => {
    const server = createServer();
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const { port } = server.address() as { port: number };
    const { err, code } = await home.run(['serve', '--port', String(port)]);
    server.close();
    assert.deepEqual([err, code], [`error: port ${port} on 127.0.0.1 is in use: choose another with --port, or --port 0 for any\n`, 1]);
  });

  test('serve ends with 0 on SIGTERM, and its kubeconfig is for its owner alone', async () => {
    const file = join(home.path, 'serve.conf');
    const serve = home.start(['serve', '--port', '0', '--kubeconfig', file]);
    await serve.printed(/^ready https:\/\/127\.0\.0\.1:\d+$/m);
    const { statSync } = await import('node:fs');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const through = await home.run(['--kubeconfig', file, 'get', 'ns', '-o', 'name']);
    assert.match(through.out, /namespace\/kube-system/);
    const beside = await home.run(['get', 'ns', '-o', 'name']);
    assert.equal(beside.out, through.out);
    serve.child.kill('SIGTERM');
    assert.equal((await serve.finished).code, 0);
  });

  for (const [name, file, content, message] of [
    ['a state of a newer version', 'cluster.json', '{"format":99}', /was written by a newer minikube-ts \(state format 99; this one reads up to 1\)/],
    ['a broken description', 'cluster.json', '{', /cluster\.json is broken: /],
    ['a store that is none', 'store.db', 'this is no database at all, and long enough to be looked at\n'.repeat(100), /store\.db/],
  ] as const) {
    test(`${name} is refused by name, and left as it is`, async () => {
      const other = makeHome();
      try {
        assert.equal((await other.run(['cluster', 'create', 'default', ...BARE])).code, 0);
        const path = join(other.path, 'clusters', 'default', file);
        writeFileSync(path, content);
        const { err, code } = await other.run(['create', 'namespace', 'x']);
        assert.match(err, message);
        assert.equal(err.trimEnd().split('\n').length, 1);
        assert.equal(code, 1);
        assert.equal(readFileSync(path, 'utf8'), content);
      } finally {
        other.remove();
      }
    });
  }

  test('what a newer version left is not read either', async () => {
    const other = makeHome();
    try {
      assert.equal((await other.run(['cluster', 'create', 'default', ...BARE])).code, 0);
      assert.equal((await other.run(['get', 'namespaces'])).code, 0);
      for (const file of ['cluster.json', 'due.json']) {
        const path = join(other.path, 'clusters', 'default', file);
        writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), format: 99 }));
      }
      const { err, code } = await other.run(['get', 'namespaces']);
      assert.match(err, /was written by a newer minikube-ts/);
      assert.equal(code, 1);
    } finally {
      other.remove();
    }
  });

  test('a name that is taken is refused', async () => {
    const { err, code } = await home.run(['cluster', 'create', 'default', ...BARE]);
    assert.deepEqual([err, code], ['error: cluster "default" exists already\n', 1]);
  });
});
