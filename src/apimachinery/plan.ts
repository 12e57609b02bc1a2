/**
 * What the walker needs of a TypeNode, laid out for speed: per field whether Go
 * always writes it, drops its zero value, and what that zero value is. Made once
 * for each node, on first use.
 */
import type { Field, Scalar, TypeNode } from './typenode.js';

export interface StructPlan {
  kind: 'struct';
  fields: FieldPlan[];
  names: ReadonlySet<string>;
  /** How objects with the same names in the same order are read; see layoutOf. */
  layouts: Names;
  namesCount: number;
  keepsUnknown: boolean;
  additional: Plan | undefined;
  isNullable: boolean;
  isLoose: boolean;
}
export type Plan =
  | StructPlan
  | { kind: 'list'; items: Plan; isNullable: boolean; isLoose: boolean }
  | { kind: 'map'; values: Plan; isText: boolean; isNullable: boolean; isLoose: boolean }
  /** `isListed`: held by a resource list, whose amounts are rounded and written in canonical form. */
  | { kind: 'scalar'; scalar: Scalar; isListed: boolean; isNullable: boolean }
  | { kind: 'any'; isNullable: boolean };

export interface FieldPlan {
  name: string;
  plan: Plan;
  /** Written even when it is not there. */
  isAlways: boolean;
  isDroppedWhenZero: boolean;
  isNullable: boolean;
  /** Holds plain text, which is taken as it is. */
  isText: boolean;
  /** A struct by value, whose zero value is made anew each time. */
  isStruct: boolean;
  zero: unknown;
}

/** Names that objects of one struct begin with, as they came. */
export interface Names {
  layout: Layout | undefined;
  /** What came next the last time: mostly it comes again. */
  last: Names | undefined;
  lastName: string;
  next: Map<string, Names> | undefined;
}

export interface Layout {
  /** What is to be looked at, in Go's order: the fields that are given, and those that Go always writes. */
  fields: readonly FieldPlan[];
  /** Some names are no fields. */
  hasOthers: boolean;
}

/** Of one struct; objects that come in yet another order are read field by field. */
const NAMES_MAX = 1_000;

/** undefined: too many orders have come already, and this is yet another. */
export function layoutOf(plan: StructPlan, raw: object): Layout | undefined {
  let at = plan.layouts;
  for (const name in raw) {
    if (at.lastName === name && at.last !== undefined) {
      at = at.last;
      continue;
    }
    const next = at.next?.get(name) ?? begin(plan, at, name);
    if (next === undefined) return undefined;
    at.lastName = name;
    at.last = next;
    at = next;
  }
  return (at.layout ??= makeLayout(plan, raw));
}

function begin(plan: StructPlan, at: Names, name: string): Names | undefined {
  if (plan.namesCount === NAMES_MAX) return undefined;
  plan.namesCount++;
  const next: Names = { layout: undefined, last: undefined, lastName: '', next: undefined };
  (at.next ??= new Map()).set(name, next);
  return next;
}

function makeLayout(plan: StructPlan, raw: object): Layout {
  const names = Object.keys(raw);
  return { fields: plan.fields.filter(({ name, isAlways }) => isAlways || names.includes(name)), hasOthers: names.some((name) => !plan.names.has(name)) };
}

const plans = new WeakMap<TypeNode, Plan>();

export function planOf(node: TypeNode): Plan {
  return plans.get(node) ?? makePlan(node);
}

function makePlan(node: TypeNode): Plan {
  const isNullable = node.nullable === true;
  if (node.kind === 'struct') {
    const plan: StructPlan = {
      kind: 'struct',
      fields: [],
      names: new Set(node.byName.keys()),
      layouts: { layout: undefined, last: undefined, lastName: '', next: undefined },
      namesCount: 0,
      keepsUnknown: node.preserveUnknown === true,
      additional: undefined,
      isNullable,
      isLoose: node.loose === true,
    };
    plans.set(node, plan);
    if (node.additional !== undefined) plan.additional = planOf(node.additional);
    plan.fields.push(...node.fields.map(fieldPlan));
    return plan;
  }
  const plan = leafPlan(node, isNullable);
  plans.set(node, plan);
  return plan;
}

function leafPlan(node: Exclude<TypeNode, { kind: 'struct' }>, isNullable: boolean): Plan {
  if (node.kind === 'list') return { kind: 'list', items: planOf(node.items), isNullable, isLoose: node.loose === true };
  if (node.kind === 'any' || (node.kind === 'scalar' && node.loose === true)) return { kind: 'any', isNullable };
  if (node.kind === 'scalar') return { kind: 'scalar', scalar: node.scalar, isListed: false, isNullable };
  const { values } = node;
  const isLoose = node.loose === true;
  const isText = !isLoose && values.kind === 'scalar' && values.scalar === 'string';
  const isAmounts = values.kind === 'scalar' && values.scalar === 'quantity';
  return {
    kind: 'map',
    values: isAmounts ? { kind: 'scalar', scalar: 'quantity', isListed: true, isNullable: false } : planOf(values),
    isText,
    isNullable,
    isLoose,
  };
}

/** Go keeps these in structs or writes them itself, so omitempty never leaves them out. */
const STRUCT_SCALARS: ReadonlySet<Scalar> = new Set<Scalar>(['quantity', 'time', 'microTime', 'duration', 'intOrString']);

function fieldPlan({ name, type, pointer, omitempty, omitzero, goType }: Field): FieldPlan {
  const plan = planOf(type);
  const isHeldByValue = type.kind === 'struct' || (type.kind === 'scalar' && STRUCT_SCALARS.has(type.scalar)) || goType === 'runtime.RawExtension';
  // Without omitempty even a nil pointer is written, as null.
  const isAlways = !omitzero && (!omitempty || (!pointer && isHeldByValue));
  return {
    name,
    plan,
    isAlways,
    isDroppedWhenZero: !pointer && (omitzero || (omitempty && !isHeldByValue && type.kind !== 'any')),
    isNullable: type.nullable === true,
    isText: plan.kind === 'scalar' && plan.scalar === 'string',
    isStruct: type.kind === 'struct' && !pointer,
    zero: pointer ? null : zeroOf(plan),
  };
}

/** The zero value as JSON shows it; a struct's is made by the walker. */
export function zeroOf(plan: Plan): unknown {
  if (plan.kind !== 'scalar') return null;
  switch (plan.scalar) {
    case 'string':
      return '';
    case 'bool':
      return false;
    case 'int32':
    case 'int64':
    case 'float64':
    case 'intOrString':
      return 0;
    case 'quantity':
      return '0';
    case 'duration':
      return '0s';
    default:
      return null;
  }
}
