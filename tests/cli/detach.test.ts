/** --detach-keys: which bytes end a session, and which go on to the container. */
import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { CliError } from '../../src/cli/command.js';
import { Detacher, detachSequence } from '../../src/cli/detach.js';

describe('keys that detach', () => {
  it('are single characters and control keys', () => {
    assert.deepEqual([...detachSequence('ctrl-p,ctrl-q')], [16, 17]);
    assert.deepEqual([...detachSequence('a,ctrl-@,ctrl-[,ctrl-_,DEL')], [97, 0, 27, 31, 127]);
    assert.throws(() => detachSequence('bogus-key'), new CliError("could not bind detach keys: Unknown character: 'bogus-key'"));
  });

  it('are held back until they are complete, also over several pieces of input', () => {
    const detacher = new Detacher(detachSequence('ctrl-p,ctrl-q'));
    assert.deepEqual(detacher.feed(Uint8Array.of(97, 16)), { passed: Uint8Array.of(97), isDetached: false });
    assert.deepEqual(detacher.feed(Uint8Array.of(98)), { passed: Uint8Array.of(16, 98), isDetached: false });
    assert.deepEqual(detacher.feed(Uint8Array.of(16, 16)), { passed: Uint8Array.of(16), isDetached: false });
    assert.deepEqual(detacher.feed(Uint8Array.of(17, 99)), { passed: new Uint8Array(), isDetached: true });
  });
});
