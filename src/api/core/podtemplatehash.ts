/**
 * The value of pod-template-hash. The shape of a template is loaded once, on
 * demand: nothing that only reads pays for it.
 */
import { podTemplateHash } from '../../apimachinery/hash.js';
import type { PodTemplateSpec } from './types/podspec.js';

export type TemplateHasher = (template: PodTemplateSpec, collisionCount?: number) => string;

/** A controller awaits this before its first reconcile. The template must come without the pod-template-hash label. */
export async function loadTemplateHasher(): Promise<TemplateHasher> {
  const [{ typeNodeOf }, types] = await Promise.all([import('../../apimachinery/compile.js'), import('./types/podspec.js')]);
  const node = typeNodeOf(types.PodTemplateSpec);
  return (template, collisionCount) => podTemplateHash({ node, template, collisionCount });
}
