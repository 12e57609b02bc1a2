/**
 * A schema as Go's internal JSONSchemaProps prints in JSON: every field, in
 * that struct's order, with the wrappers of what may be a schema or something
 * else (items, additionalProperties, dependencies).
 */
import type { JSONSchemaProps, ValidationRule } from '../types/jsonschema.js';

type Print = (value: any) => unknown;
const same: Print = (value) => value;
const each: Print = (list: readonly JSONSchemaProps[]) => list.map(goSchema);
const named: Print = (map: Readonly<Record<string, JSONSchemaProps>>) => values(map, goSchema);
const orBool: Print = (value: boolean | JSONSchemaProps) =>
  typeof value === 'boolean' ? { Allows: value, Schema: null } : { Allows: true, Schema: goSchema(value) };
const values = (map: Readonly<Record<string, any>>, print: Print): object =>
  Object.fromEntries(
    Object.keys(map)
      .sort()
      .map((key) => [key, print(map[key])]),
  );

/** Go's name, ours, what an absent one prints, and how a present one does. */
const FIELDS: readonly (readonly [goName: string, name: keyof JSONSchemaProps, zero: unknown, print: Print])[] = [
  ['ID', 'id', '', same],
  ['Schema', '$schema', '', same],
  ['Ref', '$ref', null, same],
  ['Description', 'description', '', same],
  ['Type', 'type', '', same],
  ['Nullable', 'nullable', false, same],
  ['Format', 'format', '', same],
  ['Title', 'title', '', same],
  ['Default', 'default', null, same],
  ['Maximum', 'maximum', null, same],
  ['ExclusiveMaximum', 'exclusiveMaximum', false, same],
  ['Minimum', 'minimum', null, same],
  ['ExclusiveMinimum', 'exclusiveMinimum', false, same],
  ['MaxLength', 'maxLength', null, same],
  ['MinLength', 'minLength', null, same],
  ['Pattern', 'pattern', '', same],
  ['MaxItems', 'maxItems', null, same],
  ['MinItems', 'minItems', null, same],
  ['UniqueItems', 'uniqueItems', false, same],
  ['MultipleOf', 'multipleOf', null, same],
  ['Enum', 'enum', null, same],
  ['MaxProperties', 'maxProperties', null, same],
  ['MinProperties', 'minProperties', null, same],
  ['Required', 'required', null, same],
  ['Items', 'items', null, (items) => (Array.isArray(items) ? { Schema: null, JSONSchemas: each(items) } : { Schema: goSchema(items), JSONSchemas: null })],
  ['AllOf', 'allOf', null, each],
  ['OneOf', 'oneOf', null, each],
  ['AnyOf', 'anyOf', null, each],
  ['Not', 'not', null, (schema) => goSchema(schema)],
  ['Properties', 'properties', null, named],
  ['AdditionalProperties', 'additionalProperties', null, orBool],
  ['PatternProperties', 'patternProperties', null, named],
  [
    'Dependencies',
    'dependencies',
    null,
    (map) => values(map, (one) => (Array.isArray(one) ? { Schema: null, Property: one } : { Schema: goSchema(one), Property: null })),
  ],
  ['AdditionalItems', 'additionalItems', null, orBool],
  ['Definitions', 'definitions', null, named],
  ['ExternalDocs', 'externalDocs', null, ({ description = '', url = '' }) => ({ Description: description, URL: url })],
  ['Example', 'example', null, same],
  ['XPreserveUnknownFields', 'x-kubernetes-preserve-unknown-fields', null, same],
  ['XEmbeddedResource', 'x-kubernetes-embedded-resource', false, same],
  ['XIntOrString', 'x-kubernetes-int-or-string', false, same],
  ['XListMapKeys', 'x-kubernetes-list-map-keys', null, same],
  ['XListType', 'x-kubernetes-list-type', null, same],
  ['XMapType', 'x-kubernetes-map-type', null, same],
  ['XValidations', 'x-kubernetes-validations', null, (rules: readonly ValidationRule[]) => rules.map(goRule)],
];

export function goSchema(schema: JSONSchemaProps): object {
  return Object.fromEntries(
    FIELDS.map(([goName, name, zero, print]) => [goName, schema[name] === undefined || schema[name] === null ? zero : print(schema[name])]),
  );
}

function goRule({
  rule,
  message = '',
  messageExpression = '',
  reason = null as unknown as undefined,
  fieldPath = '',
  optionalOldSelf = null as unknown as undefined,
}: ValidationRule): object {
  return { Rule: rule, Message: message, MessageExpression: messageExpression, Reason: reason, FieldPath: fieldPath, OptionalOldSelf: optionalOldSelf };
}

/** Go's names of the fields that say something, in its order. */
export function goNames(schema: JSONSchemaProps): string[] {
  return FIELDS.filter(([, name, zero]) => schema[name] !== undefined && schema[name] !== null && schema[name] !== zero).map(([goName]) => goName);
}
