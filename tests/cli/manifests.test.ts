/** Files of manifests as people have them: in UTF-16, with several values in one, beside paths that lead nowhere. */
import { afterAll, beforeAll, test } from 'vitest';
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startKubectl, wordsOf, type Answer, type Kubectl } from '../support/kubectl.js';

let kubectl: Kubectl;
const type = (line: string, stdin?: string): Promise<Answer> => kubectl.run(wordsOf(line)!, stdin === undefined ? {} : { stdin });
const manifest = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;
let folder: string;
beforeAll(async () => {
  kubectl = await startKubectl({ nodes: 1, addons: 'none', images: 'generic' });
  folder = join(kubectl.home, 'manifests');
  mkdirSync(folder);
  writeFileSync(join(folder, 'little.yaml'), Buffer.from(`\ufeff${manifest('little')}`, 'utf16le'));
  writeFileSync(join(folder, 'big.yaml'), Buffer.from(`\ufeff${manifest('big')}`, 'utf16le').swap16());
  writeFileSync(join(folder, 'mark.yaml'), `\ufeff${manifest('mark').replaceAll('\n', '\r\n')}`);
}, 60_000);
afterAll(() => kubectl.close());

test('UTF-16, byte order marks and Windows line ends are read', async () => {
  assert.deepEqual(await type(`create -f ${folder} -o name`), { out: 'configmap/big\nconfigmap/little\nconfigmap/mark\n', err: '', status: 0 });
});

test('nothing is begun while a path leads nowhere', async () => {
  const { out, err, status } = await type(`delete -f ${folder} -f nosuch`);
  assert.deepEqual([out, err, status], ['', 'error: the path "nosuch" does not exist\n', 1]);
});

test('values of JSON one behind the other are all made', async () => {
  const object = (name: string): string => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
  assert.equal((await type('create -f -', `${object('one')}${object('two')}`)).out, 'configmap/one created\nconfigmap/two created\n');
});

test('what is made has no version yet', async () => {
  assert.match((await type('create -f -', manifest('one').replace('metadata:', "metadata:\n  resourceVersion: '7'"))).err, /configmaps "one" already exists/);
});

test('what is sent is in order, and an impossible version is told', async () => {
  assert.match((await type('create -f -', `${manifest('x')}zeta: 1\nalpha: 2\n`)).err, /unknown field "alpha", unknown field "zeta"/);
  assert.match(
    (await type('create -f -', manifest('x').replace('v1', 'a/b/c'))).err,
    /error validating data: unexpected GroupVersion string: a\/b\/c; if you choose/,
  );
});

test.each(["get pods ''", "get pods web ''", "describe pods ''", "label pods '' a=b", "delete configmap ''"])(
  'an empty name in %s is no collection',
  async (line) => {
    const { err, status } = await kubectl.run(line.split(' ').map((word) => (word === "''" ? '' : word)));
    assert.match(err, /resource name may not be empty\n$/);
    assert.equal(status, 1);
  },
);
