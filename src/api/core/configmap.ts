/** Config maps. */
import { defineKind } from '../define.js';
import { ageColumn, column, nameColumn } from '../columns.js';
import type { ConfigMap as ConfigMapType } from './types/configmap.js';

export type ConfigMap = ConfigMapType;

export const ConfigMap = defineKind<ConfigMapType>({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  shortNames: ['cm'],
  columns: [nameColumn, column('Data', ({ data, binaryData }) => Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length), ageColumn],
  strategy: async () => (await import('./strategy/configmap.js')).strategy,
});
