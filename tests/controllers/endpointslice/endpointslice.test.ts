/** Slices beyond the plain case: hints by zone, nodes that are not there, slices of others, and mirrored Endpoints. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { controlPlane } from '../../support/controlplane.js';

const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
const MINE = `${SLICES}?labelSelector=kubernetes.io/service-name%3Dweb`;
const SERVICE = '/api/v1/namespaces/default/services';

async function setUp() {
  const plane = await controlPlane({ only: ['endpointslice', 'endpointslice-mirroring', 'serviceaccount'] });
  const ask = async (method: string, path: string, body?: object): Promise<any> => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const answer = await plane.send({ method, path, headers: { 'content-type': type }, body: body === undefined ? undefined : JSON.stringify(body) });
    await plane.quiescence.settled();
    return JSON.parse(answer.text);
  };
  const node = (name: string, zone: string): Promise<any> =>
    ask('POST', '/api/v1/nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'topology.kubernetes.io/zone': zone } },
      status: { allocatable: { cpu: '4' }, conditions: [{ type: 'Ready', status: 'True' }] },
    });
  const pod = async (name: string, nodeName: string, ip: string): Promise<void> => {
    await ask('POST', '/api/v1/namespaces/default/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels: { app: 'web' } },
      spec: { nodeName, containers: [{ name: 'c', image: 'i' }] },
    });
    await ask('PATCH', `/api/v1/namespaces/default/pods/${name}/status`, {
      status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions: [{ type: 'Ready', status: 'True' }] },
    });
  };
  const service = (spec: object, annotations: object = {}): Promise<any> =>
    ask('POST', SERVICE, { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', annotations }, spec: { ports: [{ port: 80 }], ...spec } });
  const endpoints = async (): Promise<any[]> => (await ask('GET', MINE)).items.flatMap((slice: any) => slice.endpoints ?? []);
  const hints = async (): Promise<string[]> =>
    (await endpoints()).map(({ addresses, hints: hint }) => `${addresses[0]} ${JSON.stringify(hint) ?? ''}`.trim()).sort();
  const events = async (): Promise<string[]> =>
    (await ask('GET', '/api/v1/namespaces/default/events')).items.map(({ reason, message, count }: any) => `${reason} ${message} x${count}`);
  return { ...plane, ask, node, pod, service, endpoints, hints, events };
}

test('traffic that is to stay close has hints for ready endpoints, which go with the wish', async () => {
  const { ask, node, pod, service, hints, stop } = await setUp();
  await node('n1', 'a');
  await service({ selector: { app: 'web' }, trafficDistribution: 'PreferSameNode' });
  await pod('p', 'n1', '10.0.0.1');
  assert.deepEqual(await hints(), ['10.0.0.1 {"forZones":[{"name":"a"}],"forNodes":[{"name":"n1"}]}']);
  await ask('PATCH', `${SERVICE}/web`, { spec: { trafficDistribution: 'PreferClose' } });
  assert.deepEqual(await hints(), ['10.0.0.1 {"forZones":[{"name":"a"}]}']);
  await ask('PATCH', `${SERVICE}/web`, { spec: { trafficDistribution: null } });
  assert.deepEqual(await hints(), ['10.0.0.1']);
  await stop();
});

test('with topology mode Auto zones get endpoints by their CPUs, and events tell when they do and do not', async () => {
  const { ask, node, pod, service, hints, events, stop } = await setUp();
  for (const [name, zone] of [
    ['n1', 'a'],
    ['n2', 'b'],
  ])
    await node(name!, zone!);
  await service({ selector: { app: 'web' } }, { 'service.kubernetes.io/topology-mode': 'Auto' });
  for (const at of [1, 2, 3, 4]) await pod(`p${at}`, at === 4 ? 'n2' : 'n1', `10.0.0.${at}`);
  const byZone = (await hints()).map((line) => line.slice(-5, -4));
  assert.deepEqual(byZone.sort(), ['a', 'a', 'b', 'b']);
  await ask('DELETE', '/api/v1/nodes/n2');
  assert.deepEqual(await hints(), ['10.0.0.1', '10.0.0.2', '10.0.0.3']);
  const told = (await events()).map((line) => line.replace(/, addressType: IPv4 x\d$/, ''));
  assert.deepEqual(told.sort(), [
    'FailedToUpdateEndpointSlices Error updating Endpoint Slices for Service default/web: skipping Pod p4 for Service default/web: Node n2 Not Found x1',
    'TopologyAwareHintsDisabled Insufficient Node information: allocatable CPU or zone not specified on one or more nodes',
    'TopologyAwareHintsDisabled Insufficient number of endpoints (0 endpoints, 2 zones)',
    'TopologyAwareHintsDisabled Insufficient number of endpoints (1 endpoints, 2 zones)',
    'TopologyAwareHintsDisabled Unable to allocate minimum required endpoints to each zone without exceeding overload threshold (3 endpoints, 2 zones)',
    'TopologyAwareHintsEnabled Topology Aware Hints has been enabled',
  ]);
  await stop();
});

test('a pod of a node that is not there is told of, ever more seldom, until the node comes', async () => {
  const { node, pod, service, endpoints, events, clock, stop } = await setUp();
  await service({ selector: { app: 'web' } });
  await pod('p', 'n1', '10.0.0.1');
  await clock.advance(8_000);
  assert.deepEqual(await endpoints(), []);
  assert.deepEqual(await events(), [
    'FailedToUpdateEndpointSlices Error updating Endpoint Slices for Service default/web: skipping Pod p for Service default/web: Node n1 Not Found x4',
  ]);
  await node('n1', 'a');
  assert.equal((await endpoints()).length, 1);
  await stop();
});

test('a slice that somebody made his own is left alone, and another takes its place', async () => {
  const { ask, node, pod, service, stop } = await setUp();
  await node('n1', 'a');
  await service({ selector: { app: 'web' } });
  await pod('p', 'n1', '10.0.0.1');
  const [
    {
      metadata: { name },
    },
  ] = (await ask('GET', MINE)).items;
  await ask('PATCH', `${SLICES}/${name}`, { metadata: { labels: { 'endpointslice.kubernetes.io/managed-by': 'me' } } });
  assert.equal((await ask('GET', MINE)).items.length, 2);
  await stop();
});

test('mirrored slices follow their Endpoints, and go when these are empty', async () => {
  const { ask, service, stop } = await setUp();
  await service({});
  const subsets = [{ addresses: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }], ports: [{ port: 80 }] }];
  await ask('POST', '/api/v1/namespaces/default/endpoints', { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'web', labels: { a: 'b' } }, subsets });
  const shown = async (): Promise<unknown> =>
    (await ask('GET', MINE)).items
      .map(({ addressType, endpoints, ports, metadata }: any) => [
        addressType,
        endpoints.map(({ addresses }: any) => addresses[0]),
        ports.map(({ port }: any) => port),
        metadata.labels.a,
      ])
      .sort();
  assert.deepEqual(await shown(), [
    ['IPv4', ['10.0.0.1'], [80], 'b'],
    ['IPv6', ['fd00::1'], [80], 'b'],
  ]);
  await ask('PATCH', '/api/v1/namespaces/default/endpoints/web', {
    metadata: { labels: { a: 'c' } },
    subsets: [{ addresses: [{ ip: '10.0.0.2' }], ports: [{ port: 81 }] }],
  });
  assert.deepEqual(await shown(), [['IPv4', ['10.0.0.2'], [81], 'c']]);
  await ask('PATCH', '/api/v1/namespaces/default/endpoints/web', { subsets: null });
  assert.deepEqual(await shown(), []);
  await stop();
});
