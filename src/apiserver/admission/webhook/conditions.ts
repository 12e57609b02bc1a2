/**
 * A match condition of a webhook, in CEL: `object`, `oldObject` and `request`
 * as the webhook itself would be shown them. The one place where webhooks touch
 * the expression engine.
 */
import type { AdmissionRequest } from '../plugin.js';

/** true, false, or why it could not be told. */
export async function conditionHolds(expression: string, _request: AdmissionRequest, review: any): Promise<boolean | { error: string }> {
  const { celProgram } = await import('../../crd/cel.js');
  const { object, oldObject, options, ...request } = review;
  try {
    const result = celProgram(expression)({ object: celJson(object), oldObject: celJson(oldObject), request: celJson({ ...request, options }) });
    return typeof result === 'boolean' ? result : { error: `expression '${expression}' resulted in error: must evaluate to bool` };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const [line = ''] = error.message.split('\n');
    return { error: `expression '${expression}' resulted in error: ${line.replace(/^No such key/, 'no such key')}` };
  }
}

/** JSON as CEL sees it without a schema: whole numbers are integers. */
export function celJson(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(celJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, celJson(inner)]));
}
