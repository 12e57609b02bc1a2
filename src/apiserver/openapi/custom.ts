/**
 * The published schema of a custom resource: the CustomResourceDefinition's own,
 * with the fields that every object has.
 */
import type { Schema } from './schemas.js';

const OBJECT_META = '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

export function customSchema(schema: Schema): Schema {
  const { properties = {}, type = 'object', ...rest } = schema;
  return {
    ...rest,
    type,
    properties: { ...properties, apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { allOf: [{ $ref: OBJECT_META }] } },
  };
}
