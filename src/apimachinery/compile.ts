/**
 * TypeNodes of the built-in kinds, compiled from their zod schemas and the Go
 * facts beside them. Each schema is compiled once; a struct that holds itself
 * becomes a node that holds itself. Nothing here parses data.
 */
import type { z } from 'zod';
import type { Facts } from './schema.js';
import { facts, typeMeta } from './schema.js';
import type { Field, Inline, Scalar, StructNode, TypeNode } from './typenode.js';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

const compiled = new WeakMap<object, StructNode>();

/** The struct of a schema made by `struct()`. */
export function typeNodeOf(schema: z.ZodType): StructNode {
  const node = nodeOf(schema);
  if (node.kind !== 'struct') throw new TypeError(`a kind's schema must be a struct, not a ${node.kind}`);
  return node;
}

/** The parts of zod's definitions that are read here. */
interface Definition {
  type: string;
  innerType?: z.ZodType;
  getter?: () => z.ZodType;
  shape?: Readonly<Record<string, z.ZodType>>;
  element?: z.ZodType;
  valueType?: z.ZodType;
}
const definitionOf = (schema: z.ZodType): Definition => schema._zod.def as unknown as Definition;

interface Unwrapped {
  /** The schema that carries the facts. */
  schema: z.ZodType;
  facts: Facts;
  isOptional: boolean;
}

function unwrap(outer: z.ZodType): Unwrapped {
  let schema = outer;
  let isOptional = false;
  for (;;) {
    const known = facts.get(schema);
    if (known !== undefined) return { schema, facts: known, isOptional };
    const definition = definitionOf(schema);
    if (definition.type === 'optional') isOptional = true;
    const inner = definition.type === 'lazy' ? definition.getter?.() : definition.innerType;
    if (inner === undefined) throw new TypeError(`a schema of type ${definition.type} carries no Go facts`);
    schema = inner;
  }
}

function nodeOf(outer: z.ZodType): TypeNode {
  const { schema, facts: known } = unwrap(outer);
  const definition = definitionOf(schema);
  if (definition.type === 'object') return structOf(schema, known, definition.shape ?? {});
  switch (known.scalar) {
    case 'struct':
      return nodeOf((definition.getter as () => z.ZodType)());
    case 'list':
      return { kind: 'list', items: nodeOf(definition.element as z.ZodType), ...pick(known, 'listType', 'mapKeys') };
    case 'map':
      return { kind: 'map', values: nodeOf(definition.valueType as z.ZodType), ...pick(known, 'mapType') };
    case 'any':
      return { kind: 'any', go: (known.go ?? '').slice((known.go ?? '').indexOf(' ') + 1) };
    default:
      return { kind: 'scalar', scalar: known.scalar as Scalar, ...pick(known, 'enum') };
  }
}

function pick<Key extends keyof Facts>(from: Facts, ...keys: Key[]): Pick<Facts, Key> {
  return Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]])) as Pick<Facts, Key>;
}

function structOf(schema: z.ZodType, known: Facts, shape: Readonly<Record<string, z.ZodType>>): StructNode {
  const cached = compiled.get(schema);
  if (cached !== undefined) return cached;
  const fields: Field[] = [];
  const byName = new Map<string, Field>();
  const node: Writable<StructNode> = { kind: 'struct', go: known.struct ?? '', fields, byName, inlines: inlinesOf(known, shape) };
  if (known.mapType === 'atomic') node.mapType = 'atomic';
  if (known.openapi !== undefined) node.openapi = known.openapi;
  // Before the fields: a struct that holds itself must find itself.
  compiled.set(schema, node);
  for (const [name, type] of Object.entries(shape)) {
    const field = fieldOf(name, type);
    fields.push(field);
    byName.set(name, field);
  }
  return node;
}

function inlinesOf(known: Facts, shape: Readonly<Record<string, z.ZodType>>): Inline[] {
  const inlines: Inline[] = [];
  if (shape['kind'] === typeMeta.kind) inlines.push({ goName: 'TypeMeta', go: 'apis/meta/v1.TypeMeta', fields: ['kind', 'apiVersion'] });
  for (const [goName, struct, proto] of known.inline ?? []) {
    const inner = facts.get(struct);
    const names = Object.keys(struct.shape);
    inlines.push({
      goName,
      go: inner?.struct ?? '',
      ...(proto === undefined ? {} : { proto }),
      fields: names,
      ...(inner?.inline === undefined ? {} : { inlines: inlinesOf(inner, struct.shape) }),
    });
  }
  return inlines;
}

const isTypeMeta = (schema: z.ZodType): boolean => schema === typeMeta.kind || schema === typeMeta.apiVersion;
/** Go keeps these in structs of their own, so that `omitempty` never leaves them out. */
const STRUCT_SCALARS: ReadonlySet<string> = new Set(['quantity', 'time', 'microTime', 'duration', 'intOrString']);

function fieldOf(name: string, schema: z.ZodType): Field {
  const { schema: inner, facts: known, isOptional } = unwrap(schema);
  const go = known.go ?? `${name} `;
  const space = go.indexOf(' ');
  const goType = go.slice(space + 1);
  const omitempty = known.omitempty ?? (isOptional || isTypeMeta(inner));
  const type = nodeOf(inner);
  const field: Field = {
    name,
    goName: go.slice(0, space),
    goType,
    pointer: goType.startsWith('*'),
    omitempty,
    omitzero: known.omitzero === true,
    required: known.required ?? !omitempty,
    type,
  };
  if (known.proto !== undefined) field.proto = known.proto;
  if (known.enum !== undefined) field.enum = known.enum;
  if (known.patch !== undefined) field.patch = known.patch.split(',') as NonNullable<Field['patch']>;
  if (known.key !== undefined) field.mergeKey = known.key;
  if (known.listType === 'atomic' && known.scalar === 'bytes') field.listType = 'atomic';
  if (known.mapType !== undefined && type.kind === 'struct' && known.scalar === 'struct') field.mapType = known.mapType;
  const fallback = defaultOf(known, field, isOptional);
  if (fallback !== undefined) field.default = fallback;
  return field;
}

/** As Kubernetes' OpenAPI generator: what Go always writes has its zero value as default. */
function defaultOf(known: Facts, field: Field, isOptional: boolean): unknown {
  if (known.default === null) return undefined;
  if (known.default !== undefined) return known.default;
  if (field.pointer) return undefined;
  if (field.type.kind === 'struct') return {};
  if (isOptional || field.omitempty || field.type.kind !== 'scalar' || STRUCT_SCALARS.has(field.type.scalar)) return undefined;
  const { scalar } = field.type;
  if (scalar === 'string') return '';
  if (scalar === 'bool') return false;
  return scalar === 'bytes' ? undefined : 0;
}
