/** Devices that claims are given, as one decision sees it: which node, which devices, and what is said where there are none. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { allocate, type Rules } from '../../src/scheduler/deviceallocator.js';
import { takenDevices } from '../../src/scheduler/deviceclaims.js';
import { poolsFor, poolsOf } from '../../src/scheduler/devicepools.js';
import { allocationOf } from '../../src/scheduler/deviceresult.js';
import { selects } from '../../src/scheduler/deviceselector.js';
import { NodeInfo } from '../../src/scheduler/nodeinfo.js';
import { decisionOn } from './decision.js';

const DRIVER = 'gpu.example.com';
const node = (name: string, allocatable: object = {}): any => ({
  metadata: { name, labels: { 'kubernetes.io/hostname': name } },
  status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110', ...allocatable } },
});
const slice = (nodeName: string, devices: object[], spec: object = {}): any => ({
  kind: 'ResourceSlice',
  metadata: { name: `slice-${nodeName}` },
  spec: { driver: DRIVER, nodeName, pool: { name: nodeName, generation: 1, resourceSliceCount: 1 }, devices, ...spec },
});
const deviceClass = (name = 'gpu', spec: object = {}): any => ({ kind: 'DeviceClass', metadata: { name }, spec });
const claim = (devices: object, status?: object): any => ({
  kind: 'ResourceClaim',
  metadata: { namespace: 'default', name: 'c', uid: 'c', resourceVersion: '1' },
  spec: { devices },
  ...(status === undefined ? {} : { status }),
});
const exactly = (own: object = {}): object => ({ deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 1, ...own });
const one = (own: object = {}): object => ({ requests: [{ name: 'r', exactly: exactly(own) }] });
const claiming = { spec: { resourceClaims: [{ name: 'g', resourceClaimName: 'c' }], containers: [{ name: 'c', image: 'app:1' }] } };
const device = (name: string, own: object = {}): any => ({ name, ...own });

/** What the claim is given on node a, and undefined where nothing fits. */
function given(
  devices: object,
  { offered, others = [], classes = [deviceClass()], spec = {} }: { offered: object[]; others?: any[]; classes?: any[]; spec?: object },
) {
  const a = new NodeInfo('a');
  a.setNode({ spec: {}, ...node('a') });
  const rules: Rules = { selects, deviceClass: (name) => classes.find(({ metadata }) => metadata.name === name) };
  const asked = claim(devices);
  const taken = takenDevices({ resourceClaims: { lister: { list: () => others } } } as any, new Map());
  const found = allocate([asked], poolsFor(poolsOf([slice('a', offered, spec)]), a), taken, rules);
  return found === undefined ? undefined : allocationOf(asked, found[0]!, 'a', () => 'share');
}
const names = (allocation: ReturnType<typeof given>): string[] | undefined =>
  allocation?.devices.results?.map(({ request, device: name }) => `${request}:${name}`);
const holding = (results: object[]): any => ({
  metadata: { namespace: 'default', name: 'other', uid: 'other' },
  spec: { devices: {} },
  status: { allocation: { devices: { results: results.map((result) => ({ driver: DRIVER, pool: 'a', request: 'r', ...result })) } } },
});

const pair = [
  device('d0', { attributes: { model: { string: 'x' }, numa: { int: 0 } } }),
  device('d1', {
    attributes: { model: { string: 'y' }, numa: { int: 1 }, cores: { int: 8 }, fw: { version: '2.1.0' } },
    capacity: { memory: { value: '16Gi' } },
  }),
];
const choices: { name: string; asks: object; offered?: object[]; others?: any[]; spec?: object; gives: string[] | undefined }[] = [
  { name: 'the first that is free', asks: one(), others: [holding([{ device: 'd0' }])], gives: ['r:d1'] },
  { name: 'as many as are asked for, or none', asks: one({ count: 3 }), gives: undefined },
  { name: 'all there are', asks: one({ allocationMode: 'All', count: undefined }), gives: ['r:d0', 'r:d1'] },
  { name: 'all, of which one is taken: none', asks: one({ allocationMode: 'All', count: undefined }), others: [holding([{ device: 'd1' }])], gives: undefined },
  { name: 'one in use, to an administrator', asks: one({ adminAccess: true }), others: [holding([{ device: 'd0' }])], gives: ['r:d0'] },
  {
    name: 'by attribute, quantity and version',
    asks: one({
      selectors: [
        {
          cel: {
            expression: `device.attributes["${DRIVER}"].model == "y" && device.capacity["${DRIVER}"].memory.compareTo(quantity("8Gi")) > 0 && device.attributes["${DRIVER}"].fw.isGreaterThan(semver("2.0.0"))`,
          },
        },
      ],
    }),
    gives: ['r:d1'],
  },
  {
    name: 'with cel.bind, and domains that are not there',
    asks: one({
      selectors: [
        {
          cel: {
            expression: `cel.bind(own, device.attributes["${DRIVER}"], "cores" in own && own.cores == 8) && !("x" in device.attributes["other.example.com"])`,
          },
        },
      ],
    }),
    gives: ['r:d1'],
  },
  {
    name: 'the first alternative that can be had',
    asks: {
      requests: [
        {
          name: 'r',
          firstAvailable: [
            { name: 'many', ...exactly({ count: 3 }) },
            { name: 'two', ...exactly({ count: 2 }) },
          ],
        },
      ],
    },
    gives: ['r/two:d0', 'r/two:d1'],
  },
  {
    name: 'alike',
    asks: { requests: [{ name: 'r', exactly: exactly({ count: 2 }) }], constraints: [{ matchAttribute: `${DRIVER}/model` }] },
    gives: undefined,
  },
  {
    name: 'different',
    asks: { requests: [{ name: 'r', exactly: exactly({ count: 2 }) }], constraints: [{ distinctAttribute: `${DRIVER}/numa` }] },
    gives: ['r:d0', 'r:d1'],
  },
  {
    name: 'not tainted',
    asks: one(),
    offered: [device('d0', { taints: [{ key: 'broken', effect: 'NoSchedule' }] }), device('d1', { taints: [{ key: 'soon', effect: 'None' }] })],
    gives: ['r:d1'],
  },
  {
    name: 'tainted, tolerated',
    asks: one({ tolerations: [{ key: 'broken', operator: 'Exists' }] }),
    offered: [device('d0', { taints: [{ key: 'broken', value: 'very', effect: 'NoExecute' }] })],
    gives: ['r:d0'],
  },
  { name: 'from a pool that is complete only', asks: one(), spec: { pool: { name: 'a', generation: 1, resourceSliceCount: 2 } }, gives: undefined },
  {
    name: 'partitions while counters last',
    asks: one({ count: 2 }),
    spec: { sharedCounters: [{ name: 'mem', counters: { memory: { value: '10Gi' } } }] },
    offered: ['6Gi', '6Gi', '4Gi'].map((value, at) => device(`p${at}`, { consumesCounters: [{ counterSet: 'mem', counters: { memory: { value } } }] })),
    gives: ['r:p0', 'r:p2'],
  },
  {
    name: 'what partitions of others have left',
    asks: one(),
    others: [holding([{ device: 'p0' }])],
    spec: { sharedCounters: [{ name: 'mem', counters: { memory: { value: '10Gi' } } }] },
    offered: ['6Gi', '6Gi', '4Gi'].map((value, at) => device(`p${at}`, { consumesCounters: [{ counterSet: 'mem', counters: { memory: { value } } }] })),
    gives: ['r:p2'],
  },
];

test.each(choices)('gives $name', ({ asks, offered = pair, others, spec, gives }) => {
  assert.deepEqual(names(given(asks, { offered, ...(others === undefined ? {} : { others }), ...(spec === undefined ? {} : { spec }) })), gives);
});

test('a device that several may have is shared until its capacity is used up, in the steps its policy says', () => {
  const nic = device('nic', {
    allowMultipleAllocations: true,
    capacity: { bandwidth: { value: '10Gi', requestPolicy: { default: '1Gi', validRange: { min: '1Gi', step: '1Gi' } } } },
  });
  const asks = (requests?: object) => one(requests === undefined ? {} : { capacity: { requests } });
  const result = given(asks({ bandwidth: '1500Mi' }), { offered: [nic] })!.devices.results![0]!;
  assert.deepEqual([result.shareID, result.consumedCapacity], ['share', { bandwidth: '2Gi' }]);
  assert.deepEqual(given(asks(), { offered: [nic] })!.devices.results![0]!.consumedCapacity, { bandwidth: '1Gi' });
  const others = [holding([{ device: 'nic', shareID: 's1', consumedCapacity: { bandwidth: '9Gi' } }])];
  assert.deepEqual(names(given(asks({ bandwidth: '1Gi' }), { offered: [nic], others })), ['r:nic']);
  assert.equal(given(asks({ bandwidth: '2Gi' }), { offered: [nic], others }), undefined);
  assert.equal(given(asks({ other: '1' }), { offered: [nic] }), undefined, 'it has no such capacity');
});

test('the result tells settings of class and claim, what is tolerated and awaited, and which nodes can reach it', () => {
  const opaque = (parameters: object) => ({ opaque: { driver: DRIVER, parameters } });
  const tolerations = [{ key: 'broken', operator: 'Exists' }];
  const allocation = given(
    {
      requests: [
        { name: 'r', exactly: exactly({ tolerations }) },
        { name: 's', exactly: exactly() },
      ],
      config: [{ requests: ['s'], ...opaque({ own: 1 }) }],
    },
    {
      offered: [device('d0', { bindingConditions: ['Ready'], bindingFailureConditions: ['Failed'] }), device('d1')],
      classes: [deviceClass('gpu', { config: [opaque({ of: 'class' })] })],
    },
  )!;
  assert.deepEqual(allocation.devices.config, [
    { source: 'FromClass', requests: ['r', 's'], ...opaque({ of: 'class' }) },
    { source: 'FromClaim', requests: ['s'], ...opaque({ own: 1 }) },
  ]);
  assert.deepEqual(allocation.devices.results![0], {
    request: 'r',
    driver: DRIVER,
    pool: 'a',
    device: 'd0',
    tolerations,
    bindingConditions: ['Ready'],
    bindingFailureConditions: ['Failed'],
  });
  assert.deepEqual(allocation.nodeSelector, { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] }] });
});

const nodes = [node('a'), node('b')];
const message = (verdict: any): string => verdict.message;

test('a claim whose selector cannot be evaluated fails the pod, and says so', async () => {
  const asks = one({ selectors: [{ cel: { expression: `device.attributes["${DRIVER}"].nope == 1` } }] });
  const verdict: any = await decisionOn({ nodes, others: [deviceClass(), slice('a', pair), claim(asks)] }).decideWithDevices(claiming);
  assert.equal(verdict.isError, true);
  assert.equal(verdict.message, 'running "DynamicResources" filter plugin: claim default/c: selector #0: CEL runtime error: no such key: nope');
});

const elsewhere = {
  allocation: {
    devices: { results: [] },
    nodeSelector: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['gone'] }] }] },
  },
};
const refusals: { name: string; others: any[]; says: string }[] = [
  { name: 'nodes without devices', others: [deviceClass(), claim(one())], says: '2 cannot allocate all claims. still not schedulable,' },
  {
    name: 'a claim bound to a node that is gone: its devices are taken away',
    others: [deviceClass(), claim(one(), elsewhere)],
    says: '2 resourceclaim not available on the node. deallocation of ResourceClaim completed,',
  },
  {
    name: 'the same while another uses it',
    others: [deviceClass(), claim(one(), { ...elsewhere, reservedFor: [{ resource: 'pods', name: 'x', uid: 'x' }] })],
    says: '2 resourceclaim not available on the node. still not schedulable,',
  },
  {
    name: 'classes that alternatives name and that are not there',
    others: [claim({ requests: [{ name: 'r', firstAvailable: [{ name: 'a', ...exactly({ deviceClassName: 'none' }) }] }] })],
    says: 'request r/a: device class none does not exist. no new claims to deallocate,',
  },
];

test.each(refusals)('refuses $name', async ({ others, says }) => {
  const client = { on: () => ({ updateStatus: async () => ({}) }) };
  const found = message(await decisionOn({ nodes, others, client }).decideWithDevices(claiming));
  assert.equal(found, `0/2 nodes are available: ${says} preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.`);
});

test('a node where an earlier alternative can be had is better', async () => {
  const asks = {
    requests: [
      {
        name: 'r',
        firstAvailable: [
          { name: 'two', ...exactly({ count: 2 }) },
          { name: 'one', ...exactly() },
        ],
      },
    ],
  };
  const others = [deviceClass(), slice('a', [device('d0')]), slice('b', pair), claim(asks)];
  const verdict = await decisionOn({ nodes, others }).decideWithDevices(claiming);
  assert.equal(verdict.node?.name, 'b');
});

test('an extended resource that a class stands for is claimed where the node has none of its own', async () => {
  const pod = (resource: string): object => ({ spec: { containers: [{ name: 'c', image: 'app:1', resources: { requests: { [resource]: '1' } } }] } });
  const offered = [slice('b', [device('d0')])];
  const own = await decisionOn({
    nodes: [node('a', { 'example.com/gpu': '1' })],
    others: [deviceClass('gpu', { extendedResourceName: 'example.com/gpu' })],
  }).decideWithDevices(pod('example.com/gpu'));
  assert.equal(own.node?.name, 'a');
  const claimed = await decisionOn({ nodes, others: [deviceClass('gpu', { extendedResourceName: 'example.com/gpu' }), ...offered] }).decideWithDevices(
    pod('example.com/gpu'),
  );
  assert.equal(claimed.node?.name, 'b');
  const implicit = await decisionOn({ nodes, others: [deviceClass(), ...offered] }).decideWithDevices(pod('deviceclass.resource.kubernetes.io/gpu'));
  assert.equal(implicit.node?.name, 'b');
  const none = await decisionOn({ nodes, others: offered }).decideWithDevices(pod('example.com/gpu'));
  assert.match(message(none), /2 Insufficient example.com\/gpu/);
});
