/**
 * Rules on writing VolumeAttachments: the spec never changes.
 */
import { byteLength, dns1123Subdomain } from '../../../apimachinery/names.js';
import { complaints, forbidden, goStruct, immutable, invalid, required, tooLong, type Causes } from '../../apps/validation/rules.js';
import { keepMetadata } from '../../apps/strategy/statusmetadata.js';
import type { Strategy } from '../../kind.js';
import { VolumeAttachment, VolumeAttachmentSpec } from '../types/volumeattachment.js';
import type { VolumeAttachmentSource, VolumeAttachmentStatus, VolumeError } from '../types/volumeattachment.js';
import { validateCSIDriverName } from './drivername.js';

const ONE_SOURCE = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';

const METADATA_BYTES_MAX = 256 * 1024;
const MESSAGE_BYTES_MAX = 1024;
const INT32_MAX = 2 ** 31 - 1;
const INLINE = 'in the context of inline volumes';

export const strategy: Strategy<VolumeAttachment> = {
  schema: VolumeAttachment,
  generation: false,
  requiresResourceVersion: true,
  validate: ({ spec, status }) => [
    ...validateSpec(spec, 'spec'),
    ...validateStatus(status, 'status'),
    ...validateVolumeName(spec.source, 'spec.source.persistentVolumeName'),
  ],
  validateUpdate: validateChange,
  subresources: {
    status: {
      requiresResourceVersion: true,
      prepareForUpdate(next, previous) {
        next.spec = previous.spec;
        keepMetadata(next, previous);
      },
      validateUpdate: validateChange,
    },
  },
};

function validateChange({ spec, status }: VolumeAttachment, previous: VolumeAttachment): Causes {
  return [...validateSpec(spec, 'spec'), ...validateStatus(status, 'status'), ...immutable('spec', spec, previous.spec, goStruct(spec, VolumeAttachmentSpec))];
}

function validateSpec({ attacher, source, nodeName }: VolumeAttachmentSpec, path: string): Causes {
  return [
    ...validateCSIDriverName(attacher, `${path}.attacher`),
    ...validateSource(source, `${path}.source`),
    ...complaints(`${path}.nodeName`, nodeName, dns1123Subdomain(nodeName)),
  ];
}

function validateSource({ persistentVolumeName: name, inlineVolumeSpec: inline }: VolumeAttachmentSource, path: string): Causes {
  if (inline === undefined && name === undefined) return [required(path, ONE_SOURCE)];
  if (inline !== undefined && name !== undefined) return [forbidden(path, ONE_SOURCE)];
  if (inline !== undefined) return validateInline(inline, `${path}.inlineVolumeSpec`);
  return name === '' ? [required(`${path}.persistentVolumeName`, 'must specify non empty persistentVolumeName')] : [];
}

const validateVolumeName = ({ persistentVolumeName: name }: VolumeAttachmentSource, path: string): Causes =>
  name === undefined || name === '' ? [] : complaints(path, name, dns1123Subdomain(name));

/** A volume that was written into a pod: CSI alone, and nothing that has to do with claims. */
function validateInline(spec: NonNullable<VolumeAttachmentSource['inlineVolumeSpec']>, path: string): Causes {
  const { claimRef, capacity = {}, csi, accessModes = [], persistentVolumeReclaimPolicy: policy, nodeAffinity, storageClassName, volumeMode } = spec;
  const not = `may not be specified ${INLINE}`;
  return [
    ...(claimRef ? [forbidden(`${path}.claimRef`, not)] : []),
    ...(Object.keys(capacity).length > 0 ? [forbidden(`${path}.capacity`, not)] : []),
    ...(csi ? [] : [required(`${path}.csi`, `has to be specified ${INLINE}`)]),
    ...((accessModes ?? []).length === 0 ? [required(`${path}.accessModes`)] : []),
    ...(policy && policy !== 'Retain' ? [forbidden(`${path}.persistentVolumeReclaimPolicy`, `may only be Retain ${INLINE}`)] : []),
    ...(nodeAffinity ? [forbidden(`${path}.nodeAffinity`, not)] : []),
    ...(csi ? validateCSIDriverName(csi.driver, `${path}.csi.driver`) : []),
    ...(csi && csi.volumeHandle === '' ? [required(`${path}.csi.volumeHandle`)] : []),
    ...(storageClassName ? [forbidden(`${path}.storageClassName`, not)] : []),
    ...(volumeMode && volumeMode !== 'Filesystem' ? [forbidden(`${path}.volumeMode`, `may not specify volumeMode other than Filesystem ${INLINE}`)] : []),
  ];
}

function validateStatus(status: VolumeAttachmentStatus | undefined, path: string): Causes {
  const bytes = Object.entries(status?.attachmentMetadata ?? {}).reduce((sum, [key, value]) => sum + byteLength(key) + byteLength(value), 0);
  return [
    ...(bytes > METADATA_BYTES_MAX ? [tooLong(`${path}.attachmentMetadata`, '', METADATA_BYTES_MAX)] : []),
    ...validateError(status?.attachError, `${path}.attachError`),
    ...validateError(status?.detachError, `${path}.detachError`),
  ];
}

/** As Kubernetes does: a message that is too long is told of with the limit of the metadata. */
function validateError(error: VolumeError | undefined, path: string): Causes {
  if (!error) return [];
  const { message = '', errorCode = 0 } = error;
  return [
    ...(byteLength(message) > MESSAGE_BYTES_MAX ? [tooLong(`${path}.message`, '', METADATA_BYTES_MAX)] : []),
    ...(errorCode < 0 ? [invalid(`${path}.errorCode`, errorCode, `must be between 0 and ${INT32_MAX}, inclusive`)] : []),
  ];
}
