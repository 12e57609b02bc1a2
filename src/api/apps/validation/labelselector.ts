/**
 * Rules of a label selector, in the words of metav1's validation, and whether
 * a selector says anything at all.
 */
import type { LabelSelector } from '../../../apimachinery/meta/meta.js';

export { validateLabelSelector } from '../../core/validation/labelselector.js';

export function isEmptySelector(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0;
}
