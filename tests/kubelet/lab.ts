/**
 * One node for tests: an API server in memory, a kubelet, the simulated runtime
 * and a virtual clock; and a scheduler's one deed, binding. Also runs recorded
 * scenarios and writes down what was seen in the form of the recordings.
 */
import { createClient } from '../../src/client/resource.js';
import { createEventRecorder } from '../../src/client/events.js';
import { createInformerFactory } from '../../src/client/informerfactory.js';
import type { Client } from '../../src/client/client.js';
import { nodeProber } from '../../src/cluster/prober.js';
import { InProcessIdentity } from '../../src/apimachinery/request.js';
import type { Kind } from '../../src/api/kind.js';
import type { KubeObject } from '../../src/apimachinery/object.js';
import { createKubelet, type Kubelet, type KubeletOptions } from '../../src/kubelet/kubelet.js';
import { ConfigMapKind, PodKind, ServiceAccountKind, type Pod } from '../../src/kubelet/kinds.js';
import { Namespace as NamespaceKind } from '../../src/api/core/namespace.js';
import { Event as EventKind } from '../../src/api/core/event.js';
import { KINDS } from '../../src/api/kinds.js';
import { memoryFiles } from '../../src/platform/memoryfiles.js';
import { seededRandom } from '../../src/platform/random.js';
import type { Files } from '../../src/platform/files.js';
import { createImageCatalog, type CatalogOptions } from '../../src/sim/images/catalogue.js';
import { createSimNetwork } from '../../src/sim/network/network.js';
import { createSimRuntime, type SimRuntime } from '../../src/sim/runtime/runtime.js';
import { ADMIN, testServer, type TestServer } from '../support/inprocess.js';

export const NODE = 'w1-k8s';
const ADDRESS = '172.30.5.10';

export interface Lab extends TestServer {
  client: Client;
  kubelet: Kubelet;
  sim: SimRuntime;
  files: Files;
  lines: string[];
  /** A namespace with what controllers would put in it. */
  namespace(name: string): Promise<void>;
  create(namespace: string, objects: readonly object[]): Promise<void>;
  /** A kubelet anew over the same runtime, disk and API: a process that was killed. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface LabOptions {
  catalog?: CatalogOptions;
  present?: readonly string[];
  kubelet?: Partial<KubeletOptions>;
  start?: boolean;
}

export async function createLab({ catalog = {}, present = ['busybox:1.36'], kubelet: extra = {}, start = true }: LabOptions = {}): Promise<Lab> {
  const nodes = { connect: (node: string) => (node === NODE ? lab.kubelet.api : undefined) };
  const base = await testServer({ nodes });
  const { server, clock, quiescence } = base;
  const random = seededRandom(11);
  const clientFor = (name: string, groups: string[]): Client =>
    createClient({ handler: server, credentials: { type: 'inProcess', identity: new InProcessIdentity({ name, groups }) }, userAgent: 'test', quiescence });
  const client = clientFor(ADMIN.name, [...ADMIN.groups]);
  const own = clientFor('system:kube-admin', ['system:masters', 'system:authenticated']);
  const files = memoryFiles({ now: () => clock.now() });
  files.write('/etc/resolv.conf', 'nameserver 192.0.2.53\nsearch lab.example\noptions ndots:2\n');
  const network = createSimNetwork({ clock, quiescence, random });
  const sim = createSimRuntime({
    node: { name: NODE, addresses: [ADDRESS], podCidr: '10.244.0.0/24' },
    network,
    files,
    clock,
    random,
    quiescence,
    images: createImageCatalog(catalog),
  });
  for (const image of present) await sim.images.pullImage(image);
  const lines: string[] = [];
  const log = {
    info: (line: string) => void lines.push(line),
    warning: (line: string) => void lines.push(line),
    error: (line: string) => void lines.push(line),
  };
  const informers = createInformerFactory({ client: own, clock, quiescence, random });
  const make = (): Kubelet =>
    createKubelet({
      nodeName: NODE,
      addresses: [{ type: 'InternalIP', address: ADDRESS }],
      capacity: { cpu: '2', memory: '8Gi', 'ephemeral-storage': '100Gi', pods: '110' },
      client: own,
      informers,
      runtime: sim.runtime,
      images: sim.images,
      files,
      clock,
      random,
      quiescence,
      log,
      recorder: createEventRecorder({ client: own, clock, quiescence, log, component: 'kubelet', host: NODE }),
      prober: nodeProber(network, { name: NODE, address: ADDRESS }),
      ...extra,
    });
  const lab: Lab = {
    ...base,
    client,
    kubelet: make(),
    sim,
    files,
    lines,
    async namespace(name) {
      if (name !== 'default') await client.on(NamespaceKind).create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      await client
        .on(ServiceAccountKind)
        .create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } })
        .catch(() => {});
      await client
        .on(ConfigMapKind)
        .create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-root-ca.crt', namespace: name }, data: { 'ca.crt': 'CA' } })
        .catch(() => {});
    },
    async create(namespace, objects) {
      for (const object of objects as KubeObject[]) {
        const kind = KINDS.find((one) => one.kind === object.kind && `${one.group === '' ? '' : `${one.group}/`}${one.version}` === object.apiVersion)!;
        await client.on(kind).create({ ...object, metadata: { ...object.metadata, ...(kind.namespaced ? { namespace } : {}) } } as never);
        const { nodeName } = (object as Pod).spec ?? {};
        if (object.kind === 'Pod' && nodeName === undefined) {
          await client.on(PodKind).createSubresource({ namespace, name: object.metadata.name! }, 'binding', {
            apiVersion: 'v1',
            kind: 'Binding',
            metadata: { name: object.metadata.name!, namespace },
            target: { kind: 'Node', name: NODE },
          } as never);
        }
      }
    },
    async restart() {
      const saved = lab.kubelet.saved();
      await lab.kubelet.stop();
      lab.kubelet = make();
      lab.kubelet.restore(JSON.parse(JSON.stringify(saved)) as typeof saved);
      await lab.kubelet.start();
      await quiescence.settled();
    },
    async stop() {
      await lab.kubelet.stop();
      await sim.close();
    },
  };
  if (start) {
    await lab.kubelet.start();
    await informers.start();
    await quiescence.settled();
  }
  return lab;
}

/** What was seen of a namespace's pods and Events. */
export interface Seen {
  at: number;
  type: string;
  object: KubeObject;
}

export async function record(lab: Lab, namespace: string): Promise<{ pods: Seen[]; events: Seen[]; stop(): void }> {
  const start = lab.clock.now();
  const follow = async (kind: Kind): Promise<{ seen: Seen[]; stop(): void }> => {
    const seen: Seen[] = [];
    const { stop } = await lab.client
      .on(kind)
      .watch({ namespace }, { event: ({ type, object }) => void seen.push({ at: (lab.clock.now() - start) / 1000, type, object }), ended() {} });
    return { seen, stop };
  };
  const pods = await follow(PodKind);
  const events = await follow(EventKind);
  return { pods: pods.seen, events: events.seen, stop: () => (pods.stop(), events.stop()) };
}
