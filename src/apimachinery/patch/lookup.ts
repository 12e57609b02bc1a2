/**
 * What a strategic merge needs to know of a field: its type, its patch strategy
 * and merge key, read from a TypeNode as Go reads struct tags. Throws for a
 * field the type does not have.
 */
import type { TypeNode } from '../typenode.js';
import { PatchError } from './errors.js';

export interface PatchMeta {
  /** The struct or map below, or the items of the list. */
  type: TypeNode;
  strategy: '' | 'merge' | 'replace';
  retainKeys: boolean;
  mergeKey: string;
}

export function patchMetaOf(node: TypeNode, name: string): PatchMeta {
  if (node.kind === 'map') return { type: itemsOf(node.values), strategy: '', retainKeys: false, mergeKey: '' };
  if (node.kind === 'struct') {
    const field = node.byName.get(name);
    if (field !== undefined) {
      const strategies = field.patch ?? [];
      const strategy = strategies.find((one) => one !== 'retainKeys') ?? '';
      return {
        type: itemsOf(field.type),
        strategy: strategy as PatchMeta['strategy'],
        retainKeys: strategies.includes('retainKeys'),
        mergeKey: field.mergeKey ?? '',
      };
    }
    if (node.additional !== undefined) return { type: itemsOf(node.additional), strategy: '', retainKeys: false, mergeKey: '' };
    if (node.preserveUnknown) return { type: FREE, strategy: '', retainKeys: false, mergeKey: '' };
  }
  if (node === FREE) return { type: FREE, strategy: '', retainKeys: false, mergeKey: '' };
  throw new PatchError(`unable to find api field in struct ${nameOf(node)} for the json field ${JSON.stringify(name)}`);
}

/** What lies under an unlisted field that is preserved: anything, merged key by key. */
const FREE: TypeNode = { kind: 'any', go: '' };
const itemsOf = (type: TypeNode): TypeNode => (type.kind === 'list' ? type.items : type);

function nameOf(node: TypeNode): string {
  if (node.kind === 'struct' || node.kind === 'any') return node.go.slice(node.go.lastIndexOf('.') + 1);
  return node.kind === 'scalar' ? node.scalar : node.kind;
}
