/**
 * Which devices of a node meet the requests of claims, by trying one after the
 * other and going back where that leads nowhere: every request gets as many as
 * it asks for, constraints hold, counters that partitions share and capacities
 * that several share are not exceeded. The first solution is taken.
 */
import { parseQuantity, Quantity } from '../apimachinery/quantity.js';
import { consumption, fitsInto, sum, type Consumed } from './devicecapacity.js';
import type { Device, NodePool, Offer, Pool } from './devicepools.js';
import type { selects as Selects } from './deviceselector.js';
import type { DeviceClass, ResourceClaim } from './kinds.js';

type Devices = ResourceClaim['spec']['devices'];
type Constraint = NonNullable<Devices['constraints']>[number];
type Asked = NonNullable<NonNullable<Devices['requests']>[number]['exactly']>;
type Toleration = NonNullable<Asked['tolerations']>[number];

/** A request, or one of the alternatives of one. */
export interface Want {
  /** "request" or "request/alternative". */
  readonly name: string;
  readonly parent: string;
  readonly asked: Asked;
  readonly deviceClass: DeviceClass;
  readonly isAdmin: boolean;
  readonly count: number;
  /** Every device that would do, where all are asked for. */
  readonly all: readonly Offer[] | undefined;
}

export interface Given {
  readonly want: Want;
  readonly offer: Offer;
  /** Of a device that may be given several times. */
  readonly consumed: Consumed | undefined;
}

/** What others have. */
export interface Taken {
  readonly devices: ReadonlySet<string>;
  /** Devices that may be given several times, with what is used of them. */
  readonly shared: ReadonlyMap<string, Consumed>;
}

export interface Rules {
  deviceClass(name: string): DeviceClass | undefined;
  readonly selects: typeof Selects;
}

/** The claims, or what is offered, cannot be worked with; scheduling of the pod fails. */
export class AllocationError extends Error {}
/** Too many combinations. */
export class AllocationTimeout extends Error {}

const RESULTS_MAX = 32;
/** About what Kubernetes tries in the ten seconds it takes for one node. */
const STEPS_MAX = 200_000;

/** What each claim is given, in their order; undefined where there is no solution. */
export function allocate(claims: readonly ResourceClaim[], pools: readonly NodePool[], taken: Taken, rules: Rules): Given[][] | undefined {
  const search = new Search(claims, pools, taken, rules);
  return search.claim(0) ? search.given : undefined;
}

export const keyOf = ({ metadata: { namespace, name } }: ResourceClaim): string => `${namespace}/${name}`;

class Search {
  readonly #claims: readonly ResourceClaim[];
  readonly #pools: readonly NodePool[];
  readonly #taken: Taken;
  readonly #rules: Rules;
  /** For each request of each claim, its alternatives. */
  readonly #wants: Want[][][];
  /** Devices given now, with the claims they are given to. */
  readonly #giving = new Map<string, Set<number>>();
  readonly #sharing = new Map<string, Consumed>();
  /** Counters used now, and what is left of them, by pool. */
  readonly #counting = new Map<Pool, Consumed>();
  readonly #counters = new Map<Pool, Consumed>();
  readonly #fitting = new Map<Want, Map<Offer, boolean>>();
  readonly given: Given[][];
  #steps = 0;

  constructor(claims: readonly ResourceClaim[], pools: readonly NodePool[], taken: Taken, rules: Rules) {
    this.#claims = claims;
    this.#pools = pools;
    this.#taken = taken;
    this.#rules = rules;
    this.given = claims.map(() => []);
    this.#wants = claims.map((claim) => this.#wantsOf(claim));
  }

  claim(at: number): boolean {
    return at >= this.#claims.length || this.#request(at, 0);
  }

  #request(claim: number, at: number): boolean {
    const alternatives = this.#wants[claim]![at];
    if (alternatives === undefined) return this.claim(claim + 1);
    return alternatives.some((want) => (want.all === undefined || want.all.length > 0) && this.#device(claim, at, want, 0));
  }

  #device(claim: number, request: number, want: Want, at: number): boolean {
    if (at >= want.count) return this.#request(claim, request + 1);
    if (this.given[claim]!.length + want.count - at > RESULTS_MAX) return false;
    if (want.all !== undefined) return this.#tried(claim, request, want, at, want.all[at]!, true);
    for (const { pool, offers } of this.#pools) {
      if (pool.isIncomplete || pool.isInvalid) continue;
      for (const offer of offers) if (this.#tried(claim, request, want, at, offer, false)) return true;
    }
    return false;
  }

  #tried(claim: number, request: number, want: Want, at: number, offer: Offer, isNeeded: boolean): boolean {
    if (++this.#steps > STEPS_MAX) throw new AllocationTimeout('timed out trying to allocate devices');
    if (this.#isInUse(claim, want, offer.id) || !this.#fits(want, offer, this.#claims[claim]!)) return false;
    const given = this.#weighed(want, offer);
    if (given === undefined || isTainted(offer.device, want)) return false;
    this.given[claim]!.push(given);
    if (this.#holds(claim)) {
      this.#count(claim, given, 1);
      if (this.#isWithinCounters(offer) && this.#device(claim, request, want, at + 1)) return true;
      this.#count(claim, given, -1);
    } else if (isNeeded)
      throw new AllocationError(
        `claim ${keyOf(this.#claims[claim]!)}, request ${want.asked === undefined ? '' : baseOf(want)}: cannot add device ${offer.id} because a claim constraint would not be satisfied`,
      );
    this.given[claim]!.pop();
    return false;
  }

  #isInUse(claim: number, { isAdmin }: Want, id: string): boolean {
    const claims = this.#giving.get(id);
    return isAdmin ? claims?.has(claim) === true : this.#taken.devices.has(id) || (claims !== undefined && claims.size > 0);
  }

  /** With what it would consume; undefined where too little is left. */
  #weighed(want: Want, offer: Offer): Given | undefined {
    const { device, id } = offer;
    const consumed = consumption(device, want.asked.capacity?.requests);
    if (consumed === undefined) return undefined;
    const isShared = device.allowMultipleAllocations === true;
    if (!fitsInto(device, consumed, isShared ? [this.#taken.shared.get(id), this.#sharing.get(id)] : [])) return undefined;
    return { want, offer, consumed: isShared ? consumed : undefined };
  }

  #count(claim: number, { offer: { id, pool, device }, consumed }: Given, times: 1 | -1): void {
    if (consumed !== undefined) this.#sharing.set(id, sum(this.#sharing.get(id), consumed, times));
    else {
      const claims = this.#giving.get(id) ?? new Set();
      if (times === 1) claims.add(claim);
      else claims.delete(claim);
      this.#giving.set(id, claims);
    }
    if ((device.consumesCounters ?? []).length > 0) this.#counting.set(pool, sum(this.#counting.get(pool), countersOf(device), times));
  }

  #isWithinCounters({ pool, device }: Offer): boolean {
    if ((device.consumesCounters ?? []).length === 0) return true;
    let left = this.#counters.get(pool);
    if (left === undefined) this.#counters.set(pool, (left = countersLeft(pool, this.#taken)));
    for (const [name, used] of this.#counting.get(pool)!) if (used.cmp(left.get(name) ?? used) > 0) return false;
    return true;
  }

  #holds(claim: number): boolean {
    return (this.#claims[claim]!.spec.devices.constraints ?? []).every((constraint) => holds(constraint, this.given[claim]!));
  }

  #fits(want: Want, offer: Offer, claim: ResourceClaim): boolean {
    let known = this.#fitting.get(want);
    if (known === undefined) this.#fitting.set(want, (known = new Map()));
    let fits = known.get(offer);
    if (fits === undefined) known.set(offer, (fits = this.#selected(want, offer, claim)));
    return fits;
  }

  #selected({ deviceClass, asked }: Pick<Want, 'deviceClass' | 'asked'>, { pool, device }: Offer, claim: ResourceClaim): boolean {
    const look = (selectors: Asked['selectors'], of: string): boolean =>
      (selectors ?? []).every(({ cel }, at) => {
        const answer = this.#rules.selects(cel?.expression ?? 'true', pool.driver, device);
        if (typeof answer === 'string') throw new AllocationError(`${of}: selector #${at}: ${answer}`);
        return answer;
      });
    return look(deviceClass.spec.selectors, `class ${deviceClass.metadata.name}`) && look(asked.selectors, `claim ${keyOf(claim)}`);
  }

  #wantsOf(claim: ResourceClaim): Want[][] {
    const wants = (claim.spec.devices.requests ?? []).map(({ name, exactly, firstAvailable }) => {
      if (exactly !== undefined) return [this.#want(claim, name, name, name, exactly)];
      return (firstAvailable ?? []).map((one) => this.#want(claim, `${name}/${one.name}`, name, one.name, one as Asked));
    });
    const least = wants.reduce((total, alternatives) => total + Math.min(...alternatives.map(({ count }) => count)), 0);
    if (least > RESULTS_MAX) throw new AllocationError(`claim ${keyOf(claim)}: number of requested devices ${least} exceeds the claim limit of ${RESULTS_MAX}`);
    return wants;
  }

  #want(claim: ResourceClaim, name: string, parent: string, own: string, asked: Asked): Want {
    const deviceClass = this.#rules.deviceClass(asked.deviceClassName);
    const at = `claim ${keyOf(claim)}, request ${own}`;
    if (deviceClass === undefined)
      throw new AllocationError(
        `${at}: could not retrieve device class ${asked.deviceClassName}: deviceclass.resource.k8s.io "${asked.deviceClassName}" not found`,
      );
    const all = asked.allocationMode === 'All' ? this.#everything(claim, at, { deviceClass, asked }) : undefined;
    return { name, parent, asked, deviceClass, isAdmin: asked.adminAccess === true, count: all?.length ?? Number(asked.count ?? 1), all };
  }

  #everything(claim: ResourceClaim, at: string, want: Pick<Want, 'deviceClass' | 'asked'>): Offer[] {
    return this.#pools.flatMap(({ pool, offers }) => {
      if (pool.isIncomplete) throw new AllocationError(`${at}: asks for all devices, but resource pool ${pool.id} is currently being updated`);
      if (pool.isInvalid) throw new AllocationError(`${at}: asks for all devices, but resource pool ${pool.id} is currently invalid`);
      return offers.filter((offer) => this.#selected(want, offer, claim));
    });
  }
}

const baseOf = ({ name, parent }: Want): string => (name === parent ? name : name.slice(parent.length + 1));

function isTainted({ taints = [] }: Device, { asked: { tolerations = [] } }: Want): boolean {
  return taints.some(
    (taint) => (taint.effect === 'NoExecute' || taint.effect === 'NoSchedule') && !tolerations.some((toleration) => tolerates(toleration, taint)),
  );
}

function tolerates({ key = '', operator = 'Equal', value = '', effect = '' }: Toleration, taint: NonNullable<Device['taints']>[number]): boolean {
  if ((effect !== '' && effect !== taint.effect) || (key !== '' && key !== taint.key)) return false;
  return operator === 'Exists' || (operator === 'Equal' && value === (taint.value ?? ''));
}

/** All devices that the constraint is about share a value, or none do. */
function holds({ requests = [], matchAttribute, distinctAttribute }: Constraint, given: readonly Given[]): boolean {
  const attribute = matchAttribute ?? distinctAttribute;
  if (attribute === undefined) return true;
  const values = new Set<string>();
  let count = 0;
  for (const { want, offer } of given) {
    if (requests.length > 0 && !requests.includes(want.name) && !requests.includes(want.parent)) continue;
    const value = attributeOf(attribute, offer);
    if (value === undefined) return false;
    values.add(value);
    count += 1;
  }
  return matchAttribute === undefined ? values.size === count : values.size <= 1;
}

/** Its value with its type, as text. */
function attributeOf(name: string, { pool: { driver }, device: { attributes } }: Offer): string | undefined {
  const found = attributes?.[name] ?? (name.startsWith(`${driver}/`) ? attributes?.[name.slice(driver.length + 1)] : undefined);
  return found === undefined ? undefined : JSON.stringify(found);
}

function countersOf({ consumesCounters = [] }: Device): Consumed {
  return consumesCounters.reduce<Consumed>(
    (all, { counterSet, counters }) =>
      sum(all, new Map(Object.entries(counters ?? {}).map(([name, { value }]) => [`${counterSet}/${name}`, parseQuantity(value)]))),
    new Map(),
  );
}

function countersLeft({ id, slices }: Pool, taken: Taken): Consumed {
  let left: Consumed = new Map<string, Quantity>();
  for (const { spec } of slices)
    for (const { name: set, counters } of spec.sharedCounters ?? [])
      for (const [name, { value }] of Object.entries(counters ?? {})) left = sum(left, new Map([[`${set}/${name}`, parseQuantity(value)]]));
  for (const { spec } of slices) {
    for (const device of spec.devices ?? []) {
      const own = `${id}/${device.name}`;
      if (taken.devices.has(own) || taken.shared.has(own)) left = sum(left, countersOf(device), -1);
    }
  }
  return left;
}
