/** Structs of networking/v1: IPAddress, IPAddressSpec, ParentReference. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const ParentReference = struct('networking/v1.ParentReference', {
  group: str('Group string', 1).optional(),
  resource: str('Resource string', 2, { required: true }).optional(),
  namespace: str('Namespace string', 3).optional(),
  name: str('Name string', 4, { required: true }).optional(),
});
export type ParentReference = z.output<typeof ParentReference>;

export const IPAddressSpec = struct('networking/v1.IPAddressSpec', {
  parentRef: sub(ParentReference, 'ParentRef *networking/v1.ParentReference', 1, { required: true }).optional(),
});
export type IPAddressSpec = z.output<typeof IPAddressSpec>;

export const IPAddress = struct('networking/v1.IPAddress', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(IPAddressSpec, 'Spec networking/v1.IPAddressSpec', 2, { required: true, omitempty: true }),
});
export type IPAddress = z.output<typeof IPAddress>;
