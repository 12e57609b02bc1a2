/** Claims of a pod, who may use them, and the devices that all claims hold. */
import { parseQuantity } from '../apimachinery/quantity.js';
import type { Taken } from './deviceallocator.js';
import { sum, type Consumed } from './devicecapacity.js';
import { deviceId } from './devicepools.js';
import type { Allocation } from './deviceresult.js';
import type { Sources } from './handle.js';
import type { ResourceClaim } from './kinds.js';
import type { PodInfo } from './podinfo.js';

/** What was given away here: the allocation, and once it is written, the claim as it was written, and when. */
export interface Allocated {
  readonly allocation: Allocation;
  readonly written?: ResourceClaim;
  readonly at?: number;
}

const RESERVED_MAX = 256;

/** All claims of the pod, or what is wrong with the first that is not as it should be. */
export function claimsOfPod({ resourceClaims }: Sources, pod: PodInfo): ResourceClaim[] | string {
  const found: ResourceClaim[] = [];
  for (const { name: own, resourceClaimName, resourceClaimTemplateName } of pod.pod.spec.resourceClaims ?? []) {
    const made = pod.pod.status.resourceClaimStatuses?.find(({ name }) => name === own);
    if (resourceClaimName === undefined && made === undefined) return `pod "${pod.key}": ResourceClaim not created yet`;
    const name = resourceClaimName ?? made!.resourceClaimName;
    // One that was found to be unneeded has an entry without a name.
    if (name === undefined) continue;
    const claim = resourceClaims.lister.get({ namespace: pod.namespace, name });
    if (claim === undefined) return `resourceclaim.resource.k8s.io "${name}" not found`;
    if (claim.metadata.deletionTimestamp !== undefined) return `resourceclaim "${name}" is being deleted`;
    const isOwn = claim.metadata.ownerReferences?.some(({ uid, controller }) => controller === true && uid === pod.uid) === true;
    if (resourceClaimTemplateName !== undefined && !isOwn)
      return `ResourceClaim ${pod.namespace}/${name} was not created for pod ${pod.key} (pod is not owner)`;
    found.push(claim);
  }
  return found;
}

export const isReservedFor = ({ status }: ResourceClaim, { uid }: PodInfo): boolean => status?.reservedFor?.some((consumer) => consumer.uid === uid) === true;
export const canBeReserved = ({ status }: ResourceClaim): boolean => (status?.reservedFor ?? []).length < RESERVED_MAX;

/** Devices held by claims, and by those `pending` here that the API server does not show yet. */
export function takenDevices({ resourceClaims }: Sources, pending: ReadonlyMap<string, Allocation>): Taken {
  const devices = new Set<string>();
  const shared = new Map<string, Consumed>();
  const take = (allocation: Allocation | undefined): void => {
    for (const one of allocation?.devices.results ?? []) {
      const id = deviceId(one);
      if (one.shareID !== undefined)
        shared.set(id, sum(shared.get(id), new Map(Object.entries(one.consumedCapacity ?? {}).map(([name, amount]) => [name, parseQuantity(amount)]))));
      else if (one.adminAccess !== true) devices.add(id);
    }
  };
  for (const { metadata, status } of resourceClaims.lister.list()) if (!pending.has(metadata.uid!)) take(status?.allocation);
  for (const allocation of pending.values()) take(allocation);
  return { devices, shared };
}

/** Whether its devices are ready to be bound to, and if they never will be, why. */
export function readiness({ metadata, status }: ResourceClaim): 'ready' | 'waiting' | { failed: string } {
  for (const result of status?.allocation?.devices.results ?? []) {
    if ((result.bindingConditions ?? []).length === 0) continue;
    const told = status?.devices?.find((one) => deviceId(one) === deviceId(result));
    if (told === undefined) return 'waiting';
    const of = (type: string) => told.conditions?.find((condition) => condition.type === type && condition.status === 'True');
    const failed = result.bindingFailureConditions?.map(of).find((condition) => condition !== undefined);
    if (failed !== undefined)
      return { failed: `device binding failed: claim=${metadata.name}, reason=${failed.reason}, message=${JSON.stringify(failed.message)}` };
    if (!result.bindingConditions!.every(of)) return 'waiting';
  }
  return 'ready';
}

export const hasBindingConditions = ({ devices: { results = [] } }: Allocation): boolean =>
  results.some(({ bindingConditions = [] }) => bindingConditions.length > 0);
