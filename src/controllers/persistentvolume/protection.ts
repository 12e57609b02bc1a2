/** Protection of volumes in use: what is deleted keeps its finalizer until no pod uses the claim, no claim the volume. */
import { keyOf } from '../../apimachinery/object.js';
import { isNotFound } from '../../apimachinery/status.js';
import type { Client } from '../../client/client.js';
import { keyTextOf } from '../../client/resource.js';
import { enqueueItself, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { PersistentVolume, PersistentVolumeClaim, Pod } from '../kinds.js';
import { isControlledBy } from '../owner.js';

const CLAIM_FINALIZER = 'kubernetes.io/pvc-protection';
const VOLUME_FINALIZER = 'kubernetes.io/pv-protection';

export function claimProtectionController(deps: ControllerDeps): Controller {
  const claims = deps.informers.of(PersistentVolumeClaim);
  const pods = deps.informers.of(Pod, { indexers: { claim: claimsOf } });

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    const claim = claims.lister.get(keyOf(key));
    if (claim === undefined) return;
    const { finalizers = [], deletionTimestamp } = claim.metadata;
    const protectedNow = finalizers.includes(CLAIM_FINALIZER);
    if (deletionTimestamp === undefined) {
      if (!protectedNow)
        await ignoringGone(
          client.on(PersistentVolumeClaim).update({ ...claim, metadata: { ...claim.metadata, finalizers: [...finalizers, CLAIM_FINALIZER] } }),
        );
      return;
    }
    // A pod that was never bound holds nothing; one that has ended still does.
    const used = pods.lister
      .byIndex('claim', key)
      .some((pod) => pod.spec.nodeName && (namesClaim(pod, claim) || (isControlledBy(claim, pod) && !isShutDown(pod))));
    if (protectedNow && !used)
      await ignoringGone(
        client
          .on(PersistentVolumeClaim)
          .update({ ...claim, metadata: { ...claim.metadata, finalizers: finalizers.filter((name) => name !== CLAIM_FINALIZER) } }),
      );
  }

  return makeController({
    name: 'persistentvolumeclaim-protection',
    deps,
    informers: [
      [PersistentVolumeClaim, claims],
      [Pod, pods],
    ],
    reconcile,
    wire(queue) {
      const wake = (pod: Pod): void => {
        for (const key of claimsOf(pod)) if (claims.lister.get(keyOf(key))?.metadata.deletionTimestamp !== undefined) queue.add(key);
      };
      return [
        claims.handle({ added: (claim) => queue.add(keyTextOf(claim)), updated: (claim) => queue.add(keyTextOf(claim)) }),
        pods.handle({ updated: wake, deleted: wake }),
      ];
    },
  });
}

function namesClaim({ spec }: Pod, { metadata }: PersistentVolumeClaim): boolean {
  return (spec.volumes ?? []).some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === metadata.name);
}

/** Its kubelet is done with it, or was not waited for: what is its own may go. */
function isShutDown({ metadata }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined && metadata.deletionGracePeriodSeconds === 0;
}

/** The claims a pod names, "namespace/name". */
export function claimsOf({ metadata, spec }: Pod): string[] {
  return (spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    const claim = persistentVolumeClaim?.claimName ?? (ephemeral === undefined ? undefined : `${metadata.name}-${name}`);
    return claim === undefined ? [] : [`${metadata.namespace}/${claim}`];
  });
}

export function volumeProtectionController(deps: ControllerDeps): Controller {
  const volumes = deps.informers.of(PersistentVolume);

  async function reconcile(name: string, client: Client): Promise<Outcome> {
    const volume = volumes.lister.get({ name });
    if (volume === undefined) return;
    const { finalizers = [], deletionTimestamp } = volume.metadata;
    const isProtected = finalizers.includes(VOLUME_FINALIZER);
    const wanted = deletionTimestamp === undefined ? [...finalizers, VOLUME_FINALIZER] : finalizers.filter((finalizer) => finalizer !== VOLUME_FINALIZER);
    if (isProtected === (deletionTimestamp === undefined) || (deletionTimestamp !== undefined && volume.status.phase === 'Bound')) return;
    await ignoringGone(client.on(PersistentVolume).update({ ...volume, metadata: { ...volume.metadata, finalizers: wanted } }));
  }

  return makeController({
    name: 'persistentvolume-protection',
    deps,
    informers: [[PersistentVolume, volumes]],
    reconcile,
    wire: (queue) => [volumes.handle(enqueueItself(queue))],
  });
}

async function ignoringGone(update: Promise<unknown>): Promise<void> {
  try {
    await update;
  } catch (error) {
    if (!isNotFound(error)) throw error; // gone: there is nothing to protect
  }
}
