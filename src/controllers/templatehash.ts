/** pod-template-hash of a template. The shape it is dumped by is loaded on first use: only what makes a new revision needs it. */
import type { PodTemplateSpec } from '../api/core/types/podspec.js';
import { podTemplateHash } from '../apimachinery/hash.js';
import type { StructNode } from '../apimachinery/typenode.js';

let shape: Promise<StructNode> | undefined;

export async function templateHash(template: PodTemplateSpec, collisionCount: number | undefined): Promise<string> {
  shape ??= load();
  return podTemplateHash({ node: await shape, template, collisionCount });
}

async function load(): Promise<StructNode> {
  const [{ PodTemplateSpec }, { typeNodeOf }] = await Promise.all([import('../api/core/types/podspec.js'), import('../apimachinery/compile.js')]);
  return typeNodeOf(PodTemplateSpec);
}
