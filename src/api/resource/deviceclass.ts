/**
 * DeviceClass: a sort of device that claims may ask for. This is the light description;
 * rules on writes are in strategy/deviceclass.ts.
 */
import { ageColumn, nameColumn } from '../columns.js';
import { defineKind } from '../define.js';
import type { DeviceClass as DeviceClassObject } from './types/deviceclass.js';

export type DeviceClass = DeviceClassObject;

export const DeviceClass = defineKind<DeviceClass>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'DeviceClass',
  plural: 'deviceclasses',
  namespaced: false,
  columns: [nameColumn, ageColumn],
  strategy: async () => (await import('./strategy/deviceclass.js')).strategy,
});
