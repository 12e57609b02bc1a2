/**
 * A match condition of a webhook, in CEL: `object`, `oldObject` and `request`
 * as the webhook itself would be shown them. The one place where webhooks touch
 * the expression engine.
 */
import type { AdmissionRequest } from '../plugin.js';

/** true, false, or why it could not be told. */
export async function conditionHolds(expression: string, request: AdmissionRequest, review: any): Promise<boolean | { error: string }> {
  const { evaluateCondition } = await import('../policy/conditions.js');
  return evaluateCondition(expression, request, review);
}
