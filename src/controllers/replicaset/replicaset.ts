/**
 * ReplicaSet controller, and ReplicationController's, which is the same with
 * other words: keeps the number of live pods it owns at spec.replicas.
 * It looks only at what exists, never at which event woke it.
 */
import type { Kind } from '../../api/kind.js';
import type { PodTemplateSpec } from '../../api/core/types/podspec.js';
import type { LabelSelector, ObjectMeta } from '../../apimachinery/meta/meta.js';
import { keyOf } from '../../apimachinery/object.js';
import { selectorFromSet } from '../../apimachinery/labels.js';
import { formatTime } from '../../apimachinery/time.js';
import type { Client, Informer } from '../../client/client.js';
import { enqueueItself, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { Pod, ReplicaSet, ReplicationController } from '../kinds.js';
import { isSame } from '../order.js';
import { claim, controllerOf, controllerRef, orphanIndex, ownedChanges } from '../owner.js';
import { allAtOnce, createPod, deletePod, slowStart } from '../podcontrol.js';
import { conditionOf, isActive, isPodAvailable, isPodReady, isTerminating, nextAvailabilityMs, podFromTemplate } from '../pods.js';
import { victims } from './victims.js';

/** Most pods made or removed in one pass, so that one huge set cannot starve the rest. */
const BURST_MAX = 500;

interface Condition {
  type: string;
  status: string;
  lastTransitionTime?: string | null;
  reason?: string;
  message?: string;
}

/** What both kinds have. */
interface PodSet {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec: { replicas?: number; minReadySeconds?: number; selector?: any; template?: PodTemplateSpec };
  status: {
    replicas: number;
    fullyLabeledReplicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    terminatingReplicas?: number;
    observedGeneration?: number;
    conditions?: Condition[];
  };
}

interface Flavour {
  name: string;
  kind: Kind<any>;
  selector(set: PodSet): LabelSelector | undefined;
  /** ReplicaSets alone tell how many of their pods are on their way out. */
  countsTerminating: boolean;
}

export const replicaSetController = (deps: ControllerDeps): Controller =>
  podSetController(deps, { name: 'replicaset', kind: ReplicaSet, selector: (set) => set.spec.selector as LabelSelector, countsTerminating: true });

export const replicationControllerController = (deps: ControllerDeps): Controller =>
  podSetController(deps, {
    name: 'replicationcontroller',
    kind: ReplicationController,
    selector: (set) => ({ matchLabels: set.spec.selector as Record<string, string> }),
    countsTerminating: false,
  });

function podSetController(deps: ControllerDeps, flavour: Flavour): Controller {
  const { clock, recorder } = deps;
  const sets: Informer<PodSet> = deps.informers.of(flavour.kind);
  const pods = deps.informers.of(Pod, { indexers: orphanIndex });

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    const set = sets.lister.get(keyOf(key));
    if (set === undefined) return;
    const owned = await claim({ client, owner: set, ownerKind: flavour.kind, kind: Pod, informer: pods, selector: flavour.selector(set) });
    const active = owned.filter(isActive);
    const failure = set.metadata.deletionTimestamp === undefined ? await resize(set, active, client) : undefined;
    await writeStatus(client, set, active, owned.filter(isTerminating), failure);
    if (failure !== undefined) throw failure.error;
    const againMs = nextAvailabilityMs(active, set.spec.minReadySeconds ?? 0, clock.now());
    return againMs === undefined ? undefined : { againMs };
  }

  /** The failure to tell of, or undefined. */
  async function resize(set: PodSet, active: readonly Pod[], client: Client): Promise<{ reason: string; error: unknown } | undefined> {
    const missing = (set.spec.replicas ?? 0) - active.length;
    const control = { client, recorder, owner: set };
    if (missing > 0) {
      const draft = podFromTemplate(set, controllerRef(set, flavour.kind), set.spec.template!);
      const { error } = await slowStart(Math.min(missing, BURST_MAX), () => createPod(control, draft));
      return error === undefined ? undefined : { reason: 'FailedCreate', error };
    }
    try {
      if (missing < 0) await allAtOnce(victims(active, related(set), Math.min(-missing, BURST_MAX), clock.now()), (pod) => deletePod(control, pod));
      return undefined;
    } catch (error) {
      return { reason: 'FailedDelete', error }; // told in the status, then thrown by the caller
    }
  }

  /** Active pods of all sets that have the same owner: a node crowded by any of them is relieved. */
  function related(set: PodSet): Pod[] {
    const owner = controllerOf(set);
    const family = owner === undefined ? [set] : sets.lister.ownedBy(owner.uid);
    return family.flatMap(({ metadata }) => pods.lister.ownedBy(metadata.uid!)).filter(isActive);
  }

  async function writeStatus(
    client: Client,
    set: PodSet,
    active: readonly Pod[],
    terminating: readonly Pod[],
    failure?: { reason: string; error: unknown },
  ): Promise<void> {
    const template = selectorFromSet(set.spec.template?.metadata.labels ?? {});
    const {
      replicas: _r,
      fullyLabeledReplicas: _f,
      readyReplicas: _y,
      availableReplicas: _a,
      terminatingReplicas: _t,
      observedGeneration: _o,
      conditions: _c,
      ...rest
    } = set.status;
    const count = (name: string, value: number): object => (value === 0 ? {} : { [name]: value });
    const conditions = failureCondition(set.status.conditions ?? [], failure, formatTime(clock.now()));
    const status: PodSet['status'] = {
      ...rest,
      replicas: active.length,
      ...count('fullyLabeledReplicas', active.filter(({ metadata: { labels = {} } }) => template.matches(labels)).length),
      ...count('readyReplicas', active.filter(isPodReady).length),
      ...count('availableReplicas', active.filter((pod) => isPodAvailable(pod, set.spec.minReadySeconds ?? 0, clock.now())).length),
      ...(flavour.countsTerminating ? { terminatingReplicas: terminating.length } : {}),
      observedGeneration: set.metadata.generation!,
      ...(conditions.length === 0 ? {} : { conditions }),
    };
    if (!isSame(status, set.status)) await client.on(flavour.kind).updateStatus({ ...set, status });
  }

  return makeController({
    name: flavour.name,
    deps,
    informers: [
      [flavour.kind, sets],
      [Pod, pods],
    ],
    reconcile,
    wire: (queue) => [
      sets.handle(enqueueItself(queue)),
      pods.handle(ownedChanges<PodSet, Pod>(queue, { owners: sets, kind: flavour.kind, selector: flavour.selector })),
    ],
  });
}

function failureCondition(conditions: readonly Condition[], failure: { reason: string; error: unknown } | undefined, now: string): Condition[] {
  const known = conditionOf(conditions, 'ReplicaFailure');
  const others = conditions.filter(({ type }) => type !== 'ReplicaFailure');
  if (failure === undefined) return others;
  if (known !== undefined) return [...conditions]; // as Kubernetes does: the first failure stays until all is well
  return [...others, { type: 'ReplicaFailure', status: 'True', lastTransitionTime: now, reason: failure.reason, message: (failure.error as Error).message }];
}
