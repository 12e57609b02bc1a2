/** Structs of resource/v1: ResourceClaimTemplate, ResourceClaimTemplateSpec. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';
import { ResourceClaimSpec } from './resourceclaim.js';

export const ResourceClaimTemplateSpec = struct('resource/v1.ResourceClaimTemplateSpec', {
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(ResourceClaimSpec, 'Spec resource/v1.ResourceClaimSpec', 2),
});
export type ResourceClaimTemplateSpec = z.output<typeof ResourceClaimTemplateSpec>;

export const ResourceClaimTemplate = struct('resource/v1.ResourceClaimTemplate', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(ResourceClaimTemplateSpec, 'Spec resource/v1.ResourceClaimTemplateSpec', 2),
});
export type ResourceClaimTemplate = z.output<typeof ResourceClaimTemplate>;
