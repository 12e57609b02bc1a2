/**
 * Volume binder: gives claims the volume that suits them best, keeps both sides
 * of a binding in step, and tells claims why they wait. It provisions nothing
 * itself: that is for whoever a StorageClass names.
 */
import { keyOf } from '../../apimachinery/object.js';
import type { Client } from '../../client/client.js';
import { keyTextOf } from '../../client/resource.js';
import { makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../kinds.js';
import { byText, isSame } from '../order.js';
import { isFinished } from '../pods.js';
import { bestFor, classOf, fits, isFor, objection, wantsDefaultClass } from './matching.js';
import { claimsOf } from './protection.js';
import { BY_CONTROLLER, syncVolume } from './reclaim.js';
import { setClaimBound, setClaimPhase, setVolumePhase } from './status.js';

const COMPLETED = 'pv.kubernetes.io/bind-completed';
const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const PROVISIONERS = ['volume.beta.kubernetes.io/storage-provisioner', 'volume.kubernetes.io/storage-provisioner'];
const DEFAULT_CLASS = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];
const IN_TREE = 'kubernetes.io/';
const HOST_PATH = 'kubernetes.io/host-path';
/** Provisioners that were once Kubernetes' own, and the drivers whose work that is now. */
const MIGRATED: Readonly<Record<string, string>> = {
  'kubernetes.io/aws-ebs': 'ebs.csi.aws.com',
  'kubernetes.io/azure-disk': 'disk.csi.azure.com',
  'kubernetes.io/azure-file': 'file.csi.azure.com',
  'kubernetes.io/cinder': 'cinder.csi.openstack.org',
  'kubernetes.io/gce-pd': 'pd.csi.storage.gke.io',
  'kubernetes.io/portworx-volume': 'pxd.portworx.com',
  'kubernetes.io/vsphere-volume': 'csi.vsphere.vmware.com',
};
/** Kubernetes' own that are there, but make nothing. */
const NOT_PROVISIONING: ReadonlySet<string> = new Set(['kubernetes.io/csi', 'kubernetes.io/local-volume', 'kubernetes.io/nfs']);
const VOLUME = 'volume/';
/** Kubernetes looks at all claims and volumes again every 15 s; here only at those that wait. */
const RESYNC_MS = 15_000;
const AGAIN = { againMs: RESYNC_MS };

export function persistentVolumeBinder(deps: ControllerDeps): Controller {
  const { clock, recorder } = deps;
  const claims = deps.informers.of(PersistentVolumeClaim);
  const volumes = deps.informers.of(PersistentVolume, {
    indexers: { claim: ({ spec: { claimRef } }: PersistentVolume) => [claimRef === undefined ? '' : `${claimRef.namespace}/${claimRef.name}`] },
  });
  const classes = deps.informers.of(StorageClass);
  const pods = deps.informers.of(Pod, { indexers: { claim: claimsOf } });
  let wake = (_claim: PersistentVolumeClaim): void => undefined;

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    if (key.startsWith(VOLUME)) {
      const volume = volumes.lister.get({ name: key.slice(VOLUME.length) });
      if (volume !== undefined)
        await syncVolume({ client, recorder, now: clock.now(), claimAt: (namespace, name) => claims.lister.get({ namespace, name }), wake }, volume);
      return;
    }
    const claim = claims.lister.get(keyOf(key));
    if (claim === undefined || claim.metadata.deletionTimestamp !== undefined) return;
    if (claim.metadata.annotations?.[COMPLETED] !== undefined) return syncBound(client, claim);
    return claim.spec.volumeName ? syncNamed(client, claim, claim.spec.volumeName) : syncUnbound(client, claim);
  }

  async function syncUnbound(client: Client, claim: PersistentVolumeClaim): Promise<Outcome> {
    const storage = classes.lister.get({ name: classOf(claim) });
    const isDelayed = storage?.volumeBindingMode === 'WaitForFirstConsumer';
    const reserved = volumes.lister.byIndex('claim', keyTextOf(claim)).filter((volume) => isFor(volume, claim));
    const volume = bestFor(claim, { reserved, free: isDelayed ? [] : volumes.lister.byIndex('claim', '') });
    if (volume !== undefined) return bind(client, claim, volume);
    if (await assignClass(client, claim)) return;
    if (isDelayed && claim.metadata.annotations?.[SELECTED_NODE] === undefined) tellDelayed(claim);
    else if (classOf(claim) !== '') {
      await provision(client, claim, storage);
      return AGAIN;
    } else recorder.event(claim, 'Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set');
    await setClaimPhase(client, claim, 'Pending');
    return AGAIN;
  }

  /** A claim made before there was a default class gets the one there is now: the newest, should there be several. */
  async function assignClass(client: Client, claim: PersistentVolumeClaim): Promise<boolean> {
    if (!wantsDefaultClass(claim)) return false;
    const defaults = classes.lister.list().filter(({ metadata: { annotations = {} } }) => DEFAULT_CLASS.some((name) => annotations[name] === 'true'));
    defaults.sort(
      (one, other) => byText(other.metadata.creationTimestamp ?? '', one.metadata.creationTimestamp ?? '') || byText(one.metadata.name!, other.metadata.name!),
    );
    if (defaults[0] === undefined) return false;
    await client.on(PersistentVolumeClaim).update({ ...claim, spec: { ...claim.spec, storageClassName: defaults[0].metadata.name! } });
    return true;
  }

  function tellDelayed(claim: PersistentVolumeClaim): void {
    const waiting = pods.lister.byIndex('claim', keyTextOf(claim)).filter((pod) => !pod.spec.nodeName && !isFinished(pod));
    const names = waiting.map(({ metadata }) => metadata.name!).sort(byText);
    if (names.length === 0) recorder.event(claim, 'Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
    else recorder.event(claim, 'Normal', 'WaitForPodScheduled', `waiting for ${names.length > 1 ? 'pods' : 'pod'} ${names.join(',')} to be scheduled`);
  }

  /** Says who is to make the volume. */
  async function provision(client: Client, claim: PersistentVolumeClaim, storage: StorageClass | undefined): Promise<void> {
    if (storage === undefined)
      return recorder.event(claim, 'Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io ${JSON.stringify(classOf(claim))} not found`);
    const provisioner = MIGRATED[storage.provisioner] ?? storage.provisioner;
    if (NOT_PROVISIONING.has(provisioner)) return recorder.event(claim, 'Warning', 'ProvisioningFailed', 'no provisionable volume plugin matched');
    if (provisioner.startsWith(IN_TREE) && provisioner !== HOST_PATH)
      return recorder.event(claim, 'Warning', 'ProvisioningFailed', `no volume plugin matched name: ${provisioner}`);
    const { annotations = {} } = claim.metadata;
    const isNamed = PROVISIONERS.every((name) => annotations[name] === provisioner);
    const named = isNamed
      ? claim
      : await client.on(PersistentVolumeClaim).update({
          ...claim,
          metadata: { ...claim.metadata, annotations: { ...annotations, ...Object.fromEntries(PROVISIONERS.map((name) => [name, provisioner])) } },
        });
    if (provisioner === HOST_PATH)
      return recorder.event(
        named,
        'Warning',
        'ProvisioningFailed',
        `Failed to create provisioner: provisioning in volume plugin ${JSON.stringify(provisioner)} is disabled`,
      );
    recorder.event(
      named,
      'Normal',
      'ExternalProvisioning',
      `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`,
    );
  }

  /** A claim that asks for one volume by name. */
  async function syncNamed(client: Client, claim: PersistentVolumeClaim, name: string): Promise<Outcome> {
    const volume = volumes.lister.get({ name });
    if (volume !== undefined && volume.spec.claimRef !== undefined && isFor(volume, claim)) return bind(client, claim, volume);
    if (volume !== undefined && volume.spec.claimRef === undefined) {
      const wrong = objection(volume, claim);
      if (wrong === undefined) return bind(client, claim, volume);
      recorder.event(claim, 'Warning', 'VolumeMismatch', `Cannot bind to requested volume ${JSON.stringify(name)}: ${wrong}`);
    } else if (volume !== undefined && claim.metadata.annotations?.[BY_CONTROLLER] === undefined) {
      recorder.event(claim, 'Warning', 'FailedBinding', `volume ${JSON.stringify(name)} already bound to a different claim.`);
    }
    await setClaimPhase(client, claim, 'Pending');
    return AGAIN;
  }

  async function bind(client: Client, claim: PersistentVolumeClaim, volume: PersistentVolume): Promise<void> {
    const bound = (await setVolumePhase(client, await bindVolume(client, claim, volume), { phase: 'Bound', now: clock.now() })).volume;
    await setClaimBound(client, await bindClaim(client, claim, volume), bound);
  }

  async function bindVolume(client: Client, claim: PersistentVolumeClaim, volume: PersistentVolume): Promise<PersistentVolume> {
    const known = volume.spec.claimRef;
    if (known?.uid === claim.metadata.uid) return volume;
    const { namespace, name, uid, resourceVersion } = claim.metadata;
    const claimRef = { kind: 'PersistentVolumeClaim', namespace: namespace!, name: name!, uid: uid!, apiVersion: 'v1', resourceVersion: resourceVersion! };
    // What the user reserved is not the controller's binding.
    const metadata = known === undefined ? annotated(volume.metadata, BY_CONTROLLER) : volume.metadata;
    return client.on(PersistentVolume).update({ ...volume, metadata, spec: { ...volume.spec, claimRef: { ...known, ...claimRef } } });
  }

  async function bindClaim(client: Client, claim: PersistentVolumeClaim, volume: PersistentVolume): Promise<PersistentVolumeClaim> {
    const named = claim.spec.volumeName ? claim.metadata : annotated(claim.metadata, BY_CONTROLLER);
    if (claim.spec.volumeName && claim.metadata.annotations?.[COMPLETED] !== undefined) return claim;
    return client
      .on(PersistentVolumeClaim)
      .update({ ...claim, metadata: annotated(named, COMPLETED), spec: { ...claim.spec, volumeName: volume.metadata.name! } });
  }

  async function syncBound(client: Client, claim: PersistentVolumeClaim): Promise<void> {
    const volume = claim.spec.volumeName ? volumes.lister.get({ name: claim.spec.volumeName }) : undefined;
    if (!claim.spec.volumeName) return lose(client, claim, 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!', 'ClaimLost');
    if (volume === undefined) return lose(client, claim, 'Bound claim has lost its PersistentVolume. Data on the volume is lost!', 'ClaimLost');
    const { claimRef } = volume.spec;
    if (claimRef !== undefined && claimRef.uid !== claim.metadata.uid)
      return lose(client, claim, 'Two claims are bound to the same volume, this one is bound incorrectly', 'ClaimMisbound');
    await bind(client, claim, volume);
  }

  async function lose(client: Client, claim: PersistentVolumeClaim, message: string, reason: string): Promise<void> {
    if (claim.status.phase === 'Lost') return;
    recorder.event(claim, 'Warning', reason, message);
    await setClaimPhase(client, claim, 'Lost');
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
      wake = (claim) => queue.add(keyTextOf(claim));
      const waiting = (volume: PersistentVolume): void => {
        queue.add(`${VOLUME}${volume.metadata.name}`);
        const ref = volume.spec.claimRef;
        if (ref !== undefined) queue.add(`${ref.namespace}/${ref.name}`);
        else for (const claim of unbound()) if (fits(volume, claim)) queue.add(keyTextOf(claim));
      };
      const unbound = (): PersistentVolumeClaim[] =>
        claims.lister
          .list()
          .filter(({ status }) => status.phase === 'Pending' || status.phase === undefined)
          .sort((one, other) => byText(keyTextOf(one), keyTextOf(other)));
      const changed = (claim: PersistentVolumeClaim): void => {
        queue.add(keyTextOf(claim));
        if (claim.spec.volumeName) queue.add(`${VOLUME}${claim.spec.volumeName}`);
      };
      return [
        volumes.handle({ added: waiting, updated: waiting, deleted: waiting }),
        claims.handle({
          added: changed,
          updated: (next, before) =>
            isSame(next.spec, before.spec) && isSame(next.metadata.annotations, before.metadata.annotations) ? undefined : changed(next),
          deleted: changed,
        }),
      ];
    },
  });
}

function annotated<M extends { annotations?: Record<string, string> }>(metadata: M, name: string): M {
  return { ...metadata, annotations: { ...metadata.annotations, [name]: 'yes' } };
}
