/**
 * PodTopologySpread: pods alike are spread over zones, hosts and other domains.
 * Constraints that forbid are a filter, those that prefer a score; pods of a
 * Service or a set that name none prefer to be spread over hosts and zones.
 */
import type { TopologySpreadConstraint } from '../../api/core/types/podspec.js';
import type { PluginArgs } from '../config.js';
import type { Selector } from '../../apimachinery/labels.js';
import { reject, SCORE_MAX, SKIP, type Plugin, type StateData } from '../framework.js';
import { itself } from '../events.js';
import type { Handle } from '../handle.js';
import { eachMatching } from '../matching.js';
import type { Node } from '../kinds.js';
import type { NodeInfo } from '../nodeinfo.js';
import type { PodInfo } from '../podinfo.js';
import { withKeys } from '../selection.js';
import { defaultSelector } from './defaultselector.js';
import { fitsAffinity } from './nodeaffinity.js';
import { fitsTaints } from './tainttoleration.js';

const NAME = 'PodTopologySpread';
const HOSTNAME = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';
const NO_LABEL = reject(NAME, 'UnschedulableAndUnresolvable', "node(s) didn't match pod topology spread constraints (missing required label)");
const SKEWED = reject(NAME, 'Unschedulable', "node(s) didn't match pod topology spread constraints");

interface Constraint {
  key: string;
  maxSkew: number;
  minDomains: number;
  selector: Selector;
  honorsAffinity: boolean;
  honorsTaints: boolean;
}

interface Counted {
  constraint: Constraint;
  /** Matching pods by domain; domains without any are left out. */
  counts: Map<string, number>;
  domains: number;
  isSelfMatch: boolean;
  /** What leastOf found, until a count changes. */
  least: number | undefined;
}

class Hard implements StateData {
  readonly constraints: readonly Counted[];
  constructor(constraints: readonly Counted[]) {
    this.constraints = constraints;
  }
  clone(): Hard {
    return new Hard(this.constraints.map((one) => ({ ...one, counts: new Map(one.counts) })));
  }
}

interface Soft extends StateData {
  constraints: readonly {
    constraint: Constraint;
    weight: number;
    byDomain: ReadonlyMap<string, number> | undefined;
    byNode: ReadonlyMap<NodeInfo, number> | undefined;
  }[];
  ignored: ReadonlySet<NodeInfo>;
}

const SYSTEM_DEFAULTS = [
  { topologyKey: HOSTNAME, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 3 },
  { topologyKey: ZONE, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 5 },
] as readonly TopologySpreadConstraint[];

/** Constraints by default are for pods that have none of their own. */
export function podTopologySpread({ cache, sources }: Handle, { defaultConstraints, defaultingType }: PluginArgs['PodTopologySpread']): Plugin {
  const isSystem = defaultingType === 'System';
  const defaults = isSystem ? SYSTEM_DEFAULTS : defaultConstraints;
  const isHardByDefault = defaults.some(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule');
  const change = (pod: PodInfo, cycle: Parameters<NonNullable<Plugin['addPod']>>[0], other: PodInfo, node: NodeInfo, by: 1 | -1): void => {
    const state = cycle.read<Hard>(NAME);
    if (state === undefined || other.namespace !== pod.namespace || other.isTerminating) return;
    const all = state.constraints.map(({ constraint }) => constraint);
    for (const counted of state.constraints) {
      const { constraint, counts } = counted;
      if (!isEligible(pod, node, constraint, all) || !constraint.selector.matches(other.labels)) continue;
      const value = node.labels[constraint.key]!;
      const count = (counts.get(value) ?? 0) + by;
      if (count > 0) counts.set(value, count);
      else counts.delete(value);
      counted.least = undefined;
    }
  };
  const counts = (pod: PodInfo, other: PodInfo): boolean =>
    other.namespace === pod.namespace && hardOf(pod).some(({ selector }) => selector.matches(other.labels));
  const hasKeys = (pod: PodInfo, { metadata: { labels } }: Node): boolean => hardOf(pod).every(({ key }) => labels?.[key] !== undefined);
  const isMoved = (pod: PodInfo, next: Node, previous: Node): boolean => {
    const [is, was] = [hasKeys(pod, next), hasKeys(pod, previous)];
    return is !== was || (is && hardOf(pod).some(({ key }) => next.metadata.labels?.[key] !== previous.metadata.labels?.[key]));
  };
  return {
    name: NAME,
    hints: {
      'AssignedPod/Add': counts,
      'AssignedPod/Delete': (pod, _, gone) => counts(pod, gone),
      'UnscheduledPod/NominationGone': (pod, _, gone) => counts(pod, gone),
      'AssignedPod/UpdateLabel': (pod, next, previous) => counts(pod, next) !== counts(pod, previous),
      'UnscheduledPod/UpdateLabel': itself,
      'Node/Add': hasKeys,
      'Node/UpdateLabel': isMoved,
      'Node/Delete': (pod, _, gone: Node) => hasKeys(pod, gone),
      'Node/UpdateTaint': hasKeys,
    },
    preFilter(cycle, pod) {
      const constraints = hardOf(pod);
      if (constraints.length === 0) return SKIP;
      const counted = constraints.map((constraint) => ({
        constraint,
        counts: countDomains(constraint, pod, constraints),
        domains: domainsOf(constraint, pod, constraints),
        isSelfMatch: constraint.selector.matches(pod.labels),
        least: undefined,
      }));
      cycle.write(NAME, new Hard(counted));
      return undefined;
    },
    filter(cycle, _, { labels }) {
      for (const counted of cycle.read<Hard>(NAME)!.constraints) {
        const { constraint, counts, isSelfMatch } = counted;
        const value = labels[constraint.key];
        if (value === undefined) return NO_LABEL;
        const skew = (counts.get(value) ?? 0) + (isSelfMatch ? 1 : 0) - (counted.least ??= leastOf(counted));
        if (skew > constraint.maxSkew) return SKEWED;
      }
      return undefined;
    },
    addPod: (cycle, pod, other, node) => change(pod, cycle, other, node, 1),
    removePod: (cycle, pod, other, node) => change(pod, cycle, other, node, -1),
    preScore(cycle, pod, nodes) {
      // A node without one of the labels is no place for these; with the system's defaults, the others still count.
      const isOwn = hasOwn(pod) || !isSystem;
      const constraints = hasOwn(pod) ? constraintsOf(pod, 'ScheduleAnyway') : byDefault(pod, 'ScheduleAnyway');
      if (constraints.length === 0) return SKIP;
      const ignored = new Set(isOwn ? nodes.filter(({ labels }) => !constraints.every(({ key }) => labels[key] !== undefined)) : []);
      const scored = constraints.map((constraint) => {
        if (constraint.key === HOSTNAME)
          return { constraint, weight: Math.log(nodes.length - ignored.size + 2), byDomain: undefined, byNode: countNodes(constraint, pod) };
        const byDomain = new Map<string, number>();
        for (const node of nodes) if (!ignored.has(node)) byDomain.set(node.labels[constraint.key] ?? '', 0);
        eachCounted(pod, constraint, (other, node) => {
          const value = node.labels[constraint.key] ?? '';
          const count = byDomain.get(value);
          if (count === undefined || other.isTerminating || node.node === undefined) return;
          if (isOwn ? isEligible(pod, node, constraint, constraints) : isIncluded(pod, node, constraint)) byDomain.set(value, count + 1);
        });
        return { constraint, weight: Math.log(byDomain.size + 2), byDomain, byNode: undefined };
      });
      cycle.write(`PreScore${NAME}`, { constraints: scored, ignored } satisfies Soft as StateData);
      return undefined;
    },
    score(cycle, _, node) {
      const { constraints, ignored } = cycle.read<Soft>(`PreScore${NAME}`)!;
      if (ignored.has(node)) return 0;
      let score = 0;
      for (const { constraint, weight, byDomain, byNode } of constraints) {
        const value = node.labels[constraint.key];
        if (value === undefined) continue;
        const count = (byDomain === undefined ? byNode?.get(node) : byDomain.get(value)) ?? 0;
        score += count * weight + (constraint.maxSkew - 1);
      }
      return Math.round(score);
    },
    normalize(cycle, scores, nodes) {
      const { ignored } = cycle.read<Soft>(`PreScore${NAME}`)!;
      let min = Infinity;
      let max = 0;
      scores.forEach((score, at) => {
        if (ignored.has(nodes[at]!)) return;
        min = Math.min(min, score);
        max = Math.max(max, score);
      });
      scores.forEach((score, at) => {
        if (ignored.has(nodes[at]!)) scores[at] = 0;
        else scores[at] = max === 0 ? SCORE_MAX : Math.trunc((SCORE_MAX * (max + min - score)) / max);
      });
    },
  };

  // As Kubernetes does: an empty selector counts nobody, though it matches the pod itself.
  function eachCounted({ namespace }: PodInfo, { selector }: Constraint, found: (other: PodInfo, node: NodeInfo) => void): void {
    if (!selector.empty) eachMatching(cache, namespace, selector, found);
  }

  function countDomains(constraint: Constraint, pod: PodInfo, all: readonly Constraint[]): Map<string, number> {
    const counts = new Map<string, number>();
    eachCounted(pod, constraint, (other, node) => {
      if (other.isTerminating || node.node === undefined || !isEligible(pod, node, constraint, all)) return;
      const value = node.labels[constraint.key]!;
      counts.set(value, (counts.get(value) ?? 0) + 1);
    });
    return counts;
  }

  function domainsOf(constraint: Constraint, pod: PodInfo, all: readonly Constraint[]): number {
    const domains = cache.topology(constraint.key);
    const isEvery = all.length === 1 && !(constraint.honorsAffinity && pod.requiredNodes !== undefined) && !constraint.honorsTaints;
    if (isEvery) return domains.size;
    let count = 0;
    for (const nodes of domains.values()) if (nodes.some((node) => isEligible(pod, node, constraint, all))) count += 1;
    return count;
  }

  function countNodes(constraint: Constraint, pod: PodInfo): Map<NodeInfo, number> {
    const counts = new Map<NodeInfo, number>();
    eachCounted(pod, constraint, (other, node) => {
      if (!other.isTerminating) counts.set(node, (counts.get(node) ?? 0) + 1);
    });
    return counts;
  }

  function hardOf(pod: PodInfo): Constraint[] {
    if (hasOwn(pod)) return constraintsOf(pod, 'DoNotSchedule');
    return isHardByDefault ? byDefault(pod, 'DoNotSchedule') : [];
  }

  function byDefault(pod: PodInfo, action: Action): Constraint[] {
    const selector = defaultSelector(sources, pod);
    return selector === undefined ? [] : read(defaults, pod, action).map((constraint) => ({ ...constraint, selector }));
  }
}

/** The fewest matching pods in any domain; none, where there are fewer domains than there should be. */
function leastOf({ counts, domains, constraint }: Counted): number {
  if (domains < constraint.minDomains || counts.size < domains) return 0;
  let least = Infinity;
  for (const count of counts.values()) least = Math.min(least, count);
  return least === Infinity ? 0 : least;
}

type Action = TopologySpreadConstraint['whenUnsatisfiable'];

const hasOwn = ({ pod }: PodInfo): boolean => (pod.spec.topologySpreadConstraints ?? []).length > 0;

const constraintsOf = (pod: PodInfo, action: Action): Constraint[] => read(pod.pod.spec.topologySpreadConstraints ?? [], pod, action);

function read(constraints: readonly TopologySpreadConstraint[], { labels }: PodInfo, action: Action): Constraint[] {
  return constraints
    .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action)
    .map(({ topologyKey, maxSkew, minDomains, labelSelector, matchLabelKeys, nodeAffinityPolicy, nodeTaintsPolicy }) => ({
      key: topologyKey,
      maxSkew,
      minDomains: minDomains ?? 1,
      selector: withKeys(labelSelector, labels, { matchLabelKeys }),
      honorsAffinity: nodeAffinityPolicy !== 'Ignore',
      honorsTaints: nodeTaintsPolicy === 'Honor',
    }));
}

/** Whether pods on the node count: it has all labels that constraints name, and the pod might go there as far as the policies ask. */
function isEligible(pod: PodInfo, node: NodeInfo, constraint: Constraint, all: readonly Constraint[]): boolean {
  for (const { key } of all) if (node.labels[key] === undefined) return false;
  return isIncluded(pod, node, constraint);
}

function isIncluded(pod: PodInfo, node: NodeInfo, { honorsAffinity, honorsTaints }: Constraint): boolean {
  return (!honorsAffinity || fitsAffinity(pod, node)) && (!honorsTaints || fitsTaints(pod, node));
}
