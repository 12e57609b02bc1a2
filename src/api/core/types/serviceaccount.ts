/** Struct of core/v1: ServiceAccount. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, list, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { LocalObjectReference, ObjectReference } from './reference.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const ServiceAccount = struct('core/v1.ServiceAccount', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  secrets: list(ObjectReference, 'Secrets []core/v1.ObjectReference', 2, { patch: 'merge', key: 'name', listType: 'map', mapKeys: ['name'] }).optional(),
  imagePullSecrets: list(LocalObjectReference, 'ImagePullSecrets []core/v1.LocalObjectReference', 3, { listType: 'atomic' }).optional(),
  automountServiceAccountToken: bool('AutomountServiceAccountToken *bool', 4).optional(),
});
export type ServiceAccount = z.output<typeof ServiceAccount>;
