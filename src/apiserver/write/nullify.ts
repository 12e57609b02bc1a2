/**
 * As Kubernetes does: what is stored goes through protobuf, which knows no empty
 * list, so a list that Go always writes reads null once it is empty.
 */
import type { Field, StructNode, TypeNode } from '../../apimachinery/typenode.js';

interface Step {
  name: string;
  /** The list itself may be empty. */
  own: boolean;
  below: readonly Step[];
  each: 'struct' | 'list' | 'map';
}

const plans = new WeakMap<StructNode, readonly Step[]>();

/** Edits the object in place. */
export function nullifyEmptyLists(object: any, node: StructNode): void {
  walk(object, planOf(node, []));
}

function walk(object: any, steps: readonly Step[]): void {
  for (const { name, own, below, each } of steps) {
    const value = object[name];
    if (value === undefined || value === null) continue;
    if (own && value.length === 0) object[name] = null;
    else if (below.length === 0) continue;
    else if (each === 'list') for (const item of value) walk(item, below);
    else if (each === 'map') for (const key of Object.keys(value)) walk(value[key], below);
    else walk(value, below);
  }
}

/** Only the ways that lead to a list which is always written. */
function planOf(node: StructNode, above: readonly StructNode[]): readonly Step[] {
  const known = plans.get(node);
  if (known !== undefined) return known;
  if (above.includes(node)) return [];
  const steps = node.fields.flatMap((field) => stepOf(field, [...above, node]));
  if (above.length === 0) plans.set(node, steps);
  return steps;
}

function stepOf({ name, type, omitempty, pointer }: Field, above: readonly StructNode[]): Step[] {
  if (name === 'metadata' && above.length === 1) return [];
  const own = type.kind === 'list' && !omitempty && !pointer;
  const inner: TypeNode = type.kind === 'list' ? type.items : type.kind === 'map' ? type.values : type;
  const below = inner.kind === 'struct' ? planOf(inner, above) : [];
  if (!own && below.length === 0) return [];
  return [{ name, own, below, each: type.kind === 'list' ? 'list' : type.kind === 'map' ? 'map' : 'struct' }];
}
