/**
 * Volume binder: gives claims the smallest volume that fits, keeps both sides
 * of a binding in step, and tells claims why they wait. Nothing is provisioned.
 */
import { keyOf } from '../../apimachinery/object.js';
import { selectorOf } from '../../apimachinery/labels.js';
import { parseQuantity } from '../../apimachinery/quantity.js';
import { isNotFound } from '../../apimachinery/status.js';
import { formatTime } from '../../apimachinery/time.js';
import type { Client } from '../../client/client.js';
import { keyTextOf } from '../../client/resource.js';
import { makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../kinds.js';
import { byText, isSame } from '../order.js';

const COMPLETED = 'pv.kubernetes.io/bind-completed';
const BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
const VOLUME = 'volume/';
/** Kubernetes looks at all claims and volumes again every 15 s; here only at those that wait. */
const RESYNC_MS = 15_000;

export function persistentVolumeBinder(deps: ControllerDeps): Controller {
  const { clock, recorder } = deps;
  const claims = deps.informers.of(PersistentVolumeClaim);
  const volumes = deps.informers.of(PersistentVolume, { indexers: { claim: ({ spec: { claimRef } }: PersistentVolume) => [claimRef === undefined ? '' : `${claimRef.namespace}/${claimRef.name}`] } });
  const classes = deps.informers.of(StorageClass);

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    if (key.startsWith(VOLUME)) return syncVolume(client, key.slice(VOLUME.length));
    const claim = claims.lister.get(keyOf(key));
    if (claim === undefined || claim.metadata.deletionTimestamp !== undefined) return;
    return claim.metadata.annotations?.[COMPLETED] === undefined ? syncUnbound(client, claim) : syncBound(client, claim);
  }

  async function syncUnbound(client: Client, claim: PersistentVolumeClaim): Promise<Outcome> {
    const named = claim.spec.volumeName ? volumes.lister.get({ name: claim.spec.volumeName }) : undefined;
    const volume = claim.spec.volumeName ? named : bestFor(claim);
    if (volume === undefined) {
      if (!claim.spec.volumeName) tellWaiting(claim);
      await setPhase(client, claim, { phase: 'Pending' });
      return { againMs: RESYNC_MS };
    }
    const ref = volume.spec.claimRef;
    if (ref !== undefined && !isFor(volume, claim)) {
      await setPhase(client, claim, { phase: 'Pending' });
      if (claim.metadata.annotations?.[BY_CONTROLLER] === undefined) recorder.event(claim, 'Warning', 'FailedBinding', `volume "${volume.metadata.name}" already bound to a different claim.`);
      return { againMs: RESYNC_MS };
    }
    await bind(client, claim, volume);
  }

  function tellWaiting(claim: PersistentVolumeClaim): void {
    const name = classOf(claim);
    if (name === '') return recorder.event(claim, 'Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set');
    const storage = classes.lister.get({ name });
    if (storage === undefined) return recorder.event(claim, 'Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${name}" not found`);
    if (storage.volumeBindingMode === 'WaitForFirstConsumer') return recorder.event(claim, 'Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
    if (storage.provisioner === 'kubernetes.io/no-provisioner') return recorder.event(claim, 'Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set');
    recorder.event(claim, 'Normal', 'ExternalProvisioning', `Waiting for a volume to be created either by the external provisioner '${storage.provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`);
  }

  /** The volume reserved for the claim, or else the smallest free one that fits. */
  function bestFor(claim: PersistentVolumeClaim): PersistentVolume | undefined {
    const reserved = volumes.lister.byIndex('claim', keyTextOf(claim)).filter((volume) => isFor(volume, claim));
    const usable = (volume: PersistentVolume): boolean => volume.metadata.deletionTimestamp === undefined && fits(volume, claim);
    if (reserved.length > 0) return reserved.sort(bySize).find(usable);
    const storage = classes.lister.get({ name: classOf(claim) });
    if (storage?.volumeBindingMode === 'WaitForFirstConsumer') return undefined;
    return volumes.lister.byIndex('claim', '').filter(usable).sort(bySize)[0];
  }

  async function bind(client: Client, claim: PersistentVolumeClaim, volume: PersistentVolume): Promise<void> {
    let bound = volume;
    const ref = { kind: 'PersistentVolumeClaim', namespace: claim.metadata.namespace!, name: claim.metadata.name!, uid: claim.metadata.uid!, apiVersion: 'v1', resourceVersion: claim.metadata.resourceVersion! };
    if (volume.spec.claimRef === undefined) {
      bound = await client.on(PersistentVolume).update({ ...volume, metadata: annotated(volume.metadata, BY_CONTROLLER), spec: { ...volume.spec, claimRef: ref } });
    } else if (volume.spec.claimRef.uid !== claim.metadata.uid) bound = await client.on(PersistentVolume).update({ ...volume, spec: { ...volume.spec, claimRef: { ...volume.spec.claimRef, ...ref } } });
    await setVolumePhase(client, bound, 'Bound');
    const own = claim.spec.volumeName ? claim.metadata : annotated(claim.metadata, BY_CONTROLLER);
    const written = await client.on(PersistentVolumeClaim).update({ ...claim, metadata: annotated(own, COMPLETED), spec: { ...claim.spec, volumeName: volume.metadata.name! } });
    await setBound(client, written, bound);
  }

  async function syncBound(client: Client, claim: PersistentVolumeClaim): Promise<void> {
    const volume = claim.spec.volumeName ? volumes.lister.get({ name: claim.spec.volumeName }) : undefined;
    if (!claim.spec.volumeName) return lose(client, claim, 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!', 'ClaimLost');
    if (volume === undefined) return lose(client, claim, 'Bound claim has lost its PersistentVolume. Data on the volume is lost!', 'ClaimLost');
    if (volume.spec.claimRef === undefined) return bind(client, claim, volume);
    if (volume.spec.claimRef.uid !== claim.metadata.uid) return lose(client, claim, 'Two claims are bound to the same volume, this one is bound incorrectly', 'ClaimMisbound');
    await setVolumePhase(client, volume, 'Bound');
    await setBound(client, claim, volume);
  }

  async function lose(client: Client, claim: PersistentVolumeClaim, message: string, reason: string): Promise<void> {
    if (claim.status.phase === 'Lost') return;
    recorder.event(claim, 'Warning', reason, message);
    await setPhase(client, claim, { phase: 'Lost' });
  }

  const setBound = (client: Client, claim: PersistentVolumeClaim, volume: PersistentVolume): Promise<void> =>
    setPhase(client, claim, { phase: 'Bound', accessModes: volume.spec.accessModes ?? [], capacity: volume.spec.capacity ?? {} });

  async function setPhase(client: Client, claim: PersistentVolumeClaim, told: Partial<PersistentVolumeClaim['status']>): Promise<void> {
    const { accessModes: _modes, capacity: _capacity, ...rest } = claim.status;
    const status = { ...rest, ...told } as PersistentVolumeClaim['status'];
    if (!isSame(status, claim.status)) await client.on(PersistentVolumeClaim).updateStatus({ ...claim, status });
  }

  async function setVolumePhase(client: Client, volume: PersistentVolume, phase: string, message?: string): Promise<void> {
    if (volume.status.phase === phase && volume.status.message === message) return;
    const { message: _message, ...rest } = volume.status;
    const status = { ...rest, phase, ...(message === undefined ? {} : { message }), lastPhaseTransitionTime: formatTime(clock.now()) };
    await client.on(PersistentVolume).updateStatus({ ...volume, status });
  }

  async function syncVolume(client: Client, name: string): Promise<Outcome> {
    const volume = volumes.lister.get({ name });
    if (volume === undefined) return;
    const ref = volume.spec.claimRef;
    if (ref === undefined || ref.uid === undefined || ref.uid === '') return setVolumePhase(client, volume, 'Available');
    const cached = claims.lister.get({ namespace: ref.namespace!, name: ref.name! });
    const claim = cached?.metadata.uid === ref.uid ? cached : await ask(client, ref as { namespace: string; name: string; uid: string });
    if (claim !== undefined) return;
    if (!['Released', 'Failed'].includes(volume.status.phase ?? '')) await setVolumePhase(client, volume, 'Released');
    if (volume.spec.persistentVolumeReclaimPolicy === 'Delete' && volume.status.phase !== 'Failed') {
      recorder.event(volume, 'Warning', 'VolumeFailedDelete', 'no deletable volume plugin matched');
      await setVolumePhase(client, volumes.lister.get({ name }) ?? volume, 'Failed', 'no deletable volume plugin matched');
    }
  }

  async function ask(client: Client, { namespace, name, uid }: { namespace: string; name: string; uid: string }): Promise<PersistentVolumeClaim | undefined> {
    try {
      const found = await client.on(PersistentVolumeClaim).get({ namespace, name });
      return found.metadata.uid === uid ? found : undefined;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  return makeController({
    name: 'persistentvolume-binder',
    deps,
    informers: [
      [PersistentVolume, volumes],
      [PersistentVolumeClaim, claims],
      [StorageClass, classes],
    ],
    workers: 1,
    reconcile,
    wire(queue) {
      const waiting = (volume: PersistentVolume): void => {
        queue.add(`${VOLUME}${volume.metadata.name}`);
        const ref = volume.spec.claimRef;
        if (ref !== undefined) queue.add(`${ref.namespace}/${ref.name}`);
        else for (const claim of unbound()) if (fits(volume, claim)) queue.add(keyTextOf(claim));
      };
      const unbound = (): PersistentVolumeClaim[] => claims.lister.list().filter(({ status }) => status.phase === 'Pending' || status.phase === undefined).sort((one, other) => byText(keyTextOf(one), keyTextOf(other)));
      const changed = (claim: PersistentVolumeClaim): void => {
        queue.add(keyTextOf(claim));
        if (claim.spec.volumeName) queue.add(`${VOLUME}${claim.spec.volumeName}`);
      };
      return [
        volumes.handle({ added: waiting, updated: waiting, deleted: waiting }),
        claims.handle({ added: changed, updated: (next, before) => (isSame(next.spec, before.spec) && isSame(next.metadata.annotations, before.metadata.annotations) ? undefined : changed(next)), deleted: changed }),
      ];
    },
  });
}

function annotated<M extends { annotations?: Record<string, string> }>(metadata: M, name: string): M {
  return { ...metadata, annotations: { ...metadata.annotations, [name]: 'yes' } };
}

const classOf = ({ spec, metadata }: PersistentVolumeClaim): string => metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? '';
const volumeClassOf = ({ spec, metadata }: PersistentVolume): string => metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? '';

function isFor({ spec: { claimRef } }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  return claimRef?.namespace === metadata.namespace && claimRef?.name === metadata.name && (!claimRef?.uid || claimRef.uid === metadata.uid);
}

const sizeOf = ({ spec }: PersistentVolume): bigint => parseQuantity(spec.capacity?.['storage'] ?? '0').value();
const bySize = (one: PersistentVolume, other: PersistentVolume): number => (sizeOf(one) < sizeOf(other) ? -1 : sizeOf(one) > sizeOf(other) ? 1 : byText(one.metadata.name!, other.metadata.name!));

function fits(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { spec } = claim;
  const enough = sizeOf(volume) >= parseQuantity(spec.resources?.requests?.['storage'] ?? '0').value();
  const modes = (spec.accessModes ?? []).every((mode) => (volume.spec.accessModes ?? []).includes(mode));
  const sort = (volume.spec.volumeMode ?? 'Filesystem') === (spec.volumeMode ?? 'Filesystem');
  const chosen = spec.selector === undefined || selectorOf(spec.selector).matches(volume.metadata.labels ?? {});
  return enough && modes && sort && chosen && volumeClassOf(volume) === classOf(claim);
}
