/**
 * A CustomResourceDefinition's structural schema as a TypeNode, so that
 * decoding, pruning, apply and patches read custom resources as they read
 * built-in kinds. Wrong types pass decoding: validation tells of them.
 */
import type { JSONSchemaProps } from '../../api/apiextensions/types/jsonschema.js';
import { typeNodeOf } from '../../apimachinery/compile.js';
import { ObjectMeta } from '../../apimachinery/meta/meta.js';
import type { Field, ListNode, MapNode, ScalarNode, StructNode, TypeNode } from '../../apimachinery/typenode.js';

/** The node of a whole custom resource, apiVersion, kind and metadata included. */
export function structuralNode(schema: JSONSchemaProps): StructNode {
  return structOf({ ...schema, 'x-kubernetes-embedded-resource': true });
}

function nodeOf(schema: JSONSchemaProps): TypeNode {
  const nullable = schema.nullable === true ? { nullable: true } : {};
  if (schema['x-kubernetes-int-or-string']) return scalar('intOrString', nullable);
  switch (schema.type) {
    case 'string':
      return scalar('string', nullable);
    case 'integer':
      return scalar('int64', nullable);
    case 'number':
      return scalar('float64', nullable);
    case 'boolean':
      return scalar('bool', nullable);
    case 'array':
      return listOf(schema);
    case 'object':
      return isMap(schema) ? mapOf(schema) : structOf(schema);
    default:
      return schema.properties !== undefined ? structOf(schema) : { kind: 'any', go: '', ...nullable };
  }
}

const scalar = (name: ScalarNode['scalar'], more: { nullable?: boolean }): ScalarNode => ({ kind: 'scalar', scalar: name, loose: true, ...more });

function isMap(schema: JSONSchemaProps): boolean {
  const { additionalProperties } = schema;
  return (
    additionalProperties !== undefined &&
    additionalProperties !== false &&
    Object.keys(schema.properties ?? {}).length === 0 &&
    !schema['x-kubernetes-embedded-resource']
  );
}

function mapOf(schema: JSONSchemaProps): MapNode {
  const mapType = schema['x-kubernetes-map-type'];
  return {
    kind: 'map',
    values: valuesOf(schema.additionalProperties),
    loose: true,
    ...(mapType === 'atomic' || mapType === 'granular' ? { mapType } : {}),
    ...(schema.nullable === true ? { nullable: true } : {}),
  };
}

/** What no schema is stated for may be null; a null that has a default stays until defaults are filled in. */
function valuesOf(additional: unknown): TypeNode {
  if (additional === true) return { kind: 'any', go: '', nullable: true };
  const schema = additional as JSONSchemaProps;
  return schema.default === undefined ? nodeOf(schema) : { ...nodeOf(schema), nullable: true };
}

function listOf(schema: JSONSchemaProps): ListNode {
  const listType = schema['x-kubernetes-list-type'] as ListNode['listType'];
  const keys = schema['x-kubernetes-list-map-keys'];
  return {
    kind: 'list',
    items: nodeOf((schema.items ?? {}) as JSONSchemaProps),
    loose: true,
    ...(listType === undefined ? {} : { listType }),
    ...(keys === undefined ? {} : { mapKeys: keys }),
    ...(schema.nullable === true ? { nullable: true } : {}),
  };
}

function structOf(schema: JSONSchemaProps): StructNode {
  const fields: Field[] = [];
  const { required = [], properties = {}, additionalProperties } = schema;
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  if (embedded) {
    const text: ScalarNode = { kind: 'scalar', scalar: 'string' };
    fields.push(fieldOf('apiVersion', text), fieldOf('kind', text), fieldOf('metadata', typeNodeOf(ObjectMeta)));
  }
  for (const [name, property] of Object.entries(properties)) {
    if (embedded && (name === 'apiVersion' || name === 'kind' || name === 'metadata')) continue;
    fields.push(fieldOf(name, nodeOf(property), { required: required.includes(name), default: property.default }));
  }
  return {
    kind: 'struct',
    go: '',
    fields,
    byName: new Map(fields.map((field) => [field.name, field])),
    inlines: [],
    loose: true,
    ...(schema['x-kubernetes-map-type'] === 'atomic' ? { mapType: 'atomic' as const } : {}),
    ...(schema['x-kubernetes-preserve-unknown-fields'] ? { preserveUnknown: true } : {}),
    ...(additionalProperties !== undefined && additionalProperties !== false ? { additional: valuesOf(additionalProperties) } : {}),
    ...(embedded ? { embedded } : {}),
    ...(schema.nullable === true ? { nullable: true } : {}),
  };
}

function fieldOf(name: string, type: TypeNode, more: { required?: boolean; default?: unknown } = {}): Field {
  // A pointer, as Go would have it: what is there stays, zero or not.
  return {
    name,
    goName: name,
    goType: '',
    pointer: true,
    omitempty: true,
    omitzero: false,
    required: more.required === true,
    type,
    ...(more.default === undefined ? {} : { default: more.default }),
  };
}
