/**
 * Disruption controller: keeps each PodDisruptionBudget's status, which
 * evictions are granted by, in step with the pods it selects.
 */
import type { Condition } from '../../apimachinery/meta/meta.js';
import type { PodDisruptionBudgetStatus } from '../../api/policy/types/poddisruptionbudget.js';
import { keyOf, type KubeObject } from '../../apimachinery/object.js';
import { selectorOf } from '../../apimachinery/labels.js';
import { formatTime } from '../../apimachinery/time.js';
import type { Client } from '../../client/client.js';
import { keyTextOf } from '../../client/resource.js';
import { anyChange, enqueueItself, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { countOf } from '../intorstring.js';
import { Deployment, Pod, PodDisruptionBudget, ReplicaSet, ReplicationController, StatefulSet } from '../kinds.js';
import { byText, isSame } from '../order.js';
import { controllerOf, ownerIn } from '../owner.js';
import { conditionOf, isActive, isPodReady } from '../pods.js';
import { goLabelSelector } from './selectortext.js';

/** How long a granted eviction is believed before the pod must show that it goes. */
const DELETION_TIMEOUT_MS = 120_000;

export function disruptionController(deps: ControllerDeps): Controller {
  const { clock, recorder } = deps;
  const budgets = deps.informers.of(PodDisruptionBudget);
  const pods = deps.informers.of(Pod);
  const deployments = deps.informers.of(Deployment);
  const replicaSets = deps.informers.of(ReplicaSet);
  const statefulSets = deps.informers.of(StatefulSet);
  const controllers = deps.informers.of(ReplicationController);

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    const budget = budgets.lister.get(keyOf(key));
    if (budget === undefined) return;
    const selector = selectorOf(budget.spec.selector);
    const selected = pods.lister.list({ namespace: budget.metadata.namespace!, selector: (labels) => selector.matches(labels) }).filter((pod) => isActive(pod) || pod.metadata.deletionTimestamp !== undefined);
    if (selected.length === 0) recorder.event(budget, 'Normal', 'NoPods', 'No matching pods found');
    const counted = selected.filter(({ status }) => status.phase !== 'Succeeded' && status.phase !== 'Failed');
    const { expected, desired, unmanaged } = expectation(budget, counted);
    if (unmanaged > 0) recorder.event(budget, 'Warning', 'UnmanagedPods', unmanagedMessage(budget));
    const { disrupted, againMs } = stillDisrupted(budget, counted);
    const healthy = counted.filter((pod) => pod.metadata.deletionTimestamp === undefined && isPodReady(pod) && !(pod.metadata.name! in disrupted)).length;
    await writeStatus(client, budget, { expected, desired, healthy, disrupted });
    return againMs === undefined ? undefined : { againMs };
  }

  function expectation(budget: PodDisruptionBudget, selected: readonly Pod[]): { expected: number; desired: number; unmanaged: number } {
    const { minAvailable, maxUnavailable } = budget.spec;
    if (maxUnavailable !== undefined) {
      const { expected, unmanaged } = expectedScale(selected);
      return { expected, desired: Math.max(0, expected - countOf(maxUnavailable, expected, 'up')), unmanaged };
    }
    if (typeof minAvailable === 'string') {
      const { expected, unmanaged } = expectedScale(selected);
      return { expected, desired: countOf(minAvailable, expected, 'up'), unmanaged };
    }
    return { expected: selected.length, desired: minAvailable ?? 0, unmanaged: 0 };
  }

  /** What the pods' controllers are asked to run. */
  function expectedScale(selected: readonly Pod[]): { expected: number; unmanaged: number } {
    const scales = new Map<string, number>();
    let unmanaged = 0;
    for (const pod of selected) {
      const scale = scaleOf(pod);
      if (scale === undefined) unmanaged += 1;
      else scales.set(scale.uid, scale.replicas);
    }
    return { expected: [...scales.values()].reduce((sum, replicas) => sum + replicas, 0), unmanaged };
  }

  function scaleOf(pod: Pod): { uid: string; replicas: number } | undefined {
    const set = ownerIn(replicaSets, ReplicaSet, pod);
    const owner = (set === undefined ? undefined : (ownerIn(deployments, Deployment, set) ?? set)) ?? ownerIn(statefulSets, StatefulSet, pod) ?? ownerIn(controllers, ReplicationController, pod);
    if (owner === undefined) return undefined;
    return { uid: (owner as KubeObject).metadata.uid!, replicas: owner.spec.replicas ?? 0 };
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
        recorder.event(pod, 'Warning', 'NotDeleted', `Pod was expected by PDB ${keyTextOf(budget)} to be deleted but it wasn't`);
        continue;
      }
      disrupted[name] = time!;
      againMs = Math.min(againMs ?? Infinity, left);
    }
    return { disrupted, againMs };
  }

  async function writeStatus(client: Client, budget: PodDisruptionBudget, { expected, desired, healthy, disrupted }: { expected: number; desired: number; healthy: number; disrupted: Record<string, string> }): Promise<void> {
    const allowed = expected <= 0 ? 0 : Math.max(0, healthy - desired);
    const status: PodDisruptionBudgetStatus = {
      observedGeneration: budget.metadata.generation!,
      ...(Object.keys(disrupted).length > 0 ? { disruptedPods: disrupted } : {}),
      disruptionsAllowed: allowed,
      currentHealthy: healthy,
      desiredHealthy: desired,
      expectedPods: expected,
      conditions: conditions(budget, allowed),
    };
    if (!isSame(status, budget.status)) await client.on(PodDisruptionBudget).updateStatus({ ...budget, status });
  }

  function conditions(budget: PodDisruptionBudget, allowed: number): Condition[] {
    const { conditions: known = [] } = budget.status;
    const status = allowed > 0 ? 'True' : 'False';
    const before = conditionOf(known, 'DisruptionAllowed');
    const next: Condition = {
      type: 'DisruptionAllowed',
      status,
      observedGeneration: budget.metadata.generation!,
      lastTransitionTime: before?.status === status ? before.lastTransitionTime : formatTime(clock.now()),
      reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
      message: '',
    };
    return before === undefined ? [...known, next] : known.map((condition) => (condition === before ? next : condition));
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
      const scaled = { updated: (next: { metadata: KubeObject['metadata']; spec: { replicas?: number; template?: unknown } }, previous: { spec: { replicas?: number } }) => {
        if (next.spec.replicas !== previous.spec.replicas) wake(next.metadata.namespace!, (next.spec.template as { metadata?: { labels?: Record<string, string> } } | undefined)?.metadata?.labels ?? {});
      } };
      return [
        budgets.handle(enqueueItself(queue)),
        pods.handle(
          anyChange((pod, previous) => {
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

const factsOf = (pod: Pod): unknown => [pod.metadata.labels, pod.metadata.deletionTimestamp !== undefined, pod.status.phase, isPodReady(pod), controllerOf(pod)?.uid];

function unmanagedMessage({ spec }: PodDisruptionBudget): string {
  return `Pods selected by this PodDisruptionBudget (selector: ${goLabelSelector(spec.selector)}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`;
}
