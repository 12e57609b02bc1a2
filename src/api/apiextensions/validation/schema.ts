/**
 * Validation of a version's OpenAPI schema: what the v3 dialect of Kubernetes
 * leaves out, how its list and map extensions fit, and that it is structural.
 */
import { forbidden, invalid, notSupported, required, type Causes } from '../../../apimachinery/fielderror.js';
import { compareGo } from '../../../apimachinery/gojson.js';
import type { CustomResourceValidation } from '../types/customresourcedefinition.js';
import type { JSONSchemaProps, ValidationRule } from '../types/jsonschema.js';
import { validateExtensions } from './extensions.js';
import { followPath } from './fieldpath.js';
import { goNames, goSchema } from './goschema.js';
import { structuralError, validateStructural } from './structural.js';

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
const QUADRATIC = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
const ABOUT_OBJECTS = new Set(['metadata', 'kind', 'apiVersion']);
/** With a status subresource, the root of a schema may only say these. */
const ROOT_FIELDS =
  'Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations';

export function validateSchema({ openAPIV3Schema: schema }: CustomResourceValidation, path: string, { hasStatus }: { hasStatus: boolean }): Causes {
  if (!schema) return [];
  const field = `${path}.openAPIV3Schema`;
  const unsupported = structuralError(schema);
  const causes = [
    ...(hasStatus ? validateRoot(schema, field) : []),
    ...(schema.nullable ? [forbidden(`${field}.nullable`, 'nullable cannot be true at the root')] : []),
    ...(unsupported === undefined ? validateStructural(schema, field) : []),
    ...validateProps(schema, field, ROOT),
  ];
  // As Kubernetes does: why a schema is not structural is told where nothing else is.
  return causes.length === 0 && unsupported !== undefined ? [invalid(field, '', unsupported)] : causes;
}

/** The first field that may not stand there is told, and no other. */
function validateRoot(schema: JSONSchemaProps, field: string): Causes {
  const allowed = ROOT_FIELDS.split(' ');
  for (const name of goNames(schema)) {
    if (name === 'Type' && schema.type !== 'object')
      return [invalid(`${field}.type`, schema.type, 'only \\"object\\" is allowed as the type at the root of the schema if the status subresource is enabled')];
    if (!allowed.includes(name))
      return [invalid(field, goSchema(schema), `only [${ROOT_FIELDS}] fields are allowed at the root of the schema if the status subresource is enabled`)];
  }
  return [];
}

/** Where in a definition a schema stands. */
interface Place {
  isRoot: boolean;
  /** Within what describes apiVersion, kind or metadata of an object. */
  insideMeta: boolean;
  /** Why no default may be given here. */
  noDefaults?: string;
}
const ROOT: Place = { isRoot: true, insideMeta: false };

function validateProps(schema: JSONSchemaProps, path: string, place: Place): Causes {
  return [
    ...validateDialect(schema, path, place),
    ...(schema.uniqueItems ? [forbidden(`${path}.uniqueItems`, QUADRATIC)] : []),
    ...validateNested(schema, path, { ...place, isRoot: false }, place.isRoot),
    ...validateExtensions(schema, path),
    ...validateRules(schema['x-kubernetes-validations'] ?? [], schema, path),
  ];
}

function validateDialect(schema: JSONSchemaProps, path: string, { insideMeta, noDefaults }: Place): Causes {
  const { type = '' } = schema;
  const left = (['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'] as const).filter((name) => isSaid(name, schema[name]));
  return [
    ...(type === '' || TYPES.includes(type) ? [] : [notSupported(`${path}.type`, type, TYPES)]),
    ...(schema.default !== undefined && schema.default !== null && noDefaults !== undefined
      ? [forbidden(`${path}.default`, `must not be set ${noDefaults}`)]
      : []),
    ...left.map((name) => forbidden(`${path}.${name}`, `${name} is not supported`)),
    ...(type === 'null' ? [forbidden(`${path}.type`, 'type cannot be set to null, use nullable as an alternative')] : []),
    ...(Array.isArray(schema.items) && schema.items.length > 0 ? [forbidden(`${path}.items`, 'items must be a schema object and not an array')] : []),
    ...(insideMeta && schema['x-kubernetes-embedded-resource']
      ? [forbidden(`${path}.x-kubernetes-embedded-resource`, 'must not be used inside of resource meta')]
      : []),
  ];
}

/** Go tells empty texts and maps from none only behind pointers, and dependencies. */
function isSaid(name: string, value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  return name === '$ref' || name === 'additionalItems' || name === 'dependencies' || typeof value !== 'object' || Object.keys(value).length > 0;
}

const isSchema = (value: unknown): value is JSONSchemaProps => value !== null && typeof value === 'object' && !Array.isArray(value);

function validateNested(schema: JSONSchemaProps, path: string, place: Place, isRoot: boolean): Causes {
  const { properties = {}, additionalProperties: additional, items } = schema;
  const within = (value: unknown, field: string, at: Place = place): Causes => (isSchema(value) ? validateProps(value, field, at) : []);
  const both = additional !== undefined && additional !== null && additional !== true && Object.keys(properties).length > 0;
  const additionalPlace = place.insideMeta ? { ...place, noDefaults: 'inside additionalProperties applying to object metadata' } : place;
  const propertyPlace = (name: string): Place => {
    if (!ABOUT_OBJECTS.has(name) || !(isRoot || schema['x-kubernetes-embedded-resource'])) return place;
    return { ...place, insideMeta: true, ...(isRoot ? { noDefaults: `in top-level ${name}` } : {}) };
  };
  return [
    ...(both ? [forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive')] : []),
    ...within(additional, `${path}.additionalProperties`, additionalPlace),
    ...Object.keys(properties)
      .sort(compareGo)
      .flatMap((name) => within(properties[name], `${path}.properties[${name}]`, propertyPlace(name))),
    ...within(schema.not, `${path}.not`),
    ...(['allOf', 'oneOf', 'anyOf'] as const).flatMap((name) => (schema[name] ?? []).flatMap((part, index) => within(part, `${path}.${name}[${index}]`))),
    ...Object.entries(schema.definitions ?? {}).flatMap(([name, value]) => within(value, `${path}.definitions[${name}]`)),
    ...(Array.isArray(items) ? items.flatMap((item, index) => within(item, `${path}.items[${index}]`)) : within(items, `${path}.items`)),
    ...Object.entries(schema.dependencies ?? {}).flatMap(([name, value]) => within(value, `${path}.dependencies[${name}]`)),
  ];
}

function validateRules(rules: readonly ValidationRule[], schema: JSONSchemaProps, path: string): Causes {
  return rules.flatMap((rule, index) => {
    const { messageExpression = '', reason, fieldPath = '' } = rule;
    const field = `${path}.x-kubernetes-validations[${index}]`;
    return [
      ...validateRuleText(rule, field),
      ...(messageExpression !== '' && messageExpression.trim() === '' ? [required(`${field}.messageExpression`, 'must be non-empty if specified')] : []),
      ...(reason === undefined || REASONS.includes(reason) ? [] : [notSupported(`${field}.reason`, reason, REASONS)]),
      ...(fieldPath !== '' && fieldPath.trim() === '' ? [invalid(`${field}.fieldPath`, fieldPath, 'must be non-empty if specified')] : []),
      ...(hasNewlines(fieldPath) ? [invalid(`${field}.fieldPath`, fieldPath, 'must not contain line breaks')] : []),
      ...(fieldPath === '' || isPath(fieldPath, schema) ? [] : [invalid(`${field}.fieldPath`, fieldPath, 'must be a valid path')]),
    ];
  });
}

const hasNewlines = (text: string): boolean => /[\n\r]/.test(text);
/** Of a schema that is not structural nothing is said. */
const isPath = (text: string, schema: JSONSchemaProps): boolean =>
  structuralError(schema) !== undefined || !('error' in followPath(text, schema, { brackets: true }));

function validateRuleText({ rule, message = '' }: ValidationRule, field: string): Causes {
  const [text, said] = [rule.trim(), message.trim()];
  if (text === '') return [required(`${field}.rule`, 'rule is not specified')];
  if (message !== '' && said === '') return [invalid(`${field}.message`, message, 'must be non-empty if specified')];
  if (hasNewlines(said)) return [invalid(`${field}.message`, message, 'must not contain line breaks')];
  return hasNewlines(text) && said === '' ? [required(`${field}.message`, 'must be specified if rule contains line breaks')] : [];
}
