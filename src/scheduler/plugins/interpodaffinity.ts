/**
 * InterPodAffinity: pods that want to be near others, or far from them, and
 * others that want the same of them; required ones filter, preferred ones score.
 */
import type { PluginArgs } from '../config.js';
import { reject, SCORE_MAX, SKIP, type Cycle, type Plugin, type StateData } from '../framework.js';
import { itself } from '../events.js';
import type { Handle } from '../handle.js';
import { eachOfTerm, namespaceLabels } from '../matching.js';
import type { Node } from '../kinds.js';
import type { NodeInfo } from '../nodeinfo.js';
import type { PodInfo } from '../podinfo.js';
import { termMatches, type AffinityTerm } from '../selection.js';

const NAME = 'InterPodAffinity';
const AFFINITY = reject(NAME, 'UnschedulableAndUnresolvable', "node(s) didn't match pod affinity rules");
const ANTI_AFFINITY = reject(NAME, 'Unschedulable', "node(s) didn't match pod anti-affinity rules");
const EXISTING_ANTI_AFFINITY = reject(NAME, 'Unschedulable', "node(s) didn't satisfy existing pods anti-affinity rules");

/** Amounts by label key, then value. */
class Tally {
  readonly #amounts: Map<string, Map<string, number>>;
  constructor(from?: Tally) {
    this.#amounts = new Map([...(from === undefined ? [] : from.#amounts)].map(([key, values]) => [key, new Map(values)]));
  }
  get isEmpty(): boolean {
    return this.#amounts.size === 0;
  }
  get keys(): Iterable<[string, ReadonlyMap<string, number>]> {
    return this.#amounts;
  }
  add(key: string, { labels }: NodeInfo, by: number): void {
    const value = labels[key];
    if (value === undefined) return;
    let values = this.#amounts.get(key);
    if (values === undefined) this.#amounts.set(key, (values = new Map()));
    const amount = (values.get(value) ?? 0) + by;
    if (amount === 0) values.delete(value);
    else values.set(value, amount);
    if (values.size === 0) this.#amounts.delete(key);
  }
  of(key: string, value: string): number {
    return this.#amounts.get(key)?.get(value) ?? 0;
  }
}

class Counts implements StateData {
  /** Where pods are that shun the newcomer. */
  readonly existing: Tally;
  readonly affinity: Tally;
  readonly antiAffinity: Tally;
  constructor(from?: Counts) {
    this.existing = new Tally(from?.existing);
    this.affinity = new Tally(from?.affinity);
    this.antiAffinity = new Tally(from?.antiAffinity);
  }
  clone(): Counts {
    return new Counts(this);
  }
}

interface Scores extends StateData {
  scores: Tally;
}

/** `hardPodAffinityWeight` is what an affinity that an existing pod requires is worth to a newcomer. */
export function interPodAffinity(
  { cache, sources }: Handle,
  { hardPodAffinityWeight, ignorePreferredTermsOfExistingPods }: PluginArgs['InterPodAffinity'],
): Plugin {
  const labelsOf = (namespace: string) => namespaceLabels(sources, namespace);
  const matchesAll = (terms: readonly AffinityTerm[], pod: PodInfo): boolean => terms.every((term) => termMatches(term, pod, labelsOf(pod.namespace)));

  function change(cycle: Cycle, pod: PodInfo, other: PodInfo, node: NodeInfo, by: 1 | -1): void {
    const counts = cycle.read<Counts>(NAME);
    if (counts === undefined) return;
    for (const term of other.requiredAntiAffinity) if (termMatches(term, pod, labelsOf(pod.namespace))) counts.existing.add(term.topologyKey, node, by);
    if (pod.requiredAffinity.length > 0 && matchesAll(pod.requiredAffinity, other))
      for (const { topologyKey } of pod.requiredAffinity) counts.affinity.add(topologyKey, node, by);
    for (const term of pod.requiredAntiAffinity) if (termMatches(term, other, labelsOf(other.namespace))) counts.antiAffinity.add(term.topologyKey, node, by);
  }

  const isWanted = (pod: PodInfo, other: PodInfo): boolean => pod.requiredAffinity.length > 0 && matchesAll(pod.requiredAffinity, other);
  const isShunned = (pod: PodInfo, other: PodInfo): boolean => pod.requiredAntiAffinity.some((term) => termMatches(term, other, labelsOf(other.namespace)));
  const shuns = (pod: PodInfo, other: PodInfo): boolean => other.requiredAntiAffinity.some((term) => termMatches(term, pod, labelsOf(pod.namespace)));
  /** The node came into another domain of a term, or has none any more. */
  const isMoved = (pod: PodInfo, { metadata: next }: Node, { metadata: previous }: Node): boolean =>
    pod.requiredAffinity.some(({ topologyKey: key }) => next.labels?.[key] !== undefined && next.labels[key] !== previous.labels?.[key]) ||
    pod.requiredAntiAffinity.some(({ topologyKey: key }) => previous.labels?.[key] !== undefined && next.labels?.[key] !== previous.labels[key]);

  return {
    name: NAME,
    hints: {
      'AssignedPod/Add': isWanted,
      'AssignedPod/UpdateLabel': (pod, next, previous) =>
        (!isWanted(pod, previous) && isWanted(pod, next)) || (isShunned(pod, previous) && !isShunned(pod, next)),
      'AssignedPod/Delete': (pod, _, gone) => isShunned(pod, gone) || shuns(pod, gone),
      'UnscheduledPod/UpdateLabel': itself,
      'Node/Add': (pod, { metadata: { labels } }: Node) =>
        pod.requiredAntiAffinity.length > 0 ||
        pod.requiredAffinity.length === 0 ||
        pod.requiredAffinity.some(({ topologyKey }) => labels?.[topologyKey] !== undefined),
      'Node/UpdateLabel': isMoved,
    },
    preFilter(cycle, pod) {
      const counts = new Counts();
      const ownLabels = labelsOf(pod.namespace);
      for (const node of cache.withRequiredAntiAffinity) {
        if (node.node === undefined) continue;
        for (const other of node.withRequiredAntiAffinity)
          for (const term of other.requiredAntiAffinity) if (termMatches(term, pod, ownLabels)) counts.existing.add(term.topologyKey, node, 1);
      }
      const { requiredAffinity, requiredAntiAffinity } = pod;
      if (counts.existing.isEmpty && requiredAffinity.length + requiredAntiAffinity.length === 0) return SKIP;
      const [first] = requiredAffinity;
      if (first !== undefined) {
        eachOfTerm(cache, sources, first, (other, node) => {
          if (node.node === undefined || (requiredAffinity.length > 1 && !matchesAll(requiredAffinity, other))) return;
          for (const { topologyKey } of requiredAffinity) counts.affinity.add(topologyKey, node, 1);
        });
      }
      for (const term of requiredAntiAffinity)
        eachOfTerm(cache, sources, term, (_, node) => node.node !== undefined && counts.antiAffinity.add(term.topologyKey, node, 1));
      cycle.write(NAME, counts);
      return undefined;
    },
    filter(cycle, pod, node) {
      const { affinity, antiAffinity, existing } = cycle.read<Counts>(NAME)!;
      if (pod.requiredAffinity.length > 0 && !isNearWanted(pod, node, affinity)) return AFFINITY;
      if (!antiAffinity.isEmpty) {
        for (const { topologyKey } of pod.requiredAntiAffinity) {
          const value = node.labels[topologyKey];
          if (value !== undefined && antiAffinity.of(topologyKey, value) > 0) return ANTI_AFFINITY;
        }
      }
      for (const [key, values] of existing.keys) {
        const value = node.labels[key];
        if (value !== undefined && (values.get(value) ?? 0) > 0) return EXISTING_ANTI_AFFINITY;
      }
      return undefined;
    },
    addPod: (cycle, pod, other, node) => change(cycle, pod, other, node, 1),
    removePod: (cycle, pod, other, node) => change(cycle, pod, other, node, -1),
    preScore(cycle, pod) {
      if (ignorePreferredTermsOfExistingPods && pod.preferredAffinity.length + pod.preferredAntiAffinity.length === 0) return SKIP;
      const scores = new Tally();
      const ownLabels = labelsOf(pod.namespace);
      for (const term of pod.preferredAffinity) eachOfTerm(cache, sources, term, (_, node) => scores.add(term.topologyKey, node, term.weight));
      for (const term of pod.preferredAntiAffinity) eachOfTerm(cache, sources, term, (_, node) => scores.add(term.topologyKey, node, -term.weight));
      const add = (terms: readonly AffinityTerm[], node: NodeInfo, weightOf: (term: AffinityTerm) => number): void => {
        for (const term of terms) if (termMatches(term, pod, ownLabels)) scores.add(term.topologyKey, node, weightOf(term));
      };
      for (const node of cache.withAffinity) {
        if (node.node === undefined) continue;
        for (const other of node.withAffinity) {
          if (hardPodAffinityWeight > 0) add(other.requiredAffinity, node, () => hardPodAffinityWeight);
          add(other.preferredAffinity, node, ({ weight }) => weight);
          add(other.preferredAntiAffinity, node, ({ weight }) => -weight);
        }
      }
      if (scores.isEmpty) return SKIP;
      cycle.write(`PreScore${NAME}`, { scores } satisfies Scores as StateData);
      return undefined;
    },
    score(cycle, _, { labels }) {
      let sum = 0;
      for (const [key, values] of cycle.read<Scores>(`PreScore${NAME}`)!.scores.keys) {
        const value = labels[key];
        if (value !== undefined) sum += values.get(value) ?? 0;
      }
      return sum;
    },
    normalize(_, scores) {
      const min = scores.reduce((one, other) => Math.min(one, other), Infinity);
      const max = scores.reduce((one, other) => Math.max(one, other), -Infinity);
      // In this order of operations: what is lost in it decides between nodes, as in Kubernetes.
      for (let at = 0; at < scores.length; at++) scores[at] = max === min ? 0 : Math.trunc(SCORE_MAX * ((scores[at]! - min) / (max - min)));
    },
  };

  /** The first of a kind that wants to be with its own kind may go anywhere that has the labels. */
  function isNearWanted(pod: PodInfo, { labels }: NodeInfo, affinity: Tally): boolean {
    let isNear = true;
    for (const { topologyKey } of pod.requiredAffinity) {
      const value = labels[topologyKey];
      if (value === undefined) return false;
      if (affinity.of(topologyKey, value) <= 0) isNear = false;
    }
    return isNear || (affinity.isEmpty && matchesAll(pod.requiredAffinity, pod));
  }
}
