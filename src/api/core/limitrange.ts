/** Limit ranges. */
import { defineKind } from '../define.js';
import { defaultColumns } from '../columns.js';
import type { LimitRange as LimitRangeType } from './types/limitrange.js';

export type LimitRange = LimitRangeType;

export const LimitRange = defineKind<LimitRangeType>({
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  plural: 'limitranges',
  shortNames: ['limits'],
  columns: defaultColumns,
  strategy: async () => (await import('./strategy/limitrange.js')).strategy,
});
