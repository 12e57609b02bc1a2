/**
 * What the build puts in the place of zod schemas: the TypeNodes they compile
 * to, written down as calls of these functions (precompile.ts writes them).
 * Loading them costs a fraction of making schemas and compiling those.
 */
import type { Field, Inline, Scalar, StructNode, TypeNode } from './typenode.js';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Of a field, as bits. */
export const POINTER = 1;
export const OMITEMPTY = 2;
export const OMITZERO = 4;
export const REQUIRED = 8;

export type FieldRow = readonly [name: string, goName: string, goType: string, flags: number, type: TypeNode, more?: Partial<Field>];

/** A struct without fields yet: it may hold itself. */
export function struct(go: string, inlines: readonly Inline[], more?: Partial<StructNode>): StructNode {
  return { kind: 'struct', go, fields: [], byName: new Map(), inlines, ...more };
}

export function fill(node: StructNode, rows: readonly FieldRow[]): void {
  const { fields, byName } = node as Writable<StructNode> & { fields: Field[]; byName: Map<string, Field> };
  for (const [name, goName, goType, flags, type, more] of rows) {
    const field: Field = {
      name,
      goName,
      goType,
      pointer: (flags & POINTER) !== 0,
      omitempty: (flags & OMITEMPTY) !== 0,
      omitzero: (flags & OMITZERO) !== 0,
      required: (flags & REQUIRED) !== 0,
      type,
      ...more,
    };
    fields.push(field);
    byName.set(name, field);
  }
}

export const list = (items: TypeNode, more?: object): TypeNode => ({ kind: 'list', items, ...more });
export const map = (values: TypeNode, more?: object): TypeNode => ({ kind: 'map', values, ...more });
export const scalar = (name: Scalar, more?: object): TypeNode => ({ kind: 'scalar', scalar: name, ...more });
export const any = (go: string): TypeNode => ({ kind: 'any', go });

/** Stands in for compile.ts: what it is given is compiled already. */
export const typeNodeOf = (node: unknown): StructNode => node as StructNode;
