/**
 * VolumeAttachment: a volume to be attached to a node. This is the light description;
 * rules on writes are in strategy/volumeattachment.ts.
 */
import { ageColumn, column, nameColumn } from '../columns.js';
import { defineKind, statusSubresource } from '../define.js';
import type { VolumeAttachment as VolumeAttachmentObject } from './types/volumeattachment.js';

export type VolumeAttachment = VolumeAttachmentObject;

export const VolumeAttachment = defineKind<VolumeAttachment>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  namespaced: false,
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    { name: 'Attacher', type: 'string', format: 'name', cell: ({ spec }) => spec.attacher },
    column('PV', ({ spec }) => spec.source.persistentVolumeName ?? ''),
    column('Node', ({ spec }) => spec.nodeName),
    { name: 'Attached', type: 'boolean', cell: ({ status }) => status.attached },
    ageColumn,
  ],
  strategy: async () => (await import('./strategy/volumeattachment.js')).strategy,
});
