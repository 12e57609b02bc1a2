/**
 * Whether a schema is structural: every field has one type, given outside of
 * anyOf, allOf, oneOf and not, which only add conditions. In the words of
 * k8s.io/apiextensions-apiserver/pkg/apiserver/schema; complaints are sorted.
 */
import { forbidden, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { compareGo } from '../../../apimachinery/gojson.js';
import { regexpError } from './goregexp.js';
import type { JSONSchemaProps } from '../types/jsonschema.js';

type Level = 'root' | 'item' | 'field';
const EMPTY_TYPE: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};
const NOT_STRUCTURAL = 'must be empty to be structural';
const GENERIC = ['title', 'description', 'default', 'nullable', 'type'] as const;
const EXTENSIONS = [
  'x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource', 'x-kubernetes-int-or-string', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys', 'x-kubernetes-map-type',
] as const;

export function validateStructural(schema: JSONSchemaProps, path: string): Causes {
  const broken = invariants(schema, 'root', path);
  const causes = broken.length > 0 ? broken : completeness(schema, schema, path);
  return causes.sort((one, other) => compareGo(`${one.field}: ${one.message}`, `${other.field}: ${other.message}`));
}

/** Why no structural schema can be made of this one: it says something that those do not have. undefined: it can. */
export function structuralError(schema: JSONSchemaProps): string | undefined {
  const unsupported =
    (['id', '$schema', '$ref'] as const).find((name) => (schema[name] ?? '') !== '') ??
    (['additionalItems', 'patternProperties', 'definitions', 'dependencies'] as const).find((name) => {
      const value = schema[name];
      return value !== undefined && value !== null && (name === 'additionalItems' || name === 'dependencies' || Object.keys(value).length > 0);
    });
  if (unsupported !== undefined) return `OpenAPIV3Schema '${unsupported.replace('$', '')}' is not supported`;
  const { items, additionalProperties } = schema;
  if (Array.isArray(items) && items.length > 0) return "OpenAPIV3Schema 'items' must be a schema, but is an array";
  const parts = [items, additionalProperties, schema.not, ...Object.values(schema.properties ?? {}), ...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  return parts.filter(isSchema).map(structuralError).find((error) => error !== undefined);
}

const isSchema = (value: unknown): value is JSONSchemaProps => value !== null && typeof value === 'object' && !Array.isArray(value);

function invariants(schema: JSONSchemaProps, level: Level, path: string): Causes {
  const { type = '', items, properties = {}, additionalProperties: additional } = schema;
  return [
    ...(type === 'array' && !items ? [required(`${path}.items`, 'must be specified')] : []),
    ...(isSchema(items) ? invariants(items, 'item', `${path}.items`) : []),
    ...Object.entries(properties).flatMap(([name, property]) => invariants(property, 'field', `${path}.properties[${name}]`)),
    ...(isSchema(additional) ? invariants(additional, 'field', `${path}.additionalProperties`) : []),
    ...rootOnly(schema, level, path),
    ...validateType(schema, level, path),
    ...embedded(schema, path),
    ...validatePattern(schema, path),
    ...conditions(schema, path),
    ...(level === 'root' || schema['x-kubernetes-embedded-resource'] ? validateMetadata(properties, path) : []),
  ];
}

function rootOnly({ type = '' }: JSONSchemaProps, level: Level, path: string): Causes {
  return level === 'root' && type !== '' && type !== 'object' ? [invalid(`${path}.type`, type, 'must be object at the root')] : [];
}

function validateType(schema: JSONSchemaProps, level: Level, path: string): Causes {
  const { type = '' } = schema;
  if (schema['x-kubernetes-embedded-resource'] && type !== 'object') {
    const message = 'must be object if x-kubernetes-embedded-resource is true';
    return [type === '' ? required(`${path}.type`, message) : invalid(`${path}.type`, type, message)];
  }
  const free = schema['x-kubernetes-int-or-string'] || schema['x-kubernetes-preserve-unknown-fields'];
  return type === '' && !free ? [required(`${path}.type`, EMPTY_TYPE[level])] : [];
}

function validatePattern({ pattern = '' }: JSONSchemaProps, path: string): Causes {
  const wrong = pattern === '' ? undefined : regexpError(pattern);
  return wrong === undefined ? [] : [invalid(`${path}.pattern`, pattern, `must be a valid regular expression, but isn't: ${wrong}`)];
}

function embedded(schema: JSONSchemaProps, path: string): Causes {
  if (!schema['x-kubernetes-embedded-resource']) return [];
  const bare = Object.keys(schema.properties ?? {}).length === 0 && !schema['x-kubernetes-preserve-unknown-fields'];
  return [
    ...(schema.additionalProperties === undefined ? [] : [forbidden(`${path}.additionalProperties`, 'must not be used if x-kubernetes-embedded-resource is set')]),
    ...(bare ? [required(`${path}.properties`, 'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields')] : []),
  ];
}

function validateMetadata(properties: Readonly<Record<string, JSONSchemaProps>>, path: string): Causes {
  const { metadata } = properties;
  const texts = (['kind', 'apiVersion'] as const).filter((name) => properties[name] && properties[name].type !== 'string');
  const at = `${path}.properties[metadata]`;
  return [
    ...texts.map((name) => invalid(`${path}.properties[${name}].type`, properties[name]!.type ?? '', 'must be string')),
    ...(metadata && metadata.type !== 'object' ? [invalid(`${at}.type`, metadata.type ?? '', 'must be object')] : []),
    ...(metadata && saysMore(metadata) ? [forbidden(at, 'must not specify anything other than name and generateName, but metadata is implicitly specified')] : []),
  ];
}

/** Anything but a type, a default, and what names look like. */
function saysMore({ type: _type, default: _default, properties = {}, ...more }: JSONSchemaProps): boolean {
  const isSaid = (value: unknown): boolean => value !== undefined && value !== null && value !== false && value !== '' && !(typeof value === 'object' && Object.keys(value).length === 0);
  return Object.values(more).some(isSaid) || Object.keys(properties).some((name) => name !== 'name' && name !== 'generateName');
}

/** anyOf, allOf, oneOf and not may say nothing that only the outer schema may say, but for the two ways to write int-or-string. */
function conditions(schema: JSONSchemaProps, path: string): Causes {
  const intOrString = schema['x-kubernetes-int-or-string'] === true;
  const skipAnyOf = intOrString && isIntOrString(schema.anyOf);
  const skipFirst = intOrString && isIntOrString(schema.allOf?.[0]?.anyOf) && schema.allOf![0]!.anyOf!.length === 2;
  return [
    ...(skipAnyOf ? [] : (schema.anyOf ?? []).flatMap((part, index) => nested(part, `${path}.anyOf[${index}]`))),
    ...(schema.allOf ?? []).flatMap((part, index) => (skipFirst && index === 0 ? [] : nested(part, `${path}.allOf[${index}]`))),
    ...(schema.oneOf ?? []).flatMap((part, index) => nested(part, `${path}.oneOf[${index}]`)),
    ...(schema.not ? nested(schema.not, `${path}.not`) : []),
  ];
}

const isIntOrString = (parts: readonly JSONSchemaProps[] | undefined): boolean => parts?.length === 2 && parts[0]!.type === 'integer' && parts[1]!.type === 'string';

function nested(schema: JSONSchemaProps, path: string): Causes {
  const { properties = {}, items, additionalProperties } = schema;
  const generic = GENERIC.filter((name) => schema[name] !== undefined && schema[name] !== '' && schema[name] !== false);
  const extensions = EXTENSIONS.filter((name) => schema[name] !== undefined && schema[name] !== false);
  const metadata = properties.metadata ? [forbidden(`${path}.properties[metadata]`, 'must not be specified in a nested context')] : [];
  return [
    ...generic.map((name) => forbidden(`${path}.${name}`, NOT_STRUCTURAL)),
    ...extensions.map((name) => forbidden(`${path}.${name}`, NOT_STRUCTURAL)),
    ...(additionalProperties === undefined ? [] : [forbidden(`${path}.additionalProperties`, NOT_STRUCTURAL)]),
    ...(isSchema(items) ? nested(items, `${path}.items`) : []),
    ...Object.entries(properties).flatMap(([name, property]) => nested(property, `${path}.properties[${name}]`)),
    ...metadata,
    ...conditions(schema, path),
  ];
}

/** Every field that a condition speaks of must be described outside of it. */
function completeness(schema: JSONSchemaProps, outer: JSONSchemaProps | undefined, path: string): Causes {
  const parts = (['anyOf', 'allOf', 'oneOf'] as const).flatMap((name) => (schema[name] ?? []).map((part, index) => ({ part, field: `${path}.${name}[${index}]` })));
  if (schema.not) parts.push({ part: schema.not, field: `${path}.not` });
  return [
    ...parts.flatMap(({ part, field }) => described(part, outer, field, path)),
    ...(isSchema(schema.items) ? completeness(schema.items, schema.items, `${path}.items`) : []),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, property]) => completeness(property, property, `${path}.properties[${name}]`)),
    ...(isSchema(schema.additionalProperties) ? completeness(schema.additionalProperties, schema.additionalProperties, `${path}.additionalProperties`) : []),
  ];
}

function described(part: JSONSchemaProps, outer: JSONSchemaProps | undefined, field: string, path: string): Causes {
  const missing = `because it is defined in ${field}`;
  if (isSchema(part.items)) {
    if (!isSchema(outer?.items)) return [required(`${path}.items`, `${missing}.items`)];
  }
  return [
    ...Object.entries(part.properties ?? {}).flatMap(([name, property]) => {
      const known = outer?.properties?.[name] ?? (isSchema(outer?.additionalProperties) ? outer.additionalProperties : undefined);
      if (!known) return outer?.['x-kubernetes-preserve-unknown-fields'] ? [] : [required(`${path}.properties[${name}]`, `${missing}.properties[${name}]`)];
      return described(property, known, `${field}.properties[${name}]`, `${path}.properties[${name}]`);
    }),
    ...(isSchema(part.items) && isSchema(outer?.items) ? described(part.items, outer.items, `${field}.items`, `${path}.items`) : []),
  ];
}
