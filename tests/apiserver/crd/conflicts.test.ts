/** Names that two definitions want: the second waits for the first to go. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { testServer } from '../../support/inprocess.js';

const PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

test('a definition gets its names once the one that has them is gone', async () => {
  const server = await testServer();
  const send = async (method: string, path: string, body?: object): Promise<any> => {
    const { text } = await server.send({
      method,
      path,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    await server.quiescence.settled();
    return JSON.parse(text);
  };
  const schema = { openAPIV3Schema: { type: 'object' } };
  const define = (plural: string, kind: string): Promise<any> =>
    send('POST', PATH, {
      metadata: { name: `${plural}.x.io` },
      spec: { group: 'x.io', scope: 'Cluster', names: { plural, kind, shortNames: ['t'] }, versions: [{ name: 'v1', served: true, storage: true, schema }] },
    });
  const accepted = async (name: string): Promise<string> =>
    (await send('GET', `${PATH}/${name}.x.io`)).status.conditions.find(({ type }: { type: string }) => type === 'NamesAccepted').reason;
  await define('ones', 'One');
  await define('twos', 'Two');
  assert.equal(await accepted('twos'), 'ShortNamesConflict');
  await send('DELETE', `${PATH}/ones.x.io`);
  assert.equal(await accepted('twos'), 'NoConflicts');
});
