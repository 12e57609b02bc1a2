/**
 * What controllers ask of pods, and how they make them from a template.
 */
import type { PodTemplateSpec } from '../api/core/types/podspec.js';
import type { OwnerReference } from '../apimachinery/meta/meta.js';
import type { KubeObject, ObjectDraft } from '../apimachinery/object.js';
import { dns1123Subdomain } from '../apimachinery/names.js';
import type { Pod } from './kinds.js';

export function conditionOf<C extends { type: string }>(conditions: readonly C[] | undefined, type: string): C | undefined {
  return conditions?.find((condition) => condition.type === type);
}

export function isPodReady(pod: Pod): boolean {
  return conditionOf(pod.status.conditions, 'Ready')?.status === 'True';
}

/** Milliseconds until the pod has been ready long enough; 0: it is available; undefined: it is not ready. */
export function untilAvailable(pod: Pod, minReadySeconds: number, now: number): number | undefined {
  const ready = conditionOf(pod.status.conditions, 'Ready');
  if (ready?.status !== 'True') return undefined;
  if (minReadySeconds === 0) return 0;
  if (!ready.lastTransitionTime) return undefined;
  return Math.max(0, Date.parse(ready.lastTransitionTime) + minReadySeconds * 1000 - now);
}

export function isPodAvailable(pod: Pod, minReadySeconds: number, now: number): boolean {
  return untilAvailable(pod, minReadySeconds, now) === 0;
}

export function isFinished({ status: { phase } }: Pod): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

/** Neither finished nor going. */
export function isActive(pod: Pod): boolean {
  return !isFinished(pod) && pod.metadata.deletionTimestamp === undefined;
}

/** Going, but not gone: it may still hold what it holds. */
export function isTerminating(pod: Pod): boolean {
  return !isFinished(pod) && pod.metadata.deletionTimestamp !== undefined;
}

/** A pod as the template says, owned, with a name made from the owner's. */
export function podFromTemplate(owner: KubeObject, ref: OwnerReference, template: PodTemplateSpec): ObjectDraft<Pod> {
  const { labels, annotations, finalizers } = template.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: owner.metadata.namespace,
      generateName: podNamePrefix(owner.metadata.name!),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [ref],
    },
    spec: template.spec,
  } as ObjectDraft<Pod>;
}

function podNamePrefix(name: string): string {
  return dns1123Subdomain(`${name}-a`).length === 0 ? `${name}-` : name;
}

/** The soonest a pod will become available by growing old; no event marks that moment. */
export function nextAvailabilityMs(pods: readonly Pod[], minReadySeconds: number, now: number): number | undefined {
  const waits = pods.map((pod) => untilAvailable(pod, minReadySeconds, now)).filter((wait) => wait !== undefined && wait > 0) as number[];
  return waits.length === 0 ? undefined : Math.min(...waits);
}
