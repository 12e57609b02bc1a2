/**
 * Rules on writing VolumeAttachments: the spec never changes.
 */
import { dns1123Subdomain } from '../../../apimachinery/names.js';
import { complaints, immutable, goStruct, required, type Causes } from '../../apps/validation/rules.js';
import { keepMetadata } from '../../apps/strategy/statusmetadata.js';
import type { Strategy } from '../../kind.js';
import { VolumeAttachment, VolumeAttachmentSpec } from '../types/volumeattachment.js';
import { validateCSIDriverName } from './drivername.js';

const ONE_SOURCE = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';

export const strategy: Strategy<VolumeAttachment> = {
  schema: VolumeAttachment,
  generation: false,
  validate: ({ spec }) => validateSpec(spec, 'spec'),
  validateUpdate: (next, previous) => [...validateSpec(next.spec, 'spec'), ...immutable('spec', next.spec, previous.spec, goStruct(next.spec, VolumeAttachmentSpec))],
  subresources: {
    status: {
      requiresResourceVersion: true,
      prepareForUpdate(next, previous) {
        next.spec = previous.spec;
        keepMetadata(next, previous);
      },
    },
  },
};

function validateSpec({ attacher, source, nodeName }: VolumeAttachmentSpec, path: string): Causes {
  return [...validateCSIDriverName(attacher, `${path}.attacher`), ...validateSource(source, `${path}.source`), ...complaints(`${path}.nodeName`, nodeName, dns1123Subdomain(nodeName))];
}

function validateSource({ persistentVolumeName: name, inlineVolumeSpec: inline }: VolumeAttachmentSpec['source'], path: string): Causes {
  if (inline === undefined && name === undefined) return [required(path, ONE_SOURCE)];
  if (inline !== undefined && name !== undefined) return [{ field: path, type: 'Forbidden', message: `Forbidden: ${ONE_SOURCE}` }];
  if (name === '') return [required(`${path}.persistentVolumeName`, 'must specify non empty persistentVolumeName')];
  return [];
}
