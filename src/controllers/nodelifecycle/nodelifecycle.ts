/**
 * Node lifecycle controller: notices when a kubelet falls silent, says so in
 * the node's conditions and its pods', and taints the node accordingly.
 * A beat counts from the moment it is seen here, so clocks need not agree.
 */
import { isNotFound } from '../../apimachinery/status.js';
import { formatTime } from '../../apimachinery/time.js';
import type { Client } from '../../client/client.js';
import { keyFor, keyTextOf } from '../../client/resource.js';
import { enqueueItself, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { Lease, Node, Pod } from '../kinds.js';
import { byAge, byText, isSame } from '../order.js';
import { conditionOf } from '../pods.js';
import { hasNoExecute, readinessTaint, silentConditions, withNoExecute, withNoSchedule } from './conditions.js';
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
  const renewals = new Map<string, number>();
  /** Whose pods could not all be told that they are not ready, and pods that came to a node that is not. */
  const untold = new Set<string>();
  const arrived = new Map<string, Set<string>>();
  const zones = evictionZones(clock);

  async function reconcile(name: string, client: Client): Promise<Outcome> {
    const cached = nodes.lister.get({ name });
    if (cached === undefined) {
      for (const known of [beats, renewals, untold, arrived]) known.delete(name);
      return;
    }
    try {
      let node = await labelled(client, cached);
      const before = conditionOf(node.status.conditions, 'Ready')?.status;
      node = await silenced(client, node);
      const after = conditionOf(node.status.conditions, 'Ready')?.status;
      if (before === 'True' && after !== 'True') recorder.event(node, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
      await markPods(client, name, { before, after });
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
    const isKnown = isSame(conditionOf(conditions, 'Ready'), conditionOf(node.status.conditions, 'Ready'));
    return isKnown ? node : client.on(Node).updateStatus({ ...node, status: { ...node.status, conditions } });
  }

  function untilSilent(node: Node): number {
    const everPosted = conditionOf(node.status.conditions, 'Ready') !== undefined;
    const name = node.metadata.name!;
    const since = everPosted ? (beats.get(name) ?? clock.now()) : Math.max(Date.parse(node.metadata.creationTimestamp ?? ''), renewals.get(name) ?? 0);
    return since + (everPosted ? graceMs : STARTUP_GRACE_MS) - clock.now();
  }

  /** As Kubernetes does: pods are told when this controller finds that the kubelet is silent, not when a kubelet says itself that it is not ready. */
  async function markPods(client: Client, name: string, { before, after }: { before: string | undefined; after: string | undefined }): Promise<void> {
    const came = arrived.get(name);
    arrived.delete(name);
    if (after === undefined || after === 'True') return void untold.delete(name);
    if (before === 'True') untold.add(name);
    const mine = pods.lister.byIndex('node', name).filter((pod) => untold.has(name) || came?.has(keyTextOf(pod)));
    for (const pod of mine.sort((one, other) => byText(one.metadata.uid!, other.metadata.uid!))) await markNotReady(client, pod);
    untold.delete(name);
  }

  async function markNotReady(client: Client, pod: Pod): Promise<void> {
    if (conditionOf(pod.status.conditions, 'Ready')?.status !== 'True') return;
    const { uid, generation } = pod.metadata;
    const changed = {
      type: 'Ready',
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      status: 'False',
      lastTransitionTime: formatTime(clock.now()),
    };
    try {
      await client.on(Pod).patch(keyFor(pod), 'strategic', { metadata: { uid }, status: { conditions: [changed] } }, { subresource: 'status' });
      recorder.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
    } catch (error) {
      if (!isNotFound(error)) throw error; // gone: nobody counts on it
    }
  }

  async function taint(client: Client, node: Node): Promise<Outcome> {
    const time = formatTime(clock.now());
    const ready = conditionOf(node.status.conditions, 'Ready')?.status;
    const key = readinessTaint(ready);
    // The others matter to a node that is not ready only.
    const all = key === undefined ? [node] : nodes.lister.list().map((other) => (other.metadata.name === node.metadata.name ? node : other));
    const scheduled = withNoSchedule(node, time);
    // Pods that are leaving already are not called back for a moment.
    const isLeaving = hasNoExecute(scheduled);
    let taints = withNoExecute(scheduled, isLeaving && !zones.allGone(all) ? key : undefined, time);
    let wait: number | undefined;
    if (key !== undefined && !hasNoExecute(taints)) {
      // As Kubernetes does: what this look found out is acted on at the next.
      const known = ready === 'Unknown' ? clock.now() - Date.parse(conditionOf(node.status.conditions, 'Ready')?.lastTransitionTime ?? '') : LOOK_MS;
      wait = known < LOOK_MS ? LOOK_MS - known : zones.turn(node, all);
      if (wait === 0) {
        taints = withNoExecute(scheduled, key, time);
        wait = undefined;
      }
    }
    if (!isSame(taints, node.spec.taints ?? [])) {
      await client
        .on(Node)
        .patch(keyFor(node), 'merge', { metadata: { resourceVersion: node.metadata.resourceVersion }, spec: { taints: taints.length === 0 ? null : taints } });
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
      let live = false;
      const tell = ({ metadata: { name, uid } }: Node, reason: string, message: string): void =>
        recorder.event({ apiVersion: 'v1', kind: 'Node', name: name!, uid: uid! }, 'Normal', reason, `Node ${name} event: ${message}`);
      const register = (node: Node): void => {
        // What was there before this process began has been told of; but the loops may begin because of this very node.
        if (live || clock.now() - Date.parse(node.metadata.creationTimestamp ?? '') <= LOOK_MS)
          tell(node, 'RegisteredNode', `Registered Node ${node.metadata.name} in Controller`);
      };
      const arrive = (pod: Pod): void => {
        const node = pod.spec.nodeName ? nodes.lister.get({ name: pod.spec.nodeName }) : undefined;
        if (!live || node === undefined || readiness(node) === 'True') return;
        const name = node.metadata.name!;
        arrived.set(name, (arrived.get(name) ?? new Set()).add(keyTextOf(pod)));
        queue.add(name);
      };
      const beat = (name: string): void => void beats.set(name, clock.now());
      const renew = (name: string): void => {
        renewals.set(name, clock.now());
        beat(name);
      };
      const first = (name: string): void => void beats.set(name, deps.config.lastHeardOf?.(name) ?? clock.now());
      const wakeOthers = (): void => {
        // A cluster that comes back, or goes altogether, changes what all nodes are due.
        for (const node of nodes.lister.list().sort(byAge)) if (conditionOf(node.status.conditions, 'Ready')?.status !== 'True') queue.add(node.metadata.name!);
      };
      const census = new ZoneCensus();
      let paces = census.paces;
      const readiness = (node: Node): string | undefined => conditionOf(node.status.conditions, 'Ready')?.status;
      const undo = [
        nodes.handle({
          added(node) {
            first(node.metadata.name!);
            census.count(node, 1);
            register(node);
          },
          deleted(node) {
            census.count(node, -1);
            tell(node, 'RemovingNode', `Removing Node ${node.metadata.name} from Controller`);
          },
          updated(node, previous) {
            census.count(previous, -1);
            census.count(node, 1);
            // What this controller writes itself is no sign of life, nor is another status of the same moment.
            if (heartbeat(node) !== heartbeat(previous) && !isSilentNow(node, previous)) beat(node.metadata.name!);
            if (readiness(node) === readiness(previous)) return;
            const before = paces;
            paces = census.paces;
            if (paces !== before) wakeOthers();
          },
        }),
        leases.handle({
          added({ metadata }) {
            first(metadata.name!);
            if (live) renewals.set(metadata.name!, clock.now());
          },
          updated(lease, previous) {
            if (lease.spec?.renewTime !== previous.spec?.renewTime) renew(lease.metadata.name!);
          },
        }),
        nodes.handle(enqueueItself(queue)),
        pods.handle({
          added: arrive,
          updated(pod, previous) {
            if (pod.spec.nodeName !== previous.spec.nodeName) arrive(pod);
          },
        }),
      ];
      live = true;
      return undo;
    },
  });
}

const heartbeat = ({ status }: Node): string | null | undefined => conditionOf(status.conditions, 'Ready')?.lastHeartbeatTime;

function isSilentNow(node: Node, previous: Node): boolean {
  const now = conditionOf(node.status.conditions, 'Ready');
  const before = conditionOf(previous.status.conditions, 'Ready');
  return now?.status === 'Unknown' && now.lastHeartbeatTime === (before?.lastHeartbeatTime ?? node.metadata.creationTimestamp);
}
