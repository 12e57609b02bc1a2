/** Phases of claims and volumes, written where they change. */
import { formatTime } from '../../apimachinery/time.js';
import type { Client } from '../../client/client.js';
import { PersistentVolume, PersistentVolumeClaim } from '../kinds.js';
import { isSame } from '../order.js';

export async function setClaimPhase(client: Client, claim: PersistentVolumeClaim, phase: 'Pending' | 'Lost'): Promise<void> {
  const { accessModes: _modes, capacity: _capacity, ...rest } = claim.status;
  await writeClaim(client, claim, { ...rest, phase });
}

/** A claim learns the size of its volume when it is bound, and not again: how large its file system is, is another matter then. */
export async function setClaimBound(client: Client, claim: PersistentVolumeClaim, volume: PersistentVolume): Promise<void> {
  const { volumeAttributesClassName: attributes } = volume.spec;
  const becomes = claim.status.phase !== 'Bound';
  await writeClaim(client, claim, {
    ...claim.status,
    phase: 'Bound',
    accessModes: volume.spec.accessModes ?? [],
    ...(becomes ? { capacity: volume.spec.capacity ?? {} } : {}),
    ...(becomes && attributes !== undefined ? { currentVolumeAttributesClassName: attributes } : {}),
  });
}

async function writeClaim(client: Client, claim: PersistentVolumeClaim, status: PersistentVolumeClaim['status']): Promise<void> {
  if (!isSame(status, claim.status)) await client.on(PersistentVolumeClaim).updateStatus({ ...claim, status });
}

/** The volume as it is after that; `changed`: whether it had another phase. */
export async function setVolumePhase(
  client: Client,
  volume: PersistentVolume,
  { phase, message, now }: { phase: string; message?: string; now: number },
): Promise<{ volume: PersistentVolume; changed: boolean }> {
  if (volume.status.phase === phase) return { volume, changed: false };
  const { message: _message, ...rest } = volume.status;
  const status = { ...rest, phase, ...(message === undefined ? {} : { message }), lastPhaseTransitionTime: formatTime(now) };
  return { volume: await client.on(PersistentVolume).updateStatus({ ...volume, status }), changed: true };
}
