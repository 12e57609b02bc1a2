/**
 * How fast nodes may be tainted so that their pods leave: one in ten seconds a
 * zone, not at all where a zone, or the whole cluster, seems to be gone, since
 * then the fault is more likely the network's than the nodes'.
 */
import type { Clock } from '../../platform/clock.js';
import type { Node } from '../kinds.js';
import { conditionOf } from '../pods.js';

const PER_SECOND = 0.1;
const PER_SECOND_UNHEALTHY = 0.01;
const LARGE_CLUSTER_NODES = 50;
const UNHEALTHY_FRACTION = 0.55;

export function zoneOf({ metadata: { labels = {} } }: Node): string {
  return `${labels['topology.kubernetes.io/region'] ?? ''}:${labels['topology.kubernetes.io/zone'] ?? ''}`;
}

/** Nodes with this label say nothing of their zone's health. */
const EXCLUDED = 'node.kubernetes.io/exclude-disruption';

const isCounted = ({ metadata: { labels = {} } }: Node): boolean => labels[EXCLUDED] === undefined;

type ZoneState = 'Normal' | 'PartialDisruption' | 'FullDisruption';

export interface Zones {
  /** Milliseconds until a node of this zone may be tainted, taking the turn when that is 0; undefined: not while the zone is as it is. */
  turn(node: Node, nodes: readonly Node[]): number | undefined;
  allGone(nodes: readonly Node[]): boolean;
}

export function evictionZones(clock: Clock): Zones {
  const nextTurn = new Map<string, number>();
  return {
    turn(node, nodes) {
      if (allFullyDisrupted(nodes)) return undefined;
      const zone = zoneOf(node);
      const mine = nodes.filter((other) => zoneOf(other) === zone && isCounted(other));
      const perSecond = rateOf(stateOf(mine), mine.length);
      if (perSecond === 0) return undefined;
      const wait = (nextTurn.get(zone) ?? 0) - clock.now();
      if (wait > 0) return wait;
      nextTurn.set(zone, clock.now() + 1000 / perSecond);
      return 0;
    },
    allGone: allFullyDisrupted,
  };
}

/** How many nodes each zone has and how many of them are ready, kept as they come, change and go. */
export class ZoneCensus {
  readonly #zones = new Map<string, { ready: number; all: number }>();

  count(node: Node, by: 1 | -1): void {
    if (!isCounted(node)) return;
    const zone = zoneOf(node);
    const { ready, all } = this.#zones.get(zone) ?? { ready: 0, all: 0 };
    if (all + by > 0) this.#zones.set(zone, { ready: ready + (isReady(node) ? by : 0), all: all + by });
    else this.#zones.delete(zone);
  }

  /** Differs when the pace at which some zone's nodes may be tainted does. */
  get paces(): string {
    const isAllGone = [...this.#zones.values()].every(({ ready }) => ready === 0);
    return `${isAllGone} ${[...this.#zones].map(([zone, { ready, all }]) => `${zone}=${rateOf(stateOfCounts(ready, all), all)}`).join(' ')}`;
  }
}

function allFullyDisrupted(nodes: readonly Node[]): boolean {
  const counted = nodes.filter(isCounted);
  return counted.length > 0 && !counted.some(isReady);
}

const isReady = (node: Node): boolean => conditionOf(node.status.conditions, 'Ready')?.status === 'True';

function stateOf(nodes: readonly Node[]): ZoneState {
  return stateOfCounts(nodes.filter(isReady).length, nodes.length);
}

function stateOfCounts(ready: number, all: number): ZoneState {
  const notReady = all - ready;
  if (ready === 0 && notReady > 0) return 'FullDisruption';
  return notReady > 2 && notReady / all >= UNHEALTHY_FRACTION ? 'PartialDisruption' : 'Normal';
}

function rateOf(state: ZoneState, size: number): number {
  if (state === 'PartialDisruption') return size > LARGE_CLUSTER_NODES ? PER_SECOND_UNHEALTHY : 0;
  return PER_SECOND; // a zone that is gone while others live is emptied at the usual pace
}
