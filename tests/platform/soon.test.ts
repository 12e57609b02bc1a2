import assert from 'node:assert/strict';
import { it } from 'vitest';
import { whenThere } from '../../src/platform/soon.js';

it('what is there is worked on at once', () =>
  assert.equal(
    whenThere(2, (value) => value + 1),
    3,
  ));

it('what is not there yet is worked on when it is', async () => {
  const answer = whenThere(Promise.resolve(2), (value) => value + 1);
  assert.ok(answer instanceof Promise);
  assert.equal(await answer, 3);
});

it('what fails at once is thrown, what fails later rejects', async () => {
  const fail = (): never => {
    throw new Error('no');
  };
  assert.throws(() => whenThere(1, fail), /no/);
  await assert.rejects(async () => whenThere(Promise.resolve(1), fail), /no/);
});
