/**
 * What structured merge needs to know of a type: which maps and lists are one
 * leaf, which lists have keys and with what defaults. Made once from each
 * TypeNode and kept with it.
 */
import type { Field, TypeNode } from '../../apimachinery/typenode.js';
import { byBytes } from '../../apimachinery/patch/gotext.js';
import { newStart, type Start } from './intern.js';

export type Shape = LeafShape | MapShape | ListShape | DeducedShape;

export interface LeafShape {
  kind: 'leaf';
  /** What a scalar must be; undefined for atomic maps and lists, and for values of no stated type. */
  scalar?: 'string' | 'numeric' | 'boolean' | 'any';
  /** An atomic map or list: what it must be, and its shape below, for checking alone. */
  atomic?: 'map' | 'list';
  inner?: Shape;
}
/** A struct or a granular map. */
export interface MapShape {
  kind: 'map';
  /** By name, in the order of managedFields. */
  fields: readonly FieldShape[];
  byName: ReadonlyMap<string, FieldShape>;
  /** What keys that are no fields hold; undefined where such keys are not allowed. */
  element: Shape | undefined;
  start: Start;
}
export interface FieldShape {
  name: string;
  element: string;
  readonly shape: Shape;
  default: unknown;
}
export interface ListShape {
  kind: 'list';
  /** [] for a set. */
  keys: readonly { name: string; default: unknown }[];
  items: Shape;
  start: Start;
}
/** The value itself says: maps are granular, all else is a leaf (preserved unknown fields). */
export interface DeducedShape {
  kind: 'deduced';
}

const DEDUCED: DeducedShape = { kind: 'deduced' };
const ATOMIC: LeafShape = { kind: 'leaf' };
const SCALARS = { string: leafOf('string'), numeric: leafOf('numeric'), boolean: leafOf('boolean'), any: leafOf('any') };

const shapes = new WeakMap<TypeNode, Shape>();

export function shapeOf(node: TypeNode, field?: Field): Shape {
  // A list's relation may come from its field's patch strategy, so such lists are not shared through their node.
  if (node.kind === 'list') return listShape(node, field);
  let shape = shapes.get(node);
  if (shape === undefined) shapes.set(node, (shape = make(node)));
  return shape;
}

function make(node: Exclude<TypeNode, { kind: 'list' }>): Shape {
  switch (node.kind) {
    case 'scalar':
      return scalarShape(node.scalar);
    case 'any':
      return node.go === '' ? DEDUCED : ATOMIC;
    case 'map': {
      const shape: MapShape = { kind: 'map', fields: [], byName: new Map(), element: undefined, start: newStart() };
      shape.element = shapeOf(node.values);
      return node.mapType === 'atomic' ? { kind: 'leaf', atomic: 'map', inner: shape } : shape;
    }
    case 'struct': {
      const fields = node.fields.map(fieldShape).sort((one, other) => byBytes(one.name, other.name));
      const element = node.additional === undefined ? (node.preserveUnknown ? DEDUCED : undefined) : shapeOf(node.additional);
      const shape: MapShape = { kind: 'map', fields, byName: new Map(fields.map((field) => [field.name, field])), element, start: newStart() };
      return node.mapType === 'atomic' ? { kind: 'leaf', atomic: 'map', inner: shape } : shape;
    }
  }
}

function fieldShape(field: Field): FieldShape {
  let shape: Shape | undefined;
  return {
    name: field.name,
    element: `f:${field.name}`,
    default: field.default,
    // Late, because structs may contain themselves.
    get shape() {
      return (shape ??= related(shapeOf(field.type, field), field.mapType));
    },
  };
}

/** A field may say of its struct what the struct itself does not. */
function related(shape: Shape, mapType: Field['mapType']): Shape {
  if (mapType === 'granular' && shape.kind === 'leaf' && shape.atomic === 'map') return shape.inner!;
  return mapType === 'atomic' && shape.kind === 'map' ? { kind: 'leaf', atomic: 'map', inner: shape } : shape;
}

function listShape(node: Extract<TypeNode, { kind: 'list' }>, field: Field | undefined): Shape {
  const items = shapeOf(node.items);
  const merges = node.listType === undefined && field?.patch?.includes('merge');
  const names = node.listType === 'map' ? (node.mapKeys ?? []) : merges && field?.mergeKey ? [field.mergeKey] : [];
  const inner = items.kind === 'leaf' && items.atomic === 'map' ? items.inner : items;
  const byName = inner?.kind === 'map' ? inner.byName : undefined;
  const keys = [...names].sort(byBytes).map((name) => ({ name, default: byName?.get(name)?.default }));
  const shape: ListShape = { kind: 'list', keys, items, start: newStart() };
  if (node.listType === 'map' || node.listType === 'set' || merges) return shape;
  return { kind: 'leaf', atomic: 'list', inner: shape };
}

function scalarShape(scalar: string): LeafShape {
  switch (scalar) {
    case 'int32':
    case 'int64':
    case 'float64':
      return SCALARS.numeric;
    case 'bool':
      return SCALARS.boolean;
    case 'quantity':
    case 'intOrString':
      return SCALARS.any;
    default:
      return SCALARS.string;
  }
}

function leafOf(scalar: NonNullable<LeafShape['scalar']>): LeafShape {
  return { kind: 'leaf', scalar };
}
