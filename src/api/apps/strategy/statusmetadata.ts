/**
 * metadata of a write to status, for the kinds that take nothing of it: labels,
 * annotations, owners and finalizers stay as they were.
 */
import type { KubeObject } from '../../../apimachinery/object.js';

const KEPT = ['labels', 'annotations', 'ownerReferences', 'finalizers'] as const;

/** As metav1.ResetObjectMetaForStatus does. */
export function keepMetadata(next: KubeObject, previous: KubeObject): void {
  for (const field of KEPT) {
    const value = previous.metadata[field];
    if (value === undefined) delete next.metadata[field];
    else Object.assign(next.metadata, { [field]: value });
  }
}
