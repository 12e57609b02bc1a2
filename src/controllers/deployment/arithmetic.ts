/**
 * The numbers of a rollout: how far it may surge and how much may be missing,
 * and how replicas are shared out when a Deployment is scaled half-way.
 */
import type { Deployment, ReplicaSet } from '../kinds.js';
import { countOf } from '../intorstring.js';
import { byAge, sum } from '../order.js';

export function isRolling(deployment: Deployment): boolean {
  return deployment.spec.strategy.type === 'RollingUpdate';
}

/** Surge rounds up, unavailable rounds down; where both come to nothing, one may be missing, or no rollout could move. */
export function fenceposts(deployment: Deployment): { surge: number; unavailable: number } {
  const { rollingUpdate = {} } = deployment.spec.strategy;
  const replicas = deployment.spec.replicas ?? 0;
  const surge = countOf(rollingUpdate.maxSurge, replicas, 'up');
  const unavailable = countOf(rollingUpdate.maxUnavailable, replicas, 'down');
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}

export function maxSurge(deployment: Deployment): number {
  return isRolling(deployment) ? fenceposts(deployment).surge : 0;
}

export function maxUnavailable(deployment: Deployment): number {
  const replicas = deployment.spec.replicas ?? 0;
  return !isRolling(deployment) || replicas === 0 ? 0 : Math.min(fenceposts(deployment).unavailable, replicas);
}

export const replicasOf = (set: ReplicaSet): number => set.spec.replicas ?? 0;
export const wanted = (sets: readonly ReplicaSet[]): number => sum(sets, replicasOf);
export const actual = (sets: readonly ReplicaSet[]): number => sum(sets, (set) => set.status.replicas);
export const available = (sets: readonly ReplicaSet[]): number => sum(sets, (set) => set.status.availableReplicas);

/** How many replicas the new set may have now. */
export function newReplicas(deployment: Deployment, sets: readonly ReplicaSet[], now: number): number {
  const replicas = deployment.spec.replicas ?? 0;
  if (!isRolling(deployment)) return replicas;
  const total = wanted(sets);
  const most = replicas + countOf(deployment.spec.strategy.rollingUpdate?.maxSurge, replicas, 'up');
  return total >= most ? now : now + Math.min(most - total, replicas - now);
}

export interface Scale {
  set: ReplicaSet;
  replicas: number;
}

/** A scaled rollout: each set that has replicas gets its share of what comes or goes, the first the rest. */
export function inProportion(deployment: Deployment, sets: readonly ReplicaSet[], maxOf: (set: ReplicaSet) => number | undefined): Scale[] {
  const replicas = deployment.spec.replicas ?? 0;
  const change = (replicas > 0 ? replicas + maxSurge(deployment) : 0) - wanted(sets);
  const ordered = [...sets].sort(change > 0 ? bySizeNewest : bySizeOldest);
  let given = 0;
  const scales = ordered.map((set) => {
    const part = share(deployment, set, change, given, maxOf(set));
    given += part;
    return { set, replicas: replicasOf(set) + part };
  });
  if (change !== 0 && scales[0] !== undefined) scales[0].replicas = Math.max(0, scales[0].replicas + change - given);
  return scales;
}

function share(deployment: Deployment, set: ReplicaSet, change: number, given: number, most: number | undefined): number {
  const has = replicasOf(set);
  if (has === 0 || change === 0 || change === given) return 0;
  const fraction = fractionOf(deployment, has, most);
  return change > 0 ? Math.min(fraction, change - given) : Math.max(fraction, change - given);
}

function fractionOf(deployment: Deployment, has: number, most: number | undefined): number {
  const replicas = deployment.spec.replicas ?? 0;
  if (replicas === 0) return -has;
  const before = most ?? deployment.status.replicas ?? 0;
  const exact = (has * (replicas + maxSurge(deployment))) / before;
  return (exact < 0 ? Math.ceil(exact - 0.5) : Math.floor(exact + 0.5)) - has;
}

const bySizeNewest = (one: ReplicaSet, other: ReplicaSet): number => replicasOf(other) - replicasOf(one) || byAge(other, one);
const bySizeOldest = (one: ReplicaSet, other: ReplicaSet): number => replicasOf(other) - replicasOf(one) || byAge(one, other);

/** Old sets give up what is not available first, then as much as may be missing. */
export function shrinkOld(deployment: Deployment, old: readonly ReplicaSet[], current: ReplicaSet | undefined): Scale[][] {
  const all = current === undefined ? [...old] : [...old, current];
  if (wanted(old) === 0) return [];
  const least = (deployment.spec.replicas ?? 0) - maxUnavailable(deployment);
  const currentMissing = current === undefined ? 0 : replicasOf(current) - (current.status.availableReplicas ?? 0);
  const most = wanted(all) - least - currentMissing;
  if (most <= 0) return [];
  const unhealthy = dropUnhealthy(old, most);
  if (unhealthy === undefined) return [];
  const left = new Map(old.map((set) => [set, replicasOf(set)]));
  for (const { set, replicas } of unhealthy) left.set(set, replicas);
  return [unhealthy, dropAvailable(old, left, available(all) - least)];
}

/** undefined: a set counts more available pods than it is to have, so its status is behind; nothing may be built on that. */
function dropUnhealthy(old: readonly ReplicaSet[], most: number): Scale[] | undefined {
  const scales: Scale[] = [];
  let dropped = 0;
  for (const set of [...old].sort(byAge)) {
    const has = replicasOf(set);
    const healthy = set.status.availableReplicas ?? 0;
    if (dropped >= most) break;
    if (has === 0 || has === healthy) continue;
    const drop = Math.min(most - dropped, has - healthy);
    if (drop < 0) return undefined;
    scales.push({ set, replicas: has - drop });
    dropped += drop;
  }
  return scales;
}

function dropAvailable(old: readonly ReplicaSet[], left: ReadonlyMap<ReplicaSet, number>, most: number): Scale[] {
  const scales: Scale[] = [];
  let dropped = 0;
  for (const set of [...old].sort(byAge)) {
    const has = left.get(set)!;
    if (dropped >= most || has === 0) continue;
    const drop = Math.min(has, most - dropped);
    scales.push({ set, replicas: has - drop });
    dropped += drop;
  }
  return scales;
}
