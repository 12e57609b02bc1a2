/**
 * DynamicResources: a pod goes where the devices are that it claims, and the
 * claims get them before the pod is bound.
 */
import { allocate, devicesOf, idOf, type Given, type Reader } from '../devices.js';
import { always } from '../events.js';
import { reject, SKIP, type Plugin, type StateData } from '../framework.js';
import type { Handle } from '../handle.js';
import { ResourceClaim } from '../kinds.js';
import type { PodInfo } from '../podinfo.js';
import { nodeTerm } from '../selection.js';

const NAME = 'DynamicResources';
const FINALIZER = 'resource.kubernetes.io/delete-protection';
const CANNOT = reject(NAME, 'UnschedulableAndUnresolvable', 'cannot allocate all claims');
const ELSEWHERE = reject(NAME, 'UnschedulableAndUnresolvable', 'resourceclaim not available on the node');
const LOADING = reject(NAME, 'UnschedulableAndUnresolvable', 'selectors of devices are being made ready');

interface Found extends StateData {
  claims: readonly ResourceClaim[];
  /** Devices of others. */
  taken: ReadonlySet<string>;
  /** By node name, for each claim that has none yet. */
  plans: Map<string, Map<string, Given[]>>;
}

export function dynamicResources({ sources, client, background, changed }: Handle): Plugin {
  /** Given away here, by the claim's uid, until the API server shows it. */
  const assumed = new Map<string, readonly Given[]>();
  let reader: Reader | undefined;
  let isLoading = false;

  return {
    name: NAME,
    hints: { 'ResourceClaim/Add': always, 'ResourceClaim/Update': always, 'ResourceClaim/Delete': always, 'ResourceSlice/Add': always, 'ResourceSlice/Update': always, 'DeviceClass/Add': always, 'DeviceClass/Update': always, 'Node/Add': always, 'Node/UpdateLabel': always },
    preEnqueue(pod) {
      const names = claimNames(pod);
      if (names.length === 0) return undefined;
      for (const name of names) {
        const claim = name === undefined ? undefined : sources.resourceClaims.lister.get({ namespace: pod.namespace, name });
        if (claim === undefined) return reject(NAME, 'UnschedulableAndUnresolvable', name === undefined ? `pod "${pod.key}": ResourceClaim not created yet` : `resourceclaim "${name}" not found`);
        if (claim.metadata.deletionTimestamp !== undefined) return reject(NAME, 'UnschedulableAndUnresolvable', `resourceclaim "${name}" is being deleted`);
      }
      if (reader !== undefined) return undefined;
      if (!isLoading) background(load());
      return LOADING;
    },
    preFilter(cycle, pod) {
      const state: Found = { claims: [], taken: new Set(), plans: new Map() };
      cycle.write(NAME, state);
      const claims = claimsFor(pod);
      for (const { spec, status } of claims) {
        if (status?.allocation !== undefined) continue;
        for (const { name, exactly, firstAvailable = [] } of spec.devices.requests ?? []) {
          for (const { deviceClassName } of exactly === undefined ? firstAvailable : [exactly]) {
            if (classSelectors(deviceClassName) === undefined) return reject(NAME, 'UnschedulableAndUnresolvable', `request ${name}: device class ${deviceClassName} does not exist`);
          }
        }
      }
      state.claims = claims;
      if (claims.length === 0) return SKIP;
      state.taken = takenDevices();
      return undefined;
    },
    filter(cycle, _, node) {
      const { claims, taken, plans } = cycle.read<Found>(NAME)!;
      const plan = new Map<string, Given[]>();
      const used = new Set(taken);
      const offered = devicesOf(sources.resourceSlices.lister.list(), node);
      for (const claim of claims) {
        const { allocation } = claim.status ?? {};
        if (allocation !== undefined) {
          const selector = allocation.nodeSelector;
          if (selector !== undefined && !selector.nodeSelectorTerms.some((term) => nodeTerm(term)(node.labels, node.name))) return ELSEWHERE;
          continue;
        }
        const given = allocate(claim, offered, used, { reader: reader!, classSelectors });
        if (given === undefined) return CANNOT;
        plan.set(claim.metadata.uid!, given);
      }
      plans.set(node.name, plan);
      return undefined;
    },
    postFilter(cycle) {
      const state = cycle.read<Found>(NAME);
      // As Kubernetes does: where an earlier plugin has refused the pod before any node was looked at, there is no state, and that is all that is said.
      if (state === undefined) return { rejection: reject(NAME, 'Error', 'not found') };
      return { rejection: reject(NAME, 'Unschedulable', state.claims.length === 0 ? 'no new claims to deallocate' : 'still not schedulable') };
    },
    reserve(cycle, _, { name }) {
      for (const [uid, given] of cycle.read<Found>(NAME)?.plans.get(name) ?? []) assumed.set(uid, given);
      return undefined;
    },
    unreserve(cycle, _, { name }) {
      for (const uid of cycle.read<Found>(NAME)?.plans.get(name)?.keys() ?? []) assumed.delete(uid);
    },
    async preBind(cycle, pod, { name }) {
      const state = cycle.read<Found>(NAME);
      const plan = state?.plans.get(name);
      for (const claim of state?.claims ?? []) {
        await give(claim, pod, plan?.get(claim.metadata.uid!), name);
        assumed.delete(claim.metadata.uid!);
      }
      return undefined;
    },
  };

  async function load(): Promise<void> {
    isLoading = true;
    reader = await import('../deviceselector.js');
    changed('ResourceClaim/Update');
  }

  function classSelectors(name: string): readonly string[] | undefined {
    return sources.deviceClasses.lister.get({ name })?.spec.selectors?.flatMap(({ cel }) => (cel === undefined ? [] : [cel.expression])) ?? (sources.deviceClasses.lister.get({ name }) === undefined ? undefined : []);
  }

  function claimsFor(pod: PodInfo): ResourceClaim[] {
    return claimNames(pod).flatMap((name) => (name === undefined ? [] : (sources.resourceClaims.lister.get({ namespace: pod.namespace, name }) ?? [])));
  }

  function takenDevices(): Set<string> {
    const taken = new Set<string>();
    for (const { status } of sources.resourceClaims.lister.list()) for (const one of status?.allocation?.devices.results ?? []) if (!one.adminAccess) taken.add(idOf(one));
    for (const given of assumed.values()) for (const one of given) if (!one.adminAccess) taken.add(idOf(one));
    return taken;
  }

  async function give(claim: ResourceClaim, { name, uid }: PodInfo, given: Given[] | undefined, nodeName: string): Promise<void> {
    const claims = client.on(ResourceClaim);
    const reservedFor = claim.status?.reservedFor ?? [];
    if (given === undefined && reservedFor.some((consumer) => consumer.uid === uid)) return;
    let newest = claim;
    if (given !== undefined && !claim.metadata.finalizers?.includes(FINALIZER)) newest = await claims.update({ ...claim, metadata: { ...claim.metadata, finalizers: [...(claim.metadata.finalizers ?? []), FINALIZER] } });
    const allocation = given === undefined ? claim.status!.allocation! : { devices: { results: given }, nodeSelector: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In' as const, values: [nodeName] }] }] } };
    await claims.updateStatus({ ...newest, status: { ...newest.status, allocation, reservedFor: [...reservedFor, { resource: 'pods', name, uid }] } } as ResourceClaim);
  }
}

/** Undefined for one that is still to be made from its template. */
function claimNames({ pod: { spec, status } }: PodInfo): (string | undefined)[] {
  return (spec.resourceClaims ?? []).flatMap(({ name, resourceClaimName }) => {
    if (resourceClaimName !== undefined) return [resourceClaimName];
    const made = status.resourceClaimStatuses?.find((one) => one.name === name);
    // One that was found to be unneeded has an entry without a name.
    return made === undefined ? [undefined] : made.resourceClaimName === undefined ? [] : [made.resourceClaimName];
  });
}
