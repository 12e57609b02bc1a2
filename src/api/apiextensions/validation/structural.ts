/**
 * Whether a schema is structural: every field has one type, given outside of
 * anyOf, allOf, oneOf and not, which only add conditions. In the words of
 * k8s.io/apiextensions-apiserver/pkg/apiserver/schema; complaints are sorted.
 */
import { isDeepStrictEqual } from 'node:util';
import { forbidden, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { compareGo } from '../../../apimachinery/gojson.js';
import { regexpError } from '../../../apimachinery/goregexp.js';
import type { JSONSchemaProps } from '../types/jsonschema.js';

type Level = 'root' | 'item' | 'field';
const EMPTY_TYPE: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};
/** What only the outer schema may say, and how it is to be left unsaid within a condition. */
const UNSAID = {
  type: 'empty',
  title: 'empty',
  description: 'empty',
  default: 'undefined',
  nullable: 'false',
  additionalProperties: 'undefined',
  'x-kubernetes-preserve-unknown-fields': 'false',
  'x-kubernetes-embedded-resource': 'false',
  'x-kubernetes-int-or-string': 'false',
  'x-kubernetes-list-map-keys': 'empty',
  'x-kubernetes-list-type': 'undefined',
  'x-kubernetes-map-type': 'undefined',
  'x-kubernetes-validations': 'empty',
} as const;

export function validateStructural(schema: JSONSchemaProps, path: string): Causes {
  const causes = [...invariants(schema, 'root', path), ...completeness(schema, schema, path, path)];
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
  const parts = [
    items,
    additionalProperties,
    schema.not,
    ...Object.values(schema.properties ?? {}),
    ...(schema.allOf ?? []),
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
  ];
  return parts
    .filter(isSchema)
    .map(structuralError)
    .find((error) => error !== undefined);
}

const isSchema = (value: unknown): value is JSONSchemaProps => value !== null && typeof value === 'object' && !Array.isArray(value);

function invariants(schema: JSONSchemaProps, level: Level, path: string): Causes {
  const { type = '', items, properties = {}, additionalProperties: additional } = schema;
  return [
    ...(type === 'array' && !items ? [required(`${path}.items`, 'must be specified')] : []),
    ...(isSchema(items) ? invariants(items, 'item', `${path}.items`) : []),
    ...Object.entries(properties).flatMap(([name, property]) => invariants(property, 'field', `${path}.properties[${name}]`)),
    ...(level === 'root' && additional !== undefined ? [forbidden(`${path}.additionalProperties`, 'must not be used at the root')] : []),
    ...(isSchema(additional) ? invariants(additional, 'field', `${path}.additionalProperties`) : []),
    ...intOrStringOnly(schema, path),
    ...rootOnly(schema, level, path),
    ...validateType(schema, level, path),
    ...embedded(schema, path),
    ...conditions(schema, path),
    ...(level === 'root' || schema['x-kubernetes-embedded-resource'] ? validateMetadata(properties, level, path) : []),
  ];
}

function intOrStringOnly(schema: JSONSchemaProps, path: string): Causes {
  const names = (['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const).filter((name) => schema[name]);
  return schema['x-kubernetes-int-or-string']
    ? names.map((name) => invalid(`${path}.${name}`, true, 'must be false if x-kubernetes-int-or-string is true'))
    : [];
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
    ...(schema.additionalProperties === undefined
      ? []
      : [forbidden(`${path}.additionalProperties`, 'must not be used if x-kubernetes-embedded-resource is set')]),
    ...(bare
      ? [required(`${path}.properties`, 'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields')]
      : []),
  ];
}

function validateMetadata(properties: Readonly<Record<string, JSONSchemaProps>>, level: Level, path: string): Causes {
  const { metadata } = properties;
  const texts = (['kind', 'apiVersion'] as const).filter((name) => properties[name] && properties[name].type !== 'string');
  const at = `${path}.properties[metadata]`;
  return [
    ...texts.map((name) => invalid(`${path}.properties[${name}].type`, properties[name]!.type ?? '', 'must be string')),
    ...(metadata && metadata.type !== 'object' ? [invalid(`${at}.type`, metadata.type ?? '', 'must be object')] : []),
    ...(metadata && level === 'root' && saysMore(metadata)
      ? [forbidden(at, 'must not specify anything other than name and generateName, but metadata is implicitly specified')]
      : []),
  ];
}

/** Anything but a type, a default, and what names look like. */
function saysMore({ type: _type, default: _default, properties = {}, ...more }: JSONSchemaProps): boolean {
  const isSaid = (value: unknown): boolean =>
    value !== undefined && value !== null && value !== false && value !== '' && !(typeof value === 'object' && Object.keys(value).length === 0);
  return Object.values(more).some(isSaid) || Object.keys(properties).some((name) => name !== 'name' && name !== 'generateName');
}

/** anyOf, allOf, oneOf and not may say nothing that only the outer schema may say, but for the two ways to write int-or-string. */
function conditions(schema: JSONSchemaProps, path: string, { skipAnyOf = isIntOrString(schema.anyOf), isNested = false } = {}): Causes {
  const skipFirst = !isNested && isIntOrString(schema.allOf?.[0]?.anyOf);
  return [
    ...(skipAnyOf ? [] : (schema.anyOf ?? []).flatMap((part, index) => nested(part, `${path}.anyOf[${index}]`))),
    ...(schema.allOf ?? []).flatMap((part, index) => nested(part, `${path}.allOf[${index}]`, skipFirst && index === 0)),
    ...(schema.oneOf ?? []).flatMap((part, index) => nested(part, `${path}.oneOf[${index}]`)),
    ...(schema.not ? nested(schema.not, `${path}.not`) : []),
    ...validatePattern(schema, path),
  ];
}

const isIntOrString = (parts: readonly JSONSchemaProps[] | undefined): boolean => isDeepStrictEqual(parts, [{ type: 'integer' }, { type: 'string' }]);

function nested(schema: JSONSchemaProps, path: string, skipAnyOf = false): Causes {
  const { properties = {}, items } = schema;
  const said = (Object.keys(UNSAID) as (keyof typeof UNSAID)[]).filter((name) => isSaid(name, schema[name]));
  return [
    ...conditions(schema, path, { skipAnyOf, isNested: true }),
    ...(isSchema(items) ? nested(items, `${path}.items`) : []),
    ...Object.entries(properties).flatMap(([name, property]) => nested(property, `${path}.properties[${name}]`)),
    ...said.map((name) => forbidden(`${path}.${name}`, `must be ${UNSAID[name]} to be structural`)),
    ...(properties.metadata ? [forbidden(`${path}.properties[metadata]`, 'must not be specified in a nested context')] : []),
  ];
}

function isSaid(name: keyof typeof UNSAID, value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  if (UNSAID[name] === 'undefined') return true;
  return value !== false && !(Array.isArray(value) && value.length === 0);
}

/** Every field that the conditions of the whole speak of must be described outside of them. */
function completeness(schema: JSONSchemaProps, outer: JSONSchemaProps, field: string, path: string): Causes {
  return [
    ...(schema.not ? described(schema.not, outer, `${field}.not`, path) : []),
    ...(['allOf', 'anyOf', 'oneOf'] as const).flatMap((name) =>
      (schema[name] ?? []).flatMap((part, index) => described(part, outer, `${field}.${name}[${index}]`, path)),
    ),
  ];
}

function described(part: JSONSchemaProps, outer: JSONSchemaProps | undefined, field: string, path: string): Causes {
  if (outer === undefined) return [required(path, `because it is defined in ${field}`)];
  const itemOf = ({ items }: JSONSchemaProps): JSONSchemaProps | undefined => (isSchema(items) ? items : undefined);
  const item = itemOf(part);
  return [
    ...completeness(part, outer, field, path),
    ...(item === undefined ? [] : described(item, itemOf(outer), `${field}.items`, `${path}.items`)),
    ...Object.entries(part.properties ?? {}).flatMap(([name, property]) =>
      described(property, outer.properties?.[name], `${field}.properties[${name}]`, `${path}.properties[${name}]`),
    ),
  ];
}
