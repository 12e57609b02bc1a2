/** What nodes' health means to nodes and their pods, and how pods leave nodes that do not want them. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { controlPlane } from '../../support/controlplane.js';

const PODS = '/api/v1/namespaces/default/pods';

async function setUp() {
  const plane = await controlPlane({ only: ['node-lifecycle', 'taint-eviction', 'serviceaccount'] });
  const { clock, send, quiescence } = plane;
  const ask = async (method: string, path: string, body?: object): Promise<any> => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const answer = await send({ method, path, headers: { 'content-type': type }, body: body === undefined ? undefined : JSON.stringify(body) });
    await quiescence.settled();
    return JSON.parse(answer.text);
  };
  const now = (): string => new Date(clock.now()).toISOString().replace(/\.\d+/, '');
  const conditions = (status: string): object[] => [{ type: 'Ready', status, lastHeartbeatTime: now(), lastTransitionTime: now() }];
  const node = (name: string): Promise<unknown> =>
    ask('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name }, status: { conditions: conditions('True') } });
  const beat = (name: string, status = 'True'): Promise<unknown> =>
    ask('PATCH', `/api/v1/nodes/${name}/status`, { status: { conditions: conditions(status) } });
  const pod = async (name: string, nodeName: string, tolerations: object[] = []): Promise<void> => {
    await ask('POST', PODS, { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { nodeName, containers: [{ name: 'c', image: 'i' }], tolerations } });
    await ask('PATCH', `${PODS}/${name}/status`, { status: { conditions: [{ type: 'Ready', status: 'True' }] } });
  };
  const taint = (name: string, taints: object[]): Promise<unknown> =>
    ask('PATCH', `/api/v1/nodes/${name}`, { spec: { taints: taints.map((one) => ({ value: '', effect: 'NoExecute', timeAdded: now(), ...one })) } });
  const told = async (kind: string): Promise<string[]> =>
    (await ask('GET', '/api/v1/namespaces/default/events')).items
      .filter(({ involvedObject }: any) => involvedObject.kind === kind)
      .map(({ involvedObject, reason, message }: any) => `${reason} ${message}${involvedObject.uid === undefined ? ' (no uid)' : ''}`);
  const isReady = async (name: string): Promise<boolean> =>
    (await ask('GET', `${PODS}/${name}`)).status.conditions.find(({ type }: any) => type === 'Ready').status === 'True';
  const taints = async (name: string): Promise<string[]> =>
    ((await ask('GET', `/api/v1/nodes/${name}`)).spec.taints ?? []).map(({ key, effect }: any) => `${key.split('/')[1]}:${effect}`);
  return { ...plane, ask, node, beat, pod, taint, told, isReady, taints };
}

test('nodes are told of when they come and go', async () => {
  const { ask, node, told, stop } = await setUp();
  await node('a');
  await ask('DELETE', '/api/v1/nodes/a');
  assert.deepEqual(await told('Node'), [
    'RegisteredNode Node a event: Registered Node a in Controller',
    'RemovingNode Node a event: Removing Node a from Controller',
  ]);
  await stop();
});

test('pods are not ready on a node that fell silent, but stay so where a kubelet says itself that its node is not', async () => {
  const { node, beat, pod, told, isReady, taints, clock, stop } = await setUp();
  for (const name of ['silent', 'sick', 'well']) await node(name);
  await pod('a', 'silent');
  await pod('b', 'sick');
  for (let at = 0; at < 6; at += 1) {
    await clock.advance(10_000);
    await beat('sick', 'False');
    await beat('well');
  }
  assert.deepEqual([await isReady('a'), await isReady('b')], [false, true]);
  assert.deepEqual(await told('Pod'), ['NodeNotReady Node is not ready']);
  await beat('silent', 'False');
  await clock.advance(100);
  assert.deepEqual(await taints('silent'), ['not-ready:NoSchedule', 'not-ready:NoExecute']);
  await stop();
});

test('a pod is evicted so long after it came to a tainted node as it tolerates, and the first toleration counts', async () => {
  const { ask, node, pod, taint, told, clock, stop } = await setUp();
  await node('a');
  await taint('a', [{ key: 'k' }]);
  await clock.advance(3_600_000);
  const tolerates = (tolerationSeconds: number): object => ({ key: 'k', operator: 'Exists', effect: 'NoExecute', tolerationSeconds });
  await pod('later', 'a', [tolerates(60), tolerates(1)]);
  await pod('never', 'a', [{ operator: 'Exists' }, tolerates(1)]);
  await clock.advance(59_000);
  assert.deepEqual(await told('Pod'), []);
  await clock.advance(2_000);
  assert.deepEqual(await told('Pod'), ['TaintManagerEviction Marking for deletion Pod default/later (no uid)']);
  const gone = await ask('GET', `${PODS}/later`);
  assert.equal(gone.status.conditions.at(-1).message, 'Taint manager: deleting due to NoExecute taint');
  assert.equal((await ask('GET', `${PODS}/never`)).metadata.deletionTimestamp, undefined);
  await stop();
});

test('what is scheduled is taken back when the taint or the pod goes, not when the node does', async () => {
  const { ask, node, pod, taint, told, clock, stop } = await setUp();
  const patient = [{ key: 'k', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 }];
  for (const name of ['a', 'b', 'c']) {
    await node(name);
    await pod(`on-${name}`, name, patient);
    await taint(name, [{ key: 'k' }]);
  }
  await taint('a', []);
  await ask('DELETE', `${PODS}/on-b?gracePeriodSeconds=0`);
  await ask('DELETE', '/api/v1/nodes/c');
  await clock.advance(61_000);
  const text = (what: string, name: string): string =>
    `TaintManagerEviction ${what} deletion ${what === 'Marking for' ? '' : 'of '}Pod default/on-${name} (no uid)`;
  assert.deepEqual((await told('Pod')).filter((line) => line.startsWith('Taint')).sort(), [
    text('Cancelling', 'a'),
    text('Cancelling', 'b'),
    text('Marking for', 'c'),
  ]);
  await stop();
});
