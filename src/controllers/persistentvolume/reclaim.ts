/**
 * What becomes of a volume: free, reserved, bound, or released when its claim is
 * gone, and then kept, deleted or, where that cannot be done here, Failed.
 */
import { isNotFound } from '../../apimachinery/status.js';
import type { Client } from '../../client/client.js';
import type { EventRecorder } from '../../client/events.js';
import { PersistentVolume, PersistentVolumeClaim } from '../kinds.js';
import { sameMode } from './matching.js';
import { setVolumePhase } from './status.js';

export const BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
const HOST_PATH = 'kubernetes.io/host-path';

export interface VolumeSync {
  client: Client;
  recorder: EventRecorder;
  now: number;
  /** As the cache has it; undefined: it is not there. */
  claimAt(namespace: string, name: string): PersistentVolumeClaim | undefined;
  /** Lets the claim be looked at. */
  wake(claim: PersistentVolumeClaim): void;
}

export async function syncVolume(sync: VolumeSync, volume: PersistentVolume): Promise<void> {
  const { client, now } = sync;
  const ref = volume.spec.claimRef;
  if (ref === undefined || ref.uid === undefined || ref.uid === '') {
    await setVolumePhase(client, volume, { phase: 'Available', now });
    return;
  }
  const claim = await claimOf(sync, ref as { namespace: string; name: string; uid: string });
  if (claim === undefined) return release(sync, volume);
  const { volumeName = '' } = claim.spec;
  if (volumeName === '') return bindLater(sync, volume, claim);
  if (volumeName === volume.metadata.name) await setVolumePhase(client, volume, { phase: 'Bound', now });
  else if (volume.metadata.annotations?.[PROVISIONED_BY] !== undefined && volume.spec.persistentVolumeReclaimPolicy === 'Delete') await release(sync, volume);
  else await unbind(sync, volume);
}

/** The claim of this name and uid; the server is asked before a volume is given up for lost. */
async function claimOf(
  { client, claimAt }: VolumeSync,
  { namespace, name, uid }: { namespace: string; name: string; uid: string },
): Promise<PersistentVolumeClaim | undefined> {
  const cached = claimAt(namespace, name);
  if (cached?.metadata.uid === uid) return cached;
  try {
    const found = await client.on(PersistentVolumeClaim).get({ namespace, name });
    return found.metadata.uid === uid ? found : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function bindLater({ recorder, wake }: VolumeSync, volume: PersistentVolume, claim: PersistentVolumeClaim): void {
  if (sameMode(volume, claim)) return wake(claim);
  const { name } = claim.metadata;
  recorder.event(
    volume,
    'Warning',
    'VolumeMismatch',
    `Cannot bind PersistentVolume to requested PersistentVolumeClaim ${JSON.stringify(name)} due to incompatible volumeMode.`,
  );
  recorder.event(
    claim,
    'Warning',
    'VolumeMismatch',
    `Cannot bind PersistentVolume ${JSON.stringify(volume.metadata.name)} to requested PersistentVolumeClaim ${JSON.stringify(name)} due to incompatible volumeMode.`,
  );
}

/** The claim went elsewhere: what the binder wrote is taken back, what the user wrote is reserved again. */
async function unbind({ client, now }: VolumeSync, volume: PersistentVolume): Promise<void> {
  const { [BY_CONTROLLER]: ours, ...others } = volume.metadata.annotations ?? {};
  const { annotations: _annotations, ...metadata } = volume.metadata;
  const { claimRef, ...spec } = volume.spec;
  const { uid: _uid, ...reserved } = claimRef!;
  const freed =
    ours === undefined
      ? { ...volume, spec: { ...spec, claimRef: reserved } }
      : { ...volume, metadata: { ...metadata, ...(Object.keys(others).length > 0 ? { annotations: others } : {}) }, spec };
  await setVolumePhase(client, await client.on(PersistentVolume).update(freed as PersistentVolume), { phase: 'Available', now });
}

async function release(sync: VolumeSync, given: PersistentVolume): Promise<void> {
  const { client, recorder, now } = sync;
  const isOver = ['Released', 'Failed'].includes(given.status.phase ?? '');
  const volume = isOver ? given : (await setVolumePhase(client, given, { phase: 'Released', now })).volume;
  const fail = async (reason: string, message: string): Promise<void> => {
    const failed = await setVolumePhase(client, volume, { phase: 'Failed', message, now });
    if (failed.changed) recorder.event(failed.volume, 'Warning', reason, message);
  };
  switch (volume.spec.persistentVolumeReclaimPolicy) {
    case 'Retain':
      return;
    case 'Recycle':
      return fail('VolumeFailedRecycle', 'No recycler plugin found for the volume!');
    case 'Delete':
      return remove(client, volume, fail);
    default:
      return fail('VolumeUnknownReclaimPolicy', 'Volume has unrecognized PersistentVolumeReclaimPolicy');
  }
}

async function remove(client: Client, volume: PersistentVolume, fail: (reason: string, message: string) => Promise<void>): Promise<void> {
  const provisioner = volume.metadata.annotations?.[PROVISIONED_BY] ?? '';
  if (provisioner !== '' && provisioner !== HOST_PATH) return; // whoever made it deletes it
  const { hostPath, nfs } = volume.spec;
  const unable = (what: string): Promise<void> =>
    fail('VolumeFailedDelete', `error getting deleter volume plugin for volume ${JSON.stringify(volume.metadata.name)}: ${what}`);
  if (nfs !== undefined) return unable('no deletable volume plugin matched');
  if (hostPath === undefined) return unable('no volume plugin matched');
  // As Kubernetes does: only what lies below /tmp is anybody's to delete.
  if (!/\/tmp\/.+/.test(hostPath.path ?? ''))
    return fail('VolumeFailedDelete', `host_path deleter only supports /tmp/.+ but received provided ${hostPath.path ?? ''}`);
  try {
    await client.on(PersistentVolume).delete({ name: volume.metadata.name! });
  } catch (error) {
    if (!isNotFound(error)) throw error; // gone already
  }
}
