/** Editing in a container: what is typed at vi, and what the file says after it. */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { createWorld, exec, startPod } from './support/world.js';

const CASES: readonly (readonly [keys: string, file: string])[] = [
  ['ihello \x1b:wq\r', 'hello one\ntwo words here\nthree\n'],
  ['A!\x1bjddGonew\rline\x1bZZ', 'one!\nthree\nnew\nline\n'],
  ['jwcwthings\x1bx:x\r', 'one\ntwo thing here\nthree\n'],
  ['yyjp2Gdd:w\rifoo\x1b:q!\r', 'one\none\nthree\n'],
  ['dGu:%s/o/0/g\r:wq\r', '0ne\ntw0 w0rds here\nthree\n'],
  ['/words\rD:wq\r', 'one\ntwo \nthree\n'],
  ['3Gxp:1,2d\rOtop\x1b:wq\r', 'top\nhtree\n'],
  ['i\x1b[B\x1b[Cx\x7fy\x1b[A\x1bJ:wq\r', 'one tywo words here\nthree\n'],
  ['ix\x1b:q\r:q!\r', 'one\ntwo words here\nthree\n'],
  ['ccnew\x1b2ddrz~u:wq\r', 'zhree\n'],
];

test('vi edits as it is typed at', async () => {
  const world = createWorld();
  const node = world.node('w1', 1);
  const { id } = await startPod(node, 'busybox', ['sleep', 'infinity']);
  for (const [keys, file] of CASES) {
    await exec(node, id, 'sh', '-c', 'printf "one\\ntwo words here\\nthree\\n" > /tmp/f');
    let code: number | undefined;
    let screen = '';
    const handle = await node.runtime.exec(
      id,
      { command: ['vi', '/tmp/f'], tty: true, stdin: true },
      { stdout: (chunk) => void (screen += Buffer.from(chunk).toString()), stderr() {}, exit: (ended) => void (code = ended) },
    );
    await world.quiescence.settled();
    assert.match(screen, /^\x1b\[Hone\x1b\[K\r\ntwo words here[^]*~[^]*- \/tmp\/f 1\/3 33%/);
    for (const key of keys) handle.stdin(Buffer.from(key));
    await world.quiescence.settled();
    assert.equal(code, 0, JSON.stringify(keys));
    assert.equal((await exec(node, id, 'cat', '/tmp/f')).out, file, JSON.stringify(keys));
  }
  assert.equal((await exec(node, id, 'vi', '/tmp/f')).err, 'vi: standard input: Not a tty\n');
});

test('top shows itself until q is typed, and the shell has its lines again', async () => {
  const world = createWorld();
  const node = world.node('w1', 1);
  const { id } = await startPod(node, 'busybox', ['sleep', 'infinity']);
  let screen = '';
  const handle = await node.runtime.exec(
    id,
    { command: ['sh'], tty: true, stdin: true },
    { stdout: (chunk) => void (screen += Buffer.from(chunk).toString()), stderr() {}, exit() {} },
  );
  await world.quiescence.settled();
  handle.stdin(Buffer.from('top\r'));
  await world.clock.advance(6_000);
  assert.equal(screen.match(/Load average/g)!.length, 2);
  handle.stdin(Buffer.from('q'));
  await world.quiescence.settled();
  handle.stdin(Buffer.from('echo ag\x7f\x7fback\r'));
  await world.quiescence.settled();
  assert.match(screen, /\r\nback\r\n\/ # /);
});
