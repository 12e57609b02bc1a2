/** TTL controller: tells each node, in an annotation, how long its kubelet may cache Secrets and ConfigMaps; the larger the cluster, the longer. */
import type { Client } from '../../client/client.js';
import { enqueueItself, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { Node } from '../kinds.js';

const ANNOTATION = 'node.alpha.kubernetes.io/ttl';
/** Up to so many nodes, so many seconds; bounds overlap so that a cluster at one does not flap. */
const STEPS: readonly { min: number; max: number; seconds: number }[] = [
  { min: 0, max: 100, seconds: 0 },
  { min: 90, max: 500, seconds: 15 },
  { min: 450, max: 1000, seconds: 30 },
  { min: 900, max: 2000, seconds: 60 },
  { min: 1800, max: Infinity, seconds: 300 },
];

export function ttlController(deps: ControllerDeps): Controller {
  const nodes = deps.informers.of(Node);
  let step = 0;
  let count = 0;

  async function reconcile(name: string, client: Client): Promise<Outcome> {
    const node = nodes.lister.get({ name });
    const wanted = String(STEPS[step]!.seconds);
    if (node === undefined || node.metadata.annotations?.[ANNOTATION] === wanted) return;
    await client.on(Node).patch({ name }, 'strategic', { metadata: { annotations: { [ANNOTATION]: wanted } } });
  }

  return makeController({
    name: 'ttl',
    deps,
    informers: [[Node, nodes]],
    workers: 1,
    reconcile,
    wire(queue) {
      const counted = (change: number) => (): void => {
        count += change;
        const before = step;
        while (count > STEPS[step]!.max) step += 1;
        while (count < STEPS[step]!.min) step -= 1;
        if (step !== before) for (const { metadata } of nodes.lister.list()) queue.add(metadata.name!);
      };
      return [nodes.handle({ added: counted(1), deleted: counted(-1) }), nodes.handle(enqueueItself(queue))];
    },
  });
}
