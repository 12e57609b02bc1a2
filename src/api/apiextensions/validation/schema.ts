/**
 * Validation of a version's OpenAPI schema: what the v3 dialect of Kubernetes
 * leaves out, how its list and map extensions fit, and that it is structural.
 */
import { forbidden, invalid, notSupported, required, type Causes } from '../../../apimachinery/fielderror.js';
import { typeNodeOf } from '../../../apimachinery/compile.js';
import { goStruct } from '../../apps/validation/rules.js';
import type { CustomResourceValidation } from '../types/customresourcedefinition.js';
import { JSONSchemaProps as JSONSchema } from '../types/jsonschema.js';
import type { JSONSchemaProps, ValidationRule } from '../types/jsonschema.js';
import { validateStructural } from './structural.js';

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
const QUADRATIC = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';

/** With a status subresource, the root of a schema may only say these. */
const ROOT_FIELDS =
  'Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations';

export function validateSchema({ openAPIV3Schema: schema }: CustomResourceValidation, path: string, { hasStatus }: { hasStatus: boolean }): Causes {
  if (!schema) return [];
  const field = `${path}.openAPIV3Schema`;
  const causes = [...(hasStatus ? validateRoot(schema, field) : []), ...(schema.nullable ? [forbidden(`${field}.nullable`, 'nullable cannot be true at the root')] : []), ...validateProps(schema, field)];
  // As Kubernetes does: whether a schema is structural is asked of one that is fine otherwise.
  return causes.length > 0 ? causes : validateStructural(schema, field);
}

function validateRoot(schema: JSONSchemaProps, field: string): Causes {
  const { byName } = typeNodeOf(JSONSchema as Parameters<typeof typeNodeOf>[0]);
  const allowed = ROOT_FIELDS.split(' ');
  const extra = Object.keys(schema).some((name) => !allowed.includes(byName.get(name)?.goName ?? ''));
  return extra ? [invalid(field, goStruct(schema, JSONSchema as Parameters<typeof goStruct>[1]), `only [${ROOT_FIELDS}] fields are allowed at the root of the schema if the status subresource is enabled`)] : [];
}

function validateProps(schema: JSONSchemaProps, path: string): Causes {
  return [...validateType(schema, path), ...validateLeftOut(schema, path), ...validateShape(schema, path), ...validateExtensions(schema, path), ...validateRules(schema['x-kubernetes-validations'] ?? [], schema, path)];
}

function validateLeftOut(schema: JSONSchemaProps, path: string): Causes {
  const present = (['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'] as const).filter((name) => {
    const value = schema[name];
    return value !== undefined && value !== '' && (name === '$ref' || name === 'additionalItems' || typeof value !== 'object' || Object.keys(value).length > 0);
  });
  return [
    ...present.map((name) => forbidden(`${path}.${name}`, `${name} is not supported`)),
    ...(schema.type === 'null' ? [forbidden(`${path}.type`, 'type cannot be set to null, use nullable as an alternative')] : []),
    ...(Array.isArray(schema.items) ? [forbidden(`${path}.items`, 'items must be a schema object and not an array')] : []),
    ...(schema.uniqueItems ? [forbidden(`${path}.uniqueItems`, QUADRATIC)] : []),
  ];
}

function validateType({ type = '', pattern = '' }: JSONSchemaProps, path: string): Causes {
  const wrong = pattern === '' ? undefined : regexMessage(pattern);
  return [
    ...(type === '' || type === 'null' || TYPES.includes(type) ? [] : [notSupported(`${path}.type`, type, TYPES)]),
    ...(wrong === undefined ? [] : [invalid(`${path}.pattern`, pattern, `must be a valid regular expression, but isn't: error parsing regexp: ${wrong}`)]),
  ];
}

/** What Go's regexp says of a pattern, for the errors that both it and ECMAScript find. */
function regexMessage(pattern: string): string | undefined {
  const source = pattern.replace(/\(\?P</g, '(?<').replace(/\\[AzZ]/g, '').replace(/^\(\?[imsU]+\)/, '');
  const look = /\(\?<?[=!]/.exec(pattern)?.[0];
  try {
    new RegExp(source).test('');
    return look === undefined ? undefined : `invalid or unsupported Perl syntax: \`${look}\``;
  } catch (error) {
    // A SyntaxError says that the pattern is none.
    if (!(error instanceof SyntaxError)) throw error;
  }
  const open = (pattern.match(/(?<!\\)\(/g) ?? []).length - (pattern.match(/(?<!\\)\)/g) ?? []).length;
  if (open > 0) return `missing closing ): \`${pattern}\``;
  if (open < 0) return `unexpected ): \`${pattern}\``;
  const bracket = pattern.lastIndexOf('[');
  if (bracket >= 0 && !pattern.slice(bracket).includes(']')) return `missing closing ]: \`${pattern.slice(bracket)}\``;
  const repeat = /(?:^|[(|])([*+?])/.exec(pattern);
  return repeat ? `missing argument to repetition operator: \`${repeat[1]}\`` : `invalid character class range: \`${pattern}\``;
}

function validateShape(schema: JSONSchemaProps, path: string): Causes {
  const { properties = {}, additionalProperties: additional, items, not } = schema;
  const both = additional !== undefined && additional !== false && Object.keys(properties).length > 0;
  const nested = (value: unknown, field: string): Causes => (value !== null && typeof value === 'object' && !Array.isArray(value) ? validateProps(value as JSONSchemaProps, field) : []);
  return [
    ...(both ? [forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive')] : []),
    ...nested(additional, `${path}.additionalProperties`),
    ...Object.keys(properties).sort().flatMap((name) => nested(properties[name], `${path}.properties[${name}]`)),
    ...(['allOf', 'oneOf', 'anyOf'] as const).flatMap((name) => (schema[name] ?? []).flatMap((part, index) => nested(part, `${path}.${name}[${index}]`))),
    ...nested(not, `${path}.not`),
    ...nested(items, `${path}.items`),
  ];
}

function validateExtensions(schema: JSONSchemaProps, path: string): Causes {
  const { type = '' } = schema;
  const mapType = schema['x-kubernetes-map-type'];
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const field = (name: string) => `${path}.x-kubernetes-${name}`;
  return [
    ...(schema['x-kubernetes-preserve-unknown-fields'] === false ? [invalid(field('preserve-unknown-fields'), false, 'must be true or undefined')] : []),
    ...(mapType === undefined ? [] : mustBe(type, 'object', `${path}.type`, 'x-kubernetes-map-type')),
    ...(mapType === undefined || ['atomic', 'granular'].includes(mapType) ? [] : [notSupported(field('map-type'), mapType, ['atomic', 'granular'])]),
    ...(listType === undefined ? [] : mustBe(type, 'array', `${path}.type`, 'x-kubernetes-list-type')),
    ...(listType === undefined || ['atomic', 'set', 'map'].includes(listType) ? [] : [notSupported(field('list-type'), listType, ['atomic', 'set', 'map'])]),
    ...(keys.length > 0 && listType === undefined ? [required(field('list-type'), 'must be map if x-kubernetes-list-map-keys is non-empty')] : []),
    ...(keys.length > 0 && listType !== undefined && listType !== 'map' ? [invalid(field('list-type'), listType, 'must be map if x-kubernetes-list-map-keys is non-empty')] : []),
    ...(listType === 'map' ? validateListMap(schema, keys, path) : []),
    ...(listType === 'set' ? validateSet(schema, path) : []),
  ];
}

function mustBe(type: string, wanted: string, field: string, extension: string): Causes {
  if (type === wanted) return [];
  const message = `must be ${wanted} if ${extension} is specified`;
  return [type === '' ? required(field, message) : invalid(field, type, message)];
}

function validateListMap({ items }: JSONSchemaProps, keys: readonly string[], path: string): Causes {
  const field = `${path}.x-kubernetes-list-map-keys`;
  const item = items as JSONSchemaProps | undefined;
  if (!item) return [...(keys.length === 0 ? [required(field, 'must not be empty if x-kubernetes-list-type is map')] : []), required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map')];
  const properties = item.properties ?? {};
  return [
    ...(keys.length === 0 ? [required(field, 'must not be empty if x-kubernetes-list-type is map')] : []),
    ...(item.type === 'object' ? [] : [invalid(`${path}.items.type`, item.type ?? '', "must be object if parent array's x-kubernetes-list-type is map")]),
    ...keys.flatMap((key, index) => [
      ...(keys.indexOf(key) < index ? [{ field: `${field}[${index}]`, type: 'Duplicate' as const, message: `Duplicate value: "${key}"` }] : []),
      ...(properties[key] ? [] : [invalid(`${field}[${index}]`, key, 'entries must all be names of item properties')]),
      ...(properties[key] && ['array', 'object'].includes(properties[key].type ?? '') ? [invalid(`${path}.items.properties[${key}].type`, properties[key].type, 'must be a scalar type if parent array\'s x-kubernetes-list-type is map')] : []),
      ...(properties[key] && properties[key].default === undefined && !item.required?.includes(key)
        ? [required(`${path}.items.properties[${key}].default`, 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property')]
        : []),
    ]),
  ];
}

function validateSet({ items }: JSONSchemaProps, path: string): Causes {
  const item = items as JSONSchemaProps | undefined;
  if (!item) return [required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is set')];
  return [
    ...(item.nullable ? [forbidden(`${path}.items.nullable`, 'cannot be nullable when x-kubernetes-list-type is set')] : []),
    ...(item.type === 'object' && item['x-kubernetes-map-type'] !== 'atomic' ? [invalid(`${path}.items.x-kubernetes-map-type`, item['x-kubernetes-map-type'] ?? null, 'must be atomic as item of a list with x-kubernetes-list-type=set')] : []),
    ...(item.type === 'array' && (item['x-kubernetes-list-type'] ?? 'atomic') !== 'atomic' ? [invalid(`${path}.items.x-kubernetes-list-type`, item['x-kubernetes-list-type'], 'must be atomic as item of a list with x-kubernetes-list-type=set')] : []),
  ];
}

function validateRules(rules: readonly ValidationRule[], schema: JSONSchemaProps, path: string): Causes {
  return rules.flatMap(({ rule, message = '', messageExpression = '', reason, fieldPath = '' }, index) => {
    const field = `${path}.x-kubernetes-validations[${index}]`;
    const trimmed = message.trim();
    return [
      ...(rule.trim() === '' ? [required(`${field}.rule`, 'rule is not specified')] : []),
      ...(message !== '' && trimmed === '' ? [invalid(`${field}.message`, message, 'must be non-empty if specified')] : []),
      ...(trimmed.includes('\n') ? [invalid(`${field}.message`, message, 'must not contain line breaks')] : []),
      ...(rule.trim().includes('\n') && trimmed === '' ? [required(`${field}.message`, 'message must be specified if rule contains line breaks')] : []),
      ...(messageExpression !== '' && messageExpression.trim() === '' ? [required(`${field}.messageExpression`, 'must be non-empty if specified')] : []),
      ...(reason === undefined || REASONS.includes(reason) ? [] : [notSupported(`${field}.reason`, reason, REASONS)]),
      ...(fieldPath === '' || pathExists(fieldPath, schema) ? [] : [invalid(`${field}.fieldPath`, fieldPath, 'must be a valid path')]),
    ];
  });
}

/** Whether ".a.b['c']" leads to a field of the schema. */
function pathExists(text: string, schema: JSONSchemaProps): boolean {
  if (!/^(\.[A-Za-z_][A-Za-z0-9_-]*|\['[^']+'\])+$/.test(text)) return false;
  const names = [...text.matchAll(/\.([A-Za-z_][A-Za-z0-9_-]*)|\['([^']+)'\]/g)].map(([, plain, quoted]) => (plain ?? quoted)!);
  return names.reduce<JSONSchemaProps | undefined>((at, name) => at?.properties?.[name] ?? (typeof at?.additionalProperties === 'object' ? at.additionalProperties : undefined), schema) !== undefined;
}
