/**
 * What is wrong with the schema of a CustomResourceDefinition: what is not
 * structural, what Kubernetes does not support, defaults that do not hold.
 */
import type { JSONSchemaProps } from '../../api/apiextensions/types/jsonschema.js';
import { forbidden, invalid, notSupported, required, type Causes } from '../../apimachinery/fielderror.js';
import { patternOf, validateCustomResource } from './validate.js';

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const LIST_TYPES = ['atomic', 'set', 'map'];
const MAP_TYPES = ['granular', 'atomic'];

/** `path` is where the schema stands: "spec.validation.openAPIV3Schema" where all versions share one. */
export function schemaErrors(schema: JSONSchemaProps, path: string): Causes {
  const causes: Causes = [];
  checkSupport(schema, path, causes, { root: true });
  if (causes.length > 0) return causes;
  checkStructure(schema, path, causes, 'root');
  checkImplicit(schema, path, causes);
  return causes;
}

const UNSUPPORTED = ['definitions', 'dependencies', 'id', 'patternProperties', 'additionalItems', '$ref'] as const;

function checkSupport(schema: JSONSchemaProps, path: string, causes: Causes, { root = false }: { root?: boolean }): void {
  if (schema.uniqueItems) causes.push(forbidden(`${path}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'));
  if (schema.additionalProperties !== undefined && Object.keys(schema.properties ?? {}).length > 0) causes.push(forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'));
  for (const name of UNSUPPORTED) if (schema[name] !== undefined) causes.push(forbidden(`${path}.${name}`, `${name} is not supported`));
  if (root && schema.nullable) causes.push(forbidden(`${path}.nullable`, 'nullable cannot be true at the root'));
  if (schema.type !== undefined && schema.type !== '' && !TYPES.includes(schema.type)) causes.push(notSupported(`${path}.type`, schema.type, TYPES));
  if (schema.type === 'array' && schema.items === undefined) causes.push(required(`${path}.items`, 'must be specified'));
  if (schema.pattern && patternOf(schema.pattern) === undefined) causes.push(invalid(`${path}.pattern`, schema.pattern, `must be a valid regular expression, but isn't: ${regexpError(schema.pattern)}`));
  checkLists(schema, path, causes);
  if (schema.default !== undefined) {
    for (const cause of validateCustomResource(schema, schema.default)) causes.push({ ...cause, field: `${path}.default${cause.field === '' || cause.field === '<nil>' ? '' : `.${cause.field}`}` });
  }
  eachChild(schema, path, (child, at) => checkSupport(child, at, causes, {}));
}

/** Go's words for the commonest mistakes. */
function regexpError(pattern: string): string {
  const open = (pattern.match(/(?<!\\)\(/g) ?? []).length;
  const close = (pattern.match(/(?<!\\)\)/g) ?? []).length;
  if (open > close) return `error parsing regexp: missing closing ): \`${pattern}\``;
  if (close > open) return `error parsing regexp: unexpected ): \`${pattern}\``;
  const bracket = pattern.lastIndexOf('[');
  if (bracket >= 0 && !pattern.slice(bracket).includes(']')) return `error parsing regexp: missing closing ]: \`${pattern.slice(bracket)}\``;
  const repeat = /^[*+?]/.exec(pattern);
  return `error parsing regexp: ${repeat ? 'missing argument to repetition operator' : 'invalid escape sequence'}: \`${repeat?.[0] ?? pattern}\``;
}

function checkLists(schema: JSONSchemaProps, path: string, causes: Causes): void {
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const items = schema.items as JSONSchemaProps | undefined;
  if (listType !== undefined && schema.type !== 'array') causes.push(invalid(`${path}.type`, schema.type ?? '', 'must be array if x-kubernetes-list-type is specified'));
  if (listType !== undefined && !LIST_TYPES.includes(listType)) causes.push(notSupported(`${path}.x-kubernetes-list-type`, listType, LIST_TYPES));
  if (listType === 'map' && keys.length === 0) causes.push(required(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map'));
  if (keys.length > 0 && listType !== 'map') {
    causes.push(listType === undefined ? required(`${path}.x-kubernetes-list-type`, 'must be map if x-kubernetes-list-map-keys is non-empty') : invalid(`${path}.x-kubernetes-list-type`, listType, 'must be map if x-kubernetes-list-map-keys is non-empty'));
  }
  if (listType === 'map' && items !== undefined && items.type !== 'object') causes.push(invalid(`${path}.items.type`, items.type ?? '', 'must be object if parent array\'s x-kubernetes-list-type is map'));
  if (listType === 'map') for (const key of keys) checkKey(items, key, path, causes);
  const mapType = schema['x-kubernetes-map-type'];
  if (mapType !== undefined && !MAP_TYPES.includes(mapType)) causes.push(notSupported(`${path}.x-kubernetes-map-type`, mapType, MAP_TYPES));
  if (mapType !== undefined && schema.type !== 'object') causes.push(invalid(`${path}.type`, schema.type ?? '', 'must be object if x-kubernetes-map-type is specified'));
}

function checkKey(items: JSONSchemaProps | undefined, key: string, path: string, causes: Causes): void {
  const property = items?.properties?.[key];
  if (property === undefined) causes.push(invalid(`${path}.x-kubernetes-list-map-keys`, key, 'entries must all be names of item properties'));
  else if (property.default === undefined && !(items?.required ?? []).includes(key)) causes.push(required(`${path}.items.properties[${key}].default`, 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property'));
}

const PLACES = { root: 'must not be empty at the root', field: 'must not be empty for specified object fields', item: 'must not be empty for specified array items' } as const;

function checkStructure(schema: JSONSchemaProps, path: string, causes: Causes, place: keyof typeof PLACES): void {
  const preserve = schema['x-kubernetes-preserve-unknown-fields'];
  for (const name of ['allOf', 'anyOf', 'oneOf'] as const) schema[name]?.forEach((one, at) => checkValueValidation(one, `${path}.${name}[${at}]`, causes, intOrStringAt(schema, name, at)));
  if (schema.not !== undefined) checkValueValidation(schema.not, `${path}.not`, causes);
  if (preserve === false) causes.push(invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'));
  if (schema['x-kubernetes-embedded-resource']) {
    if (!preserve && Object.keys(schema.properties ?? {}).length === 0) causes.push(required(`${path}.properties`, 'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields'));
    if (schema.type !== undefined && schema.type !== '' && schema.type !== 'object') causes.push(invalid(`${path}.type`, schema.type, 'must be object if x-kubernetes-embedded-resource is true'));
  }
  const empty = schema.type === undefined || schema.type === '';
  if (empty && !schema['x-kubernetes-int-or-string'] && !(preserve && place !== 'root')) causes.push(required(`${path}.type`, PLACES[place]));
  if (place === 'root' && !empty && schema.type !== 'object') causes.push(invalid(`${path}.type`, schema.type, 'must be object at the root'));
  for (const [name, property] of Object.entries(schema.properties ?? {})) checkStructure(property, `${path}.properties[${name}]`, causes, 'field');
  if (schema.items !== undefined) checkStructure(schema.items as JSONSchemaProps, `${path}.items`, causes, 'item');
  if (typeof schema.additionalProperties === 'object') checkStructure(schema.additionalProperties as JSONSchemaProps, `${path}.additionalProperties`, causes, 'field');
}

/** `anyOf: [{ type: integer }, { type: string }]` is how older definitions write int-or-string, and is let be. */
function intOrStringAt(schema: JSONSchemaProps, name: string, at: number): boolean {
  return schema['x-kubernetes-int-or-string'] === true && ((name === 'anyOf' && schema.anyOf?.length === 2) || (name === 'allOf' && at === 0));
}

const MUST_BE_EMPTY = ['title', 'description', 'default', 'type', 'nullable', 'additionalProperties', 'x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource', 'x-kubernetes-int-or-string', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys', 'x-kubernetes-map-type'] as const;
const EMPTY_WORDS: Readonly<Record<string, string>> = { default: 'must be undefined', additionalProperties: 'must be undefined', nullable: 'must be false', 'x-kubernetes-embedded-resource': 'must be false', 'x-kubernetes-int-or-string': 'must be false' };

/** Schemas in allOf, anyOf, oneOf and not may check values, but not shape them. */
function checkValueValidation(schema: JSONSchemaProps, path: string, causes: Causes, intOrString = false): void {
  for (const name of ['allOf', 'anyOf', 'oneOf'] as const) schema[name]?.forEach((one, at) => checkValueValidation(one, `${path}.${name}[${at}]`, causes, intOrString));
  if (schema.not !== undefined) checkValueValidation(schema.not, `${path}.not`, causes);
  for (const name of MUST_BE_EMPTY) {
    const value = schema[name];
    if (value === undefined || value === false || value === '' || (intOrString && name === 'type')) continue;
    causes.push(forbidden(`${path}.${name}`, `${EMPTY_WORDS[name] ?? 'must be empty'} to be structural`));
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) checkValueValidation(property, `${path}.properties[${name}]`, causes);
  if (schema.items !== undefined) checkValueValidation(schema.items as JSONSchemaProps, `${path}.items`, causes);
}

/** apiVersion, kind and metadata are every object's, and may only be narrowed. */
function checkImplicit({ properties = {} }: JSONSchemaProps, path: string, causes: Causes): void {
  for (const name of ['apiVersion', 'kind']) {
    const type = properties[name]?.type;
    if (type !== undefined && type !== 'string') causes.push(invalid(`${path}.properties[${name}].type`, type, 'must be string'));
  }
  const { metadata } = properties;
  if (metadata === undefined) return;
  if (metadata.type !== undefined && metadata.type !== 'object') causes.push(invalid(`${path}.properties[metadata].type`, metadata.type, 'must be object'));
  const { type: _, description: __, properties: inner = {}, ...others } = metadata;
  const names = Object.keys(inner).filter((name) => name !== 'name' && name !== 'generateName');
  if (names.length > 0 || Object.keys(others).length > 0) causes.push(forbidden(`${path}.properties[metadata]`, 'must not specify anything other than name and generateName, but metadata is implicitly specified'));
}

function eachChild(schema: JSONSchemaProps, path: string, visit: (child: JSONSchemaProps, path: string) => void): void {
  for (const name of ['allOf', 'anyOf', 'oneOf'] as const) schema[name]?.forEach((one, at) => visit(one, `${path}.${name}[${at}]`));
  if (schema.not !== undefined) visit(schema.not, `${path}.not`);
  for (const [name, property] of Object.entries(schema.properties ?? {})) visit(property, `${path}.properties[${name}]`);
  if (schema.items !== undefined && !Array.isArray(schema.items)) visit(schema.items as JSONSchemaProps, `${path}.items`);
  if (typeof schema.additionalProperties === 'object') visit(schema.additionalProperties as JSONSchemaProps, `${path}.additionalProperties`);
}
