/**
 * The nodes of a cluster: for each a disk, a container runtime, and a kubelet,
 * all on one simulated network.
 */
import { createInformerFactory } from '../client/informerfactory.js';
import { createEventRecorder } from '../client/events.js';
import { createClient } from '../client/resource.js';
import { InProcessIdentity } from '../apimachinery/request.js';
import { createKubelet } from '../kubelet/kubelet.js';
import { sharedPods } from '../kubelet/podsource.js';
import { createImageCatalog } from '../sim/images/catalogue.js';
import { createSimNetwork } from '../sim/network/network.js';
import type { SimState } from '../sim/runtime/records.js';
import { createSimRuntime } from '../sim/runtime/runtime.js';
import { hostedPrograms } from './hosted.js';
import { nodeProber } from './prober.js';
import { nodeFiles, NODES_WITH_FOLDERS_MAX } from './nodefiles.js';
import { hasStaticPods, type Machinery, type Part } from './running.js';
import { nodeAddress, NODE_SIZE, podCidr } from './topology.js';

export async function nodeParts(machinery: Machinery): Promise<Part[]> {
  const { config, clock, random, quiescence, handler } = machinery;
  const network = createSimNetwork({ clock, quiescence, random });
  const images = createImageCatalog({ mode: config.images === 'generic' ? 'generic' : 'known' });
  const hosts = hostedPrograms(machinery, network);
  // One watch of all pods serves every kubelet of the process; each is told of its own.
  const client = createClient({ handler, credentials: { type: 'inProcess', identity: new InProcessIdentity({ name: 'system:node-agent', groups: ['system:masters', 'system:authenticated'] }) }, userAgent: 'kubelet/v1.36.3' });
  const informers = createInformerFactory({ client, clock, quiescence, random });
  const podsOf = sharedPods(informers);
  const parts = config.nodes.map((name, at) => nodePart({ machinery, network, images, hosts, informers, pods: podsOf(name) }, name, at));
  return [{ name: 'node informers', start: async () => void informers.start(), stop: async () => informers.stop() }, ...parts];
}

interface Shared {
  machinery: Machinery;
  network: ReturnType<typeof createSimNetwork>;
  images: ReturnType<typeof createImageCatalog>;
  hosts: ReturnType<typeof hostedPrograms>;
  informers: ReturnType<typeof createInformerFactory>;
  pods: ReturnType<ReturnType<typeof sharedPods>>;
}

interface SavedNode {
  sim: SimState;
  kubelet: unknown;
}

const CONTROL_PLANE_TAINT = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };

function nodePart({ machinery, network, images, hosts, informers, pods }: Shared, name: string, at: number): Part {
  const { config, paths, clock, random, quiescence, handler, log, kubelets } = machinery;
  const files = nodeFiles(paths, config, name);
  const address = nodeAddress(at);
  const sim = createSimRuntime({ node: { name, addresses: [address], podCidr: podCidr(at) }, network, files, clock, random, quiescence, images, hosts });
  const identity = new InProcessIdentity({ name: `system:node:${name}`, groups: ['system:nodes', 'system:authenticated'] });
  const client = createClient({ handler, credentials: { type: 'inProcess', identity }, userAgent: 'kubelet/v1.36.3 (linux/amd64) kubernetes' });
  const controlPlane = at === 0;
  const kubelet = createKubelet({
    nodeName: name,
    addresses: [{ type: 'InternalIP', address }],
    capacity: { cpu: NODE_SIZE.cpu, memory: NODE_SIZE.memory, pods: NODE_SIZE.pods, 'ephemeral-storage': NODE_SIZE.ephemeralStorage },
    client,
    informers,
    pods,
    runtime: sim.runtime,
    images: sim.images,
    files,
    clock,
    random,
    quiescence,
    recorder: createEventRecorder({ client, clock, quiescence, log, component: 'kubelet', host: name }),
    log,
    prober: nodeProber(network, { name, address }),
    ...(controlPlane ? { registerWithTaints: [CONTROL_PLANE_TAINT], nodeLabels: { 'node-role.kubernetes.io/control-plane': '', 'node.kubernetes.io/exclude-from-external-load-balancers': '' } } : {}),
    ...(config.nodes.length > NODES_WITH_FOLDERS_MAX ? { disk: 'none' as const } : {}),
  });
  let saved: SavedNode | undefined;
  void hasStaticPods;
  return {
    name: `node ${name}`,
    restore: (state) => (saved = state as SavedNode),
    saved: () => ({ sim: sim.freeze(), kubelet: kubelet.saved() }) satisfies SavedNode,
    async start() {
      if (saved !== undefined) {
        await sim.thaw(saved.sim);
        kubelet.restore(saved.kubelet as never);
        saved = undefined;
      }
      kubelets.set(name, kubelet.api as never);
      await kubelet.start();
    },
    async stop() {
      await kubelet.stop();
      kubelets.set(name, undefined);
      await sim.close();
    },
  };
}
