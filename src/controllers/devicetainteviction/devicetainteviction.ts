/**
 * Device taint eviction: pods leave a device with a NoExecute taint that their
 * claim does not tolerate, at once or when the time it tolerates it for is over.
 */
import { ResourceClaim as ClaimKind } from '../../api/resource/resourceclaim.js';
import { ResourceSlice as SliceKind } from '../../api/resource/resourceslice.js';
import type { DeviceToleration, ResourceClaim } from '../../api/resource/types/resourceclaim.js';
import type { ResourceSlice } from '../../api/resource/types/resourceslice.js';
import type { Kind } from '../../api/kind.js';
import { keyOf } from '../../apimachinery/object.js';
import { isNotFound } from '../../apimachinery/status.js';
import { formatTime } from '../../apimachinery/time.js';
import type { Client } from '../../client/client.js';
import { keyFor, keyTextOf } from '../../client/resource.js';
import { anyChange, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { disruptionPatch } from '../disruption/target.js';
import { Pod } from '../kinds.js';
import { isSame } from '../order.js';
import { conditionOf } from '../pods.js';

const Claim = ClaimKind as Kind<ResourceClaim>;
const Slice = SliceKind as Kind<ResourceSlice>;
type Device = NonNullable<ResourceSlice['spec']['devices']>[number];
type Taint = NonNullable<Device['taints']>[number];
const REASON = 'DeviceTaintManagerEviction';
const BY_POOL = 'pool';
const poolText = ({ driver, pool }: { driver: string; pool: string }): string => `${driver}/${pool}`;

export function deviceTaintEvictionController(deps: ControllerDeps): Controller {
  const { clock, recorder } = deps;
  const pods = deps.informers.of(Pod);
  const claims = deps.informers.of<ResourceClaim>(Claim, { indexers: { [BY_POOL]: (claim: ResourceClaim) => [...new Set(resultsOf(claim).map(poolText))] } });
  const slices = deps.informers.of<ResourceSlice>(Slice, {
    indexers: { [BY_POOL]: ({ spec }: ResourceSlice) => [poolText({ driver: spec.driver, pool: spec.pool.name })] },
  });
  const scheduled = new Set<string>();

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    const pod = pods.lister.get(keyOf(key));
    if (pod === undefined) return void scheduled.delete(key);
    const due = pod.spec.nodeName ? evictionTime(pod) : undefined;
    if (due === undefined) {
      if (scheduled.delete(key)) recorder.event(referenceTo(pod), 'Normal', REASON, 'Cancelling deletion');
      return;
    }
    if (due > clock.now()) {
      scheduled.add(key);
      return { againMs: due - clock.now() };
    }
    scheduled.delete(key);
    if (conditionOf(pod.status.conditions, 'DisruptionTarget')?.reason !== 'DeletionByDeviceTaintManager') await evict(client, pod);
  }

  /** When the pod must go; undefined: it may stay. */
  function evictionTime(pod: Pod): number | undefined {
    const names = [
      ...(pod.spec.resourceClaims ?? []).map(({ resourceClaimName }) => resourceClaimName),
      ...(pod.status.resourceClaimStatuses ?? []).map(({ resourceClaimName }) => resourceClaimName),
    ];
    const dues = names.flatMap((name) => {
      const claim = name === undefined ? undefined : claims.lister.get({ namespace: pod.metadata.namespace!, name });
      return claim?.status?.reservedFor?.some(({ uid }) => uid === pod.metadata.uid) ? claimDues(claim) : [];
    });
    return dues.length === 0 ? undefined : Math.min(...dues);
  }

  function claimDues(claim: ResourceClaim): number[] {
    return resultsOf(claim).flatMap(({ driver, pool, device, tolerations = [] }) => {
      const taints = (deviceOf({ driver, pool, device })?.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
      return taints.flatMap((taint) => taintDue(taint, tolerations) ?? []);
    });
  }

  /** A device as the newest slices of its pool have it. */
  function deviceOf({ driver, pool, device }: { driver: string; pool: string; device: string }): Device | undefined {
    const all = slices.lister.byIndex(BY_POOL, poolText({ driver, pool }));
    const newest = Math.max(...all.map(({ spec }) => spec.pool.generation ?? 0));
    return all
      .filter(({ spec }) => (spec.pool.generation ?? 0) === newest)
      .flatMap(({ spec }) => spec.devices ?? [])
      .find(({ name }) => name === device);
  }

  async function evict(client: Client, pod: Pod): Promise<void> {
    recorder.event(referenceTo(pod), 'Normal', REASON, 'Marking for deletion');
    const { uid } = pod.metadata;
    try {
      const told = disruptionPatch(pod, {
        reason: 'DeletionByDeviceTaintManager',
        message: 'Device Taint manager: deleting due to NoExecute taint',
        time: formatTime(clock.now()),
      });
      await client.on(Pod).patch(keyFor(pod), 'strategic', { metadata: { uid }, status: told }, { subresource: 'status' });
      await client.on(Pod).delete(keyFor(pod), { preconditions: { uid: uid! } });
    } catch (error) {
      if (!isNotFound(error)) throw error; // gone already
    }
  }

  return makeController({
    name: 'device-taint-eviction',
    deps,
    informers: [
      [Pod, pods],
      [Claim, claims],
      [Slice, slices],
    ],
    workers: 1,
    reconcile,
    wire(queue) {
      const wakeUsers = ({ metadata: { namespace }, status }: ResourceClaim): void => {
        for (const { apiGroup = '', resource, name } of status?.reservedFor ?? [])
          if (apiGroup === '' && resource === 'pods') queue.add(`${namespace}/${name}`);
      };
      const uses = (pod: Pod): boolean => (pod.spec.resourceClaims ?? []).length > 0;
      return [
        claims.handle(anyChange((claim, before) => [claim, ...(before === undefined ? [] : [before])].forEach(wakeUsers))),
        slices.handle(
          anyChange(({ spec }, before) => {
            if (before !== undefined && isSame(spec, before.spec)) return;
            for (const claim of claims.lister.byIndex(BY_POOL, poolText({ driver: spec.driver, pool: spec.pool.name }))) wakeUsers(claim);
          }),
        ),
        pods.handle({
          added: (pod) => (uses(pod) ? queue.add(keyTextOf(pod)) : undefined),
          updated(pod, before) {
            if (uses(pod) && (pod.spec.nodeName !== before.spec.nodeName || !isSame(pod.status.resourceClaimStatuses, before.status.resourceClaimStatuses)))
              queue.add(keyTextOf(pod));
          },
          deleted(pod) {
            queue.forget(keyTextOf(pod));
            scheduled.delete(keyTextOf(pod));
          },
        }),
      ];
    },
  });
}

type Result = NonNullable<NonNullable<NonNullable<NonNullable<ResourceClaim['status']>['allocation']>['devices']>['results']>[number];
const resultsOf = ({ status }: ResourceClaim): Result[] => status?.allocation?.devices?.results ?? [];

/** Of all tolerations the shortest counts, unless one is for ever: undefined. */
function taintDue(taint: Taint, tolerations: readonly DeviceToleration[]): number | undefined {
  const fitting = tolerations.filter((toleration) => tolerates(toleration, taint));
  if (fitting.some(({ tolerationSeconds }) => tolerationSeconds === undefined)) return undefined;
  const seconds = fitting.map(({ tolerationSeconds }) => Math.max(0, Number(tolerationSeconds)));
  return (Date.parse(taint.timeAdded ?? '') || 0) + (seconds.length === 0 ? 0 : Math.min(...seconds) * 1000);
}

function tolerates({ key = '', operator = 'Equal', value = '', effect = '' }: DeviceToleration, taint: Taint): boolean {
  if ((effect !== '' && effect !== taint.effect) || (key !== '' && key !== taint.key)) return false;
  return operator === 'Exists' || (operator === 'Equal' && value === (taint.value ?? ''));
}

function referenceTo({ metadata: { namespace, name, uid } }: Pod): { apiVersion: string; kind: string; namespace: string; name: string; uid: string } {
  return { apiVersion: 'v1', kind: 'Pod', namespace: namespace!, name: name!, uid: uid! };
}
