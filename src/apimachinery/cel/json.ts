/**
 * JSON as CEL values, read as it is asked for: through a schema, which knows
 * what is a time and which lists are sets, or plainly. Nothing is copied.
 */
import { CelDuration, CelError, CelMap, CelObject, CelTimestamp, markList, type Value } from './values.js';
import { isSchema, withMeta, type CelSchema } from './schema.js';
import { escapeField } from './escape.js';
import { parseGoDuration, parseRfc3339 } from './lib/gotime.js';
import { opaque, type Type } from './types.js';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What JSON says and no more: whole numbers are ints. */
export function plainValue(value: unknown): Value {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return value;
    case 'number':
      return Number.isInteger(value) ? BigInt(value) : value;
    default:
      break;
  }
  if (value === null || value === undefined) return null;
  return Array.isArray(value) ? value.map(plainValue) : new PlainMap(value as Json);
}

class PlainMap extends CelMap {
  readonly json: Json;
  readonly #read = new Map<string, Value>();
  constructor(json: Json) {
    super();
    this.json = json;
  }
  get(key: Value): Value | undefined {
    if (typeof key !== 'string' || !Object.hasOwn(this.json, key) || this.json[key] === undefined) return undefined;
    let found = this.#read.get(key);
    if (found === undefined) this.#read.set(key, (found = plainValue(this.json[key])));
    return found;
  }
  keys(): Value[] {
    return Object.keys(this.json).filter((key) => this.json[key] !== undefined);
  }
  get length(): number {
    return this.keys().length;
  }
}

/** A value through its schema; `root`: of a whole resource. */
export function schemaValue(schema: CelSchema, value: unknown, root = false): Value {
  if (value === null || value === undefined) {
    if (schema.nullable) return null;
    throw new CelError('invalid data, got null for schema with nullable=false');
  }
  if (schema['x-kubernetes-int-or-string']) {
    if (typeof value === 'string') return value;
    if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
    throw new CelError('invalid data, expected XIntOrString value to be either a string or integer');
  }
  switch (schema.type) {
    case 'object':
      return objectValue(schema, value, root);
    case 'array':
      return listValue(schema, value);
    case 'string':
      return textValue(schema, value);
    case 'number':
      return typeof value === 'number' ? value : unexpected('float', value);
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : unexpected('int', value);
    case 'boolean':
      return typeof value === 'boolean' ? value : unexpected('bool', value);
    default:
      return new Unknown(value);
  }
}

function unexpected(wanted: string, value: unknown): never {
  const found =
    { string: 'string', number: Number.isInteger(value) ? 'int64' : 'float64', boolean: 'bool' }[typeof value as 'string'] ??
    (Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}');
  throw new CelError(`invalid data, expected ${wanted}, got ${found}`);
}

function objectValue(schema: CelSchema, value: unknown, root: boolean): Value {
  if (!isObject(value)) throw new CelError('invalid data, expected a map for the provided schema with type=object');
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  if (root || embedded || schema.properties !== undefined) return new SchemaStruct(root || embedded ? withMeta(schema) : schema, value);
  if (isSchema(schema.additionalProperties)) return new SchemaMap(schema.additionalProperties, value);
  return new SchemaStruct(schema, value);
}

class SchemaMap extends CelMap {
  readonly #schema: CelSchema;
  readonly #json: Json;
  constructor(schema: CelSchema, json: Json) {
    super();
    this.#schema = schema;
    this.#json = json;
  }
  get(key: Value): Value | undefined {
    return typeof key === 'string' && Object.hasOwn(this.#json, key) && this.#json[key] !== undefined ? schemaValue(this.#schema, this.#json[key]) : undefined;
  }
  keys(): Value[] {
    return Object.keys(this.#json);
  }
  get length(): number {
    return Object.keys(this.#json).length;
  }
}

const fieldNames = new WeakMap<CelSchema, ReadonlyMap<string, string>>();

/** The members that a schema has, by the identifiers that they are spoken of by. */
function namesOf(schema: CelSchema): ReadonlyMap<string, string> {
  let names = fieldNames.get(schema);
  if (names === undefined) fieldNames.set(schema, (names = new Map(Object.keys(schema.properties ?? {}).map((name) => [escapeField(name) ?? name, name]))));
  return names;
}

class SchemaStruct extends CelMap {
  override readonly struct = 'object';
  readonly #schema: CelSchema;
  readonly #json: Json;
  readonly #read = new Map<string, Value>();
  constructor(schema: CelSchema, json: Json) {
    super();
    this.#schema = schema;
    this.#json = json;
  }
  get(key: Value): Value | undefined {
    const name = typeof key === 'string' ? namesOf(this.#schema).get(key) : undefined;
    if (name === undefined || !Object.hasOwn(this.#json, name) || this.#json[name] === undefined) return undefined;
    let found = this.#read.get(name);
    if (found === undefined) this.#read.set(name, (found = schemaValue(this.#schema.properties![name]!, this.#json[name])));
    return found;
  }
  keys(): Value[] {
    return [...namesOf(this.#schema)].filter(([, name]) => Object.hasOwn(this.#json, name)).map(([escaped]) => escaped);
  }
  get length(): number {
    return Object.keys(this.#json).length;
  }
}

function listValue(schema: CelSchema, value: unknown): Value {
  if (!Array.isArray(value)) throw new CelError('invalid data, expected an array for the provided schema with type=array');
  const { items } = schema;
  if (!isSchema(items)) throw new CelError('invalid array type, expected Items with a non-empty Schema');
  const list = value.map((item) => schemaValue(items, item));
  const type = schema['x-kubernetes-list-type'];
  return type === 'set' || type === 'map'
    ? markList(list, { type, keys: (schema['x-kubernetes-list-map-keys'] ?? []).map((key) => escapeField(key) ?? key) })
    : list;
}

const DAY = 86_400_000_000_000n;
const LONG_UNITS: Readonly<Record<string, bigint>> = {
  nanosecond: 1n,
  microsecond: 1000n,
  millisecond: 1_000_000n,
  second: DAY / 86_400n,
  minute: DAY / 1440n,
  hour: DAY / 24n,
  day: DAY,
  week: 7n * DAY,
};

function textValue({ format }: CelSchema, value: unknown): Value {
  if (typeof value !== 'string') return unexpected('string', value);
  switch (format) {
    case 'duration':
      return new CelDuration(parseGoDuration(value) ?? longDuration(value) ?? refused(`Invalid duration ${value}`));
    case 'date':
      return new CelTimestamp(parseRfc3339(`${value}T00:00:00Z`) ?? refused(`Invalid date formatted string ${value}`));
    case 'date-time':
      return new CelTimestamp(parseRfc3339(value.replace(' ', 'T')) ?? refused(`Invalid date-time formatted string ${value}`));
    case 'byte':
      return Uint8Array.from(Buffer.from(value, 'base64'));
    default:
      return value;
  }
}

function refused(message: string): never {
  throw new CelError(message);
}

/** "3 days": what go-openapi reads beside Go's own durations. */
function longDuration(text: string): bigint | undefined {
  const [, count, unit] = /^(\d+) (\w+?)s?$/.exec(text) ?? [];
  const scale = LONG_UNITS[unit ?? ''];
  return scale === undefined ? undefined : BigInt(count!) * scale;
}

/** What was kept without a schema: it can only be compared. */
class Unknown extends CelObject {
  readonly type: Type = opaque('unknown');
  readonly #value: unknown;
  constructor(value: unknown) {
    super();
    this.#value = value;
  }
  equals(other: CelObject): boolean {
    return other instanceof Unknown && JSON.stringify(this.#value) === JSON.stringify(other.#value);
  }
}
