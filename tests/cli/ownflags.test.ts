/** Flags of our own commands: commander's reading, and its help with what was mistyped. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { ownFlags } from '../../src/cli/ownflags.js';
import type { Flag } from '../../src/cli/flags.js';

const FLAGS: readonly Flag[] = [
  { name: 'nodes', type: 'int', default: '4', description: '' },
  { name: 'components', type: 'stringSlice', description: '' },
  { name: 'bare', type: 'bool', description: '' },
  { name: 'leader-elect', type: 'bool', default: 'true', description: '' },
  { name: 'namespace', short: 'n', type: 'string', description: '' },
];
const read = (line: string) => ownFlags(FLAGS, line === '' ? [] : line.split(' '));

test('values stand beside or behind their flags, lists add up, switches may be turned off', () => {
  const { flags, args, help } = read('small --nodes=2 --components a,b --components c -n x --leader-elect=false --bare more');
  assert.deepEqual(
    [flags.int('nodes'), flags.list('components'), flags.string('namespace'), flags.bool('leader-elect'), flags.bool('bare')],
    [2, ['a', 'b', 'c'], 'x', false, true],
  );
  assert.deepEqual([args, help], [['small', 'more'], false]);
  const none = read('').flags;
  assert.deepEqual([none.int('nodes'), none.changed('nodes'), none.bool('leader-elect')], [4, false, true]);
  assert.equal(read('-h').help, true);
});

test('what is wrong is told, with what was probably meant', () => {
  for (const [line, message] of [
    ['--node 2', /^unknown option '--node'; Did you mean --nodes\?$/],
    ['--nodes', /^option '--nodes <value>' argument missing$/],
    ['--nodes many', /^invalid argument "many" for "--nodes"/],
    ['--nothing-like-it', /^unknown option '--nothing-like-it'$/],
  ] as const)
    assert.throws(() => read(line), { message }, line);
});
