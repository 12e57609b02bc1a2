/**
 * Room for critical pods: which others must go so that one fits, as few and as
 * small as may be, best effort before burstable before guaranteed. Nothing is
 * ended here.
 */
import { qosClassOf } from '../../api/core/resources.js';
import type { Quantity } from '../../apimachinery/quantity.js';
import type { Pod } from '../kinds.js';
import { podRequests } from '../pods/resources.js';

export interface Shortage {
  resource: string;
  quantity: bigint;
}

const CRITICAL_PRIORITY = 2_000_000_000;

export const isStaticPod = ({ metadata }: Pod): boolean => metadata.annotations?.['kubernetes.io/config.source'] === 'file';
export const isCritical = (pod: Pod): boolean => isStaticPod(pod) || Number(pod.spec.priority ?? 0) >= CRITICAL_PRIORITY;

/** In the unit that shortages are counted in. */
export const inUnits = (resource: string, quantity: Quantity): bigint => (resource === 'cpu' ? quantity.milliValue() : quantity.value());

/** A text where no set of pods would free enough. */
export function podsToPreempt(pod: Pod, others: readonly Pod[], shortages: readonly Shortage[]): Pod[] | string {
  const candidates = others.filter((other) => (isCritical(pod) && !isCritical(other)) || Number(pod.spec.priority ?? 0) > Number(other.spec.priority ?? 0));
  const [bestEffort, burstable, guaranteed] = (['BestEffort', 'Burstable', 'Guaranteed'] as const).map((qos) =>
    candidates.filter(({ spec }) => qosClassOf(spec) === qos),
  ) as [Pod[], Pod[], Pod[]];
  const unmet = subtracted(shortages, candidates);
  if (unmet.length > 0) return noneFound(unmet);
  const fromGuaranteed = nearest(guaranteed, subtracted(shortages, [...bestEffort, ...burstable]));
  const fromBurstable = nearest(burstable, subtracted(shortages, [...bestEffort, ...fromGuaranteed]));
  const fromBestEffort = nearest(bestEffort, subtracted(shortages, [...fromBurstable, ...fromGuaranteed]));
  return [...fromBestEffort, ...fromBurstable, ...fromGuaranteed];
}

const noneFound = (unmet: readonly Shortage[]): string =>
  `no set of running pods found to reclaim resources: [${unmet.map(({ resource, quantity }) => `(res: ${resource}, q: ${quantity}), `).join('')}]`;

function requestOf(pod: Pod, resource: string): bigint {
  if (resource === 'pods') return 1n;
  const amount = podRequests(pod)[resource];
  return amount === undefined ? 0n : inUnits(resource, amount);
}

const subtracted = (shortages: readonly Shortage[], pods: readonly Pod[]): Shortage[] =>
  shortages
    .map(({ resource, quantity }) => ({ resource, quantity: quantity - pods.reduce((sum, pod) => sum + requestOf(pod, resource), 0n) }))
    .filter(({ quantity }) => quantity > 0n);

/** One after the other, each the one that leaves least to be done. */
function nearest(pods: readonly Pod[], shortages: readonly Shortage[]): Pod[] {
  const left = [...pods];
  const chosen: Pod[] = [];
  for (let unmet = [...shortages]; unmet.length > 0 && left.length > 0;) {
    let best = 0;
    left.forEach((pod, at) => {
      const [mine, its] = [distance(pod, unmet), distance(left[best]!, unmet)];
      if (mine < its || (mine === its && isSmaller(pod, left[best]!))) best = at;
    });
    const [pod] = left.splice(best, 1);
    chosen.push(pod!);
    unmet = subtracted(unmet, [pod!]);
  }
  return chosen;
}

/** Each shortage weighs the same, whatever its amount. */
function distance(pod: Pod, shortages: readonly Shortage[]): number {
  return shortages.reduce((sum, { resource, quantity }) => {
    const left = Number(quantity - requestOf(pod, resource));
    return left > 0 ? sum + (left / Number(quantity)) ** 2 : sum;
  }, 0);
}

function isSmaller(one: Pod, other: Pod): boolean {
  for (const resource of ['memory', 'cpu']) {
    const [a, b] = [requestOf(one, resource), requestOf(other, resource)];
    if (a !== b) return a < b;
  }
  return true;
}
