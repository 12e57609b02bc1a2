/** Structs of core/v1: Namespace, NamespaceStatus, NamespaceCondition, NamespaceSpec. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { list, str, struct, sub, time, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const NamespaceSpec = struct('core/v1.NamespaceSpec', {
  finalizers: list(str(), 'Finalizers []v1.FinalizerName=string', 1, { listType: 'atomic' }).optional(),
});
export type NamespaceSpec = z.output<typeof NamespaceSpec>;

export const NamespaceCondition = struct('core/v1.NamespaceCondition', {
  type: str('Type v1.NamespaceConditionType=string', 1),
  status: str('Status v1.ConditionStatus=string', 2),
  lastTransitionTime: time('LastTransitionTime apis/meta/v1.Time', 4).optional(),
  reason: str('Reason string', 5).optional(),
  message: str('Message string', 6).optional(),
});
export type NamespaceCondition = z.output<typeof NamespaceCondition>;

export const NamespaceStatus = struct('core/v1.NamespaceStatus', {
  phase: str('Phase v1.NamespacePhase=string', 1, { enum: ['Active', 'Terminating'] }).optional(),
  conditions: list(NamespaceCondition, 'Conditions []core/v1.NamespaceCondition', 2, {
    patch: 'merge',
    key: 'type',
    listType: 'map',
    mapKeys: ['type'],
  }).optional(),
});
export type NamespaceStatus = z.output<typeof NamespaceStatus>;

export const Namespace = struct('core/v1.Namespace', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(NamespaceSpec, 'Spec core/v1.NamespaceSpec', 2, { omitempty: true }),
  status: sub(NamespaceStatus, 'Status core/v1.NamespaceStatus', 3, { omitempty: true }),
});
export type Namespace = z.output<typeof Namespace>;
