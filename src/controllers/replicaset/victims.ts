/**
 * Which pods a set gives up first when it shrinks, in Kubernetes' own order:
 * unbound, pending, not ready, cheap, doubled up on a node, young.
 */
import { byText } from '../order.js';
import { conditionOf, isPodReady } from '../pods.js';
import type { Pod } from '../kinds.js';

const PHASES: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 };
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

/** The `count` pods to delete. `related` are all active pods of sets with the same owner: crowded nodes lose theirs first. */
export function victims(pods: readonly Pod[], related: readonly Pod[], count: number, now: number): Pod[] {
  if (count >= pods.length) return [...pods];
  const crowd = new Map<string, number>();
  for (const { spec } of related) if (spec.nodeName) crowd.set(spec.nodeName, (crowd.get(spec.nodeName) ?? 0) + 1);
  const rank = (pod: Pod): number => crowd.get(pod.spec.nodeName ?? '') ?? 0;
  return [...pods].sort((one, other) => compare(one, other, rank, now)).slice(0, count);
}

/** The order of those who know of no cost and no crowd: by the moments themselves. */
export function plainVictims(pods: readonly Pod[], count: number): Pod[] {
  const age = (time: number): number => (Number.isNaN(time) ? Infinity : time);
  const created = (pod: Pod): number => age(Date.parse(pod.metadata.creationTimestamp ?? ''));
  const ready = (pod: Pod): number => Number(isPodReady(pod));
  const later = (one: number, other: number): number => (one === other ? 0 : other < one ? -1 : 1);
  const order = (one: Pod, other: Pod): number =>
    Number(Boolean(one.spec.nodeName)) - Number(Boolean(other.spec.nodeName)) ||
    (PHASES[one.status.phase ?? ''] ?? 0) - (PHASES[other.status.phase ?? ''] ?? 0) ||
    ready(one) - ready(other) ||
    (ready(one) === 1 ? later(age(readySince(one)), age(readySince(other))) : 0) ||
    restarts(other) - restarts(one) ||
    later(created(one), created(other));
  return [...pods].sort(order).slice(0, count);
}

function compare(one: Pod, other: Pod, rank: (pod: Pod) => number, now: number): number {
  const bound = (pod: Pod): number => Number(Boolean(pod.spec.nodeName));
  const phase = (pod: Pod): number => PHASES[pod.status.phase ?? ''] ?? 0;
  const ready = (pod: Pod): number => Number(isPodReady(pod));
  return (
    bound(one) - bound(other) ||
    phase(one) - phase(other) ||
    ready(one) - ready(other) ||
    costOf(one) - costOf(other) ||
    rank(other) - rank(one) ||
    (isPodReady(one) && isPodReady(other) ? byYouth(readySince(one), readySince(other), now, one, other) : 0) ||
    restarts(other) - restarts(one) ||
    byYouth(Date.parse(one.metadata.creationTimestamp ?? ''), Date.parse(other.metadata.creationTimestamp ?? ''), now, one, other)
  );
}

// Ages count by powers of two: among pods of about one age, chance (their uid) decides, so that old nodes keep some.
function byYouth(one: number, other: number, now: number, first: Pod, second: Pod): number {
  if (one === other || Number.isNaN(one) || Number.isNaN(other)) return 0;
  return magnitude(now - one) - magnitude(now - other) || byText(first.metadata.uid!, second.metadata.uid!);
}

function magnitude(ageMs: number): number {
  return ageMs > 0 ? Math.floor(Math.log2(ageMs * 1e6)) : -1;
}

function readySince(pod: Pod): number {
  return Date.parse(conditionOf(pod.status.conditions, 'Ready')?.lastTransitionTime ?? '');
}

function costOf(pod: Pod): number {
  const text = pod.metadata.annotations?.[DELETION_COST];
  return text !== undefined && /^(0|-?[1-9]\d*)$/.test(text) ? Number(text) : 0;
}

function restarts(pod: Pod): number {
  return Math.max(0, ...(pod.status.containerStatuses ?? []).map(({ restartCount }) => restartCount));
}
