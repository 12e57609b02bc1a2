/**
 * x-kubernetes-validations: the rules of a schema in CEL, asked of an object
 * and, on updates, of what it was before. A rule about the change is asked only
 * where there was something; what is as it was may stay as it is.
 */
import type { JSONSchemaProps } from '../../api/apiextensions/types/jsonschema.js';
import { duplicate, forbidden, invalid, required, type Causes, type FieldError } from '../../apimachinery/fielderror.js';
import { deepEqual, isMap } from '../../apimachinery/patch/json.js';
import { celProgram, optionalOf } from './cel.js';

type Rule = NonNullable<JSONSchemaProps['x-kubernetes-validations']>[number];

const NOT_CHECKED = 'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';
/** What makes an object too strange for its rules to be asked. */
const BLOCKING = new Set(['Required', 'TooLong', 'TooMany', 'TypeInvalid']);

/** `found`: what the schema itself complained of. */
export function ruleCauses(schema: JSONSchemaProps, object: unknown, before: unknown, found: Causes): Causes {
  if (found.some(({ type }) => BLOCKING.has(type))) return [invalid('<nil>', null, NOT_CHECKED)];
  const causes: Causes = [];
  visit({ schema, value: object, before, path: '', root: true }, causes);
  return causes;
}

interface Place {
  schema: JSONSchemaProps;
  value: unknown;
  /** undefined: it was not there, or nothing says which it was. */
  before: unknown;
  path: string;
  root: boolean;
}

function visit(place: Place, causes: Causes): void {
  const { schema, value, before, path } = place;
  if (value === undefined || value === null) return;
  for (const rule of schema['x-kubernetes-validations'] ?? []) {
    const cause = broken(rule, place);
    if (cause !== undefined) causes.push(cause);
  }
  if (Array.isArray(value)) {
    const items = schema.items as JSONSchemaProps | undefined;
    if (items !== undefined) value.forEach((item, at) => visit({ schema: items, value: item, before: counterpart(schema, item, before), path: `${path}[${at}]`, root: false }, causes));
  } else if (isMap(value)) {
    const was = isMap(before) ? (before as Record<string, unknown>) : {};
    for (const name of Object.keys(value)) {
      const property = schema.properties?.[name];
      const inner = property ?? (isMap(schema.additionalProperties) ? (schema.additionalProperties as JSONSchemaProps) : undefined);
      if (inner !== undefined) visit({ schema: inner, value: (value as any)[name], before: was[name], path: property === undefined ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`, root: false }, causes);
    }
  }
}

/** Items of a list are the same item only where the list is a map. */
function counterpart(schema: JSONSchemaProps, item: unknown, before: unknown): unknown {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (schema['x-kubernetes-list-type'] !== 'map' || keys === undefined || !Array.isArray(before) || !isMap(item)) return undefined;
  return before.find((one) => keys.every((key) => deepEqual(one?.[key], (item as any)[key])));
}

function broken(rule: Rule, { schema, value, before, path, root }: Place): FieldError | undefined {
  const asksChange = /\boldSelf\b/.test(rule.rule);
  if (asksChange && before === undefined && rule.optionalOldSelf !== true) return undefined;
  if (!asksChange && before !== undefined && deepEqual(before, value)) return undefined;
  const old = before === undefined ? undefined : celValue(schema, before, root);
  const variables = { self: celValue(schema, value, root), ...(rule.optionalOldSelf === true ? { oldSelf: optionalOf(old) } : old === undefined ? {} : { oldSelf: old }) };
  const where = `${path}${rule.fieldPath ?? ''}`.replace(/^\./, '') || '<nil>';
  const type = schema.type ?? '';
  try {
    if (celProgram(rule.rule)(variables) === true) return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return invalid(path === '' ? '<nil>' : path, type, `${evaluationText(error)} evaluating rule: ${(rule.message ?? '').trim() || rule.rule.trim()}`);
  }
  const detail = messageOf(rule, variables);
  if (rule.reason === 'FieldValueForbidden') return forbidden(where, detail);
  if (rule.reason === 'FieldValueRequired') return required(where, detail);
  if (rule.reason === 'FieldValueDuplicate') return duplicate(where, type);
  return invalid(where, type, detail);
}

/** The first line, which says what; the rest shows where. */
function evaluationText({ message }: Error): string {
  const [line = ''] = message.split('\n');
  return line.replace(/^No such key/, 'no such key');
}

function messageOf(rule: Rule, variables: Record<string, unknown>): string {
  const plain = (rule.message ?? '').trim() || `failed rule: ${rule.rule.trim()}`;
  if (!rule.messageExpression) return plain;
  try {
    const made = celProgram(rule.messageExpression)(variables);
    return typeof made === 'string' && made.trim() !== '' && !made.includes('\n') ? made.trim() : plain;
  } catch (error) {
    // As Kubernetes does: a message that cannot be made gives way to the plain one.
    if (error instanceof Error) return plain;
    throw error;
  }
}

const RESERVED = new Set('true false null in as break const continue else for function if import let loop package namespace return var void while'.split(' '));

/** How CEL names a property whose own name is none in CEL. */
const escaped = (name: string): string => (RESERVED.has(name) ? `__${name}__` : name.replace(/__/g, '__underscores__').replace(/\./g, '__dot__').replace(/-/g, '__dash__').replace(/\//g, '__slash__'));

/** A value as CEL sees it: integers apart from other numbers, times as times, and only the fields that the schema knows. */
function celValue(schema: JSONSchemaProps, value: unknown, root: boolean): unknown {
  if (value === null || value === undefined) return value;
  if (Array.isArray(value)) return value.map((item) => celValue((schema.items as JSONSchemaProps | undefined) ?? {}, item, false));
  if (isMap(value)) return celObject(schema, value as Record<string, unknown>, root || schema['x-kubernetes-embedded-resource'] === true);
  if (typeof value === 'number') return schema.type === 'number' || !Number.isInteger(value) ? value : BigInt(value);
  if (typeof value === 'string' && (schema.format === 'date-time' || schema.format === 'date')) return new Date(value);
  if (typeof value === 'string' && schema.format === 'duration') return celProgram('duration(text)')({ text: value });
  return value;
}

function celObject(schema: JSONSchemaProps, value: Record<string, unknown>, resource: boolean): object {
  const out: Record<string, unknown> = {};
  const others = isMap(schema.additionalProperties) ? (schema.additionalProperties as JSONSchemaProps) : undefined;
  for (const [name, inner] of Object.entries(value)) {
    const property = schema.properties?.[name];
    if (property !== undefined && !(resource && name === 'metadata')) out[escaped(name)] = celValue(property, inner, false);
    else if (others !== undefined) out[name] = celValue(others, inner, false);
  }
  if (!resource) return out;
  const { name, generateName } = (value.metadata ?? {}) as { name?: string; generateName?: string };
  return { ...out, apiVersion: value.apiVersion, kind: value.kind, metadata: { ...(name === undefined ? {} : { name }), ...(generateName === undefined ? {} : { generateName }) } };
}
