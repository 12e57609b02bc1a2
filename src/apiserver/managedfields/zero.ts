/**
 * The object that Go has before anything is decoded into it: what a create is
 * compared with, so that structs and lists which Go always writes are not owned.
 */
import type { Field, StructNode } from '../../apimachinery/typenode.js';

const zeros = new WeakMap<StructNode, object>();

export function zeroOf(node: StructNode): any {
  let zero = zeros.get(node);
  if (zero === undefined) zeros.set(node, (zero = Object.freeze(make(node))));
  return zero;
}

function make(node: StructNode): object {
  const zero: Record<string, unknown> = {};
  // A custom resource is decoded into a map, which has nothing.
  if (node.go === '') return zero;
  for (const field of node.fields) {
    const value = zeroField(field);
    if (value !== undefined) zero[field.name] = value;
  }
  return zero;
}

const isTime = ({ type }: Field): boolean => type.kind === 'scalar' && (type.scalar === 'time' || type.scalar === 'microTime');

function zeroField(field: Field): unknown {
  if (field.type.kind === 'struct' && !field.pointer) return field.omitzero ? undefined : zeroOf(field.type);
  // As Go does: omitempty leaves no struct out, and a time held by value is one.
  if (isTime(field) && !field.pointer && !field.omitzero) return null;
  if (field.omitempty || field.omitzero) return undefined;
  if (field.pointer || field.type.kind !== 'scalar') return null;
  switch (field.type.scalar) {
    case 'bool':
      return false;
    case 'int32':
    case 'int64':
    case 'float64':
    case 'intOrString':
      return 0;
    case 'time':
    case 'microTime':
    case 'bytes':
      return null;
    case 'quantity':
      return '0';
    case 'duration':
      return '0s';
    default:
      return '';
  }
}
