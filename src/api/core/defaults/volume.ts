/** Defaults of volumes in pods, templates and persistent volumes. */
import type { Volume, VolumeProjection } from '../types/volume.js';
import { pullPolicyOf } from './container.js';
import { defaultClaimSpec } from './persistentvolumeclaim.js';

const MODE = 0o644;

export function defaultVolume(volume: Volume): void {
  if (Object.keys(volume).every((key) => key === 'name')) volume.emptyDir = {};
  const { secret, configMap, downwardAPI, projected, rbd, scaleIO, ephemeral, image } = volume;
  if (secret !== undefined) secret.defaultMode ??= MODE;
  if (configMap !== undefined) configMap.defaultMode ??= MODE;
  if (downwardAPI !== undefined) {
    downwardAPI.defaultMode ??= MODE;
    defaultDownwardItems(downwardAPI);
  }
  if (projected !== undefined) {
    projected.defaultMode ??= MODE;
    for (const source of projected.sources ?? []) defaultProjection(source);
  }
  if (rbd !== undefined) defaultRbd(rbd);
  if (scaleIO !== undefined) defaultScaleIO(scaleIO);
  if (ephemeral?.volumeClaimTemplate !== undefined) defaultClaimSpec(ephemeral.volumeClaimTemplate.spec);
  if (image !== undefined) image.pullPolicy ||= pullPolicyOf(image.reference);
  defaultSharedSources(volume);
}

type SharedSources = Pick<Volume, 'iscsi' | 'azureDisk' | 'hostPath'>;
/** Sources that pods and persistent volumes have alike. */
export function defaultSharedSources({ iscsi, azureDisk, hostPath }: { [Key in keyof SharedSources]: Partial<SharedSources[Key]> }): void {
  if (iscsi !== undefined) iscsi.iscsiInterface ||= 'default';
  if (hostPath !== undefined) hostPath.type ??= '';
  if (azureDisk !== undefined) {
    azureDisk.cachingMode ??= 'ReadWrite';
    azureDisk.kind ??= 'Shared';
    azureDisk.fsType ??= 'ext4';
    azureDisk.readOnly ??= false;
  }
}

export function defaultRbd(rbd: { pool?: string; user?: string; keyring?: string }): void {
  rbd.pool ||= 'rbd';
  rbd.user ||= 'admin';
  rbd.keyring ||= '/etc/ceph/keyring';
}

export function defaultScaleIO(scaleIO: { storageMode?: string; fsType?: string }): void {
  scaleIO.storageMode ||= 'ThinProvisioned';
  scaleIO.fsType ||= 'xfs';
}

function defaultProjection({ serviceAccountToken, downwardAPI, podCertificate }: VolumeProjection): void {
  if (serviceAccountToken !== undefined) serviceAccountToken.expirationSeconds ??= 60 * 60;
  if (podCertificate !== undefined) podCertificate.maxExpirationSeconds ??= 24 * 60 * 60;
  if (downwardAPI !== undefined) defaultDownwardItems(downwardAPI);
}

function defaultDownwardItems({ items }: { items?: { fieldRef?: { apiVersion?: string } }[] }): void {
  for (const { fieldRef } of items ?? []) if (fieldRef !== undefined) fieldRef.apiVersion ||= 'v1';
}
