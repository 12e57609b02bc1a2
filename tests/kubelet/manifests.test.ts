/** Files of static pods are read as YAML once for what they hold, by this process or the one before it. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { memoryFiles } from '../../src/platform/memoryfiles.js';
import { readManifests, type KnownManifest } from '../../src/kubelet/staticpods/manifests.js';

const FOLDER = '/manifests';
const yaml = (image: string, more = ''): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers: [{name: c, image: ${image}}]\n${more}`;

function reading() {
  const files = memoryFiles({ now: () => 0 });
  let known = new Map<string, KnownManifest>();
  return {
    files,
    /** As another process would go on: through JSON. */
    async read() {
      known = new Map(JSON.parse(JSON.stringify([...known])) as [string, KnownManifest][]);
      const pods = await readManifests({ files, folder: FOLDER, nodeName: 'n', log: { info() {}, warn() {}, error() {} } as never, now: () => 0, known });
      return { pods: structuredClone(pods), known: [...known.keys()] };
    },
  };
}

test('what was read is what is read again, and a changed file is read anew', async () => {
  const { files, read } = reading();
  files.write(`${FOLDER}/a.yaml`, yaml('busybox'));
  const first = await read();
  assert.equal(first.pods[0]!.spec.containers[0]!.image, 'busybox');
  assert.deepEqual(await read(), first);
  files.write(`${FOLDER}/a.yaml`, yaml('nginx'));
  assert.equal((await read()).pods[0]!.spec.containers[0]!.image, 'nginx');
  files.remove(`${FOLDER}/a.yaml`);
  assert.deepEqual(await read(), { pods: [], known: [] });
});

test('a file with a number that JSON cannot hold is not remembered', async () => {
  const { files, read } = reading();
  files.write(`${FOLDER}/a.yaml`, yaml('busybox', '  terminationGracePeriodSeconds: .inf\n'));
  assert.deepEqual((await read()).known, []);
});
