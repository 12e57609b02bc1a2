/**
 * DefaultPreemption: where no node passes, finds one on which evicting pods of
 * lower priority would help, harming least, and promises it to the pod. Victims
 * are told and deleted; the pod is tried again when they are gone.
 */
import { selectorOf } from '../../apimachinery/labels.js';
import type { PluginArgs } from '../config.js';
import { fitMessage } from '../cycle.js';
import { reject, type Cycle, type NodeStatuses, type Plugin, type PostFilterAnswer, type Rejection } from '../framework.js';
import type { Handle } from '../handle.js';
import type { NodeInfo } from '../nodeinfo.js';
import type { PodInfo } from '../podinfo.js';
import { Preemptor } from '../preemptor.js';

const NAME = 'DefaultPreemption';
const NOT_HELPFUL = reject(NAME, 'UnschedulableAndUnresolvable', 'Preemption is not helpful for scheduling');
const WAITING = reject(NAME, 'UnschedulableAndUnresolvable', 'waiting for the preemption for this pod to be finished');
const NO_VICTIMS = reject(NAME, 'UnschedulableAndUnresolvable', 'No preemption victims found for incoming pod');

interface Candidate {
  node: NodeInfo;
  /** Most important first. */
  victims: readonly PodInfo[];
  violations: number;
}

export function defaultPreemption(handle: Handle, { minCandidateNodesPercentage, minCandidateNodesAbsolute }: PluginArgs['DefaultPreemption']): Plugin {
  const { cache, random, clock } = handle;
  const preemptor = new Preemptor(handle);
  return {
    name: NAME,
    // Who waits for evictions is not woken by them for this plugin's sake: those that refused the pod decide.
    hints: { 'AssignedPod/Delete': () => false },
    preEnqueue: (pod) => (preemptor.isUnderWay(pod) ? WAITING : undefined),
    postFilter(cycle, pod, statuses) {
      const ineligible = whyIneligible(pod, statuses);
      if (ineligible !== undefined) return refused(ineligible);
      const { candidates, found } = search(cycle, pod, statuses);
      if (candidates.length === 0) {
        const failed = [...found.values()].find(({ code }) => code === 'Error');
        if (failed !== undefined) return { rejection: reject(NAME, 'Error', `preemption: ${failed.reasons.join(', ')}`) };
        const message = fitMessage(cache.list.length, { statuses: { named: found, absent: NOT_HELPFUL }, preFilterMessage: '' });
        return { ...refused(message), nomination: { nodeName: '' } };
      }
      const best = leastHarm(candidates);
      preemptor.evict(best.node, best.victims, pod);
      return { nomination: { nodeName: best.node.name } };
    },
  };

  function whyIneligible({ pod: { spec, status }, priority }: PodInfo, { named, absent }: NodeStatuses): string | undefined {
    if (spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
    const { nominatedNodeName } = status;
    const node = nominatedNodeName === undefined ? undefined : cache.node(nominatedNodeName);
    if (node === undefined || (named.get(node.name) ?? absent).code === 'UnschedulableAndUnresolvable') return undefined;
    for (const other of node.pods.values())
      if (other.priority < priority && isBeingPreempted(other)) return 'not eligible due to a terminating pod on the nominated node.';
    return undefined;
  }

  /** Starts somewhere, and stops when enough nodes are found to choose from. */
  function search(cycle: Cycle, pod: PodInfo, { named, absent }: NodeStatuses): { candidates: Candidate[]; found: Map<string, Rejection> } {
    const nodes = cache.list.filter(({ name }) => (named.get(name) ?? absent).code === 'Unschedulable');
    const found = new Map<string, Rejection>();
    const kept: Candidate[] = [];
    const violating: Candidate[] = [];
    if (nodes.length === 0) return { candidates: kept, found };
    const enough = Math.min(nodes.length, Math.max(minCandidateNodesAbsolute, Math.trunc((nodes.length * minCandidateNodesPercentage) / 100)));
    const budgets = budgetsOf(handle);
    const start = random.int(nodes.length);
    for (let at = 0; at < nodes.length; at++) {
      const node = nodes[(start + at) % nodes.length]!;
      const answer = victimsOn(cycle, pod, node, budgets);
      if ('code' in answer) found.set(node.name, answer);
      else (answer.violations === 0 ? kept : violating).push(answer);
      if (kept.length > 0 && kept.length + violating.length >= enough) break;
    }
    return { candidates: [...kept, ...violating], found };
  }

  /** Takes all away that matter less, then gives back as many as possible, the most important first. */
  function victimsOn(cycle: Cycle, pod: PodInfo, node: NodeInfo, budgets: readonly Budget[]): Candidate | Rejection {
    const framework = handle.framework();
    const potential = [...node.pods.values()].filter(({ priority }) => priority < pod.priority);
    if (potential.length === 0) return NO_VICTIMS;
    const trial = cycle.clone();
    const rest = node.copy();
    for (const other of potential) framework.removePod(trial, pod, other, rest);
    const rejection = framework.filterWithNominated(trial, pod, rest);
    if (rejection !== undefined) return rejection;
    const now = clock.now();
    const [violating, others] = byBudgets(
      potential.sort((one, other) => byImportance(one, other, now)),
      budgets,
    );
    const victims: PodInfo[] = [];
    let violations = 0;
    const isReprieved = (other: PodInfo): boolean => {
      framework.addPod(trial, pod, other, rest);
      if (framework.filterWithNominated(trial, pod, rest) === undefined) return true;
      framework.removePod(trial, pod, other, rest);
      victims.push(other);
      return false;
    };
    for (const other of violating) if (!isReprieved(other)) violations += 1;
    for (const other of others) isReprieved(other);
    if (victims.length === 0) return reject(NAME, 'Error', `expected at least one victim pod on node "${node.name}"`);
    return { node, victims: victims.sort((one, other) => byImportance(one, other, now)), violations };
  }

  function leastHarm(candidates: readonly Candidate[]): Candidate {
    const now = clock.now();
    const highest = ({ victims }: Candidate): number => victims[0]?.priority ?? -Infinity;
    const earliest = (candidate: Candidate): number =>
      Math.min(...candidate.victims.filter(({ priority }) => priority === highest(candidate)).map((victim) => startOf(victim, now)));
    const harms: ((candidate: Candidate) => number)[] = [
      ({ violations }) => violations,
      highest,
      ({ victims }) => victims.reduce((sum, { priority }) => sum + priority + 2 ** 31, 0),
      ({ victims }) => victims.length,
      (candidate) => -earliest(candidate),
    ];
    let left = candidates;
    for (const harm of harms) {
      const least = Math.min(...left.map(harm));
      left = left.filter((candidate) => harm(candidate) === least);
      if (left.length === 1) break;
    }
    return left[0]!;
  }
}

const refused = (message: string): PostFilterAnswer => ({ rejection: reject(NAME, 'Unschedulable', `preemption: ${message}`) });

function isBeingPreempted({ pod: { metadata, status } }: PodInfo): boolean {
  return (
    metadata.deletionTimestamp !== undefined &&
    status.conditions?.some(({ type, status: value, reason }) => type === 'DisruptionTarget' && value === 'True' && reason === 'PreemptionByScheduler') === true
  );
}

/** One that has not started counts as starting now. */
const startOf = ({ pod: { status } }: PodInfo, now: number): number => (status.startTime ? Date.parse(status.startTime) : now);

function byImportance(one: PodInfo, other: PodInfo, now: number): number {
  return other.priority - one.priority || startOf(one, now) - startOf(other, now);
}

interface Budget {
  namespace: string;
  matches(pod: PodInfo): boolean;
  allowed: number;
}

function budgetsOf({ sources }: Handle): Budget[] {
  return sources.budgets.lister.list().map(({ metadata, spec, status }) => {
    const selector = selectorOf(spec.selector);
    return {
      namespace: metadata.namespace ?? '',
      allowed: status.disruptionsAllowed,
      // As Kubernetes does: a budget for every pod protects none here, and who is being disrupted already is counted already.
      matches: (pod) => !selector.empty && selector.matches(pod.labels) && status.disruptedPods?.[pod.name] === undefined,
    };
  });
}

function byBudgets(pods: readonly PodInfo[], budgets: readonly Budget[]): [PodInfo[], PodInfo[]] {
  const left = new Map(budgets.map((budget) => [budget, budget.allowed]));
  const violating: PodInfo[] = [];
  const others: PodInfo[] = [];
  for (const pod of pods) {
    let isViolating = false;
    for (const budget of Object.keys(pod.labels).length === 0 ? [] : budgets) {
      if (budget.namespace !== pod.namespace || !budget.matches(pod)) continue;
      const allowed = left.get(budget)! - 1;
      left.set(budget, allowed);
      if (allowed < 0) isViolating = true;
    }
    (isViolating ? violating : others).push(pod);
  }
  return [violating, others];
}
