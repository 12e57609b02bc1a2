/**
 * Custom resources against their schema, in kube-openapi's words: types,
 * bounds, patterns, formats, enums, combinations; and lists that are sets or
 * maps. Rules in CEL are checked elsewhere, by whoever is handed the schema.
 */
import type { JSONSchemaProps } from '../../api/apiextensions/types/jsonschema.js';
import { goRegExp, regexpError } from '../../apimachinery/goregexp.js';
import { duplicate, invalid, notSupported, required, tooLong, tooMany, typeInvalid, type Causes } from '../../apimachinery/fielderror.js';
import { goJson } from '../../apimachinery/gojson.js';
import { deepEqual, isMap } from '../../apimachinery/patch/json.js';
import { formatHolds } from './formats.js';

/** Complaints about a whole object; on updates, what did not change may stay as it is. */
export function validateCustomResource(
  schema: JSONSchemaProps,
  object: unknown,
  { before, others = [] }: { before?: unknown; /** Told before lists that repeat themselves. */ others?: Causes } = {},
): Causes {
  const causes: Causes = [];
  validate(schema, object, '', causes, before);
  causes.push(...others);
  const repeats: Causes = [];
  validateListTypes(schema, object, '', repeats);
  if (repeats.length > 0 && (before === undefined || !repeatsAnything(schema, before))) causes.push(...repeats);
  return causes;
}

function repeatsAnything(schema: JSONSchemaProps, object: unknown): boolean {
  const repeats: Causes = [];
  validateListTypes(schema, object, '', repeats);
  return repeats.length > 0;
}

const inBody = (path: string, text: string) => `${path} in body ${text}`;

/** `before`: what stood in the same place; undefined: nothing, or nothing says which it was. */
function validate(schema: JSONSchemaProps, value: unknown, path: string, causes: Causes, before?: unknown): void {
  if (value === undefined) return;
  if (before !== undefined && deepEqual(before, value)) return;
  validateType(schema, value, path, causes);
  if (value !== null) validateCombined(schema, value, path, causes);
  if (typeof value === 'string') validateString(schema, value, path, causes);
  if (typeof value === 'number') validateNumber(schema, value, path, causes);
  if (Array.isArray(value)) validateList(schema, value, path, causes, before);
  validateEnum(schema, value, path, causes);
  if (isMap(value)) validateMap(schema, value, path, causes, isMap(before) ? before : {});
}

/** As Kubernetes does: null is never one of the values, even where it is named. */
function validateEnum({ enum: allowed = [] }: JSONSchemaProps, value: unknown, path: string, causes: Causes): void {
  if (allowed.length === 0 || (value !== null && allowed.some((one) => deepEqual(one, value)))) return;
  causes.push(
    notSupported(
      path,
      value ?? '',
      allowed.map((one) => (typeof one === 'string' ? one : goJson(one))),
    ),
  );
}

function jsonType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function validateType(schema: JSONSchemaProps, value: unknown, path: string, causes: Causes): void {
  if (value === null && schema.nullable === true) return;
  const actual = jsonType(value);
  const { type = '' } = schema;
  const [expected, holds] = schema['x-kubernetes-int-or-string']
    ? ['integer,string', actual === 'integer' || actual === 'string']
    : [type, type === '' || type === actual || (type === 'number' && actual === 'integer')];
  if (!holds) causes.push(typeInvalid(path, actual, inBody(path, `must be of type ${expected}: ${JSON.stringify(actual)}`)));
}

function validateString(schema: JSONSchemaProps, value: string, path: string, causes: Causes): void {
  const wrong = textCause(schema, value, path);
  if (wrong !== undefined) causes.push(wrong);
  if (schema.format !== undefined && !formatHolds(schema.format, value))
    causes.push(typeInvalid(path, value, inBody(path, `must be of type ${schema.format}: ${JSON.stringify(value)}`)));
}

/** Of a length and a pattern only the first that does not hold is told. */
function textCause({ maxLength, minLength, pattern = '' }: JSONSchemaProps, value: string, path: string): Causes[number] | undefined {
  const length = [...value].length;
  if (maxLength !== undefined && length > maxLength) return tooLong(path, value, maxLength);
  if (minLength !== undefined && length < minLength) return invalid(path, value, inBody(path, `should be at least ${minLength} chars long`));
  return pattern !== '' && !matches(pattern, value) ? invalid(path, value, inBody(path, `should match '${pattern}'`)) : undefined;
}

/** As kube-openapi has it: what cannot be read matches nothing. */
const matches = (pattern: string, value: string): boolean => regexpError(pattern) === undefined && goRegExp(pattern).test(value);

function validateNumber(schema: JSONSchemaProps, value: number, path: string, causes: Causes): void {
  const { maximum, minimum, multipleOf } = schema;
  if (multipleOf !== undefined && multipleOf > 0 && !Number.isInteger(value / multipleOf))
    causes.push(invalid(path, value, inBody(path, `should be a multiple of ${multipleOf}`)));
  if (minimum !== undefined && (schema.exclusiveMinimum ? value <= minimum : value < minimum))
    causes.push(invalid(path, value, inBody(path, `should be greater than ${schema.exclusiveMinimum ? '' : 'or equal to '}${minimum}`)));
  if (maximum !== undefined && (schema.exclusiveMaximum ? value >= maximum : value > maximum))
    causes.push(invalid(path, value, inBody(path, `should be less than ${schema.exclusiveMaximum ? '' : 'or equal to '}${maximum}`)));
}

function validateList(schema: JSONSchemaProps, value: unknown[], path: string, causes: Causes, before: unknown): void {
  if (schema.items !== undefined)
    value.forEach((item, at) => validate(schema.items as JSONSchemaProps, item, `${path}[${at}]`, causes, counterpart(schema, item, before)));
  if (schema.minItems !== undefined && value.length < schema.minItems)
    causes.push(invalid(path, value.length, inBody(path, `should have at least ${schema.minItems} items`)));
  if (schema.maxItems !== undefined && value.length > schema.maxItems) causes.push(tooMany(path, value.length, schema.maxItems));
  if (schema.uniqueItems && value.some((item, at) => value.slice(0, at).some((other) => deepEqual(item, other))))
    causes.push(invalid(path, value, inBody(path, "shouldn't contain duplicates")));
}

/** Items of a list are the same item only where the list is a map. */
export function counterpart(schema: JSONSchemaProps, item: unknown, before: unknown): unknown {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (schema['x-kubernetes-list-type'] !== 'map' || keys === undefined || !Array.isArray(before) || !isMap(item)) return undefined;
  return before.find((one) => keys.every((key) => deepEqual(one?.[key], item[key])));
}

function validateMap(schema: JSONSchemaProps, value: Record<string, unknown>, path: string, causes: Causes, before: Record<string, unknown>): void {
  const { properties = {}, additionalProperties } = schema;
  const count = Object.keys(value).length;
  // Too few or too many, and nothing more is said.
  if (schema.minProperties !== undefined && count < schema.minProperties)
    return void causes.push(invalid(path, count, inBody(path, `should have at least ${schema.minProperties} properties`)));
  if (schema.maxProperties !== undefined && count > schema.maxProperties) return void causes.push(tooMany(path, count, schema.maxProperties));
  const child = (name: string) => (path === '' ? name : `${path}.${name}`);
  for (const [name, inner] of Object.entries(value)) {
    const was = schema['x-kubernetes-map-type'] !== 'atomic' && Object.hasOwn(before, name) ? before[name] : undefined;
    if (Object.hasOwn(properties, name)) validate(properties[name]!, inner, child(name), causes, was);
    else if (typeof additionalProperties === 'object') validate(additionalProperties as JSONSchemaProps, inner, child(name), causes, was);
  }
  for (const name of schema.required ?? []) if (!Object.hasOwn(value, name)) causes.push(required(child(name), ''));
}

/** Complaints about combinations name no field, as kube-openapi gives them none. */
function validateCombined(schema: JSONSchemaProps, value: unknown, path: string, causes: Causes): void {
  const complain = (text: string) => causes.push(invalid('<nil>', '', text));
  const failures = (inner: JSONSchemaProps): Causes => {
    const found: Causes = [];
    validate(inner, value, path, found);
    return found;
  };
  const quoted = JSON.stringify(path);
  for (const one of schema.allOf ?? []) {
    const found = failures(one);
    if (found.length > 0) {
      complain(`${quoted} must validate all the schemas (allOf)`);
      causes.push(...found);
    }
  }
  const best = (all: Causes[]) => all.reduce((least, found) => (found.length < least.length ? found : least));
  if (schema.anyOf !== undefined && schema.anyOf.length > 0) {
    const all = schema.anyOf.map(failures);
    if (all.every((found) => found.length > 0)) {
      complain(`${quoted} must validate at least one schema (anyOf)`);
      causes.push(...best(all));
    }
  }
  if (schema.oneOf !== undefined && schema.oneOf.length > 0) {
    const all = schema.oneOf.map(failures);
    const valid = all.filter((found) => found.length === 0).length;
    if (valid === 0) {
      complain(`${quoted} must validate one and only one schema (oneOf). Found none valid`);
      causes.push(...best(all));
    } else if (valid > 1) complain(`${quoted} must validate one and only one schema (oneOf). Found ${valid} valid alternatives`);
  }
  if (schema.not !== undefined && failures(schema.not).length === 0) complain(`${quoted} must not validate the schema (not)`);
}

function validateListTypes(schema: JSONSchemaProps, value: unknown, path: string, causes: Causes): void {
  if (Array.isArray(value)) {
    const type = schema['x-kubernetes-list-type'];
    if (type === 'set') repeated(value, (item) => item, path, causes);
    if (type === 'map') repeated(value, (item) => keysOf(schema, item), path, causes);
    if (schema.items !== undefined) value.forEach((item, at) => validateListTypes(schema.items as JSONSchemaProps, item, `${path}[${at}]`, causes));
    return;
  }
  if (!isMap(value)) return;
  const { properties = {}, additionalProperties } = schema;
  for (const [name, inner] of Object.entries(value)) {
    const below = Object.hasOwn(properties, name)
      ? properties[name]
      : typeof additionalProperties === 'object'
        ? (additionalProperties as JSONSchemaProps)
        : undefined;
    if (below !== undefined) validateListTypes(below, inner, path === '' ? name : `${path}.${name}`, causes);
  }
}

/** Each repeated item once, where it first comes again. */
function repeated(list: unknown[], nameOf: (item: unknown) => unknown, path: string, causes: Causes): void {
  const seen = new Map<string, number>();
  list.forEach((item, at) => {
    const name = nameOf(item);
    if (name === undefined) return;
    const text = JSON.stringify(name);
    const count = (seen.get(text) ?? 0) + 1;
    seen.set(text, count);
    if (count === 2) causes.push(duplicate(`${path}[${at}]`, name));
  });
}

function keysOf(schema: JSONSchemaProps, item: unknown): unknown {
  if (!isMap(item)) return undefined;
  const names = [...(schema['x-kubernetes-list-map-keys'] ?? [])].sort().filter((name) => item[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, item[name]]));
}
