/** Bindings: a pod given to a node. Created only, stored never; pods/binding is the usual door. */
import { defineKind } from '../define.js';
import { defaultColumns } from '../columns.js';
import type { Binding as BindingType } from './types/binding.js';

export type Binding = BindingType;

export const Binding = defineKind<BindingType>({
  group: '',
  version: 'v1',
  kind: 'Binding',
  plural: 'bindings',
  verbs: ['create'],
  prefix: '',
  columns: defaultColumns,
  strategy: async () => (await import('./strategy/binding.js')).strategy,
});
