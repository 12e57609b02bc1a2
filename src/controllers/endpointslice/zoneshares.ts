/**
 * The arithmetic of topology hints: how many endpoints each zone may and must
 * have for its part of the CPUs, and which zones give some away.
 */
import type { Endpoint } from '../../api/discovery/types/endpointslice.js';

/** No endpoint may get more than so much above its part. */
const OVERLOAD = 0.2;

export interface Allocation {
  maximum: number;
  desired: number;
}

/** By zone; a text that says why there is no fair way. */
export function allocationsOf(ratios: ReadonlyMap<string, number>, endpoints: number): Map<string, Allocation> | string {
  const counts = `(${endpoints} endpoints, ${ratios.size} zones)`;
  if (ratios.size > endpoints) return `Insufficient number of endpoints ${counts}`;
  const minima = [...ratios].map(([zone, ratio]) => ({ zone, wish: ratio * endpoints, minimum: leastOf(ratio * endpoints) }));
  const spare = endpoints - minima.reduce((total, { minimum }) => total + minimum, 0);
  if (spare < 0) return `Unable to allocate minimum required endpoints to each zone without exceeding overload threshold ${counts}`;
  return new Map(minima.map(({ zone, wish, minimum }) => [zone, { maximum: minimum + spare, desired: Math.max(wish, minimum) }]));
}

const leastOf = (wish: number): number => Math.ceil(wish * (1 / (1 + OVERLOAD)));

export function isOverloaded(shares: ReadonlyMap<string, number>, ratios: ReadonlyMap<string, number>): boolean {
  if (shares.size === 0) return false;
  if (ratios.size === 0) return true;
  const total = [...shares.values()].reduce((sum, count) => sum + count, 0);
  return [...ratios].some(([zone, ratio]) => shares.get(zone) === undefined || shares.get(zone)! < leastOf(total * ratio));
}

/** How many hints a slice's ready endpoints hold; undefined where they do not fit what zones may have. */
export function hintsByZone(
  endpoints: readonly Endpoint[],
  taken: ReadonlyMap<string, number>,
  allocations: ReadonlyMap<string, Allocation>,
): Map<string, number> | undefined {
  const held = new Map<string, number>();
  for (const { hints } of endpoints) {
    const zones = hints?.forZones ?? [];
    if (zones.length === 0 || zones.some(({ name }) => !allocations.has(name))) return undefined;
    for (const { name } of zones) held.set(name, (held.get(name) ?? 0) + 1);
  }
  const fits = [...held].every(([zone, count]) => count + (taken.get(zone) ?? 0) <= allocations.get(zone)!.maximum);
  return fits ? held : undefined;
}

/** Which endpoints, by their place in `zones`, are meant for another zone than their own; `shares` is brought up to date. */
export function givenAway(zones: readonly string[], allocations: ReadonlyMap<string, Allocation>, shares: Map<string, number>): Map<number, string> {
  const { giving, receiving } = exchange(allocations, shares);
  const moves = new Map<number, string>();
  for (const [at, zone] of zones.entries()) {
    const receiver = [...receiving].find(([, count]) => count > 0)?.[0];
    if (receiver === undefined) break;
    if ((giving.get(zone) ?? 0) === 0) continue;
    moves.set(at, receiver);
    giving.set(zone, giving.get(zone)! - 1);
    receiving.set(receiver, receiving.get(receiver)! - 1);
    shares.set(zone, shares.get(zone)! - 1);
    shares.set(receiver, (shares.get(receiver) ?? 0) + 1);
  }
  return moves;
}

function exchange(
  allocations: ReadonlyMap<string, Allocation>,
  shares: ReadonlyMap<string, number>,
): { giving: Map<string, number>; receiving: Map<string, number> } {
  const tooMany = new Map<string, number>();
  const tooFew = new Map<string, number>();
  for (const [zone, { desired }] of allocations) {
    const over = (shares.get(zone) ?? 0) - desired;
    if (over > 0) tooMany.set(zone, over);
    else if (over < 0) tooFew.set(zone, -over);
  }
  const giving = new Map<string, number>();
  const receiving = new Map<string, number>();
  for (;;) {
    const [giver, give] = most(tooMany);
    const [receiver, receive] = most(tooFew);
    if (giver === '' || receiver === '' || (give < 1 && receive < 1) || give < 0.5 || receive < 0.5) return { giving, receiving };
    giving.set(giver, (giving.get(giver) ?? 0) + 1);
    tooMany.set(giver, give - 1);
    receiving.set(receiver, (receiving.get(receiver) ?? 0) + 1);
    tooFew.set(receiver, receive - 1);
  }
}

function most(zones: ReadonlyMap<string, number>): [zone: string, amount: number] {
  let found: [string, number] = ['', 0];
  for (const [zone, amount] of zones) if (amount > found[1]) found = [zone, amount];
  return found;
}
