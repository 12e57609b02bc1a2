/**
 * What of a CustomResourceDefinition only its own server can judge: default
 * values must hold against the schema that they stand in.
 */
import type { CustomResourceDefinition } from '../../api/apiextensions/types/customresourcedefinition.js';
import type { JSONSchemaProps } from '../../api/apiextensions/types/jsonschema.js';
import type { Strategy } from '../../api/kind.js';
import { deepEqual } from '../../apimachinery/deep.js';
import type { Causes } from '../../apimachinery/fielderror.js';
import { validateCustomResource } from './validate.js';

/** Asked only where the definition's own rules held: a schema that is no schema has no defaults to judge. */
export function withDefaultRules(strategy: Strategy<CustomResourceDefinition>): Strategy<CustomResourceDefinition> {
  const { validate, validateUpdate } = strategy;
  const first = (causes: Causes, definition: CustomResourceDefinition): Causes => (causes.length > 0 ? causes : defaultCauses(definition));
  return {
    ...strategy,
    validate: (definition, context) => first(validate?.(definition, context) ?? [], definition),
    validateUpdate: (next, previous, context) => first(validateUpdate?.(next, previous, context) ?? [], next),
  };
}

/** As Kubernetes does: a schema that all versions share is told of as if it stood above them. */
function defaultCauses({ spec }: CustomResourceDefinition): Causes {
  const schemas = (spec.versions ?? []).map(({ schema }) => schema?.openAPIV3Schema);
  if (schemas.length > 0 && schemas.every((schema) => deepEqual(schema, schemas[0]))) return inSchema(schemas[0], 'spec.validation.openAPIV3Schema');
  return schemas.flatMap((schema, at) => inSchema(schema, `spec.versions[${at}].schema.openAPIV3Schema`));
}

function inSchema(schema: JSONSchemaProps | undefined, path: string): Causes {
  if (schema === undefined || schema === null) return [];
  const own = schema.default === undefined || schema.default === null ? [] : validateCustomResource(schema, schema.default).map((cause) => ({ ...cause, field: below(`${path}.default`, cause.field) }));
  const { properties, items, additionalProperties } = schema;
  return [
    ...own,
    ...Object.entries(properties ?? {}).flatMap(([name, inner]) => inSchema(inner, `${path}.properties[${name}]`)),
    ...(typeof items === 'object' && !Array.isArray(items) ? inSchema(items as JSONSchemaProps, `${path}.items`) : []),
    ...(typeof additionalProperties === 'object' ? inSchema(additionalProperties as JSONSchemaProps, `${path}.additionalProperties`) : []),
  ];
}

const below = (path: string, field: string): string => (field === '' || field === '<nil>' ? path : field.startsWith('[') ? `${path}${field}` : `${path}.${field}`);
