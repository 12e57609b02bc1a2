/**
 * Node lifecycle controller: notices when a kubelet falls silent, says so in
 * the node's conditions and its pods', and taints the node accordingly.
 * A beat counts from the moment it is seen here, so clocks need not agree.
 */
import { isNotFound } from '../../apimachinery/status.js';
import { formatTime } from '../../apimachinery/time.js';
import type { Client } from '../../client/client.js';
import { keyFor } from '../../client/resource.js';
import { enqueueItself, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { Lease, Node, Pod } from '../kinds.js';
import { byAge, byText, isSame } from '../order.js';
import { conditionOf } from '../pods.js';
import { NOT_READY, silentConditions, UNREACHABLE, withNoExecute, withNoSchedule } from './conditions.js';
import { evictionZones, ZoneCensus } from './zones.js';

export const NODE_LEASES = 'kube-node-lease';
const GRACE_MS = 40_000;
/** How often Kubernetes looks at all nodes. */
const LOOK_MS = 5_000;
/** A node that never posted a status gets longer. */
const STARTUP_GRACE_MS = 60_000;
const LABELS: readonly (readonly [from: string, to: string])[] = [
  ['kubernetes.io/os', 'beta.kubernetes.io/os'],
  ['kubernetes.io/arch', 'beta.kubernetes.io/arch'],
];

export function nodeLifecycleController(deps: ControllerDeps): Controller {
  const { clock, recorder } = deps;
  const graceMs = deps.config.nodeMonitorGracePeriodMs ?? GRACE_MS;
  const nodes = deps.informers.of(Node);
  const leases = deps.informers.of(Lease, { namespace: NODE_LEASES });
  const pods = deps.informers.of(Pod, { indexers: { node: ({ spec: { nodeName } }: Pod) => (nodeName ? [nodeName] : []) } });
  const beats = new Map<string, number>();
  const zones = evictionZones(clock);

  async function reconcile(name: string, client: Client): Promise<Outcome> {
    const cached = nodes.lister.get({ name });
    if (cached === undefined) {
      beats.delete(name);
      return;
    }
    try {
      let node = await labelled(client, cached);
      const before = conditionOf(node.status.conditions, 'Ready')?.status;
      node = await silenced(client, node);
      const after = conditionOf(node.status.conditions, 'Ready')?.status;
      if (before === 'True' && after !== 'True') recorder.event(node, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
      if (after !== undefined && after !== 'True') await markPodsNotReady(client, name);
      return await taint(client, node);
    } catch (error) {
      if (!isNotFound(error)) throw error; // the node went meanwhile
    }
  }

  async function labelled(client: Client, node: Node): Promise<Node> {
    const { labels = {} } = node.metadata;
    const missing = LABELS.filter(([from, to]) => labels[from] !== undefined && labels[to] !== labels[from]);
    if (missing.length === 0) return node;
    return client.on(Node).patch(keyFor(node), 'strategic', { metadata: { labels: Object.fromEntries(missing.map(([from, to]) => [to, labels[from]])) } });
  }

  async function silenced(client: Client, node: Node): Promise<Node> {
    if (untilSilent(node) > 0) return node;
    const conditions = silentConditions(node, formatTime(clock.now()));
    return isSame(conditions, node.status.conditions) ? node : client.on(Node).updateStatus({ ...node, status: { ...node.status, conditions } });
  }

  function untilSilent(node: Node): number {
    const everPosted = conditionOf(node.status.conditions, 'Ready') !== undefined;
    const since = everPosted ? (beats.get(node.metadata.name!) ?? clock.now()) : Date.parse(node.metadata.creationTimestamp ?? '');
    return since + (everPosted ? graceMs : STARTUP_GRACE_MS) - clock.now();
  }

  async function markPodsNotReady(client: Client, name: string): Promise<void> {
    for (const pod of pods.lister.byIndex('node', name).sort((one, other) => byText(one.metadata.uid!, other.metadata.uid!))) {
      const ready = conditionOf(pod.status.conditions, 'Ready');
      if (ready?.status !== 'True') continue;
      const changed = { type: 'Ready', status: 'False', lastTransitionTime: formatTime(clock.now()) };
      try {
        await client.on(Pod).patch(keyFor(pod), 'strategic', { metadata: { uid: pod.metadata.uid }, status: { conditions: [changed] } }, { subresource: 'status' });
        recorder.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
      } catch (error) {
        if (!isNotFound(error)) throw error; // gone: nobody counts on it
      }
    }
  }

  async function taint(client: Client, node: Node): Promise<Outcome> {
    const time = formatTime(clock.now());
    const ready = conditionOf(node.status.conditions, 'Ready')?.status;
    const key = ready === 'False' ? NOT_READY : ready === 'Unknown' ? UNREACHABLE : undefined;
    // The others matter to a node that is not ready only.
    const all = key === undefined ? [node] : nodes.lister.list().map((other) => (other.metadata.name === node.metadata.name ? node : other));
    const scheduled = withNoSchedule(node, time);
    let taints = withNoExecute(scheduled, zones.allGone(all) ? undefined : scheduled.some((known) => known.key === key && known.effect === 'NoExecute') ? key : undefined, time);
    let wait: number | undefined;
    if (key !== undefined && !taints.some((known) => known.key === key && known.effect === 'NoExecute')) {
      // As Kubernetes does: what this look found out is acted on at the next.
      const known = ready === 'Unknown' ? clock.now() - Date.parse(conditionOf(node.status.conditions, 'Ready')?.lastTransitionTime ?? '') : LOOK_MS;
      wait = known < LOOK_MS ? LOOK_MS - known : zones.turn(node, all);
      if (wait === 0) {
        taints = withNoExecute(scheduled, key, time);
        wait = undefined;
      }
    }
    if (!isSame(taints, node.spec.taints ?? [])) {
      await client.on(Node).patch(keyFor(node), 'merge', { metadata: { resourceVersion: node.metadata.resourceVersion }, spec: { taints: taints.length === 0 ? null : taints } });
    }
    const silent = untilSilent(node);
    const waits = [wait, silent > 0 ? silent : undefined].filter((ms) => ms !== undefined) as number[];
    return waits.length === 0 ? undefined : { againMs: Math.max(1, Math.min(...waits)) };
  }

  return makeController({
    name: 'node-lifecycle',
    deps,
    informers: [
      [Node, nodes],
      [Lease, leases],
      [Pod, pods],
    ],
    workers: 8,
    reconcile,
    wire(queue) {
      const beat = (name: string): void => void beats.set(name, clock.now());
      const first = (name: string): void => void beats.set(name, deps.config.lastHeardOf?.(name) ?? clock.now());
      const wakeOthers = (): void => {
        // A cluster that comes back, or goes altogether, changes what all nodes are due.
        for (const node of nodes.lister.list().sort(byAge)) if (conditionOf(node.status.conditions, 'Ready')?.status !== 'True') queue.add(node.metadata.name!);
      };
      const census = new ZoneCensus();
      let paces = census.paces;
      const readiness = (node: Node): string | undefined => conditionOf(node.status.conditions, 'Ready')?.status;
      return [
        nodes.handle({
          added(node) {
            first(node.metadata.name!);
            census.count(node, 1);
          },
          deleted: (node) => census.count(node, -1),
          updated(node, previous) {
            census.count(previous, -1);
            census.count(node, 1);
            // What this controller writes itself is no sign of life.
            if (!isSame(node.status.conditions, previous.status.conditions) && !isSilentNow(node, previous)) beat(node.metadata.name!);
            if (readiness(node) === readiness(previous)) return;
            const before = paces;
            paces = census.paces;
            if (paces !== before) wakeOthers();
          },
        }),
        leases.handle({
          added: ({ metadata }) => first(metadata.name!),
          updated(lease, previous) {
            if (lease.spec?.renewTime !== previous.spec?.renewTime) beat(lease.metadata.name!);
          },
        }),
        nodes.handle(enqueueItself(queue)),
        pods.handle({
          added(pod) {
            const node = pod.spec.nodeName ? nodes.lister.get({ name: pod.spec.nodeName }) : undefined;
            if (node !== undefined && readiness(node) !== 'True') queue.add(node.metadata.name!);
          },
        }),
      ];
    },
  });
}

function isSilentNow(node: Node, previous: Node): boolean {
  const now = conditionOf(node.status.conditions, 'Ready');
  const before = conditionOf(previous.status.conditions, 'Ready');
  return now?.status === 'Unknown' && now.lastHeartbeatTime === (before?.lastHeartbeatTime ?? node.metadata.creationTimestamp);
}

