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
import { conditionOf } from '../pods.js';
import { disruptionPatch } from '../disruption/target.js';

export function taintEvictionController(deps: ControllerDeps): Controller {
  const { clock, recorder } = deps;
  const nodes = deps.informers.of(Node);
  const pods = deps.informers.of(Pod, { indexers: { node: ({ spec: { nodeName } }: Pod) => (nodeName ? [nodeName] : []) } });
  /** When those must go that are still tolerated. */
  const scheduled = new Map<string, number>();

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    const pod = pods.lister.get(keyOf(key));
    if (pod === undefined) return cancel(key);
    const node = pod.spec.nodeName ? nodes.lister.get({ name: pod.spec.nodeName }) : undefined;
    const taints = noExecute(node);
    // As Kubernetes does: a node that went takes no eviction back, one whose taints went does.
    if (taints.length === 0 && node !== undefined) return cancel(key);
    const due = taints.length === 0 ? scheduled.get(key) : evictionTime(key, pod, taints);
    if (due === undefined) return cancel(key);
    if (due > clock.now()) {
      scheduled.set(key, due);
      return { againMs: due - clock.now() };
    }
    if (isEvicted(pod)) return;
    if (due === AT_ONCE) cancel(key);
    scheduled.delete(key);
    await evict(client, pod);
  }

  function cancel(key: string): void {
    if (scheduled.delete(key)) recorder.event(referenceTo(key), 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${key}`);
  }

  /** When the pod must go; undefined: it may stay. As Kubernetes does: of each taint's tolerations the first counts, and what was once scheduled stays so. */
  function evictionTime(key: string, pod: Pod, taints: readonly Taint[]): number | undefined {
    const { tolerations = [] } = pod.spec;
    const used = taints.map((taint) => tolerations.find((toleration) => tolerates([toleration], taint)));
    if (used.includes(undefined)) return AT_ONCE;
    const bound = Date.parse(conditionOf(pod.status.conditions, 'PodScheduled')?.lastTransitionTime ?? pod.metadata.creationTimestamp ?? '') || 0;
    const dues = used.flatMap((toleration, at) => {
      const seconds = toleration!.tolerationSeconds;
      return seconds === undefined ? [] : [Math.max(Date.parse(taints[at]!.timeAdded ?? '') || clock.now(), bound) + Math.max(0, seconds) * 1000];
    });
    return dues.length === 0 ? undefined : (scheduled.get(key) ?? Math.min(...dues));
  }

  async function evict(client: Client, pod: Pod): Promise<void> {
    recorder.event(referenceTo(keyTextOf(pod)), 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${keyTextOf(pod)}`);
    try {
      const told = disruptionPatch(pod, {
        reason: 'DeletionByTaintManager',
        message: 'Taint manager: deleting due to NoExecute taint',
        time: formatTime(clock.now()),
      });
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
        deleted(pod) {
          queue.forget(keyTextOf(pod));
          cancel(keyTextOf(pod));
        },
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

const AT_ONCE = 0;

/** Its events name a pod without its uid. */
function referenceTo(key: string): { apiVersion: string; kind: string; namespace: string; name: string } {
  const { namespace = '', name } = keyOf(key);
  return { apiVersion: 'v1', kind: 'Pod', namespace, name };
}

function isEvicted({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined && conditionOf(status.conditions, 'DisruptionTarget')?.reason === 'DeletionByTaintManager';
}

const noExecute = (node: Node | undefined): Taint[] => (node?.spec.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
