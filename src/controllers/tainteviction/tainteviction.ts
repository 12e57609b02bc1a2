/**
 * Taint eviction: pods leave a node with a NoExecute taint that they do not
 * tolerate, at once or when the time they tolerate it for is over.
 */
import { tolerates } from '../../api/core/nodeselection.js';
import type { Taint } from '../../api/core/types/reference.js';
import { keyOf } from '../../apimachinery/object.js';
import { isNotFound } from '../../apimachinery/status.js';
import { formatTime } from '../../apimachinery/time.js';
import type { Client } from '../../client/client.js';
import { keyFor, keyTextOf } from '../../client/resource.js';
import { makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { Node, Pod } from '../kinds.js';
import { byText, isSame } from '../order.js';
import { disruptionPatch } from '../disruption/target.js';

export function taintEvictionController(deps: ControllerDeps): Controller {
  const { clock, recorder } = deps;
  const nodes = deps.informers.of(Node);
  const pods = deps.informers.of(Pod, { indexers: { node: ({ spec: { nodeName } }: Pod) => (nodeName ? [nodeName] : []) } });
  const scheduled = new Set<string>();

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    const pod = pods.lister.get(keyOf(key));
    const node = pod?.spec.nodeName ? nodes.lister.get({ name: pod.spec.nodeName }) : undefined;
    const due = pod === undefined || pod.metadata.deletionTimestamp !== undefined ? undefined : evictionTime(pod, noExecute(node));
    if (pod === undefined || due === undefined) {
      if (scheduled.delete(key) && pod !== undefined && pod.metadata.deletionTimestamp === undefined) recorder.event(pod, 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${key}`);
      return;
    }
    if (due > clock.now()) {
      scheduled.add(key);
      return { againMs: due - clock.now() };
    }
    scheduled.delete(key);
    await evict(client, pod);
  }

  /** When the pod must go; undefined: it may stay. */
  function evictionTime(pod: Pod, taints: readonly Taint[]): number | undefined {
    if (taints.length === 0) return undefined;
    const { tolerations = [] } = pod.spec;
    let due = Infinity;
    for (const taint of taints) {
      const used = tolerations.filter((toleration) => tolerates([toleration], taint));
      if (used.length === 0) return clock.now();
      // As Kubernetes does: of all tolerations in use, the shortest counts.
      const since = Date.parse(taint.timeAdded ?? '') || clock.now();
      for (const { tolerationSeconds } of used) if (tolerationSeconds !== undefined) due = Math.min(due, since + Math.max(0, tolerationSeconds) * 1000);
    }
    return due === Infinity ? undefined : due;
  }

  async function evict(client: Client, pod: Pod): Promise<void> {
    recorder.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${keyTextOf(pod)}`);
    try {
      const told = disruptionPatch(pod, { reason: 'DeletionByTaintManager', message: 'Taint manager: deleting due to NoExecute taint', time: formatTime(clock.now()) });
      await client.on(Pod).patch(keyFor(pod), 'strategic', { metadata: { uid: pod.metadata.uid }, status: told }, { subresource: 'status' });
      await client.on(Pod).delete(keyFor(pod));
    } catch (error) {
      if (!isNotFound(error)) throw error; // gone already
    }
  }

  return makeController({
    name: 'taint-eviction',
    deps,
    informers: [
      [Node, nodes],
      [Pod, pods],
    ],
    workers: 8,
    reconcile,
    wire: (queue) => [
      pods.handle({
        added(pod) {
          if (noExecute(nodes.lister.get({ name: pod.spec.nodeName ?? '' })).length > 0) queue.add(keyTextOf(pod));
        },
        updated(pod, previous) {
          if (pod.spec.nodeName === previous.spec.nodeName && isSame(pod.spec.tolerations, previous.spec.tolerations)) return;
          if (noExecute(nodes.lister.get({ name: pod.spec.nodeName ?? '' })).length > 0) queue.add(keyTextOf(pod));
        },
        deleted: (pod) => queue.forget(keyTextOf(pod)),
      }),
      nodes.handle({
        added(node) {
          if (noExecute(node).length > 0) for (const pod of podsOn(node)) queue.add(keyTextOf(pod));
        },
        updated(node, previous) {
          if (!isSame(noExecute(node), noExecute(previous))) for (const pod of podsOn(node)) queue.add(keyTextOf(pod));
        },
      }),
    ],
  });

  function podsOn({ metadata }: Node): Pod[] {
    return pods.lister.byIndex('node', metadata.name!).sort((one, other) => byText(keyTextOf(one), keyTextOf(other)));
  }
}

const noExecute = (node: Node | undefined): Taint[] => (node?.spec.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
