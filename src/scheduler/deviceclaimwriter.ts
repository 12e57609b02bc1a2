/** Writes onto claims what was decided: their devices and who uses them; and takes that back. */
import { isConflict, isNotFound } from '../apimachinery/status.js';
import { formatTime } from '../apimachinery/time.js';
import type { Allocation } from './deviceresult.js';
import { claimDraft, claimStatus } from './extendedresources.js';
import { keyOf } from './deviceallocator.js';
import type { Handle } from './handle.js';
import { Pod, ResourceClaim } from './kinds.js';
import type { PodInfo } from './podinfo.js';

const FINALIZER = 'resource.kubernetes.io/delete-protection';
const TRIES_MAX = 5;

const nameOf = ({ metadata }: ResourceClaim) => ({ namespace: metadata.namespace!, name: metadata.name! });

export class DeviceClaimWriter {
  readonly #handle: Pick<Handle, 'client' | 'clock'>;

  constructor(handle: Pick<Handle, 'client' | 'clock'>) {
    this.#handle = handle;
  }

  /** Reserves the claim for the pod, with its devices if it has none yet; throws what goes wrong. */
  async give(claim: ResourceClaim, pod: PodInfo, allocation: Allocation | undefined): Promise<ResourceClaim> {
    const claims = this.#handle.client.on(ResourceClaim);
    let newest = claim;
    for (let tries = 1; ; tries++) {
      try {
        return await this.#tryToGive(newest, pod, allocation);
      } catch (error) {
        if (tries === TRIES_MAX || !isConflict(error))
          throw new Error(
            `${allocation === undefined ? 'add reservation' : 'add allocation and reservation'} to claim ${keyOf(claim)}: ${(error as Error).message}`,
            { cause: error },
          );
        newest = await claims.get(nameOf(claim));
      }
    }
  }

  async #tryToGive(claim: ResourceClaim, { name, uid }: PodInfo, given: Allocation | undefined): Promise<ResourceClaim> {
    const claims = this.#handle.client.on(ResourceClaim);
    if (claim.metadata.deletionTimestamp !== undefined) throw new Error(`claim ${keyOf(claim)} got deleted in the meantime`);
    if (given !== undefined && claim.status?.allocation !== undefined) throw new Error(`claim ${keyOf(claim)} got allocated elsewhere in the meantime`);
    let newest = claim;
    const { finalizers = [] } = claim.metadata;
    if (given !== undefined && !finalizers.includes(FINALIZER))
      newest = await claims.update({ ...claim, metadata: { ...claim.metadata, finalizers: [...finalizers, FINALIZER] } });
    const allocation = given ?? claim.status!.allocation!;
    const reservedFor = [...(newest.status?.reservedFor ?? []), { resource: 'pods', name, uid }];
    const status = {
      ...newest.status,
      allocation: { ...allocation, allocationTimestamp: allocation.allocationTimestamp ?? formatTime(this.#handle.clock.now()) },
      reservedFor,
    };
    return claims.updateStatus({ ...newest, status } as ResourceClaim);
  }

  /** Makes the claim by which the pod gets devices for its extended resources. */
  async make(pod: PodInfo, requests: NonNullable<ResourceClaim['spec']['devices']['requests']>, allocation: Allocation): Promise<ResourceClaim> {
    const { client } = this.#handle;
    const made = await client.on(ResourceClaim).create(claimDraft(pod, requests));
    const claim = await this.give(made, pod, allocation);
    await client
      .on(Pod)
      .patch(
        { namespace: pod.namespace, name: pod.name },
        'strategic',
        { metadata: { uid: pod.uid }, status: { extendedResourceClaimStatus: claimStatus(pod, claim) } },
        { subresource: 'status' },
      );
    return claim;
  }

  async unreserve(claim: ResourceClaim, { uid }: PodInfo): Promise<void> {
    const body = { metadata: { uid: claim.metadata.uid }, status: { reservedFor: [{ $patch: 'delete', uid }] } };
    await this.#handle.client.on(ResourceClaim).patch(nameOf(claim), 'strategic', body, { subresource: 'status' });
  }

  /** Takes its devices away, that others may be tried. */
  async deallocate(claim: ResourceClaim): Promise<void> {
    const { allocation: _, reservedFor: __, devices: ___, ...status } = claim.status ?? {};
    await this.#handle.client.on(ResourceClaim).updateStatus({ ...claim, status } as ResourceClaim);
  }

  async remove(claim: ResourceClaim): Promise<void> {
    const claims = this.#handle.client.on(ResourceClaim);
    const finalizers = (claim.metadata.finalizers ?? []).filter((name) => name !== FINALIZER);
    try {
      await claims.update({ ...(await claims.get(nameOf(claim))), metadata: { ...claim.metadata, finalizers } });
      await claims.delete(nameOf(claim));
    } catch (error) {
      if (!isNotFound(error)) throw error; // it went by itself
    }
  }
}
