/** Ctrl-C while a command watches or waits: nothing more is said, and the exit code is kubectl's. */
import { afterAll, beforeAll, test } from 'vitest';
import assert from 'node:assert/strict';
import { startKubectl, wordsOf, type Kubectl } from '../support/kubectl.js';

let kubectl: Kubectl;
beforeAll(async () => {
  kubectl = await startKubectl({ nodes: 2, addons: 'none', images: 'simulated' });
  await kubectl.ok('run web --image=nginx');
  await kubectl.ok('create deployment waiting --image=nginx --replicas=1');
  await kubectl.ok(`patch deployment waiting -p '{"spec":{"template":{"spec":{"nodeSelector":{"never":"here"}}}}}'`);
  await kubectl.advance(10_000);
}, 60_000);
afterAll(() => kubectl.close());

test.each([
  'get pods -w --no-headers',
  'events -w',
  'logs -f web',
  'wait pod/web --for=delete',
  'wait pod/web --for=condition=Never --timeout=60s',
  'rollout status deployment/waiting',
])('%s ends with 1', async (line) => {
  const { err, status } = await kubectl.run(wordsOf(line)!, { interruptBy: (interrupt) => interrupt() });
  assert.deepEqual([err, status], ['', 1]);
});
