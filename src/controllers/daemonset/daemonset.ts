/** DaemonSet controller: one pod on every node that should have one, replaced node by node when the template changes. */
import type { DaemonSetStatus } from '../../api/apps/types/daemonset.js';
import { keyOf } from '../../apimachinery/object.js';
import { isAlreadyExists } from '../../apimachinery/status.js';
import type { Client } from '../../client/client.js';
import { keyFor, keyTextOf } from '../../client/resource.js';
import { enqueueItself, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { byRevision, isSameRevision, nextRevision, revisionData, revisionDraft, surplusRevisions } from '../history.js';
import { ControllerRevision, DaemonSet, Node, Pod } from '../kinds.js';
import { byAge, byText, isSame } from '../order.js';
import { claim, controllerRef, orphanIndex, ownedChanges } from '../owner.js';
import { allAtOnce, createPod, deletePod, slowStart } from '../podcontrol.js';
import { isPodAvailable, isPodReady, nextAvailabilityMs } from '../pods.js';
import { templateHash } from '../templatehash.js';
import { HASH_LABEL, nodeOf, placeOn, podFor } from './nodes.js';
import { isUpdated, manage, rollingStep, type Facts } from './plan.js';

const BURST_MAX = 250;
/** A node's failed pod is replaced at once, then ever more slowly. */
const FAILED_FIRST_MS = 1_000;
const FAILED_MAX_MS = 15 * 60_000;

export function daemonSetController(deps: ControllerDeps): Controller {
  const { clock, recorder } = deps;
  const sets = deps.informers.of(DaemonSet);
  const pods = deps.informers.of(Pod, { indexers: orphanIndex });
  const nodes = deps.informers.of(Node);
  const revisions = deps.informers.of(ControllerRevision, { indexers: orphanIndex });
  const failures = new Map<string, { waitMs: number; at: number }>();

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    const set = sets.lister.get(keyOf(key));
    if (set === undefined || set.metadata.deletionTimestamp !== undefined) return;
    if (isSame(set.spec.selector, {})) {
      recorder.event(set, 'Warning', 'SelectingAll', 'This daemon set is selecting all pods. A non-empty selector is required.');
      return;
    }
    const { current, old } = await history(client, set);
    const hash = current.metadata.labels![HASH_LABEL]!;
    const owned = await claim({ client, owner: set, ownerKind: DaemonSet, kind: Pod, informer: pods, selector: set.spec.selector });
    const facts: Facts = { set, nodes: nodes.lister.list().sort(byAge), podsByNode: byNode(owned), hash, now: clock.now() };
    const { acted, againMs, error } = await keepUp(client, facts);
    if (error === undefined && !acted && set.spec.updateStrategy.type === 'RollingUpdate') await roll(client, facts);
    for (const revision of surplusRevisions(
      old,
      ({ metadata }) => owned.some((pod) => pod.metadata.labels?.[HASH_LABEL] === metadata.labels?.[HASH_LABEL]),
      set.spec.revisionHistoryLimit ?? 10,
    )) {
      await client.on(ControllerRevision).delete(keyFor(revision));
    }
    await writeStatus(client, facts);
    if (error !== undefined) throw error;
    const waits = [againMs, nextAvailabilityMs(owned, set.spec.minReadySeconds ?? 0, clock.now())].filter((ms) => ms !== undefined) as number[];
    return waits.length === 0 ? undefined : { againMs: Math.min(...waits) };
  }

  async function history(client: Client, set: DaemonSet): Promise<{ current: ControllerRevision; old: ControllerRevision[] }> {
    const all = await claim({ client, owner: set, ownerKind: DaemonSet, kind: ControllerRevision, informer: revisions, selector: set.spec.selector });
    const data = revisionData(set);
    const same = all.filter((revision) => isSameRevision(revision, data)).sort(byRevision);
    const current = same.at(-1);
    const old = all.filter((revision) => revision !== current);
    const revision = nextRevision(old);
    if (current === undefined) return { current: await snapshot(client, set, data, revision), old };
    if (current.revision >= revision) return { current, old };
    return { current: await client.on(ControllerRevision).update({ ...current, revision }), old };
  }

  async function snapshot(client: Client, set: DaemonSet, data: unknown, revision: number): Promise<ControllerRevision> {
    const hash = await templateHash(set.spec.template, set.status.collisionCount);
    const name = `${set.metadata.name}-${hash}`;
    const labels = { ...set.spec.template.metadata.labels, [HASH_LABEL]: hash };
    try {
      return await client.on(ControllerRevision).create(revisionDraft({ set, owner: controllerRef(set, DaemonSet), name, labels, data, revision }));
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const found = await client.on(ControllerRevision).get({ namespace: set.metadata.namespace!, name });
      if (isSameRevision(found, data)) return found;
      await client.on(DaemonSet).updateStatus({ ...set, status: { ...set.status, collisionCount: (set.status.collisionCount ?? 0) + 1 } });
      throw error;
    }
  }

  async function keepUp(client: Client, facts: Facts): Promise<{ acted: boolean; againMs?: number; error?: unknown }> {
    const { set } = facts;
    const steps = manage(facts);
    const remove = [...steps.remove];
    let againMs: number | undefined;
    for (const { pod, node } of steps.failed) {
      const wait = failedWait(`${set.metadata.uid}/${set.metadata.generation}/${node}`);
      if (wait > 0) {
        againMs = Math.min(againMs ?? Infinity, wait);
        continue;
      }
      recorder.event(set, 'Warning', 'FailedDaemonPod', `Found failed daemon pod ${keyTextOf(pod)} on node ${node}, will try to kill it`);
      remove.push(pod);
    }
    for (const { pod, node } of steps.succeeded) {
      recorder.event(set, 'Normal', 'SucceededDaemonPod', `Found succeeded daemon pod ${keyTextOf(pod)} on node ${node}, will try to delete it`);
      remove.push(pod);
    }
    const error = await act(client, facts, steps.create, remove);
    return { acted: steps.create.length + remove.length > 0, ...(againMs === undefined ? {} : { againMs }), ...(error === undefined ? {} : { error }) };
  }

  /** Milliseconds to wait; 0: go ahead, and wait longer next time. */
  function failedWait(key: string): number {
    const now = clock.now();
    const known = failures.get(key);
    if (known !== undefined && now - known.at < known.waitMs) return known.waitMs - (now - known.at);
    const stale = known === undefined || now - known.at > 2 * FAILED_MAX_MS;
    failures.set(key, { waitMs: stale ? FAILED_FIRST_MS : Math.min(known.waitMs * 2, FAILED_MAX_MS), at: now });
    return 0;
  }

  async function roll(client: Client, facts: Facts): Promise<void> {
    const { create, remove } = rollingStep(facts);
    const error = await act(client, facts, create, remove);
    if (error !== undefined) throw error;
  }

  /** Returns the first failure. */
  async function act(client: Client, { set, hash }: Facts, create: readonly string[], remove: readonly Pod[]): Promise<unknown> {
    const control = { client, recorder, owner: set };
    const { error } = await slowStart(Math.min(create.length, BURST_MAX), (at) => createPod(control, podFor(set, create[at]!, hash)));
    await allAtOnce(remove.slice(0, BURST_MAX), (pod) => deletePod(control, pod));
    return error;
  }

  async function writeStatus(client: Client, facts: Facts): Promise<void> {
    const status = statusOf(facts);
    if (!isSame(status, facts.set.status)) await client.on(DaemonSet).updateStatus({ ...facts.set, status });
  }

  return makeController({
    name: 'daemonset',
    deps,
    informers: [
      [DaemonSet, sets],
      [Pod, pods],
      [Node, nodes],
      [ControllerRevision, revisions],
    ],
    workers: 2,
    reconcile,
    wire(queue) {
      const changes = ownedChanges(queue, { owners: sets, kind: DaemonSet, selector: ({ spec }) => spec.selector });
      const allSets = (): DaemonSet[] => sets.lister.list().sort((one, other) => byText(keyTextOf(one), keyTextOf(other)));
      const wakeIfPlaced = (node: Node, before?: Node): void => {
        for (const set of allSets()) {
          const now = placeOn(node, set);
          const was = before === undefined ? { run: false, keep: false } : placeOn(before, set);
          if (now.run !== was.run || now.keep !== was.keep) queue.add(keyTextOf(set));
        }
      };
      return [
        sets.handle(enqueueItself(queue)),
        pods.handle(changes),
        revisions.handle(changes),
        nodes.handle({
          added: (node) => wakeIfPlaced(node),
          updated(node, before) {
            const same = isSame(node.metadata.labels, before.metadata.labels) && isSame(node.spec.taints, before.spec.taints);
            if (!same) wakeIfPlaced(node, before);
          },
          deleted: (node) => wakeIfPlaced(node),
        }),
      ];
    },
  });
}

function byNode(pods: readonly Pod[]): Map<string, Pod[]> {
  const found = new Map<string, Pod[]>();
  for (const pod of pods) {
    const node = nodeOf(pod);
    if (node === undefined) continue;
    const there = found.get(node);
    if (there === undefined) found.set(node, [pod]);
    else there.push(pod);
  }
  return found;
}

function statusOf({ set, nodes, podsByNode, hash, now }: Facts): DaemonSetStatus {
  const count = { current: 0, misscheduled: 0, desired: 0, ready: 0, updated: 0, available: 0 };
  for (const node of nodes) {
    const first = [...(podsByNode.get(node.metadata.name!) ?? [])].sort(byAge)[0];
    const { run, keep } = placeOn(node, set);
    // A pod that may stay, though it would not be made there today, is still one that is wanted.
    if (!run && !(keep && first !== undefined)) {
      if (first !== undefined) count.misscheduled += 1;
      continue;
    }
    count.desired += 1;
    if (first === undefined) continue;
    count.current += 1;
    if (isPodReady(first)) count.ready += 1;
    if (isPodAvailable(first, set.spec.minReadySeconds ?? 0, now)) count.available += 1;
    if (isUpdated(first, set, hash)) count.updated += 1;
  }
  const { collisionCount, conditions } = set.status;
  const some = (name: string, value: number): object => (value === 0 ? {} : { [name]: value });
  return {
    currentNumberScheduled: count.current,
    numberMisscheduled: count.misscheduled,
    desiredNumberScheduled: count.desired,
    numberReady: count.ready,
    observedGeneration: set.metadata.generation!,
    ...some('updatedNumberScheduled', count.updated),
    ...some('numberAvailable', count.available),
    ...some('numberUnavailable', Math.max(0, count.desired - count.available)),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    ...(conditions === undefined ? {} : { conditions }),
  };
}
