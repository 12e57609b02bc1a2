/**
 * The published schema of a custom resource: the CustomResourceDefinition's own,
 * with the fields that every object has.
 */
import { fieldDescription } from '../../api/descriptions.js';
import type { Schema } from './schemas.js';

const OBJECT_META = '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

export function customSchema(schema: Schema): Schema {
  const { properties = {}, type = 'object', ...rest } = schema;
  return {
    ...rest,
    type,
    properties: { ...properties, apiVersion: { description: words('apiVersion'), type: 'string' }, kind: { description: words('kind'), type: 'string' }, metadata: { description: words('metadata'), allOf: [{ $ref: OBJECT_META }] } },
  };
}

const words = (field: string): string => fieldDescription('', field);
