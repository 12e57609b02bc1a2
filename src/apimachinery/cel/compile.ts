/**
 * From text to something that can be evaluated: parsed, checked, and looked
 * through once more for literals that could never work.
 */
import { check, type CheckedExpr } from './check.js';
import type { Env } from './env.js';
import { parse } from './parse.js';
import { validateLiterals } from './validators.js';

/** Throws a CelCompileError. */
export function compile(text: string, env: Env): CheckedExpr {
  const checked = check(text, parse(text, env.bindings), env);
  validateLiterals(checked);
  return checked;
}
