/** One decision of the scheduler over given objects, without an API server: what the informers would hold is handed in. */
import type { KubeObject } from '../../src/apimachinery/object.js';
import { seededRandom } from '../../src/platform/random.js';
import { Cache } from '../../src/scheduler/cache.js';
import { Scheduling, type Verdict } from '../../src/scheduler/cycle.js';
import type { Handle, Sources } from '../../src/scheduler/handle.js';
import { Nominator } from '../../src/scheduler/nominator.js';
import { defaultArgs, type PluginArgs } from '../../src/scheduler/config.js';
import { createPlugins } from '../../src/scheduler/plugins/index.js';
import { merged, namesIn, pointsOf, type PluginSets } from '../../src/scheduler/profile.js';
import { PodInfo } from '../../src/scheduler/podinfo.js';
import { Framework } from '../../src/scheduler/runtime.js';

const KINDS: Record<keyof Sources, string> = {
  namespaces: 'Namespace',
  services: 'Service',
  replicationControllers: 'ReplicationController',
  replicaSets: 'ReplicaSet',
  statefulSets: 'StatefulSet',
  budgets: 'PodDisruptionBudget',
  volumes: 'PersistentVolume',
  claims: 'PersistentVolumeClaim',
  classes: 'StorageClass',
  csiNodes: 'CSINode',
  csiDrivers: 'CSIDriver',
  capacities: 'CSIStorageCapacity',
  volumeAttachments: 'VolumeAttachment',
  resourceClaims: 'ResourceClaim',
  resourceSlices: 'ResourceSlice',
  deviceClasses: 'DeviceClass',
};

export interface World {
  nodes: readonly any[];
  existing?: readonly any[];
  others?: readonly any[];
  client?: object;
  plugins?: PluginSets;
  args?: Partial<PluginArgs>;
}

/** Where the pod goes, and the world in which it was decided. */
export function decisionOn({ nodes, existing = [], others = [], client = {}, plugins, args = {} }: World) {
  const cache = new Cache();
  const nominator = new Nominator();
  const sources = Object.fromEntries(
    Object.entries(KINDS).map(([name, kind]) => [name, informerOf(others.filter((object) => object.kind === kind))]),
  ) as unknown as Sources;
  const unused = {} as any;
  const loading: Promise<unknown>[] = [];
  const clock = { now: () => 0, after: () => () => {} } as unknown as Handle['clock'];
  const handle: Handle = {
    cache,
    nominator,
    sources,
    clock,
    client: client as any,
    recorder: { event() {} },
    allocated: new Map(),
    podNow: () => undefined,
    activate() {},
    log: { info() {}, warning() {}, error() {} },
    random: seededRandom(1),
    framework: () => framework,
    background: (work) => void loading.push(work),
    changed() {},
    rest: unused,
  };
  const sets = merged(plugins);
  const framework: Framework = new Framework({
    points: pointsOf('default-scheduler', sets, createPlugins(handle, namesIn(sets), { ...defaultArgs(), ...args })),
    nominator,
  });
  for (const node of nodes) cache.setNode({ apiVersion: 'v1', kind: 'Node', spec: {}, ...node });
  existing.forEach((pod, at) => cache.setPod(filled(pod, `e${at}`)));
  const scheduling = new Scheduling(cache);
  return {
    cache,
    framework,
    decide: (pod: object): Verdict => scheduling.decide(framework, new PodInfo(filled(pod, 'p'))),
    nodeFor(pod: object): string | undefined {
      return scheduling.decide(framework, new PodInfo(filled(pod, 'p'))).node?.name;
    },
    /** The same where devices are claimed: what understands them is loaded first. */
    async decideWithDevices(pod: object): Promise<Verdict> {
      const info = new PodInfo(filled(pod, 'p'));
      framework.preEnqueue(info);
      await Promise.all(loading);
      return scheduling.decide(framework, info);
    },
    /** What one plugin gives each node, by name. */
    scores(plugin: string, pod: object): Record<string, number> {
      const info = new PodInfo(filled(pod, 'p'));
      const cycle = framework.newCycle();
      framework.preFilter(cycle, info);
      const { preScore, score, normalize } = framework.plugins.find(({ name }) => name === plugin)!;
      if (preScore?.(cycle, info, cache.list) === 'skip') return {};
      const scores = cache.list.map((node) => score!(cycle, info, node));
      normalize?.(cycle, scores, cache.list);
      return Object.fromEntries(cache.list.map(({ name }, at) => [name, scores[at]!]));
    },
  };
}

function informerOf(objects: readonly KubeObject[]): unknown {
  const isIn =
    (namespace: string | undefined) =>
    ({ metadata }: KubeObject) =>
      namespace === undefined || metadata.namespace === namespace;
  return {
    lister: {
      get: ({ namespace, name }: { namespace?: string; name: string }) => objects.filter(isIn(namespace)).find(({ metadata }) => metadata.name === name),
      byIndex: (index: string, value: string) => objects.filter((object: any) => object.spec[index] === value),
      list: ({ namespace }: { namespace?: string } = {}) => objects.filter(isIn(namespace)),
    },
    progress: () => () => {},
  };
}

const filled = (pod: any, uid: string): any => ({
  apiVersion: 'v1',
  kind: 'Pod',
  status: {},
  ...pod,
  metadata: { namespace: 'default', name: uid, uid, ...pod.metadata },
});
