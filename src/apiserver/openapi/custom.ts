/**
 * The published schema of a custom resource: the CustomResourceDefinition's own,
 * with the fields that every object has, there and in every object within it.
 */
import { fieldDescription } from '../../api/descriptions.js';
import type { Schema } from './schemas.js';

const OBJECT_META = '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

export function customSchema(schema: Schema): Schema {
  const { properties = {}, type = 'object', ...rest } = schema;
  return { ...rest, type, properties: { ...withEmbedded(properties), ...objectProperties() } };
}

const objectProperties = (): Schema => ({
  apiVersion: { description: words('apiVersion'), type: 'string' },
  kind: { description: words('kind'), type: 'string' },
  metadata: { description: words('metadata'), allOf: [{ $ref: OBJECT_META }] },
});

const words = (field: string): string => fieldDescription('', field);

const withEmbedded = (properties: Schema): Schema => Object.fromEntries(Object.entries<Schema>(properties).map(([name, inner]) => [name, embeddedIn(inner)]));

function embeddedIn(schema: Schema): Schema {
  const { properties, items, additionalProperties, required = [] } = schema;
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  if (properties === undefined && items === undefined && typeof additionalProperties !== 'object' && !embedded) return schema;
  return {
    ...schema,
    ...(embedded ? { required: [...required, ...['kind', 'apiVersion'].filter((name) => !required.includes(name))] } : {}),
    ...(properties === undefined && !embedded ? {} : { properties: { ...withEmbedded(properties ?? {}), ...(embedded ? objectProperties() : {}) } }),
    ...(items === undefined ? {} : { items: embeddedIn(items) }),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: embeddedIn(additionalProperties) } : {}),
  };
}
