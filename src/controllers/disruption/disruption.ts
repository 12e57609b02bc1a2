/**
 * Disruption controller: keeps each PodDisruptionBudget's status, which
 * evictions are granted by, in step with the pods it selects.
 */
import type { Scale } from '../../api/autoscaling/types/scale.js';
import type { Kind } from '../../api/kind.js';
import { KINDS } from '../../api/kinds.js';
import type { APIResourceList } from '../../apimachinery/meta/discovery.js';
import type { Condition, OwnerReference } from '../../apimachinery/meta/meta.js';
import type { PodDisruptionBudgetStatus } from '../../api/policy/types/poddisruptionbudget.js';
import { keyOf, type KubeObject } from '../../apimachinery/object.js';
import { selectorOf } from '../../apimachinery/labels.js';
import { isConflict, isStatusError } from '../../apimachinery/status.js';
import { formatTime } from '../../apimachinery/time.js';
import type { Client } from '../../client/client.js';
import { discoverKinds } from '../../client/discovery.js';
import { keyTextOf, objectPath } from '../../client/resource.js';
import { anyChange, enqueueItself, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { countOf } from '../intorstring.js';
import { Deployment, Pod, PodDisruptionBudget, ReplicaSet, ReplicationController, StatefulSet } from '../kinds.js';
import { byText, isSame } from '../order.js';
import { controllerOf, ownerIn } from '../owner.js';
import { conditionOf, isPodReady } from '../pods.js';
import { goLabelSelector } from './selectortext.js';

/** How long a granted eviction is believed before the pod must show that it goes. */
const DELETION_TIMEOUT_MS = 120_000;
const STALE_TIMEOUT_MS = 120_000;
/** Keys of pods, not of budgets. */
const STALE = 'pod:';
/** Whose scale is read off the caches. */
const KNOWN: ReadonlySet<string> = new Set(['apps/ReplicaSet', 'apps/StatefulSet', 'apps/Deployment', '/ReplicationController']);

export function disruptionController(deps: ControllerDeps): Controller {
  const { clock, recorder } = deps;
  const budgets = deps.informers.of(PodDisruptionBudget);
  const pods = deps.informers.of(Pod);
  const deployments = deps.informers.of(Deployment);
  const replicaSets = deps.informers.of(ReplicaSet);
  const statefulSets = deps.informers.of(StatefulSet);
  const controllers = deps.informers.of(ReplicationController);

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    if (key.startsWith(STALE)) return clearStale(client, key.slice(STALE.length));
    const budget = budgets.lister.get(keyOf(key));
    if (budget === undefined) return;
    const selector = selectorOf(budget.spec.selector);
    const selected = pods.lister.list({ namespace: budget.metadata.namespace!, selector: (labels) => selector.matches(labels) });
    if (selected.length === 0) recorder.event(budget, 'Normal', 'NoPods', 'No matching pods found');
    try {
      return await sync(client, budget, selected);
    } catch (error) {
      if (isConflict(error)) throw error;
      await failSafe(client, budget, error as Error);
    }
  }

  async function sync(client: Client, budget: PodDisruptionBudget, selected: readonly Pod[]): Promise<Outcome> {
    const { expected, desired, unmanaged } = await expectation(client, budget, selected).catch((error: Error) => {
      recorder.event(budget, 'Warning', 'CalculateExpectedPodCountFailed', `Failed to calculate the number of expected pods: ${error.message}`);
      throw error;
    });
    if (unmanaged > 0) recorder.event(budget, 'Warning', 'UnmanagedPods', unmanagedMessage(budget));
    const { disrupted, againMs } = stillDisrupted(budget, selected);
    const healthy = selected.filter(
      (pod) => pod.metadata.deletionTimestamp === undefined && isPodReady(pod) && disrupted[pod.metadata.name!] === undefined,
    ).length;
    await writeStatus(client, budget, { expected, desired, healthy, disrupted });
    return againMs === undefined ? undefined : { againMs };
  }

  /** What cannot be counted allows no eviction. */
  async function failSafe(client: Client, budget: PodDisruptionBudget, { message }: Error): Promise<void> {
    const status = {
      ...budget.status,
      disruptionsAllowed: 0,
      conditions: withCondition(budget, { status: 'False', reason: 'SyncFailed', message }, budget.status.observedGeneration),
    };
    if (!isSame(status, budget.status)) await client.on(PodDisruptionBudget).updateStatus({ ...budget, status });
  }

  async function expectation(
    client: Client,
    budget: PodDisruptionBudget,
    selected: readonly Pod[],
  ): Promise<{ expected: number; desired: number; unmanaged: number }> {
    const { minAvailable, maxUnavailable } = budget.spec;
    if (maxUnavailable !== undefined) {
      const { expected, unmanaged } = await expectedScale(client, selected);
      return { expected, desired: Math.max(0, expected - countOf(maxUnavailable, expected, 'up')), unmanaged };
    }
    if (typeof minAvailable === 'string') {
      const { expected, unmanaged } = await expectedScale(client, selected);
      return { expected, desired: countOf(minAvailable, expected, 'up'), unmanaged };
    }
    return { expected: selected.length, desired: minAvailable ?? 0, unmanaged: 0 };
  }

  /** What the pods' controllers are asked to run. */
  async function expectedScale(client: Client, selected: readonly Pod[]): Promise<{ expected: number; unmanaged: number }> {
    const scales = new Map<string, number>();
    const asked = new Set<string>();
    let unmanaged = 0;
    for (const pod of selected) {
      const ref = controllerOf(pod);
      if (ref === undefined) unmanaged += 1;
      if (ref === undefined || asked.has(ref.uid)) continue;
      asked.add(ref.uid);
      const scale = scaleOf(pod) ?? (await askedScale(client, pod, ref));
      if (scale === undefined) throw new Error(`found no controllers for pod ${JSON.stringify(pod.metadata.name)}`);
      scales.set(scale.uid, scale.replicas);
    }
    return { expected: [...scales.values()].reduce((sum, replicas) => sum + replicas, 0), unmanaged };
  }

  function scaleOf(pod: Pod): { uid: string; replicas: number } | undefined {
    const set = ownerIn(replicaSets, ReplicaSet, pod);
    const owner =
      (set === undefined ? undefined : (ownerIn(deployments, Deployment, set) ?? set)) ??
      ownerIn(statefulSets, StatefulSet, pod) ??
      ownerIn(controllers, ReplicationController, pod);
    if (owner === undefined) return undefined;
    return { uid: (owner as KubeObject).metadata.uid!, replicas: owner.spec.replicas ?? 0 };
  }

  /** Any other controller is asked for its scale; one that has none cannot be counted. */
  async function askedScale(client: Client, { metadata: { namespace } }: Pod, ref: OwnerReference): Promise<{ uid: string; replicas: number } | undefined> {
    const group = ref.apiVersion.includes('/') ? ref.apiVersion.slice(0, ref.apiVersion.indexOf('/')) : '';
    if (KNOWN.has(`${group}/${ref.kind}`)) return undefined;
    const isWanted = (kind: Kind): boolean => kind.group === group && kind.kind === ref.kind;
    const kind = KINDS.find(isWanted) ?? (await discoverKinds(client)).kinds.find(isWanted);
    if (kind === undefined) throw new Error(`no matches for kind ${JSON.stringify(ref.kind)} in group ${JSON.stringify(group)}`);
    try {
      const scale = (await client.raw({ method: 'GET', path: objectPath(kind, { namespace: namespace!, name: ref.name }, 'scale') })) as Scale;
      return scale.metadata?.uid === ref.uid ? { uid: ref.uid, replicas: scale.spec.replicas ?? 0 } : undefined;
    } catch (error) {
      if (!isStatusError(error) || error.code !== 404) throw error;
      if (await hasScale(client, kind)) return undefined; // the controller went
      throw new Error(`${kind.plural}${group === '' ? '' : `.${group}`} does not implement the scale subresource`, { cause: error });
    }
  }

  /** Pods whose eviction was granted and which have not begun to go. */
  function stillDisrupted(budget: PodDisruptionBudget, selected: readonly Pod[]): { disrupted: Record<string, string>; againMs: number | undefined } {
    const disrupted: Record<string, string> = {};
    let againMs: number | undefined;
    for (const [name, time] of Object.entries(budget.status.disruptedPods ?? {})) {
      const pod = selected.find(({ metadata }) => metadata.name === name);
      const left = Date.parse(time ?? '') + DELETION_TIMEOUT_MS - clock.now();
      if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) continue;
      if (left <= 0) {
        const { namespace } = budget.metadata;
        // As Kubernetes does: the namespace stands where the name should.
        recorder.event(pod, 'Warning', 'NotDeleted', `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`);
        continue;
      }
      disrupted[name] = time!;
      againMs = Math.min(againMs ?? Infinity, left);
    }
    return { disrupted, againMs };
  }

  async function writeStatus(
    client: Client,
    budget: PodDisruptionBudget,
    { expected, desired, healthy, disrupted }: { expected: number; desired: number; healthy: number; disrupted: Record<string, string> },
  ): Promise<void> {
    const allowed = expected <= 0 ? 0 : Math.max(0, healthy - desired);
    const status: PodDisruptionBudgetStatus = {
      observedGeneration: budget.metadata.generation!,
      ...(Object.keys(disrupted).length > 0 ? { disruptedPods: disrupted } : {}),
      disruptionsAllowed: allowed,
      currentHealthy: healthy,
      desiredHealthy: desired,
      expectedPods: expected,
      conditions: withCondition(
        budget,
        { status: allowed > 0 ? 'True' : 'False', reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods', message: '' },
        budget.metadata.generation!,
      ),
    };
    if (!isSame(status, budget.status)) await client.on(PodDisruptionBudget).updateStatus({ ...budget, status });
  }

  function withCondition(
    budget: PodDisruptionBudget,
    told: Pick<Condition, 'status' | 'reason' | 'message'>,
    observedGeneration: number | undefined,
  ): Condition[] {
    const { conditions: known = [] } = budget.status;
    const before = conditionOf(known, 'DisruptionAllowed');
    const lastTransitionTime = before?.status === told.status ? before.lastTransitionTime : formatTime(clock.now());
    const next = { type: 'DisruptionAllowed', ...told, ...(observedGeneration === undefined ? {} : { observedGeneration }), lastTransitionTime } as Condition;
    return before === undefined ? [...known, next] : known.map((condition) => (condition === before ? next : condition));
  }

  /** A pod that somebody meant to go, but that is still there after two minutes, is no longer said to go. */
  async function clearStale(client: Client, key: string): Promise<Outcome> {
    const pod = pods.lister.get(keyOf(key));
    const since = pod === undefined ? undefined : staleSince(pod);
    if (pod === undefined || since === undefined) return;
    const left = since + STALE_TIMEOUT_MS - clock.now();
    if (left > 0) return { againMs: left };
    const { generation } = pod.metadata;
    const cleared = {
      type: 'DisruptionTarget',
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      status: 'False',
      lastTransitionTime: formatTime(clock.now()),
    };
    const conditions = (pod.status.conditions ?? []).map((condition) => (condition.type === 'DisruptionTarget' ? cleared : condition));
    await client.on(Pod).updateStatus({ ...pod, status: { ...pod.status, conditions } } as Pod);
  }

  return makeController({
    name: 'disruption',
    deps,
    informers: [
      [PodDisruptionBudget, budgets],
      [Pod, pods],
      [Deployment, deployments],
      [ReplicaSet, replicaSets],
      [StatefulSet, statefulSets],
      [ReplicationController, controllers],
    ],
    workers: 1,
    reconcile,
    wire(queue) {
      const wake = (namespace: string, labels: Readonly<Record<string, string>>): void => {
        const found = budgets.lister.list({ namespace }).filter(({ spec }) => selectorOf(spec.selector).matches(labels));
        for (const budget of found.sort((one, other) => byText(one.metadata.name!, other.metadata.name!))) queue.add(keyTextOf(budget));
      };
      // Kubernetes looks scales up when something else wakes it; here a new size wakes the budgets of its pods itself.
      const scaled = {
        updated: (next: { metadata: KubeObject['metadata']; spec: { replicas?: number; template?: unknown } }, previous: { spec: { replicas?: number } }) => {
          if (next.spec.replicas !== previous.spec.replicas)
            wake(next.metadata.namespace!, (next.spec.template as { metadata?: { labels?: Record<string, string> } } | undefined)?.metadata?.labels ?? {});
        },
      };
      return [
        budgets.handle(enqueueItself(queue)),
        pods.handle(
          anyChange((pod, previous) => {
            if (staleSince(pod) !== undefined && (previous === undefined || staleSince(previous) === undefined))
              queue.addAfter(`${STALE}${keyTextOf(pod)}`, STALE_TIMEOUT_MS);
            if (previous !== undefined && isSame(factsOf(pod), factsOf(previous))) return;
            wake(pod.metadata.namespace!, pod.metadata.labels ?? {});
          }),
        ),
        deployments.handle(scaled),
        statefulSets.handle(scaled),
      ];
    },
  });
}

/** When a pod was said to be about to go that has not begun to. What a kubelet says of its own pods takes as long as it takes. */
function staleSince({ metadata, status }: Pod): number | undefined {
  const target = conditionOf(status.conditions, 'DisruptionTarget');
  if (
    target?.status !== 'True' ||
    target.reason === 'TerminationByKubelet' ||
    metadata.deletionTimestamp !== undefined ||
    status.phase === 'Succeeded' ||
    status.phase === 'Failed'
  )
    return undefined;
  return Date.parse(target.lastTransitionTime ?? '') || 0;
}

async function hasScale(client: Client, { group, version, plural }: Kind): Promise<boolean> {
  const { resources } = (await client.raw({ method: 'GET', path: group === '' ? `/api/${version}` : `/apis/${group}/${version}` })) as APIResourceList;
  return resources.some(({ name }) => name === `${plural}/scale`);
}

const factsOf = (pod: Pod): unknown => [
  pod.metadata.labels,
  pod.metadata.deletionTimestamp !== undefined,
  pod.status.phase,
  isPodReady(pod),
  controllerOf(pod)?.uid,
];

function unmanagedMessage({ spec }: PodDisruptionBudget): string {
  return `Pods selected by this PodDisruptionBudget (selector: ${goLabelSelector(spec.selector)}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`;
}
