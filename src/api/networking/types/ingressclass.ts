/** Structs of networking/v1: IngressClass, IngressClassSpec, IngressClassParametersReference. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const IngressClassParametersReference = struct('networking/v1.IngressClassParametersReference', {
  apiGroup: str('APIGroup *string', 1).optional(),
  kind: str('Kind string', 2),
  name: str('Name string', 3),
  scope: str('Scope *string', 4, { required: false, omitempty: false }).optional(),
  namespace: str('Namespace *string', 5).optional(),
});
export type IngressClassParametersReference = z.output<typeof IngressClassParametersReference>;

export const IngressClassSpec = struct('networking/v1.IngressClassSpec', {
  controller: str('Controller string', 1).optional(),
  parameters: sub(IngressClassParametersReference, 'Parameters *networking/v1.IngressClassParametersReference', 2).optional(),
});
export type IngressClassSpec = z.output<typeof IngressClassSpec>;

export const IngressClass = struct('networking/v1.IngressClass', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(IngressClassSpec, 'Spec networking/v1.IngressClassSpec', 2, { omitempty: true }),
});
export type IngressClass = z.output<typeof IngressClass>;
