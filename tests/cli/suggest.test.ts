/** What was probably meant, on a terminal; in a pipe kubectl's message stands alone. A reader that leaves, and words for completion. */
import { afterAll, beforeAll, test } from 'vitest';
import assert from 'node:assert/strict';
import { startKubectl, type Answer, type Kubectl } from '../support/kubectl.js';

let kubectl: Kubectl;
beforeAll(async () => {
  kubectl = await startKubectl({ nodes: 2, addons: 'none', images: 'generic' });
  await kubectl.ok('create configmap settings');
}, 60_000);
afterAll(() => kubectl.close());

const type = (line: string, tty?: number): Promise<Answer> => kubectl.run(line.split(' '), tty === undefined ? {} : { tty });

for (const [line, message, hint] of [
  ['get pdos', 'error: the server doesn\'t have a resource type "pdos"', 'Did you mean pods or pod?'],
  ['get configmap setings', 'Error from server (NotFound): configmaps "setings" not found', 'Did you mean settings?'],
  ['get node zzz', 'Error from server (NotFound): nodes "zzz" not found', ''],
  ['get pods --namspace x', "error: unknown flag: --namspace\nSee 'kubectl get --help' for usage.", 'Did you mean --namespace?'],
  ['rollout statsu web', 'error: unknown command "statsu web"\nSee \'kubectl rollout -h\' for help and examples', 'Did you mean this?\n\tstatus'],
] as const)
  test(`"${line}" is told as kubectl tells it, with what was meant on a terminal`, async () => {
    assert.equal((await type(line)).err, `${message}\n`);
    const { out, err, status } = await type(line, 80);
    assert.equal((out + err).replaceAll('\r', '').replace(/\n\n/g, '\n').trim(), `${message}${hint === '' ? '' : `\n${hint}`}`);
    assert.equal(status, 1);
  });

test('our own groups of commands tell in a pipe too what was meant', async () => {
  assert.match((await type('cluster lst')).err, /Did you mean this\?\n\tlist\n/);
});

test('completion reads flags before the command, values of flags and names of clusters', async () => {
  const words = async (...typed: string[]): Promise<string[]> =>
    (await kubectl.run(['__complete', ...typed])).out.split('\n').filter((line) => line !== '' && !line.startsWith(':'));
  await kubectl.ok('create namespace team');
  await kubectl.ok('create configmap plans -n team');
  assert.deepEqual(await words('-n', 'team', 'get', 'configmap', 'pl'), ['plans']);
  assert.deepEqual(await words('get', 'pods', '--namespace=te'), ['team']);
  assert.deepEqual(await words('--context', ''), ['kubernetes-admin@minikube-ts']);
  assert.deepEqual(await words('cluster', 'delete', 'def'), ['default']);
});
