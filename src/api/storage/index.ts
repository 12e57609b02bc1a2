/** The kinds of storage.k8s.io. */
import type { Kind } from '../kind.js';
import { StorageClass } from './storageclass.js';
import { VolumeAttributesClass } from './volumeattributesclass.js';
import { CSIDriver } from './csidriver.js';
import { CSINode } from './csinode.js';
import { CSIStorageCapacity } from './csistoragecapacity.js';
import { VolumeAttachment } from './volumeattachment.js';

export const kinds: readonly Kind[] = [StorageClass, VolumeAttributesClass, CSIDriver, CSINode, CSIStorageCapacity, VolumeAttachment];
