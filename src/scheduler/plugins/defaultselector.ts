/** Whom a pod is one of: what its Services and the set that made it select, together. */
import { selectorFromSet, selectorOf, type Selector } from '../../apimachinery/labels.js';
import type { LabelSelector } from '../../apimachinery/meta/meta.js';
import type { Sources } from '../handle.js';
import type { PodInfo } from '../podinfo.js';

/** Undefined for a pod that is one of none. */
export function defaultSelector(
  { services, replicationControllers, replicaSets, statefulSets }: Sources,
  { namespace, labels, pod }: PodInfo,
): Selector | undefined {
  const matchLabels: Record<string, string> = {};
  for (const { spec } of services.lister.list({ namespace })) {
    const selector = spec.selector ?? undefined;
    if (selector !== undefined && selectorFromSet(selector).matches(labels)) Object.assign(matchLabels, selector);
  }
  const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller === true);
  const key = { namespace, name: owner?.name ?? '' };
  let set: LabelSelector | undefined;
  switch (owner === undefined ? '' : `${owner.apiVersion}/${owner.kind}`) {
    case 'v1/ReplicationController':
      Object.assign(matchLabels, replicationControllers.lister.get(key)?.spec.selector);
      break;
    case 'apps/v1/ReplicaSet':
      set = replicaSets.lister.get(key)?.spec.selector;
      break;
    case 'apps/v1/StatefulSet':
      set = statefulSets.lister.get(key)?.spec.selector;
      break;
  }
  const selector = selectorOf({ matchLabels: { ...set?.matchLabels, ...matchLabels }, matchExpressions: set?.matchExpressions ?? [] } as LabelSelector);
  return selector.empty ? undefined : selector;
}
