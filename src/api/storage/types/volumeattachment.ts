/** Structs of storage/v1: VolumeAttachment, VolumeAttachmentStatus, VolumeError, VolumeAttachmentSpec, VolumeAttachmentSource. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, int32, map, str, struct, sub, time, typeMeta } from '../../../apimachinery/schema.js';
import { PersistentVolumeSpec } from '../../core/types/persistentvolume.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const VolumeAttachmentSource = struct('storage/v1.VolumeAttachmentSource', {
  persistentVolumeName: str('PersistentVolumeName *string', 1).optional(),
  inlineVolumeSpec: sub(PersistentVolumeSpec, 'InlineVolumeSpec *core/v1.PersistentVolumeSpec', 2).optional(),
});
export type VolumeAttachmentSource = z.output<typeof VolumeAttachmentSource>;

export const VolumeAttachmentSpec = struct('storage/v1.VolumeAttachmentSpec', {
  attacher: str('Attacher string', 1),
  source: sub(VolumeAttachmentSource, 'Source storage/v1.VolumeAttachmentSource', 2),
  nodeName: str('NodeName string', 3),
});
export type VolumeAttachmentSpec = z.output<typeof VolumeAttachmentSpec>;

export const VolumeError = struct('storage/v1.VolumeError', {
  time: time('Time apis/meta/v1.Time', 1).optional(),
  message: str('Message string', 2).optional(),
  errorCode: int32('ErrorCode *int32', 3).optional(),
});
export type VolumeError = z.output<typeof VolumeError>;

export const VolumeAttachmentStatus = struct('storage/v1.VolumeAttachmentStatus', {
  attached: bool('Attached bool', 1),
  attachmentMetadata: map(str(), 'AttachmentMetadata map[string]string', 2).optional(),
  attachError: sub(VolumeError, 'AttachError *storage/v1.VolumeError', 3).optional(),
  detachError: sub(VolumeError, 'DetachError *storage/v1.VolumeError', 4).optional(),
});
export type VolumeAttachmentStatus = z.output<typeof VolumeAttachmentStatus>;

export const VolumeAttachment = struct('storage/v1.VolumeAttachment', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(VolumeAttachmentSpec, 'Spec storage/v1.VolumeAttachmentSpec', 2),
  status: sub(VolumeAttachmentStatus, 'Status storage/v1.VolumeAttachmentStatus', 3, { omitempty: true }),
});
export type VolumeAttachment = z.output<typeof VolumeAttachment>;
