/** Pods on nodes that a selector selects, found by one of its labels where it has one, so that the cost is what is found. */
import type { Labels, Selector } from '../apimachinery/labels.js';
import type { Cache } from './cache.js';
import type { Sources } from './handle.js';
import type { NodeInfo } from './nodeinfo.js';
import type { PodInfo } from './podinfo.js';
import type { AffinityTerm } from './selection.js';

export function eachMatching(cache: Cache, namespace: string, selector: Selector, found: (pod: PodInfo, node: NodeInfo) => void): void {
  const exact = selector.requirements.find(({ operator, values }) => (operator === '=' || operator === 'in') && values.length === 1);
  const pods = cache.podsIn(namespace, exact === undefined ? undefined : { key: exact.key, value: exact.values[0]! });
  const isEnough = exact !== undefined && selector.requirements.length === 1;
  for (const [pod, node] of pods) if (isEnough || selector.matches(pod.labels)) found(pod, node);
}

/** Pods of every namespace that the term speaks of. */
export function eachOfTerm(
  cache: Cache,
  sources: Sources,
  { namespaces, namespaceSelector, selector }: AffinityTerm,
  found: (pod: PodInfo, node: NodeInfo) => void,
): void {
  for (const namespace of namespaces) eachMatching(cache, namespace, selector, found);
  for (const namespace of cache.namespaces()) {
    if (!namespaces.has(namespace) && namespaceSelector.matches(namespaceLabels(sources, namespace))) eachMatching(cache, namespace, selector, found);
  }
}

const NO_LABELS: Labels = {};

export function namespaceLabels({ namespaces }: Sources, name: string): Labels {
  return namespaces.lister.get({ name })?.metadata.labels ?? NO_LABELS;
}
