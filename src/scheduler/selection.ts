/** Pod affinity terms, read once into what can be asked quickly; with what the API says of node selectors and tolerations. */
import type { PodAffinityTerm } from '../api/core/types/podspec.js';
import { selectorFromSet, selectorOf, type Labels, type Selector } from '../apimachinery/labels.js';
import type { LabelSelector } from '../apimachinery/meta/meta.js';

const NO_LABELS: Labels = {};

/** Who a term of pod affinity speaks of. */
export interface AffinityTerm {
  readonly topologyKey: string;
  readonly namespaces: ReadonlySet<string>;
  readonly namespaceSelector: Selector;
  readonly selector: Selector;
  readonly weight: number;
}

export function affinityTerm(namespace: string, labels: Labels, term: PodAffinityTerm, weight = 0): AffinityTerm {
  const { topologyKey, namespaces = [], namespaceSelector } = term;
  const isOwn = namespaces.length === 0 && namespaceSelector === undefined;
  return {
    topologyKey,
    namespaces: new Set(isOwn ? [namespace] : namespaces),
    namespaceSelector: selectorOf(namespaceSelector),
    selector: withKeys(term.labelSelector, labels, term),
    weight,
  };
}

/** A selector narrowed by the pod's own values of some labels; the API server usually has done it already. */
export function withKeys(
  selector: LabelSelector | undefined,
  labels: Labels,
  { matchLabelKeys = [], mismatchLabelKeys = [] }: { matchLabelKeys?: string[] | undefined; mismatchLabelKeys?: string[] | undefined },
): Selector {
  const added = [
    ...matchLabelKeys.filter((key) => labels[key] !== undefined).map((key) => ({ key, operator: 'In', values: [labels[key]!] })),
    ...mismatchLabelKeys.filter((key) => labels[key] !== undefined).map((key) => ({ key, operator: 'NotIn', values: [labels[key]!] })),
  ];
  if (selector === undefined || added.length === 0) return selectorOf(selector);
  return selectorOf({ ...selector, matchExpressions: [...(selector.matchExpressions ?? []), ...added] } as LabelSelector);
}

export function termMatches(term: AffinityTerm, pod: { namespace: string; labels: Labels }, namespaceLabels: Labels | undefined): boolean {
  if (!term.namespaces.has(pod.namespace) && !term.namespaceSelector.matches(namespaceLabels ?? NO_LABELS)) return false;
  return term.selector.matches(pod.labels);
}

export { selectorFromSet };
export { nodeTerm, requiredNodes, tolerates, type NodeMatch } from '../api/core/nodeselection.js';
