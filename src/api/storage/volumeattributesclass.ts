/**
 * VolumeAttributesClass: parameters a volume may change to. This is the light
 * description; rules on writes are in strategy/volumeattributesclass.ts.
 */
import { ageColumn, column, nameColumn } from '../columns.js';
import { defineKind } from '../define.js';
import type { VolumeAttributesClass as VolumeAttributesClassObject } from './types/volumeattributesclass.js';

export type VolumeAttributesClass = VolumeAttributesClassObject;

export const VolumeAttributesClass = defineKind<VolumeAttributesClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttributesClass',
  plural: 'volumeattributesclasses',
  shortNames: ['vac'],
  namespaced: false,
  columns: [
    {
      ...nameColumn,
      cell: ({ metadata }) =>
        `${metadata.name}${metadata.annotations?.['volumeattributesclass.kubernetes.io/is-default-class'] === 'true' ? ' (default)' : ''}`,
    },
    column('DriverName', ({ driverName }) => driverName),
    ageColumn,
  ],
  strategy: async () => (await import('./strategy/volumeattributesclass.js')).strategy,
});
