/** Structs of apiextensions/v1: JSONSchemaProps, ValidationRule, ExternalDocumentation. Shape and Go facts only; rules live in the kind's strategy. */
import { z } from 'zod';
import { any, bool, float64, int64, list, map, str, struct, sub } from '../../../apimachinery/schema.js';

export const ExternalDocumentation = struct('apiextensions/v1.ExternalDocumentation', {
  description: str('Description string', 1).optional(),
  url: str('URL string', 2).optional(),
});
export type ExternalDocumentation = z.output<typeof ExternalDocumentation>;

export const ValidationRule = struct('apiextensions/v1.ValidationRule', {
  rule: str('Rule string', 1),
  message: str('Message string', 2).optional(),
  messageExpression: str('MessageExpression string', 3).optional(),
  reason: str('Reason *v1.FieldValueErrorReason=string', 4, {
    enum: ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'],
  }).optional(),
  fieldPath: str('FieldPath string', 5).optional(),
  optionalOldSelf: bool('OptionalOldSelf *bool', 6).optional(),
});
export type ValidationRule = z.output<typeof ValidationRule>;

export const JSONSchemaProps: z.ZodType<JSONSchemaProps> = struct('apiextensions/v1.JSONSchemaProps', {
  id: str('ID string', 1).optional(),
  $schema: str('Schema v1.JSONSchemaURL=string', 2).optional(),
  $ref: str('Ref *string', 3).optional(),
  description: str('Description string', 4).optional(),
  type: str('Type string', 5).optional(),
  format: str('Format string', 6).optional(),
  title: str('Title string', 7).optional(),
  default: any('Default *apiextensions/v1.JSON', 8).optional(),
  maximum: float64('Maximum *float64', 9).optional(),
  exclusiveMaximum: bool('ExclusiveMaximum bool', 10).optional(),
  minimum: float64('Minimum *float64', 11).optional(),
  exclusiveMinimum: bool('ExclusiveMinimum bool', 12).optional(),
  maxLength: int64('MaxLength *int64', 13).optional(),
  minLength: int64('MinLength *int64', 14).optional(),
  pattern: str('Pattern string', 15).optional(),
  maxItems: int64('MaxItems *int64', 16).optional(),
  minItems: int64('MinItems *int64', 17).optional(),
  uniqueItems: bool('UniqueItems bool', 18).optional(),
  multipleOf: float64('MultipleOf *float64', 19).optional(),
  enum: list(any(), 'Enum []apiextensions/v1.JSON', 20, { listType: 'atomic' }).optional(),
  maxProperties: int64('MaxProperties *int64', 21).optional(),
  minProperties: int64('MinProperties *int64', 22).optional(),
  required: list(str(), 'Required []string', 23, { listType: 'atomic' }).optional(),
  items: any('Items *apiextensions/v1.JSONSchemaPropsOrArray', 24).optional(),
  allOf: list(
    z.lazy((): z.ZodType<JSONSchemaProps> => JSONSchemaProps),
    'AllOf []apiextensions/v1.JSONSchemaProps',
    25,
    { listType: 'atomic' },
  ).optional(),
  oneOf: list(
    z.lazy((): z.ZodType<JSONSchemaProps> => JSONSchemaProps),
    'OneOf []apiextensions/v1.JSONSchemaProps',
    26,
    { listType: 'atomic' },
  ).optional(),
  anyOf: list(
    z.lazy((): z.ZodType<JSONSchemaProps> => JSONSchemaProps),
    'AnyOf []apiextensions/v1.JSONSchemaProps',
    27,
    { listType: 'atomic' },
  ).optional(),
  not: sub(
    z.lazy((): z.ZodType<JSONSchemaProps> => JSONSchemaProps),
    'Not *apiextensions/v1.JSONSchemaProps',
    28,
  ).optional(),
  properties: map(
    z.lazy((): z.ZodType<JSONSchemaProps> => JSONSchemaProps),
    'Properties map[string]apiextensions/v1.JSONSchemaProps',
    29,
  ).optional(),
  additionalProperties: any('AdditionalProperties *apiextensions/v1.JSONSchemaPropsOrBool', 30).optional(),
  patternProperties: map(
    z.lazy((): z.ZodType<JSONSchemaProps> => JSONSchemaProps),
    'PatternProperties map[string]apiextensions/v1.JSONSchemaProps',
    31,
  ).optional(),
  dependencies: map(any(), 'Dependencies map[string]apiextensions/v1.JSONSchemaPropsOrStringArray', 32).optional(),
  additionalItems: any('AdditionalItems *apiextensions/v1.JSONSchemaPropsOrBool', 33).optional(),
  definitions: map(
    z.lazy((): z.ZodType<JSONSchemaProps> => JSONSchemaProps),
    'Definitions map[string]apiextensions/v1.JSONSchemaProps',
    34,
  ).optional(),
  externalDocs: sub(ExternalDocumentation, 'ExternalDocs *apiextensions/v1.ExternalDocumentation', 35).optional(),
  example: any('Example *apiextensions/v1.JSON', 36).optional(),
  nullable: bool('Nullable bool', 37).optional(),
  'x-kubernetes-preserve-unknown-fields': bool('XPreserveUnknownFields *bool', 38).optional(),
  'x-kubernetes-embedded-resource': bool('XEmbeddedResource bool', 39).optional(),
  'x-kubernetes-int-or-string': bool('XIntOrString bool', 40).optional(),
  'x-kubernetes-list-map-keys': list(str(), 'XListMapKeys []string', 41, { listType: 'atomic' }).optional(),
  'x-kubernetes-list-type': str('XListType *string', 42).optional(),
  'x-kubernetes-map-type': str('XMapType *string', 43).optional(),
  'x-kubernetes-validations': list(ValidationRule, 'XValidations []apiextensions/v1.ValidationRule', 44, {
    patch: 'merge',
    key: 'rule',
    listType: 'map',
    mapKeys: ['rule'],
  }).optional(),
});
/** The recursive type of a structural schema, spelled out because zod cannot infer a type from itself. */
export interface JSONSchemaProps {
  id?: string;
  $schema?: string;
  $ref?: string;
  description?: string;
  type?: string;
  format?: string;
  title?: string;
  default?: any;
  maximum?: number;
  exclusiveMaximum?: boolean;
  minimum?: number;
  exclusiveMinimum?: boolean;
  maxLength?: number;
  minLength?: number;
  pattern?: string;
  maxItems?: number;
  minItems?: number;
  uniqueItems?: boolean;
  multipleOf?: number;
  enum?: any[];
  maxProperties?: number;
  minProperties?: number;
  required?: string[];
  items?: any;
  allOf?: JSONSchemaProps[];
  oneOf?: JSONSchemaProps[];
  anyOf?: JSONSchemaProps[];
  not?: JSONSchemaProps;
  properties?: Record<string, JSONSchemaProps>;
  additionalProperties?: any;
  patternProperties?: Record<string, JSONSchemaProps>;
  dependencies?: Record<string, any>;
  additionalItems?: any;
  definitions?: Record<string, JSONSchemaProps>;
  externalDocs?: { description?: string; url?: string };
  example?: any;
  nullable?: boolean;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-embedded-resource'?: boolean;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-list-type'?: string;
  'x-kubernetes-map-type'?: string;
  'x-kubernetes-validations'?: ValidationRule[];
}
