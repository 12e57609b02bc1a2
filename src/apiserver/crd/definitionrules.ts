/**
 * What of a CustomResourceDefinition only its own server can judge: default
 * values must hold against the schema that they stand in, and rules in CEL must
 * compile at a price that can be paid.
 */
import type { CustomResourceDefinition } from '../../api/apiextensions/types/customresourcedefinition.js';
import type { JSONSchemaProps } from '../../api/apiextensions/types/jsonschema.js';
import type { Strategy } from '../../api/kind.js';
import { deepEqual } from '../../apimachinery/deep.js';
import type { Causes } from '../../apimachinery/fielderror.js';
import { isMap } from '../../apimachinery/patch/json.js';
import { ruleDefinitionCauses } from './celcauses.js';
import { validateCustomResource } from './validate.js';

/** Asked only where the schemas' own rules held: a schema that is no schema has no defaults and no rules to judge. */
export function withDefaultRules(strategy: Strategy<CustomResourceDefinition>): Strategy<CustomResourceDefinition> {
  const { validate, validateUpdate } = strategy;
  const first = (causes: Causes, next: CustomResourceDefinition, previous?: CustomResourceDefinition): Causes =>
    (causes.some(({ field }) => field.includes('openAPIV3Schema')) ? causes : [...schemaCauses(next, previous), ...causes]);
  return {
    ...strategy,
    validate: (definition, context) => first(validate?.(definition, context) ?? [], definition),
    validateUpdate: (next, previous, context, ...rest) => first(validateUpdate?.(next, previous, context, ...rest) ?? [], next, previous),
  };
}

/** As Kubernetes does: a schema that all versions share is told of as if it stood above them. */
function schemaCauses({ spec }: CustomResourceDefinition, previous?: CustomResourceDefinition): Causes {
  const schemas = (spec.versions ?? []).map(({ name, schema }) => ({ name, schema: schema?.openAPIV3Schema }));
  const [shared] = schemas;
  const before = (name: string): JSONSchemaProps | undefined => previous?.spec.versions.find((version) => version.name === name)?.schema?.openAPIV3Schema;
  const judged = (schema: JSONSchemaProps | undefined, path: string, name: string): Causes => {
    if (!isMap(schema)) return [];
    const defaults = inSchema(schema, path);
    return [...defaults, ...ruleDefinitionCauses(schema, path, { stored: deepEqual(schema, before(name)) })];
  };
  if (shared !== undefined && schemas.every(({ schema }) => deepEqual(schema, shared.schema))) return judged(shared.schema, 'spec.validation.openAPIV3Schema', shared.name);
  return schemas.flatMap(({ schema, name }, at) => judged(schema, `spec.versions[${at}].schema.openAPIV3Schema`, name));
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
