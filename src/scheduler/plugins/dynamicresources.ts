/**
 * DynamicResources: a pod goes where the devices are that it claims, and the
 * claims get them before the pod is bound. Extended resources that a class
 * stands for are claimed for it, on nodes that have none of their own.
 */
import { randomUid } from '../../platform/random.js';
import type { PluginArgs } from '../config.js';
import { AllocationError, AllocationTimeout, allocate, keyOf, type Taken } from '../deviceallocator.js';
import { canBeReserved, claimsOfPod, hasBindingConditions, isReservedFor, readiness, takenDevices } from '../deviceclaims.js';
import { DeviceClaimWriter } from '../deviceclaimwriter.js';
import { poolsFor, poolsOf, type Pool } from '../devicepools.js';
import { allocationOf, type Allocation } from '../deviceresult.js';
import { always, itself, type Hint } from '../events.js';
import { madeFor, requestsOn, resourcesByClass } from '../extendedresources.js';
import { normalizeDefault, reject, SKIP, type Cycle, type Plugin, type Rejection, type StateData } from '../framework.js';
import type { Handle } from '../handle.js';
import type { ResourceClaim } from '../kinds.js';
import type { NodeInfo } from '../nodeinfo.js';
import type { PodInfo } from '../podinfo.js';
import { nodeTerm } from '../selection.js';

const NAME = 'DynamicResources';
const ALTERNATIVES_MAX = 8;
const SHOWN_WITHIN_MS = 10_000;
const refused = (text: string): Rejection => reject(NAME, 'UnschedulableAndUnresolvable', text);
const CANNOT = refused('cannot allocate all claims');
const ELSEWHERE = refused('resourceclaim not available on the node');
const STALE = refused('cannot schedule extended resource claim');
const IN_USE = refused('resourceclaim in use');
const LOADING = refused('selectors of devices are being made ready');

/** What would be given on a node. */
interface Plan {
  readonly allocations: ReadonlyMap<ResourceClaim, Allocation>;
  /** The claim that is to be made for extended resources. */
  readonly extended: ResourceClaim | undefined;
}

interface Found extends StateData {
  claims: readonly ResourceClaim[];
  /** Extended resources that may have to be claimed. */
  resources: readonly string[];
  /** A claim for them that an earlier attempt has left. */
  left: ResourceClaim | undefined;
  pools: readonly Pool[];
  taken: Taken;
  /** By node name. */
  plans: Map<string, Plan>;
  /** Claims with devices that no node looked at can reach or bind. */
  unavailable: Set<ResourceClaim>;
}

const NOTHING: Found = {
  claims: [],
  resources: [],
  left: undefined,
  pools: [],
  taken: { devices: new Set(), shared: new Map() },
  plans: new Map(),
  unavailable: new Set(),
};

export function dynamicResources(handle: Handle, { bindingTimeoutMs }: PluginArgs['DynamicResources']): Plugin {
  const { sources, background, changed, clock, random, recorder, allocated: pending } = handle;
  const writer = new DeviceClaimWriter(handle);
  let selects: typeof import('../deviceselector.js').selects | undefined;
  let isLoading = false;
  const found = (cycle: Cycle): Found => cycle.read<Found>(NAME) ?? NOTHING;
  const deviceClass = (name: string) => sources.deviceClasses.lister.get({ name });

  const claimChanged: Hint = (pod, next: ResourceClaim, previous: ResourceClaim | undefined) => {
    if (previous?.status?.allocation !== undefined && next.status?.allocation === undefined) return true;
    const claims = claimsOfPod(sources, pod);
    if (typeof claims === 'string') return false;
    const isUsed = claims.some(({ metadata }) => metadata.uid === next.metadata.uid);
    return isUsed && (previous === undefined || JSON.stringify(previous.status) !== JSON.stringify(next.status));
  };

  return {
    name: NAME,
    hints: {
      'ResourceClaim/Add': claimChanged,
      'ResourceClaim/Update': claimChanged,
      'ResourceClaim/Delete': (_, __, gone: ResourceClaim) => gone.status?.allocation !== undefined,
      'UnscheduledPod/UpdateGeneratedResourceClaim': itself,
      'ResourceSlice/Add': always,
      'ResourceSlice/Update': always,
      'DeviceClass/Add': always,
      'DeviceClass/Update': always,
      'Node/Add': always,
      'Node/UpdateLabel': always,
      'Node/UpdateAllocatable': always,
      'Devices/Ready': always,
    },
    preEnqueue(pod) {
      if ((pod.pod.spec.resourceClaims ?? []).length > 0) {
        const claims = claimsOfPod(sources, pod);
        if (typeof claims === 'string') return refused(claims);
      } else if (resourcesByClass(sources, pod).length === 0) return undefined;
      return whetherReady();
    },
    preFilter(cycle, pod) {
      cycle.write(NAME, NOTHING);
      const hasClaims = (pod.pod.spec.resourceClaims ?? []).length > 0;
      if (!hasClaims && pod.requests.scalar === undefined) return SKIP;
      const claims = hasClaims ? claimsOfPod(sources, pod) : [];
      if (typeof claims === 'string') return refused(claims);
      const resources = resourcesByClass(sources, pod);
      if (claims.length + resources.length === 0) return SKIP;
      settle();
      const wrong = whetherReady() ?? whyUnusable(claims, pod);
      if (wrong !== undefined) return wrong;
      const left = resources.length === 0 ? undefined : madeFor(sources, pod);
      cycle.write(NAME, {
        claims,
        resources,
        left,
        pools: poolsOf(sources.resourceSlices.lister.list()),
        taken: takenDevices(sources, new Map([...pending].map(([uid, { allocation }]) => [uid, allocation]))),
        plans: new Map(),
        unavailable: new Set(),
      } satisfies Found as StateData);
      return undefined;
    },
    filter(cycle, pod, node) {
      const state = found(cycle);
      if (state.left !== undefined) return STALE;
      const gone = state.claims.filter((claim) => isUnavailable(claim, node));
      for (const claim of gone) state.unavailable.add(claim);
      const plan = planFor(state, pod, node);
      if ('code' in plan) return plan;
      if (gone.length > 0) return ELSEWHERE;
      state.plans.set(node.name, plan);
      return undefined;
    },
    postFilter(cycle, pod) {
      const state = cycle.read<Found>(NAME);
      // As Kubernetes does: where an earlier plugin has refused the pod before any node was looked at, there is no state, and that is all that is said.
      if (state === undefined) return { rejection: reject(NAME, 'Error', 'not found') };
      const unschedulable = (text: string) => ({ rejection: reject(NAME, 'Unschedulable', text) });
      if (state.claims.length + state.resources.length === 0) return unschedulable('no new claims to deallocate');
      const [free] = [...state.unavailable].filter(({ status }) => (status?.reservedFor ?? []).every(({ uid }) => uid === pod.uid));
      if (free !== undefined) {
        background(writer.deallocate(free));
        return unschedulable('deallocation of ResourceClaim completed');
      }
      if (state.left === undefined) return unschedulable('still not schedulable');
      background(writer.remove(state.left));
      return unschedulable('deletion of ResourceClaim completed');
    },
    preScore: (cycle) =>
      found(cycle).claims.some(({ spec }) => spec.devices.requests?.some(({ firstAvailable = [] }) => firstAvailable.length > 0)) ? undefined : SKIP,
    score: (cycle, _, { name }) => preference(found(cycle).plans.get(name)),
    normalize: (_, scores) => normalizeDefault(scores),
    reserve(cycle, _, { name }) {
      for (const [claim, allocation] of planned(cycle, name)) pending.set(claim.metadata.uid!, { allocation });
      return undefined;
    },
    unreserve(cycle, pod, { name }) {
      for (const [claim] of planned(cycle, name)) pending.delete(claim.metadata.uid!);
      for (const { metadata } of found(cycle).claims) {
        const newest = sources.resourceClaims.lister.get({ namespace: metadata.namespace!, name: metadata.name! });
        if (newest !== undefined && isReservedFor(newest, pod)) background(writer.unreserve(newest, pod));
      }
      const made = found(cycle).resources.length === 0 ? undefined : madeFor(sources, pod);
      if (made !== undefined) background(writer.remove(made));
    },
    willPreBind: (cycle) => found(cycle).claims.length + found(cycle).resources.length > 0,
    async preBind(cycle, pod, { name }) {
      const { claims, plans } = found(cycle);
      const plan = plans.get(name);
      const bound: ResourceClaim[] = [];
      for (const claim of claims) {
        bound.push(isReservedFor(claim, pod) ? claim : await writer.give(claim, pod, plan?.allocations.get(claim)));
        wrote(bound.at(-1)!);
      }
      const { extended } = plan ?? {};
      if (extended !== undefined) {
        bound.push(await writer.make(pod, extended.spec.devices.requests!, plan!.allocations.get(extended)!));
        pending.set(bound.at(-1)!.metadata.uid!, pending.get(extended.metadata.uid!)!);
        pending.delete(extended.metadata.uid!);
        wrote(bound.at(-1)!);
      }
      if (!bound.some(({ status }) => status?.allocation !== undefined && hasBindingConditions(status.allocation))) return undefined;
      recorder.event(pod.pod, {
        type: 'Normal',
        reason: 'BindingConditionsPending',
        action: 'Scheduling',
        note: `waiting for binding conditions for device on node ${name}`,
      });
      const failure = await handle.rest(pod, untilReady(bound));
      return failure === undefined ? undefined : reject(NAME, 'Error', failure);
    },
  };

  function planned(cycle: Cycle, nodeName: string): Iterable<readonly [ResourceClaim, Allocation]> {
    return found(cycle).plans.get(nodeName)?.allocations ?? [];
  }

  function wrote(claim: ResourceClaim): void {
    const known = pending.get(claim.metadata.uid!);
    if (known !== undefined) pending.set(claim.metadata.uid!, { ...known, written: claim, at: clock.now() });
  }

  /** Forgets what the informer shows by now, or would have shown long ago. */
  function settle(): void {
    for (const [uid, { written, at = 0 }] of pending) {
      if (written === undefined) continue;
      const shown = sources.resourceClaims.lister.get({ namespace: written.metadata.namespace!, name: written.metadata.name! });
      if (
        shown?.metadata.uid === uid ? BigInt(shown.metadata.resourceVersion!) >= BigInt(written.metadata.resourceVersion!) : at + SHOWN_WITHIN_MS < clock.now()
      )
        pending.delete(uid);
    }
  }

  function whetherReady(): Rejection | undefined {
    if (selects !== undefined) return undefined;
    if (!isLoading) background(load());
    return LOADING;
  }

  async function load(): Promise<void> {
    isLoading = true;
    ({ selects } = await import('../deviceselector.js'));
    changed('Devices/Ready');
  }

  function whyUnusable(claims: readonly ResourceClaim[], pod: PodInfo): Rejection | undefined {
    for (const claim of claims) {
      if (claim.status?.allocation !== undefined) {
        if (!canBeReserved(claim) && !isReservedFor(claim, pod)) return IN_USE;
        continue;
      }
      if (pending.has(claim.metadata.uid!)) return refused(`resource claim ${keyOf(claim)} is in the process of being allocated`);
      for (const { name, exactly, firstAvailable = [] } of claim.spec.devices.requests ?? []) {
        const asked =
          exactly === undefined
            ? firstAvailable.map((one) => ({ name: `${name}/${one.name}`, deviceClassName: one.deviceClassName }))
            : [{ name, deviceClassName: exactly.deviceClassName }];
        const wrong = asked.find(({ deviceClassName }) => deviceClass(deviceClassName) === undefined);
        if (wrong !== undefined) return refused(`request ${wrong.name}: device class ${wrong.deviceClassName} does not exist`);
      }
    }
    return undefined;
  }

  /** Its devices are out of the node's reach, or will not be made ready. */
  function isUnavailable(claim: ResourceClaim, { labels, name }: NodeInfo): boolean {
    const { allocation } = claim.status ?? {};
    if (allocation === undefined) return false;
    const terms = allocation.nodeSelector?.nodeSelectorTerms;
    if (terms !== undefined && !terms.some((term) => nodeTerm(term)(labels, name))) return true;
    const state = readiness(claim);
    if (typeof state === 'object') return true;
    const since = allocation.allocationTimestamp;
    return state === 'waiting' && since !== undefined && since !== null && Date.parse(since) + bindingTimeoutMs < clock.now();
  }

  function planFor({ claims, resources, pools, taken }: Found, pod: PodInfo, node: NodeInfo): Plan | Rejection {
    const requests = resources.length === 0 ? [] : requestsOn(sources, pod, resources, node);
    const extended =
      requests.length === 0
        ? undefined
        : ({
            apiVersion: 'resource.k8s.io/v1',
            kind: 'ResourceClaim',
            metadata: { namespace: pod.namespace, name: '<extended-resources>', uid: `extended resources of ${pod.uid}` },
            spec: { devices: { requests } },
          } as ResourceClaim);
    const open = [...claims.filter(({ status }) => status?.allocation === undefined), ...(extended === undefined ? [] : [extended])];
    if (open.length === 0) return { allocations: new Map(), extended };
    try {
      const given = allocate(open, poolsFor(pools, node), taken, { deviceClass, selects: selects! });
      if (given === undefined) return CANNOT;
      return { allocations: new Map(open.map((claim, at) => [claim, allocationOf(claim, given[at]!, node.name, () => randomUid(random))])), extended };
    } catch (error) {
      if (error instanceof AllocationTimeout) return refused(error.message);
      if (error instanceof AllocationError) return reject(NAME, 'Error', error.message);
      throw error;
    }
  }

  /** Undefined once all are ready; else what went wrong. */
  function untilReady(claims: readonly ResourceClaim[]): { done: Promise<string | undefined>; cancel(): void } {
    let end: (failure: string | undefined) => void = () => {};
    const done = new Promise<string | undefined>((resolve) => (end = resolve));
    const look = (): void => {
      const states = claims.map(({ metadata }) =>
        readiness(sources.resourceClaims.lister.get({ namespace: metadata.namespace!, name: metadata.name! }) ?? claims[0]!),
      );
      for (const state of states) if (typeof state === 'object') end(state.failed);
      if (states.every((state) => state === 'ready')) end(undefined);
    };
    const unwatch = sources.resourceClaims.progress(look);
    const cancel = clock.after(bindingTimeoutMs, () => end('device binding timeout: context deadline exceeded'));
    look();
    void done.then(() => {
      unwatch();
      cancel();
    });
    return { done, cancel: () => end('device binding timeout') };
  }
}

/** Better the earlier an alternative is named among those that would do. */
function preference(plan: Plan | undefined): number {
  let score = 0;
  for (const [{ spec }, { devices }] of plan?.allocations ?? []) {
    const chosen = new Set(devices.results?.map(({ request }) => request));
    for (const { name, firstAvailable = [] } of spec.devices.requests ?? []) {
      const at = firstAvailable.findIndex((one) => chosen.has(`${name}/${one.name}`));
      if (at >= 0) score += ALTERNATIVES_MAX - at;
    }
  }
  return score;
}
