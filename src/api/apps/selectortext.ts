/**
 * A label selector as Tables print it, in the words of metav1.FormatLabelSelector:
 * "<none>" where there is none, "<error>" where it cannot be read.
 */
import { selectorOf } from '../../apimachinery/labels.js';
import type { LabelSelector } from '../../apimachinery/meta/meta.js';

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

export function selectorText(selector: LabelSelector | null | undefined): string {
  if (!selector) return '<none>';
  if (selector.matchExpressions?.some(({ operator }) => !OPERATORS.includes(operator))) return '<error>';
  return selectorOf(selector).toString() || '<none>';
}
