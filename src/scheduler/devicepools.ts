/**
 * Devices that drivers offer, as pools of slices: only the newest generation of
 * a pool counts. One that is being published, or that names a device twice, is
 * known as such.
 */
import type { NodeSelector } from '../api/core/types/reference.js';
import type { ResourceSlice } from './kinds.js';
import type { NodeInfo } from './nodeinfo.js';
import { nodeTerm } from './selection.js';

export type Device = NonNullable<ResourceSlice['spec']['devices']>[number];

export interface Pool {
  readonly driver: string;
  readonly name: string;
  /** "driver/pool". */
  readonly id: string;
  readonly slices: readonly ResourceSlice[];
  readonly isIncomplete: boolean;
  readonly isInvalid: boolean;
}

/** A device where it is offered. */
export interface Offer {
  readonly pool: Pool;
  readonly slice: ResourceSlice;
  readonly device: Device;
  /** "driver/pool/device". */
  readonly id: string;
}

/** What a node can reach of a pool. */
export interface NodePool {
  readonly pool: Pool;
  readonly offers: readonly Offer[];
}

export const deviceId = ({ driver, pool, device }: { driver: string; pool: string; device: string }): string => `${driver}/${pool}/${device}`;

const byText = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1);

/** All pools, by driver and name. */
export function poolsOf(all: readonly ResourceSlice[]): Pool[] {
  const grouped = new Map<string, ResourceSlice[]>();
  for (const slice of all) {
    const { driver, pool } = slice.spec;
    const id = `${driver}/${pool.name}`;
    const slices = grouped.get(id);
    const generation = slices?.[0]!.spec.pool.generation ?? -1;
    if (slices === undefined || pool.generation > generation) grouped.set(id, [slice]);
    else if (pool.generation === generation) slices.push(slice);
  }
  const pools = [...grouped].map(([id, slices]): Pool => {
    const { driver, pool } = slices[0]!.spec;
    const names = slices.flatMap(({ spec }) => (spec.devices ?? []).map(({ name }) => name));
    return {
      driver,
      name: pool.name,
      id,
      slices: slices.sort((one, other) => byText(one.metadata.name!, other.metadata.name!)),
      isIncomplete: slices.length !== Number(pool.resourceSliceCount),
      isInvalid: new Set(names).size < names.length,
    };
  });
  return pools.sort((one, other) => byText(one.driver, other.driver) || byText(one.name, other.name));
}

/** Pools with something for the node; those whose devices are to be made ready first come last. */
export function poolsFor(pools: readonly Pool[], node: NodeInfo): NodePool[] {
  const found: NodePool[] = [];
  for (const pool of pools) {
    const offers: Offer[] = [];
    for (const slice of pool.slices) {
      const { spec } = slice;
      if (spec.perDeviceNodeSelection !== true && !isReachable(spec, node)) continue;
      for (const device of spec.devices ?? []) {
        if (spec.perDeviceNodeSelection === true && !isReachable(device, node)) continue;
        offers.push({ pool, slice, device, id: deviceId({ driver: pool.driver, pool: pool.name, device: device.name }) });
      }
    }
    if (offers.length > 0) found.push({ pool, offers });
  }
  const waits = ({ offers }: NodePool): number => Number(offers.some(({ device }) => (device.bindingConditions ?? []).length > 0));
  return found.sort((one, other) => waits(one) - waits(other));
}

function isReachable(
  { nodeName, nodeSelector, allNodes }: { nodeName?: string | undefined; nodeSelector?: NodeSelector | undefined; allNodes?: boolean | undefined },
  { name, labels }: NodeInfo,
): boolean {
  if (nodeName !== undefined && nodeName !== '') return nodeName === name;
  if (allNodes === true) return true;
  return nodeSelector?.nodeSelectorTerms.some((term) => nodeTerm(term)(labels, name)) === true;
}
