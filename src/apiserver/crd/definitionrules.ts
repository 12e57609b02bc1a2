/**
 * What of a CustomResourceDefinition only its own server can judge: default
 * values must hold against the schema that they stand in, and rules in CEL must
 * compile at a price that can be paid.
 */
import type { CustomResourceDefinition } from '../../api/apiextensions/types/customresourcedefinition.js';
import type { JSONSchemaProps } from '../../api/apiextensions/types/jsonschema.js';
import type { Strategy } from '../../api/kind.js';
import { deepEqual } from '../../apimachinery/deep.js';
import { invalid, type Causes } from '../../apimachinery/fielderror.js';
import { isMap } from '../../apimachinery/patch/json.js';
import { ruleDefinitionCauses } from './celcauses.js';
import { ruleFindings } from './rules.js';
import { validateCustomResource } from './validate.js';

/** Asked only where the schemas' own rules held: a schema that is no schema has no defaults and no rules to judge. */
export function withDefaultRules(strategy: Strategy<CustomResourceDefinition>): Strategy<CustomResourceDefinition> {
  const { validate, validateUpdate } = strategy;
  const first = (causes: Causes, next: CustomResourceDefinition, previous?: CustomResourceDefinition): Causes =>
    causes.some(({ field }) => field.includes('openAPIV3Schema')) ? causes : [...schemaCauses(next, previous), ...causes];
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
    const defaults = inSchema(schema, path, { root: true });
    return defaults.length > 0 ? defaults : ruleDefinitionCauses(schema, path, { stored: deepEqual(schema, before(name)) });
  };
  if (shared !== undefined && schemas.every(({ schema }) => deepEqual(schema, shared.schema)))
    return judged(shared.schema, 'spec.validation.openAPIV3Schema', shared.name);
  return schemas.flatMap(({ schema, name }, at) => judged(schema, `spec.versions[${at}].schema.openAPIV3Schema`, name));
}

interface Where {
  root?: boolean;
  /** Metadata is no part of the schema: whatever may be there. */
  insideMetadata?: boolean;
}

function inSchema(schema: JSONSchemaProps | undefined, path: string, where: Where = {}): Causes {
  if (schema === undefined || schema === null) return [];
  const { properties, items } = schema;
  const hasMetadata = where.root === true || schema['x-kubernetes-embedded-resource'] === true;
  return [
    ...(schema.default === undefined || schema.default === null ? [] : defaultCauses(schema, `${path}.default`, where)),
    ...(typeof items === 'object' && !Array.isArray(items)
      ? inSchema(items as JSONSchemaProps, `${path}.items`, { insideMetadata: where.insideMetadata === true })
      : []),
    ...Object.entries(properties ?? {}).flatMap(([name, inner]) =>
      inSchema(inner, `${path}.properties[${name}]`, { insideMetadata: where.insideMetadata === true || (hasMetadata && name === 'metadata') }),
    ),
  ];
}

function defaultCauses(schema: JSONSchemaProps, path: string, { insideMetadata = false, root = false }: Where): Causes {
  const value: unknown = schema.default;
  const unknown = insideMetadata || !hasUnknown(schema, value) ? [] : [invalid(path, value, 'must not have unknown fields')];
  const found = validateCustomResource(schema, value);
  const all = found.length > 0 ? found : ruleFindings(schema, value, undefined, [], { root }).causes;
  return [...unknown, ...all.map((cause) => ({ ...cause, field: below(path, cause.field) }))];
}

const OF_RESOURCES = new Set(['apiVersion', 'kind', 'metadata']);

/** Whether anything of a value would be pruned. */
function hasUnknown(schema: JSONSchemaProps, value: unknown): boolean {
  if (Array.isArray(value)) return isMap(schema.items) && value.some((item) => hasUnknown(schema.items as JSONSchemaProps, item));
  if (!isMap(value)) return false;
  const { properties = {}, additionalProperties } = schema;
  return Object.entries(value).some(([name, inner]) => {
    if (schema['x-kubernetes-embedded-resource'] === true && OF_RESOURCES.has(name)) return false;
    if (Object.hasOwn(properties, name)) return hasUnknown(properties[name]!, inner);
    if (isMap(additionalProperties)) return hasUnknown(additionalProperties as JSONSchemaProps, inner);
    return additionalProperties !== true && schema['x-kubernetes-preserve-unknown-fields'] !== true;
  });
}

const below = (path: string, field: string): string =>
  field === '' || field === '<nil>' ? path : field.startsWith('[') ? `${path}${field}` : `${path}.${field}`;
