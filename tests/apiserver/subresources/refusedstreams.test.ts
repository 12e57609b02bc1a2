/** What a kubelet says instead of opening a stream reaches the caller word for word; what the API server finds is a Status. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { unforeseen } from '../../../src/apimachinery/status.js';
import { testServer } from '../../support/inprocess.js';

const refuses = async (): Promise<never> => {
  throw unforeseen('container not found ("c")');
};

async function world() {
  const made = await testServer({
    nodes: { connect: (name) => (name === 'n1' ? ({ exec: refuses, attach: refuses, portForward: refuses } as never) : undefined) },
  });
  for (const [name, nodeName] of [
    ['web', 'n1'],
    ['lost', 'n2'],
  ]) {
    const body = JSON.stringify({ metadata: { name }, spec: { nodeName, containers: [{ name: 'c', image: 'i' }] } });
    assert.equal(
      (await made.send({ method: 'POST', path: '/api/v1/namespaces/default/pods', headers: { 'content-type': 'application/json' }, body })).status,
      201,
    );
  }
  return made;
}

test.each(['exec?command=ls&stdout=1', 'attach?stdout=1', 'portforward?ports=80'])('%s', async (ask) => {
  const { send } = await world();
  const { status, text } = await send({ method: 'GET', path: `/api/v1/namespaces/default/pods/web/${ask}` });
  assert.deepEqual([status, text], [500, 'container not found ("c")']);
  const lost = await send({ method: 'GET', path: `/api/v1/namespaces/default/pods/lost/${ask}` });
  assert.match(JSON.parse(lost.text).message, /error dialing backend: dial tcp: lookup n2: no such host$/);
});
