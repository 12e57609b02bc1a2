/** Struct of core/v1: PodTemplate. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { PodTemplateSpec } from './podspec.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const PodTemplate = struct('core/v1.PodTemplate', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  template: sub(PodTemplateSpec, 'Template core/v1.PodTemplateSpec', 2, { omitempty: true }),
});
export type PodTemplate = z.output<typeof PodTemplate>;
