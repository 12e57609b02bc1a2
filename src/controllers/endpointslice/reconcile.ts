/**
 * Which EndpointSlices to make, change and delete so that together they hold
 * the wanted endpoints: slices that are right stay untouched, changed ones
 * take what is missing, and only then are there new ones.
 */
import type { Endpoint, EndpointPort } from '../../api/discovery/types/endpointslice.js';
import type { EndpointSlice } from '../kinds.js';
import { byText, isSame } from '../order.js';

/** --max-endpoints-per-slice. */
export const ENDPOINTS_MAX = 100;

export interface Content {
  ports: EndpointPort[] | null;
  endpoints: Endpoint[] | null;
}

export interface Plan {
  create: Content[];
  update: { slice: EndpointSlice; content: Content }[];
  delete: EndpointSlice[];
  unchanged: EndpointSlice[];
}

export interface Wanted {
  ports: EndpointPort[];
  endpoints: Endpoint[];
}

/** `fits` tells whether a slice's labels and owner are right; one that is not is written even when its endpoints are. */
export function planSlices(existing: readonly EndpointSlice[], wanted: readonly Wanted[], fits: (slice: EndpointSlice) => boolean): Plan {
  const plan: Plan = { create: [], update: [], delete: [], unchanged: [] };
  const byPorts = new Map<string, EndpointSlice[]>();
  for (const slice of existing) {
    const key = portsKey(slice.ports);
    byPorts.set(key, [...(byPorts.get(key) ?? []), slice]);
  }
  for (const group of wanted) {
    const key = portsKey(group.ports);
    planGroup(byPorts.get(key) ?? [], group, fits, plan);
    byPorts.delete(key);
  }
  for (const slices of byPorts.values()) plan.delete.push(...slices);
  if (wanted.length === 0) keepOneEmpty(plan, fits);
  reuseDeleted(plan);
  return plan;
}

function planGroup(slices: readonly EndpointSlice[], { ports, endpoints }: Wanted, fits: (slice: EndpointSlice) => boolean, plan: Plan): void {
  const missing = new Map(endpoints.map((endpoint) => [endpointKey(endpoint), endpoint]));
  const changed: { slice: EndpointSlice; kept: Endpoint[] }[] = [];
  const unchanged: EndpointSlice[] = [];
  for (const slice of slices) {
    const { kept, isChanged } = keepWanted(slice, missing);
    if (isChanged && kept.length === 0) plan.delete.push(slice);
    else if (isChanged || !fits(slice)) changed.push({ slice, kept });
    else unchanged.push(slice);
  }
  changed.sort((one, other) => other.kept.length - one.kept.length);
  const left = [...missing.values()];
  for (const { kept } of changed) while (kept.length < ENDPOINTS_MAX && left.length > 0) kept.push(left.shift()!);
  while (left.length > 0) {
    const roomy = unchanged
      .filter((slice) => !changed.some((one) => one.slice === slice) && (slice.endpoints ?? []).length + left.length <= ENDPOINTS_MAX)
      .sort((one, other) => (other.endpoints ?? []).length - (one.endpoints ?? []).length)[0];
    if (roomy === undefined) plan.create.push({ ports, endpoints: left.splice(0, ENDPOINTS_MAX) });
    else changed.push({ slice: roomy, kept: [...(roomy.endpoints ?? []), ...left.splice(0)] });
  }
  for (const { slice, kept } of changed) plan.update.push({ slice, content: { ports, endpoints: kept } });
  plan.unchanged.push(...unchanged.filter((slice) => !changed.some((one) => one.slice === slice)));
}

/** Takes from `missing` what the slice already holds. */
function keepWanted(slice: EndpointSlice, missing: Map<string, Endpoint>): { kept: Endpoint[]; isChanged: boolean } {
  const kept: Endpoint[] = [];
  let isChanged = false;
  for (const endpoint of slice.endpoints ?? []) {
    const key = endpointKey(endpoint);
    const next = missing.get(key);
    if (next === undefined) {
      isChanged = true;
      continue;
    }
    isChanged ||= !isSame(told(next), told(endpoint));
    kept.push(next);
    missing.delete(key);
  }
  return { kept, isChanged };
}

/** What makes a slice be written. As Kubernetes does: a node's zone alone does not; hints are looked at afterwards. */
function told({ zone: _zone, hints: _hints, ...rest }: Endpoint): object {
  return rest;
}

// A Service without endpoints keeps one empty slice, so that readers can tell "none" from "not known".
function keepOneEmpty(plan: Plan, fits: (slice: EndpointSlice) => boolean): void {
  const at = plan.delete.findIndex((slice) => (slice.endpoints ?? []).length === 0 && (slice.ports ?? []).length === 0 && fits(slice));
  if (at >= 0) plan.unchanged.push(...plan.delete.splice(at, 1));
  else plan.create.push({ ports: null, endpoints: null });
}

function reuseDeleted(plan: Plan): void {
  while (plan.create.length > 0 && plan.delete.length > 0) plan.update.push({ slice: plan.delete.shift()!, content: plan.create.shift()! });
}

export function portsKey(ports: readonly EndpointPort[] | null | undefined): string {
  return (ports ?? [])
    .map(({ name, protocol, port, appProtocol }) => JSON.stringify([name, protocol, port, appProtocol]))
    .sort(byText)
    .join();
}

function endpointKey({ addresses, targetRef }: Endpoint): string {
  return JSON.stringify([addresses, targetRef?.namespace, targetRef?.name, targetRef?.uid]);
}
