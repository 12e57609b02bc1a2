/**
 * Rules of a label selector, in the words of metav1's validation, and whether
 * a selector says anything at all.
 */
import type { Causes } from '../../../apimachinery/fielderror.js';
import type { LabelSelector } from '../../../apimachinery/meta/meta.js';
import { validateLabelSelector as validateCoreLabelSelector } from '../../core/validation/labelselector.js';

/** A selector that Go holds as a nil pointer reads null where its field is always written. */
export const validateLabelSelector = (selector: LabelSelector | null | undefined, path: string): Causes =>
  validateCoreLabelSelector(selector ?? undefined, path);

export function isEmptySelector(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0;
}
