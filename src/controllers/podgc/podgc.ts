/**
 * Pod garbage collector: removes pods whose node is gone or out of service, pods
 * that were deleted before they were ever bound, and finished pods beyond a number.
 */
import { keyOf } from '../../apimachinery/object.js';
import { isNotFound } from '../../apimachinery/status.js';
import { formatTime } from '../../apimachinery/time.js';
import type { Client } from '../../client/client.js';
import { keyFor, keyTextOf } from '../../client/resource.js';
import { disruptionPatch } from '../disruption/target.js';
import { makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { Node, Pod } from '../kinds.js';
import { byAge } from '../order.js';
import { conditionOf, isFinished } from '../pods.js';

/** Kubernetes looks every 20 s, and gives a node it does not know 40 s to turn up. */
const LOOK_MS = 20_000;
const QUARANTINE_MS = 40_000;
const FINISHED_MAX = 12_500;
const FINISHED = 'finished';
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

export function podGcController(deps: ControllerDeps): Controller {
  const { clock } = deps;
  const nodes = deps.informers.of(Node);
  const pods = deps.informers.of(Pod, {
    indexers: { node: ({ spec: { nodeName } }: Pod) => (nodeName ? [nodeName] : []), finished: (pod: Pod) => (isFinished(pod) ? [''] : []) },
  });
  /** Nodes whose end was seen, and when. */
  const gone = new Map<string, number>();
  const most = deps.config.terminatedPodGcThreshold ?? FINISHED_MAX;

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    if (key === FINISHED) return removeFinished(client);
    const pod = pods.lister.get(keyOf(key));
    if (pod === undefined) return;
    const { nodeName } = pod.spec;
    if (!nodeName) {
      if (pod.metadata.deletionTimestamp !== undefined) await failAndDelete(client, pod, undefined);
      return;
    }
    const node = nodes.lister.get({ name: nodeName });
    if (node !== undefined) {
      if (pod.metadata.deletionTimestamp !== undefined && isOutOfService(node)) await failAndDelete(client, pod, undefined);
      return;
    }
    // Whatever brought the pod here has waited that long, in this process or in the one before; only a node that has come and gone since may not have.
    const left = (gone.get(nodeName) ?? 0) + QUARANTINE_MS - clock.now();
    if (left > 0) return { againMs: left };
    if (await isThere(client, nodeName)) return;
    await failAndDelete(client, pod, 'PodGC: node no longer exists');
  }

  async function isThere(client: Client, name: string): Promise<boolean> {
    try {
      await client.on(Node).get({ name });
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  async function failAndDelete(client: Client, pod: Pod, message: string | undefined): Promise<void> {
    try {
      if (!isFinished(pod)) {
        const generation = pod.metadata.generation;
        const observed = generation === undefined ? {} : { observedGeneration: generation };
        const told = message === undefined ? {} : disruptionPatch(pod, { reason: 'DeletionByPodGC', message, time: formatTime(clock.now()) });
        await client
          .on(Pod)
          .patch(
            keyFor(pod),
            'strategic',
            { metadata: { uid: pod.metadata.uid }, status: { ...observed, ...told, phase: 'Failed' } },
            { subresource: 'status' },
          );
      }
      await client.on(Pod).delete(keyFor(pod), { gracePeriodSeconds: 0 });
    } catch (error) {
      if (!isNotFound(error)) throw error; // gone already
    }
  }

  async function removeFinished(client: Client): Promise<void> {
    const finished = pods.lister.byIndex('finished', '');
    // Evicted pods first: nobody waits for them, while Jobs may count the others.
    finished.sort((one, other) => Number(isEvicted(other)) - Number(isEvicted(one)) || byAge(one, other));
    for (const pod of finished.slice(0, Math.max(0, finished.length - most))) await failAndDelete(client, pod, undefined);
  }

  return makeController({
    name: 'pod-garbage-collector',
    deps,
    informers: [
      [Node, nodes],
      [Pod, pods],
    ],
    workers: 1,
    reconcile,
    wire(queue) {
      const look = (pod: Pod): void => {
        const { nodeName } = pod.spec;
        const unbound = !nodeName && pod.metadata.deletionTimestamp !== undefined;
        const node = nodeName ? nodes.lister.get({ name: nodeName }) : undefined;
        if (pod.metadata.deletionTimestamp !== undefined && node !== undefined && isOutOfService(node)) queue.addAfter(keyTextOf(pod), LOOK_MS);
        const lost = Boolean(nodeName) && nodes.lister.get({ name: nodeName! }) === undefined;
        if (unbound || lost) queue.addAfter(keyTextOf(pod), unbound && !isFinished(pod) ? LOOK_MS : lost ? QUARANTINE_MS : LOOK_MS);
        if (isFinished(pod)) queue.addAfter(FINISHED, LOOK_MS);
      };
      return [
        pods.handle({ added: look, updated: look }),
        nodes.handle({
          added: ({ metadata }) => void gone.delete(metadata.name!),
          updated(node, before) {
            if (!isOutOfService(node) || isOutOfService(before)) return;
            for (const pod of pods.lister.byIndex('node', node.metadata.name!))
              if (pod.metadata.deletionTimestamp !== undefined) queue.addAfter(keyTextOf(pod), LOOK_MS);
          },
          deleted({ metadata }) {
            gone.set(metadata.name!, clock.now());
            for (const pod of pods.lister.byIndex('node', metadata.name!)) queue.addAfter(keyTextOf(pod), QUARANTINE_MS);
          },
        }),
      ];
    },
  });
}

const isEvicted = ({ status: { phase, reason } }: Pod): boolean => phase === 'Failed' && reason === 'Evicted';

/** Said by hand, of a node that will not come back: what ran there may run elsewhere now. */
function isOutOfService({ spec, status }: Node): boolean {
  return conditionOf(status.conditions, 'Ready')?.status !== 'True' && (spec.taints ?? []).some(({ key }) => key === OUT_OF_SERVICE);
}
