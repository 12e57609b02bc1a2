/** The shapes of built-in kinds, for patches made on this side. undefined: a custom resource, whose lists are replaced whole. */
import type { StructNode } from '../apimachinery/typenode.js';
import type { Resource } from './discovery.js';

export async function shapeOf({ group, version, name }: Pick<Resource, 'group' | 'version' | 'name'>): Promise<StructNode | undefined> {
  const { KINDS } = await import('../api/kinds.js');
  const kind = KINDS.find((one) => one.group === group && one.version === version && one.plural === name);
  if (kind === undefined) return undefined;
  const { typeNodeOf } = await import('../apimachinery/compile.js');
  return typeNodeOf((await kind.strategy()).schema);
}
