/**
 * Sets that were written under an older schema of a custom resource: who owned
 * parts of a list or map that has become atomic owns the whole of it. What was
 * atomic and is no more stays as it was written, as in Kubernetes.
 */
import type { StructNode } from '../../apimachinery/typenode.js';
import { memberShape } from './compare.js';
import { LEAF, type FieldSet } from './fieldset.js';
import { SELF } from './intern.js';
import type { Managed } from './managed.js';
import { shapeOf, type Shape } from './shape.js';

/** In place. The types of built-in kinds do not change. */
export function reconcileWithSchema(managed: Managed, node: StructNode): void {
  if (node.go !== '') return;
  const shape = shapeOf(node);
  for (const [key, manager] of managed) {
    const fields = reconciled(shape, manager.fields);
    if (fields !== manager.fields) managed.set(key, { ...manager, fields });
  }
}

function reconciled(shape: Shape, set: FieldSet): FieldSet {
  const elements = Object.keys(set).filter((element) => element !== SELF);
  if (elements.length === 0 || shape.kind === 'deduced') return set;
  if (shape.kind === 'leaf') return shape.atomic === undefined ? set : LEAF;
  let changed: Record<string, FieldSet> | undefined;
  for (const element of elements) {
    const inner = reconciled(shape.kind === 'list' ? shape.items : memberShape(shape, element.slice(2)), set[element]!);
    if (inner !== set[element]) (changed ??= { ...set })[element] = inner;
  }
  return changed ?? set;
}
