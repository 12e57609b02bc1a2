/** --custom: a part of a container laid over the one that debugs, by Kubernetes' own rules for merging. */
import { applyStrategicMergePatch } from '../../../apimachinery/patch/index.js';
import type { StructNode, TypeNode } from '../../../apimachinery/typenode.js';
import { shapeOf } from '../../shapes.js';

/** The container with the part over it; as it is where there is none. */
export async function customized(container: any, custom: any): Promise<any> {
  if (custom === undefined) return container;
  const pod = (await shapeOf({ group: '', version: 'v1', name: 'pods' }))!;
  const spec = pod.byName.get('spec')!.type as StructNode;
  const containers = spec.byName.get('containers')!.type as TypeNode & { kind: 'list' };
  return applyStrategicMergePatch(container, { ...custom, name: container.name }, containers.items as StructNode);
}
