/** KubeSchedulerConfiguration: what is read from it, what is wrong with it, and what profiles and plugins make of it. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { readConfigFile } from '../../src/scheduler/configfile.js';
import { ConfigError, merged, pointsOf, type PluginSets } from '../../src/scheduler/profile.js';
import { decisionOn, type World } from './decision.js';
import { schedulerPlane } from './support.js';

const file = (body: string): string => `apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n${body}`;
const profile = (args: string): string => file(`profiles:\n- pluginConfig:\n${args}`);
const read = (body: string) => readConfigFile(file(body)).config;

test('what is not said is as Kubernetes has it', () => {
  const {
    config,
    election: { leaderElect, lease },
    kubeconfig,
  } = readConfigFile(file(''));
  const [{ schedulerName, args }] = config.profiles as [any];
  assert.deepEqual(
    [config.percentageOfNodesToScore, config.podInitialBackoffSeconds, config.podMaxBackoffSeconds, schedulerName, leaderElect, kubeconfig, lease.name],
    [0, 1, 10, 'default-scheduler', undefined, undefined, 'kube-scheduler'],
  );
  assert.deepEqual(args.NodeResourcesFit.scoringStrategy, {
    type: 'LeastAllocated',
    resources: [
      { name: 'cpu', weight: 1 },
      { name: 'memory', weight: 1 },
    ],
    shape: [],
  });
});

test('what is said is read', () => {
  const {
    config,
    election: { leaderElect, lease, leaseDurationMs },
    kubeconfig,
  } = readConfigFile(
    file(`
percentageOfNodesToScore: 30
podMaxBackoffSeconds: 20
parallelism: 4
leaderElection: { leaderElect: false, leaseDuration: 30s, resourceName: packer }
clientConnection: { kubeconfig: /etc/kubernetes/scheduler.conf, qps: 50.5 }
profiles:
- schedulerName: packed
  percentageOfNodesToScore: 5
  pluginConfig:
  - name: NodeResourcesFit
    args: { apiVersion: kubescheduler.config.k8s.io/v1, kind: NodeResourcesFitArgs, scoringStrategy: { type: MostAllocated, resources: [{ name: cpu, weight: 3 }, { name: example.com/gpu }] } }
  - { name: Unheard, args: { whatever: 1 } }
extenders:
- { urlPrefix: 'http://127.0.0.1:8888', filterVerb: filter, httpTimeout: 2s, managedResources: [{ name: example.com/foo, ignoredByScheduler: true }] }
`),
  );
  const [packed] = config.profiles;
  assert.deepEqual([lease, leaseDurationMs], [{ namespace: 'kube-system', name: 'packer' }, 30_000]);
  assert.deepEqual(
    [leaderElect, kubeconfig, config.percentageOfNodesToScore, config.podMaxBackoffSeconds, packed!.schedulerName, packed!.percentageOfNodesToScore],
    [false, '/etc/kubernetes/scheduler.conf', 30, 20, 'packed', 5],
  );
  assert.deepEqual(packed!.args.NodeResourcesFit, {
    ignoredResources: ['example.com/foo'],
    ignoredResourceGroups: [],
    scoringStrategy: {
      type: 'MostAllocated',
      resources: [
        { name: 'cpu', weight: 3 },
        { name: 'example.com/gpu', weight: 1 },
      ],
      shape: [],
    },
  });
  assert.deepEqual([config.extenders[0]!.httpTimeoutMs, config.extenders[0]!.filterVerb], [2_000, 'filter']);
});

const mistakes: [string, string, string][] = [
  [
    'another version',
    'apiVersion: kubescheduler.config.k8s.io/v1beta3\nkind: KubeSchedulerConfiguration',
    'no kind "KubeSchedulerConfiguration" is registered for version "kubescheduler.config.k8s.io/v1beta3" in scheme "pkg/scheduler/apis/config/scheme/scheme.go:30"',
  ],
  ['no kind', 'apiVersion: kubescheduler.config.k8s.io/v1', `Object 'Kind' is missing in '{"apiVersion":"kubescheduler.config.k8s.io/v1"}'`],
  ['fields that nobody knows', file('foo: 1\nprofiles: [{ bar: 2 }]'), 'strict decoding error: unknown field "foo", unknown field "profiles[0].bar"'],
  [
    'a value of another type',
    file('parallelism: many'),
    'json: cannot unmarshal string into Go struct field KubeSchedulerConfiguration.parallelism of type int32',
  ],
  [
    'values out of range',
    file('parallelism: 0\npercentageOfNodesToScore: 101'),
    '[parallelism: Invalid value: 0: should be an integer value greater than zero, percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]]',
  ],
  [
    'back-offs that shrink',
    file('podInitialBackoffSeconds: 20'),
    'podMaxBackoffSeconds: Invalid value: 10: must be greater than or equal to PodInitialBackoffSeconds',
  ],
  [
    'a lease that ends before it is renewed',
    file('leaderElection: { leaseDuration: 5s }'),
    'leaderElection.leaseDuration: Invalid value: "10s": LeaseDuration must be greater than RenewDeadline',
  ],
  [
    'several profiles without names',
    file('profiles: [{}, {}]'),
    '[profiles[0].schedulerName: Required value, profiles[1].schedulerName: Required value, profiles[1].schedulerName: Duplicate value: "profiles[0].schedulerName"]',
  ],
  [
    'arguments nobody knows',
    profile('  - { name: NodeResourcesFit, args: { foo: 1 } }'),
    'strict decoding error: decoding .profiles[0].pluginConfig[0]: decoding args for plugin NodeResourcesFit: strict decoding error: unknown field "foo"',
  ],
  [
    'arguments of another plugin',
    profile('  - { name: NodeResourcesFit, args: { kind: NodeAffinityArgs } }'),
    'decoding .profiles[0].pluginConfig[0]: args for plugin NodeResourcesFit were not of type NodeResourcesFitArgs.kubescheduler.config.k8s.io, got NodeAffinityArgs.kubescheduler.config.k8s.io',
  ],
  [
    'defaults for spreading beside those of the system',
    profile('  - { name: PodTopologySpread, args: { defaultConstraints: [{ maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway }] } }'),
    'profiles[0].pluginConfig[PodTopologySpread].args.defaultingType: Invalid value: "System": when .defaultConstraints are not empty',
  ],
  [
    'an extender that scores for nothing',
    file("extenders: [{ urlPrefix: 'http://x', prioritizeVerb: p }]"),
    'extenders[0].weight: Invalid value: 0: must have a positive weight applied to it',
  ],
];

test.each(mistakes)('refuses %s', (_, content, message) => {
  assert.throws(
    () => readConfigFile(content),
    (error: Error) => error instanceof ConfigError && (assert.equal(error.message, message), true),
  );
});

const names = (sets: PluginSets): { filter: string[]; score: [string, number][] } => {
  const {
    framework: { plugins },
  } = decisionOn({ nodes: [] });
  const points = pointsOf('p', merged(sets), new Map(plugins.map((plugin) => [plugin.name, plugin])));
  return { filter: points.filter.map(({ name }) => name), score: points.score.map(({ plugin, weight }) => [plugin.name, weight]) };
};
const set = (enabled: { name: string; weight?: number }[], disabled: string[] = []) => ({ enabled, disabled: disabled.map((name) => ({ name })) });

test('plugins are switched off and on at one point or at all, with weights of their own', () => {
  assert.deepEqual(names({}).filter.slice(0, 3), ['NodeUnschedulable', 'NodeName', 'TaintToleration']);
  assert.deepEqual(names({ score: set([{ name: 'NodeResourcesFit', weight: 5 }], ['*']) }).score, [['NodeResourcesFit', 5]]);
  assert.equal(names({ filter: set([], ['TaintToleration']) }).filter.includes('TaintToleration'), false);
  assert.ok(names({ filter: set([], ['TaintToleration']) }).score.some(([name, weight]) => name === 'TaintToleration' && weight === 3));
  assert.deepEqual(
    names({ multiPoint: set([{ name: 'ImageLocality', weight: 7 }]) }).score.find(([name]) => name === 'ImageLocality'),
    ['ImageLocality', 7],
  );
  assert.deepEqual(names({ filter: set([{ name: 'NodePorts' }]) }).filter[0], 'NodePorts', 'who is named for the point comes first');
});

test.each([
  [{ filter: set([{ name: 'Nope' }]) }, 'FilterPlugin "Nope" does not exist'],
  [{ filter: set([{ name: 'ImageLocality' }]) }, 'plugin "ImageLocality" does not extend FilterPlugin plugin'],
  [{ filter: set([{ name: 'NodePorts' }, { name: 'NodePorts' }]) }, 'plugin "NodePorts" already registered as "FilterPlugin"'],
  [{ queueSort: set([], ['*']) }, 'at least one queue sort plugin is required for profile with scheduler name "p"'],
  [{ bind: set([], ['*']) }, 'at least one bind plugin is required for profile with scheduler name "p"'],
] as [PluginSets, string][])('a profile that cannot be is refused: %j', (sets, message) => {
  assert.throws(() => names(sets), { message });
});

const node = (name: string, allocatable: object = {}, labels: object = {}): any => ({
  metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
  status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110', ...allocatable } },
});
const pod = (requests: object, spec: object = {}, metadata: object = {}): any => ({
  metadata,
  spec: { containers: [{ name: 'c', image: 'app:1', resources: { requests } }], ...spec },
});
const argsOf = (args: string): World['args'] => read(`profiles:\n- pluginConfig:\n  - ${args}`).profiles[0]!.args;

test('the strategy says which node is best', () => {
  const world = { nodes: [node('full'), node('empty')], existing: [pod({ cpu: '2' }, { nodeName: 'full' })] };
  const strategy = (text: string): Record<string, number> =>
    decisionOn({ ...world, args: argsOf(`{ name: NodeResourcesFit, args: { scoringStrategy: ${text} } }`)! }).scores('NodeResourcesFit', pod({ cpu: '1' }));
  assert.deepEqual(strategy('{ type: LeastAllocated, resources: [{ name: cpu }] }'), { full: 25, empty: 75 });
  assert.deepEqual(strategy('{ type: MostAllocated, resources: [{ name: cpu }] }'), { full: 75, empty: 25 });
  assert.deepEqual(
    strategy(
      '{ type: RequestedToCapacityRatio, resources: [{ name: cpu }], requestedToCapacityRatio: { shape: [{ utilization: 0, score: 0 }, { utilization: 50, score: 10 }, { utilization: 100, score: 0 }] } }',
    ),
    { full: 50, empty: 50 },
  );
  assert.deepEqual(strategy('{ type: MostAllocated, resources: [{ name: cpu, weight: 3 }, { name: memory, weight: 1 }] }'), { full: 57, empty: 19 });
});

test('nodes that the profile adds an affinity for, and no others, take its pods', () => {
  const { decide } = decisionOn({
    nodes: [node('a'), node('b', {}, { pool: 'x' })],
    args: argsOf(
      '{ name: NodeAffinity, args: { addedAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: pool, operator: In, values: [x] }] }] } } } }',
    )!,
  });
  assert.equal(decide(pod({})).node?.name, 'b');
  const refused: any = decide(pod({ cpu: '9' }));
  assert.match(refused.message, /^0\/2 nodes are available: 1 Insufficient cpu, 1 node\(s\) didn't match scheduler-enforced node affinity\./);
});

test('constraints by default hold for pods of a Service', () => {
  const service = { kind: 'Service', metadata: { name: 's', namespace: 'default' }, spec: { selector: { app: 'web' } } };
  const labels = { app: 'web' };
  const args = argsOf(
    '{ name: PodTopologySpread, args: { defaultingType: List, defaultConstraints: [{ maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule }] } }',
  )!;
  const { nodeFor } = decisionOn({
    nodes: [node('a'), node('b')],
    others: [service],
    existing: [pod({}, { nodeName: 'a' }, { labels }), pod({ cpu: '3' }, { nodeName: 'b' })],
    args,
  });
  assert.deepEqual([nodeFor(pod({}, {}, { labels })), nodeFor(pod({}, {}, { labels: { app: 'other' } }))], ['b', 'a']);
});

test('each pod is scheduled as its profile says, and told of under its name', async () => {
  const { ask, makeNode, makePod, start, nodeOf } = await schedulerPlane();
  await makeNode('small', { allocatable: { cpu: '2' } });
  await makeNode('big', { allocatable: { cpu: '8' } });
  await start([], {
    config: read(
      'profiles: [{ schedulerName: default-scheduler }, { schedulerName: packed, pluginConfig: [{ name: NodeResourcesFit, args: { scoringStrategy: { type: MostAllocated } } }], plugins: { score: { disabled: [{ name: NodeResourcesBalancedAllocation }] } } }]',
    ),
  });
  await makePod('spread', { cpu: '1' });
  await makePod('packed', { cpu: '1', schedulerName: 'packed' });
  await makePod('other', { cpu: '1', schedulerName: 'somebody' });
  assert.deepEqual([await nodeOf('spread'), await nodeOf('packed'), await nodeOf('other')], ['big', 'small', undefined]);
  const { items } = await ask('GET', '/apis/events.k8s.io/v1/namespaces/default/events?fieldSelector=regarding.name=packed');
  assert.deepEqual(
    items.map(({ reportingController, reportingInstance, action, reason, note }: any) => [reportingController, reportingInstance, action, reason, note]),
    [['packed', 'packed-m-k8s', 'Binding', 'Scheduled', 'Successfully assigned default/packed to small']],
  );
});

test('extenders take nodes away, give points, and bind', async () => {
  const { ask, makeNode, makePod, start, nodeOf, why } = await schedulerPlane();
  for (const name of ['a', 'b', 'c']) await makeNode(name);
  const asked: [string, any][] = [];
  const answers: Record<string, (args: any) => unknown> = {
    filter: ({ NodeNames }) => ({ nodeNames: NodeNames.filter((name: string) => name !== 'a'), failedNodes: { a: 'the extender does not like it' } }),
    prioritize: () => [
      { host: 'c', score: 10 },
      { host: 'b', score: 1 },
    ],
    nobody: ({ NodeNames }) => ({ NodeNames: [], FailedNodes: Object.fromEntries(NodeNames.map((name: string) => [name, 'none will do'])) }),
  };
  const config = read(`
profiles: [{ schedulerName: default-scheduler }]
extenders:
- { urlPrefix: 'http://extender/', filterVerb: filter, prioritizeVerb: prioritize, weight: 5, nodeCacheCapable: true }
- { urlPrefix: 'http://picky', filterVerb: nobody, nodeCacheCapable: true, managedResources: [{ name: example.com/x, ignoredByScheduler: true }] }
- { urlPrefix: 'http://broken', filterVerb: gone, ignorable: true }
`);
  await start([], {
    config,
    ask: async ({ url, body }) => {
      const verb = url.split('/').at(-1)!;
      asked.push([url, JSON.parse(body)]);
      if (answers[verb] === undefined) throw new Error('connection refused');
      return { status: 200, body: JSON.stringify(answers[verb](JSON.parse(body))) };
    },
  });
  await makePod('p');
  assert.equal(await nodeOf('p'), 'c');
  assert.deepEqual(
    asked.map(([url]) => url),
    ['http://extender/filter', 'http://broken/gone', 'http://extender/prioritize'],
  );
  const x = { 'example.com/x': '1' };
  await makePod('q', { containers: [{ name: 'c', image: 'app:1', resources: { requests: x, limits: x } }] });
  assert.match((await why('q')).message, /^0\/3 nodes are available: 1 the extender does not like it, 2 none will do\. no new claims/);
  assert.equal((await ask('GET', '/api/v1/nodes')).items.length, 3);
});
