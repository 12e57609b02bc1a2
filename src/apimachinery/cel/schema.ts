/**
 * JSON schemas as CEL sees them: their types, how large their values may get,
 * and JSON values read through them. A part that CEL cannot see has no type.
 */
import { BOOL, BYTES, DOUBLE, DURATION, DYN, INT, listOf, mapOf, STRING, struct, TIMESTAMP, type Type } from './types.js';
import type { StructDecl } from './env.js';
import { escapeField } from './escape.js';

/** The part of a JSON schema that CEL goes by. */
export interface CelSchema {
  readonly type?: string | undefined;
  readonly format?: string | undefined;
  readonly items?: unknown;
  readonly properties?: Readonly<Record<string, CelSchema>> | undefined;
  readonly additionalProperties?: unknown;
  readonly required?: readonly string[] | undefined;
  readonly default?: unknown;
  readonly enum?: readonly unknown[] | undefined;
  readonly maxLength?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly maxProperties?: number | undefined;
  readonly nullable?: boolean | undefined;
  readonly 'x-kubernetes-int-or-string'?: boolean | undefined;
  readonly 'x-kubernetes-embedded-resource'?: boolean | undefined;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean | undefined;
  readonly 'x-kubernetes-list-type'?: string | undefined;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[] | undefined;
}

/** A schema as a CEL type, with what its size can be. */
export interface DeclType {
  readonly type: Type;
  /** Items, entries or bytes at most. */
  readonly maxElements: number;
  /** Bytes of the smallest value as JSON. */
  readonly minSize: number;
  readonly element?: DeclType | undefined;
  readonly key?: DeclType | undefined;
  readonly fields?: ReadonlyMap<string, DeclType> | undefined;
}

export const REQUEST_MAX = 3 * 1024 * 1024;
/** Lengths of times as JSON, quotes included. */
const DURATION_MIN = 3;
const DURATION_MAX = 32;
const DATE_SIZE = 12;
const DATETIME_MIN = 21;
const DATETIME_MAX = 32;

const scalar = (type: Type, minSize: number, maxElements = 0): DeclType => ({ type, minSize, maxElements });

export function isSchema(value: unknown): value is CelSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `name`: what its structs are called. undefined: CEL cannot see it. */
export function declType(schema: CelSchema, name: string, root = false): DeclType | undefined {
  if (schema['x-kubernetes-int-or-string']) return scalar(DYN, 1, schema.maxLength === undefined ? REQUEST_MAX - 2 : positive(schema.maxLength) * 4);
  const whole = root ? withMeta(schema) : schema;
  switch (whole.type) {
    case 'array':
      return listType(whole, name);
    case 'object':
      return objectType(whole, name);
    case 'string':
      return stringType(whole);
    case 'boolean':
      return scalar(BOOL, 4);
    case 'number':
      return scalar(DOUBLE, 1);
    case 'integer':
      return scalar(INT, 1);
    default:
      return undefined;
  }
}

const positive = (value: number): number => Math.max(0, value);
const isEmbedded = (schema: CelSchema): boolean => schema['x-kubernetes-embedded-resource'] === true;

/** apiVersion, kind and the names are visible at the root of every resource. */
export function withMeta(schema: CelSchema): CelSchema {
  const text = { type: 'string' };
  return {
    ...schema,
    properties: { ...schema.properties, kind: text, apiVersion: text, metadata: { type: 'object', properties: { name: text, generateName: text } } },
  };
}

function listType(schema: CelSchema, name: string): DeclType | undefined {
  if (!isSchema(schema.items)) return undefined;
  const element = declType(schema.items, `${name}.@idx`, isEmbedded(schema.items));
  if (element === undefined) return undefined;
  const maxElements = schema.maxItems === undefined ? Math.trunc((REQUEST_MAX - 2) / (element.minSize + 1)) : positive(schema.maxItems);
  return { type: listOf(element.type), element, maxElements, minSize: 2 };
}

function objectType(schema: CelSchema, name: string): DeclType | undefined {
  if (isSchema(schema.additionalProperties)) {
    const element = declType(schema.additionalProperties, `${name}.@elem`, isEmbedded(schema.additionalProperties));
    if (element === undefined) return undefined;
    const maxElements = schema.maxProperties === undefined ? Math.trunc((REQUEST_MAX - 2) / (element.minSize + 6)) : positive(schema.maxProperties);
    return { type: mapOf(STRING, element.type), key: scalar(STRING, 2), element, maxElements, minSize: 2 };
  }
  const fields = new Map<string, DeclType>();
  let minSize = 2;
  for (const [property, inner] of Object.entries(schema.properties ?? {})) {
    const escaped = escapeField(property);
    const decl = declType(inner, `${name}.${escaped ?? property}`, isEmbedded(inner));
    if (decl === undefined) continue;
    if (escaped !== undefined) fields.set(escaped, decl);
    if (schema.required?.includes(property) && inner.default === undefined) minSize += Buffer.byteLength(property) + decl.minSize + 4;
  }
  return { type: struct(name), fields, minSize, maxElements: 0 };
}

function stringType(schema: CelSchema): DeclType {
  const { format, maxLength } = schema;
  switch (format) {
    case 'byte':
      return scalar(BYTES, 2, maxLength === undefined ? REQUEST_MAX - 2 : positive(maxLength));
    case 'duration':
      return scalar(DURATION, DURATION_MIN, DURATION_MAX);
    case 'date':
      return scalar(TIMESTAMP, DATE_SIZE, DATE_SIZE);
    case 'date-time':
      return scalar(TIMESTAMP, DATETIME_MIN, DATETIME_MAX);
    default:
      break;
  }
  if (maxLength !== undefined) return scalar(STRING, 2, positive(maxLength) * 4);
  const { enum: values = [] } = schema;
  if (values.length > 0) return scalar(STRING, 2, Math.max(0, ...values.map((value) => (typeof value === 'string' ? Buffer.byteLength(value) : 0))));
  return scalar(STRING, 2, REQUEST_MAX - 2);
}

/** The structs within, by name: what an Env is extended with. */
export function structsOf(decl: DeclType): (name: string) => StructDecl | undefined {
  const found = new Map<string, StructDecl>();
  const visit = ({ type, element, fields }: DeclType): void => {
    if (element !== undefined) visit(element);
    if (fields === undefined) return;
    found.set(type.name, { name: type.name, field: (name) => fields.get(name)?.type });
    for (const field of fields.values()) visit(field);
  };
  visit(decl);
  return (name) => found.get(name);
}
