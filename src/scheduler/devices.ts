/**
 * Which devices of a node meet the requests of claims: every request gets as
 * many as it asks for, none is given twice, and constraints hold. Partitionable
 * and shared devices are not offered.
 */
import type { NodeSelector } from '../api/core/types/reference.js';
import type { ResourceClaim, ResourceSlice } from './kinds.js';
import type { NodeInfo } from './nodeinfo.js';
import { nodeTerm } from './selection.js';
import type { Offered, selects as Selects, valueOf as ValueOf } from './deviceselector.js';

type Claim = ResourceClaim['spec']['devices'];
type Exact = NonNullable<NonNullable<Claim['requests']>[number]['exactly']>;

/** The code that understands selectors. */
export interface Reader {
  selects: typeof Selects;
  valueOf: typeof ValueOf;
}

export interface Given {
  request: string;
  driver: string;
  pool: string;
  device: string;
  adminAccess?: boolean;
}

export interface Allocator {
  reader: Reader;
  /** Expressions of a class; undefined where there is no such class. */
  classSelectors(name: string): readonly string[] | undefined;
}

interface Want {
  name: string;
  parent: string;
  exact: Exact;
}

export const idOf = ({ driver, pool, device }: Pick<Given, 'driver' | 'pool' | 'device'>): string => `${driver}/${pool}/${device}`;

const offeredId = ({ driver, pool, device }: Offered): string => `${driver}/${pool}/${device.name}`;

/** Devices a node can reach, of the newest generation of each pool. */
export function devicesOf(slices: readonly ResourceSlice[], node: NodeInfo): Offered[] {
  const newest = new Map<string, number>();
  for (const { spec } of slices) newest.set(`${spec.driver}/${spec.pool.name}`, Math.max(spec.pool.generation, newest.get(`${spec.driver}/${spec.pool.name}`) ?? 0));
  const found: Offered[] = [];
  for (const { spec } of slices) {
    const { driver, pool } = spec;
    if (newest.get(`${driver}/${pool.name}`) !== pool.generation) continue;
    for (const device of spec.devices ?? []) {
      if (!isReachable(spec.perDeviceNodeSelection === true ? device : spec, node)) continue;
      if (device.consumesCounters === undefined && device.allowMultipleAllocations !== true) found.push({ driver, pool: pool.name, device });
    }
  }
  return found;
}

function isReachable({ nodeName, nodeSelector, allNodes }: { nodeName?: string | undefined; nodeSelector?: NodeSelector | undefined; allNodes?: boolean | undefined }, { name, labels }: NodeInfo): boolean {
  if (allNodes === true) return true;
  if (nodeName !== undefined) return nodeName === name;
  return nodeSelector?.nodeSelectorTerms.some((term) => nodeTerm(term)(labels, name)) === true;
}

/** What the claim gets; undefined where its requests cannot be met. `taken` holds what others have, and what this gives. */
export function allocate({ spec }: ResourceClaim, offered: readonly Offered[], taken: Set<string>, allocator: Allocator): Given[] | undefined {
  const given: { want: Want; offered: Offered }[] = [];
  const constraints = spec.devices.constraints ?? [];
  const requests = spec.devices.requests ?? [];

  const satisfy = (at: number): boolean => {
    const request = requests[at];
    if (request === undefined) return true;
    const wants: Want[] = request.exactly === undefined ? (request.firstAvailable ?? []).map((one) => ({ name: `${request.name}/${one.name}`, parent: request.name, exact: one })) : [{ name: request.name, parent: request.name, exact: request.exactly }];
    return wants.some((want) => {
      const fitting = offered.filter((one) => fits(want, one, allocator));
      const isAll = want.exact.allocationMode === 'All';
      return isAll && fitting.length === 0 ? false : take(want, fitting, 0, isAll ? fitting.length : (want.exact.count ?? 1), at);
    });
  };

  const take = (want: Want, fitting: readonly Offered[], from: number, count: number, at: number): boolean => {
    if (count === 0) return satisfy(at + 1);
    for (let index = from; index < fitting.length; index++) {
      const one = fitting[index]!;
      const id = offeredId(one);
      const isShared = want.exact.adminAccess === true;
      if (!isShared && taken.has(id)) continue;
      given.push({ want, offered: one });
      if (!isShared) taken.add(id);
      if (constraints.every((constraint) => holds(constraint)) && take(want, fitting, index + 1, count - 1, at)) return true;
      given.pop();
      if (!isShared) taken.delete(id);
    }
    return false;
  };

  const holds = ({ requests: names = [], matchAttribute, distinctAttribute }: (typeof constraints)[number]): boolean => {
    const concerned = given.filter(({ want }) => names.length === 0 || names.includes(want.name) || names.includes(want.parent));
    const attribute = matchAttribute ?? distinctAttribute;
    if (attribute === undefined) return true;
    const values = concerned.map(({ offered: { driver, device } }) => attributeOf(attribute, driver, device.attributes, allocator.reader));
    if (values.includes(undefined)) return false;
    const distinct = new Set(values).size;
    return matchAttribute === undefined ? distinct === values.length : distinct <= 1;
  };

  if (!satisfy(0)) return undefined;
  return given.map(({ want, offered: { driver, pool, device } }) => ({ request: want.name, driver, pool, device: device.name, ...(want.exact.adminAccess ? { adminAccess: true } : {}) }));
}

function attributeOf(name: string, driver: string, attributes: Offered['device']['attributes'], { valueOf }: Reader): unknown {
  const short = name.startsWith(`${driver}/`) ? name.slice(driver.length + 1) : undefined;
  const found = attributes?.[name] ?? (short === undefined ? undefined : attributes?.[short]);
  return found === undefined ? undefined : valueOf(found);
}

function fits({ exact }: Want, one: Offered, { reader, classSelectors }: Allocator): boolean {
  const { deviceClassName, selectors = [], tolerations = [] } = exact;
  const untolerated = (one.device.taints ?? []).some((taint) => taint.effect !== 'None' && !tolerations.some(({ key = '', operator = 'Equal', value = '', effect = '' }) => (effect === '' || effect === taint.effect) && (key === '' || key === taint.key) && (operator === 'Exists' || value === (taint.value ?? ''))));
  if (untolerated) return false;
  const expressions = [...(classSelectors(deviceClassName) ?? []), ...selectors.flatMap(({ cel }) => (cel === undefined ? [] : [cel.expression]))];
  return expressions.every((expression) => reader.selects(expression, one));
}
