/** Match conditions of webhooks: an expression about one request, compiled once. */
import type { CheckedExpr } from '../../../apimachinery/cel/check.js';
import { compile } from '../../../apimachinery/cel/compile.js';
import { evaluate } from '../../../apimachinery/cel/evaluate.js';
import { plainValue } from '../../../apimachinery/cel/json.js';
import { CelCompileError } from '../../../apimachinery/cel/source.js';
import { CelError } from '../../../apimachinery/cel/values.js';
import type { AdmissionRequest } from '../plugin.js';
import { admissionEnv } from '../../../api/admissionregistration/cel/env.js';

const COMPILED_MAX = 1_000;
const compiled = new Map<string, CheckedExpr | string>();

function compiledCondition(expression: string): CheckedExpr | string {
  let found = compiled.get(expression);
  if (found !== undefined) return found;
  if (compiled.size >= COMPILED_MAX) compiled.clear();
  try {
    found = compile(expression, admissionEnv({ authorizer: true }));
    if (found.type.kind !== 'bool' && found.type.kind !== 'dyn') found = 'must evaluate to bool';
  } catch (error) {
    if (!(error instanceof CelCompileError)) throw error; // it was refused when it was made, or is told where it is used
    found = `compilation failed: ${error.message}`;
  }
  compiled.set(expression, found);
  return found;
}

/** true, false, or why it could not be told. */
export function evaluateCondition(expression: string, _request: AdmissionRequest, review: any): boolean | { error: string } {
  const checked = compiledCondition(expression);
  if (typeof checked === 'string') return { error: `expression '${expression}' resulted in error: ${checked}` };
  const { object, oldObject, options, ...request } = review;
  const values: Record<string, unknown> = { object, oldObject, request: { ...request, options } };
  const { value } = evaluate(checked, (name) => (Object.hasOwn(values, name) ? plainValue(values[name]) : undefined));
  if (value instanceof CelError) return { error: `expression '${expression}' resulted in error: ${value.message}` };
  return typeof value === 'boolean' ? value : { error: `expression '${expression}' resulted in error: must evaluate to bool` };
}
