/** What a claim's status says of the devices it was given: each of them, the settings that apply, and the nodes that can reach them. */
import type { NodeSelector } from '../api/core/types/reference.js';
import type { Given, Want } from './deviceallocator.js';
import type { ResourceClaim } from './kinds.js';

export type Allocation = NonNullable<NonNullable<ResourceClaim['status']>['allocation']>;
type Result = NonNullable<Allocation['devices']['results']>[number];
type Config = NonNullable<Allocation['devices']['config']>[number];
type Requirement = NonNullable<NodeSelector['nodeSelectorTerms'][number]['matchFields']>[number];

/** `newId` names the share of a device that is given several times. */
export function allocationOf({ spec }: ResourceClaim, given: readonly Given[], nodeName: string, newId: () => string): Allocation {
  const config = configOf(spec.devices, given);
  const nodeSelector = nodesOf(given, nodeName);
  return {
    devices: { results: given.map((one) => resultOf(one, newId)), ...(config.length === 0 ? {} : { config }) },
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
  };
}

function resultOf({ want, offer: { pool, device }, consumed }: Given, newId: () => string): Result {
  const { tolerations } = want.asked;
  const { bindingConditions, bindingFailureConditions } = device;
  return {
    request: want.name,
    driver: pool.driver,
    pool: pool.name,
    device: device.name,
    ...(want.isAdmin ? { adminAccess: true } : {}),
    ...(tolerations === undefined ? {} : { tolerations }),
    ...(bindingConditions === undefined ? {} : { bindingConditions }),
    ...(bindingFailureConditions === undefined ? {} : { bindingFailureConditions }),
    ...(consumed === undefined
      ? {}
      : { shareID: newId(), consumedCapacity: Object.fromEntries([...consumed].map(([name, amount]) => [name, amount.toString()])) }),
  };
}

/** A class's settings once, for all requests of it; then the claim's own. */
function configOf({ requests = [], config = [] }: ResourceClaim['spec']['devices'], given: readonly Given[]): Config[] {
  const found: Config[] = [];
  const chosen = new Map<string, Want>(given.map(({ want }) => [want.parent, want]));
  const ofClass = new Map<string, { requests: string[] }[]>();
  for (const { name } of requests) {
    const want = chosen.get(name);
    if (want === undefined) continue;
    const known = ofClass.get(want.asked.deviceClassName);
    if (known !== undefined) for (const one of known) one.requests.push(want.name);
    else {
      const own = (want.deviceClass.spec.config ?? []).map((one) => ({ source: 'FromClass' as const, requests: [want.name], ...one }));
      ofClass.set(want.asked.deviceClassName, own);
      found.push(...own);
    }
  }
  for (const one of config) {
    const entry: Config = { source: 'FromClaim', ...one };
    // As Kubernetes does: once for every request it names.
    const times =
      (one.requests ?? []).length === 0
        ? 1
        : requests.filter(({ name }) => one.requests!.includes(name) || one.requests!.includes(chosen.get(name)?.name ?? name)).length;
    for (let time = 0; time < times; time++) found.push(entry);
  }
  return found;
}

function nodesOf(given: readonly Given[], nodeName: string): NodeSelector | undefined {
  const matchFields: Requirement[] = [];
  const matchExpressions: Requirement[] = [];
  for (const {
    offer: {
      slice: { spec },
      device,
    },
  } of given) {
    const target = spec.perDeviceNodeSelection === true ? device : spec;
    const only = device.bindsToNode === true ? nodeName : target.nodeName;
    if (only !== undefined && only !== '') return { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [only] }] }] };
    const [term] = target.nodeSelector?.nodeSelectorTerms ?? [];
    for (const requirement of term?.matchFields ?? []) add(matchFields, requirement);
    for (const requirement of term?.matchExpressions ?? []) add(matchExpressions, requirement);
  }
  if (matchFields.length + matchExpressions.length === 0) return undefined;
  return { nodeSelectorTerms: [{ ...(matchExpressions.length === 0 ? {} : { matchExpressions }), ...(matchFields.length === 0 ? {} : { matchFields }) }] };
}

function add(to: Requirement[], requirement: Requirement): void {
  const text = ({ key, operator, values = [] }: Requirement): string => JSON.stringify([key, operator, [...values].sort()]);
  if (!to.some((one) => text(one) === text(requirement))) to.push(requirement);
}
