/**
 * For whom each endpoint is meant: near ones where a Service has its traffic
 * stay close (`trafficDistribution`), or in proportion to the zones' CPUs where
 * its annotation asks for that, as long as no zone would be overloaded.
 */
import type { Endpoint } from '../../api/discovery/types/endpointslice.js';
import { parseQuantity } from '../../apimachinery/quantity.js';
import type { EndpointSlice, Node, Service } from '../kinds.js';
import { isSame } from '../order.js';
import { conditionOf } from '../pods.js';
import type { Plan } from './reconcile.js';
import { allocationsOf, givenAway, hintsByZone, isOverloaded, type Allocation } from './zoneshares.js';

const CLOSE: readonly string[] = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];
const TOPOLOGY_MODE = 'service.kubernetes.io/topology-mode';
/** The older name of the same; where both are there it counts. */
const TOPOLOGY_HINTS = 'service.kubernetes.io/topology-aware-hints';
const CONTROL_PLANE: readonly string[] = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];
const ZONE = 'topology.kubernetes.io/zone';

export interface HintEvent {
  type: 'Normal' | 'Warning';
  reason: 'TopologyAwareHintsEnabled' | 'TopologyAwareHintsDisabled';
  message: string;
}

/** Hints given out by zone, of each address type, by Service. */
type Given = Map<string, Map<string, Map<string, number>>>;

export interface TopologyHints {
  /** Sets and takes away hints in what is planned, and plans what only needs that. */
  apply(plan: Plan, request: { key: string; service: Service; addressType: string; nodes(): readonly Node[] }): HintEvent[];
  /** Services whose shares no longer fit the nodes. */
  overloaded(nodes: () => readonly Node[]): string[];
  forget(key: string): void;
}

export function topologyHints(): TopologyHints {
  const given: Given = new Map();
  const drop = (key: string, addressType: string): void => {
    given.get(key)?.delete(addressType);
    if (given.get(key)?.size === 0) given.delete(key);
  };
  return {
    apply(plan, { key, service, addressType, nodes }) {
      if (wantsShares(service)) {
        const { events, shares } = share(plan, ratiosOf(nodes()), { addressType, isNew: !given.has(key) });
        if (shares === undefined) drop(key, addressType);
        else given.set(key, (given.get(key) ?? new Map()).set(addressType, shares));
        return events;
      }
      const had = given.has(key);
      drop(key, addressType);
      const { trafficDistribution = '' } = service.spec;
      if (CLOSE.includes(trafficDistribution)) hint(plan, (endpoint) => closeTo(endpoint, trafficDistribution));
      else remove(plan);
      return had ? [disabled('Topology Aware Hints has been disabled', addressType)] : [];
    },
    overloaded(nodes) {
      if (given.size === 0) return []; // as a rule: then nodes need not be looked at
      const ratios = ratiosOf(nodes()) ?? new Map();
      return [...given].filter(([, byType]) => [...byType.values()].some((shares) => isOverloaded(shares, ratios))).map(([key]) => key);
    },
    forget: (key) => void given.delete(key),
  };
}

function wantsShares({ metadata: { annotations = {} } }: Service): boolean {
  return ['Auto', 'auto'].includes(annotations[TOPOLOGY_HINTS] ?? annotations[TOPOLOGY_MODE] ?? '');
}

const isReady = ({ conditions }: Endpoint): boolean => conditions?.ready === true;

function closeTo({ zone, nodeName }: Endpoint, distribution: string): Endpoint['hints'] {
  const forNodes = distribution === 'PreferSameNode' && nodeName ? [{ name: nodeName }] : undefined;
  if (!zone && forNodes === undefined) return undefined;
  return { ...(zone ? { forZones: [{ name: zone }] } : {}), ...(forNodes === undefined ? {} : { forNodes }) };
}

/** Every ready endpoint gets the hint that is meant for it. */
function hint(plan: Plan, of: (endpoint: Endpoint) => Endpoint['hints']): void {
  takeUp(plan, ({ endpoints }) => (endpoints ?? []).some((endpoint) => isReady(endpoint) && !isSame(endpoint.hints, of(endpoint))));
  change(plan, (endpoint) => (isReady(endpoint) ? withHint(endpoint, of(endpoint)) : endpoint));
}

function remove(plan: Plan): void {
  takeUp(plan, ({ endpoints }) => (endpoints ?? []).some(({ hints }) => hints !== undefined));
  change(plan, (endpoint) => withHint(endpoint, undefined));
}

/** Slices that were right but for their hints are to be written too. */
function takeUp(plan: Plan, isWrong: (slice: EndpointSlice) => boolean): void {
  const wrong = plan.unchanged.filter(isWrong);
  plan.unchanged = plan.unchanged.filter((slice) => !wrong.includes(slice));
  plan.update.push(...wrong.map((slice) => ({ slice, content: { ports: slice.ports ?? null, endpoints: slice.endpoints ?? null } })));
}

function change(plan: Plan, to: (endpoint: Endpoint) => Endpoint): void {
  for (const content of [...plan.create, ...plan.update.map((one) => one.content)]) content.endpoints = content.endpoints?.map(to) ?? null;
}

function withHint({ hints: _before, ...endpoint }: Endpoint, hints: Endpoint['hints']): Endpoint {
  return hints === undefined ? endpoint : { ...endpoint, hints };
}

const disabled = (message: string, addressType: string): HintEvent => ({
  type: 'Warning',
  reason: 'TopologyAwareHintsDisabled',
  message: `${message}, addressType: ${addressType}`,
});

interface Shared {
  events: HintEvent[];
  /** undefined: no hints were given. */
  shares?: Map<string, number>;
}

function share(plan: Plan, ratios: ReadonlyMap<string, number> | undefined, { addressType, isNew }: { addressType: string; isNew: boolean }): Shared {
  const refuse = (message: string): Shared => {
    remove(plan);
    return { events: [disabled(message, addressType)] };
  };
  const slots = [...plan.create, ...plan.update.map(({ content }) => content), ...plan.unchanged];
  const ready = slots.reduce((total, { endpoints }) => total + (endpoints ?? []).filter(isReady).length, 0);
  if (ratios === undefined) return refuse('Insufficient Node information: allocatable CPU or zone not specified on one or more nodes');
  const allocations = allocationsOf(ratios, ready);
  if (typeof allocations === 'string') return refuse(allocations);
  const shares = keptShares(plan, allocations);
  const written = [...plan.create, ...plan.update.map(({ content }) => content)].flatMap(({ endpoints }) => endpoints ?? []).filter(isReady);
  if (written.some(({ zone }) => !zone)) return refuse('One or more endpoints do not have a zone specified');
  for (const { zone } of written) shares.set(zone!, (shares.get(zone!) ?? 0) + 1);
  const moves = givenAway(
    written.map(({ zone }) => zone!),
    allocations,
    shares,
  );
  if (shares.size === 0) return refuse('No hints allocated for zones');
  let at = 0;
  change(plan, (endpoint) =>
    isReady(endpoint) ? withHint(endpoint, { forZones: [{ name: moves.get(at++) ?? endpoint.zone! }] }) : withHint(endpoint, undefined),
  );
  return {
    shares,
    events: isNew
      ? [{ type: 'Normal', reason: 'TopologyAwareHintsEnabled', message: `Topology Aware Hints has been enabled, addressType: ${addressType}` }]
      : [],
  };
}

/** What untouched slices hold; one whose hints do not fit any more is to be written. */
function keptShares(plan: Plan, allocations: ReadonlyMap<string, Allocation>): Map<string, number> {
  const shares = new Map<string, number>();
  const wrong = new Set<EndpointSlice>();
  for (const slice of plan.unchanged) {
    const held = hintsByZone((slice.endpoints ?? []).filter(isReady), shares, allocations);
    if (held === undefined) wrong.add(slice);
    else for (const [zone, count] of held) shares.set(zone, (shares.get(zone) ?? 0) + count);
  }
  takeUp(plan, (slice) => wrong.has(slice));
  return shares;
}

/** Each zone's part of the CPUs of ready workers; undefined where that cannot be told, or there are not two zones. */
function ratiosOf(nodes: readonly Node[]): Map<string, number> | undefined {
  const cpus = new Map<string, number>();
  for (const {
    metadata: { labels = {} },
    status,
  } of nodes) {
    if (CONTROL_PLANE.some((label) => labels[label] !== undefined) || conditionOf(status.conditions, 'Ready')?.status !== 'True') continue;
    const cpu = parseQuantity(status.allocatable?.['cpu'] ?? '0').milliValue();
    const zone = labels[ZONE];
    if (!zone || cpu === 0n) return undefined;
    cpus.set(zone, (cpus.get(zone) ?? 0) + Number(cpu));
  }
  const total = [...cpus.values()].reduce((sum, cpu) => sum + cpu, 0);
  return cpus.size < 2 ? undefined : new Map([...cpus].sort(([one], [other]) => (one < other ? -1 : 1)).map(([zone, cpu]) => [zone, cpu / total]));
}
