/**
 * RuntimeClass: which runtime handler runs a pod. This is the light description; rules on
 * writes are in strategy/runtimeclass.ts.
 */
import { ageColumn, column, nameColumn } from '../columns.js';
import { defineKind } from '../define.js';
import type { RuntimeClass as RuntimeClassObject } from './types/runtimeclass.js';

export type RuntimeClass = RuntimeClassObject;

export const RuntimeClass = defineKind<RuntimeClass>({
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  namespaced: false,
  columns: [nameColumn, column('Handler', ({ handler }) => handler), ageColumn],
  strategy: async () => (await import('./strategy/runtimeclass.js')).strategy,
});
