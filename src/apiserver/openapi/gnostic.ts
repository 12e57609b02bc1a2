/**
 * The OpenAPI v2 document in protobuf, by the messages of gnostic: the only
 * form in which client-go asks for it (kubectl's check of manifests against
 * kinds that are not served, `explain` of old clients). Extensions and values
 * of any type are texts, in which JSON passes for YAML. Only what our own
 * documents contain is known here.
 */
import type { Schema } from './schemas.js';

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;

type Writer = (value: any) => Buffer;
interface Field {
  number: number;
  wire: number;
  write: Writer;
  /** A field for each item of the value. */
  each: boolean;
}
/** Fields of a message by JSON name; `extensions`: the number of those that begin with "x-". */
interface Message {
  fields: Readonly<Record<string, Field>>;
  extensions?: number;
}

export const gnosticDocument = (document: Schema): Buffer => message(document, DOCUMENT);

function message(value: Schema, { fields, extensions }: Message): Buffer {
  const parts: Buffer[] = [];
  for (const [name, inner] of Object.entries(value)) {
    const field = fields[name];
    if (field !== undefined && inner !== null) for (const item of field.each ? inner : [inner]) parts.push(encoded(field, item));
    else if (extensions !== undefined && name.startsWith('x-')) parts.push(lengthed(extensions, named(name, anyText(inner))));
  }
  return Buffer.concat(parts);
}

function encoded({ number, wire, write }: Field, value: unknown): Buffer {
  const bytes = write(value);
  return wire === BYTES ? lengthed(number, bytes) : Buffer.concat([varint((number << 3) | wire), bytes]);
}

const lengthed = (number: number, bytes: Buffer): Buffer => Buffer.concat([varint((number << 3) | BYTES), varint(bytes.length), bytes]);
const named = (name: string, value: Buffer): Buffer => Buffer.concat([lengthed(1, Buffer.from(name)), lengthed(2, value)]);
const anyText = (value: unknown): Buffer => lengthed(2, Buffer.from(`${JSON.stringify(value)}\n`));

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(Math.trunc(value)));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

const field = (number: number, wire: number, write: Writer): Field => ({ number, wire, write, each: false });
const text = (number: number): Field => field(number, BYTES, (value) => Buffer.from(String(value)));
const flag = (number: number): Field => field(number, VARINT, (value) => varint(value === true ? 1 : 0));
const integer = (number: number): Field => field(number, VARINT, varint);
const decimal = (number: number): Field => field(number, FIXED64, double);
const any = (number: number): Field => field(number, BYTES, anyText);
const made = (number: number, write: Writer): Field => field(number, BYTES, write);
const of = (number: number, what: () => Message): Field => made(number, (value) => message(value, what()));
const list = (one: Field): Field => ({ ...one, each: true });
/** A map, which is a message of named items. */
const items = (value: Schema, number: number, write: Writer): Buffer =>
  Buffer.concat(Object.entries(value).map(([name, inner]) => lengthed(number, named(name, write(inner)))));
const mapOf = (number: number, write: Writer): Field => made(number, (value) => items(value, 1, write));

const schemaText: Writer = (value) => message(value, SCHEMA);
const many = (value: unknown): any[] => (Array.isArray(value) ? value : [value]);
const texts: Writer = (value) => Buffer.concat(many(value).map((one) => lengthed(1, Buffer.from(one))));
const schemas: Writer = (value) => Buffer.concat(many(value).map((one) => lengthed(1, schemaText(one))));
const schemaOrFlag: Writer = (value) => (typeof value === 'boolean' ? encoded(flag(2), value) : lengthed(1, schemaText(value)));

const SCHEMA: Message = {
  fields: {
    $ref: text(1),
    format: text(2),
    title: text(3),
    description: text(4),
    default: any(5),
    multipleOf: decimal(6),
    maximum: decimal(7),
    exclusiveMaximum: flag(8),
    minimum: decimal(9),
    exclusiveMinimum: flag(10),
    maxLength: integer(11),
    minLength: integer(12),
    pattern: text(13),
    maxItems: integer(14),
    minItems: integer(15),
    uniqueItems: flag(16),
    maxProperties: integer(17),
    minProperties: integer(18),
    required: list(text(19)),
    enum: list(any(20)),
    additionalProperties: made(21, schemaOrFlag),
    type: made(22, texts),
    items: made(23, schemas),
    allOf: list(made(24, schemaText)),
    properties: mapOf(25, schemaText),
    example: any(30),
  },
  extensions: 31,
};

/** Parameters in the query and in the path differ by one field, after which all numbers shift. */
const primitive = (shift: number, more: Readonly<Record<string, Field>> = {}): Message => ({
  fields: {
    required: flag(1),
    in: text(2),
    description: text(3),
    name: text(4),
    ...more,
    type: text(5 + shift),
    format: text(6 + shift),
    default: any(9 + shift),
    maximum: decimal(10 + shift),
    minimum: decimal(12 + shift),
    pattern: text(16 + shift),
    uniqueItems: flag(19 + shift),
    enum: list(any(20 + shift)),
  },
  extensions: 22 + shift,
});
const IN_PATH = primitive(0);
const IN_QUERY = primitive(1, { allowEmptyValue: flag(5) });
const IN_BODY: Message = { fields: { description: text(1), name: text(2), in: text(3), required: flag(4), schema: made(5, schemaText) }, extensions: 6 };

/** ParametersItem, Parameter, NonBodyParameter: three messages deep, each a choice. */
const parameter: Writer = (value: Schema) => {
  if (value['in'] === 'body') return lengthed(1, lengthed(1, message(value, IN_BODY)));
  const inner = value['in'] === 'path' ? lengthed(4, message(value, IN_PATH)) : lengthed(3, message(value, IN_QUERY));
  return lengthed(1, lengthed(2, inner));
};

const RESPONSE: Message = { fields: { description: text(1), schema: made(2, (value) => lengthed(1, schemaText(value))) }, extensions: 5 };
const responses: Writer = (value) => items(value, 1, (inner) => lengthed(1, message(inner, RESPONSE)));
const requirement: Writer = (value) => items(value, 1, texts);

const OPERATION: Message = {
  fields: {
    tags: list(text(1)),
    summary: text(2),
    description: text(3),
    operationId: text(5),
    produces: list(text(6)),
    consumes: list(text(7)),
    parameters: list(made(8, parameter)),
    responses: made(9, responses),
    schemes: list(text(10)),
    deprecated: flag(11),
    security: list(made(12, requirement)),
  },
  extensions: 13,
};
const operation = (number: number): Field => of(number, () => OPERATION);
const PATH: Message = {
  fields: {
    get: operation(2),
    put: operation(3),
    post: operation(4),
    delete: operation(5),
    options: operation(6),
    head: operation(7),
    patch: operation(8),
    parameters: list(made(9, parameter)),
  },
  extensions: 10,
};
const INFO: Message = { fields: { title: text(1), version: text(2), description: text(3) }, extensions: 7 };
const API_KEY: Message = { fields: { type: text(1), name: text(2), in: text(3), description: text(4) }, extensions: 5 };

const DOCUMENT: Message = {
  fields: {
    swagger: text(1),
    info: of(2, () => INFO),
    paths: made(8, (value) => items(value, 2, (path) => message(path, PATH))),
    definitions: mapOf(9, schemaText),
    security: list(made(12, requirement)),
    securityDefinitions: mapOf(13, (value) => lengthed(2, message(value, API_KEY))),
  },
  extensions: 16,
};
