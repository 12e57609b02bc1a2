/**
 * The rules of one schema node, compiled: against the node's own types, with
 * what each may cost. A rule that cannot be compiled keeps its complaint.
 */
import type { JSONSchemaProps, ValidationRule } from '../../api/apiextensions/types/jsonschema.js';
import { baseEnv } from '../../apimachinery/cel/base.js';
import type { CheckedExpr } from '../../apimachinery/cel/check.js';
import { compile } from '../../apimachinery/cel/compile.js';
import { estimateCost, schemaSizes } from '../../apimachinery/cel/cost.js';
import { declType, REQUEST_MAX, structsOf, type CelSchema, type DeclType } from '../../apimachinery/cel/schema.js';
import { CelCompileError } from '../../apimachinery/cel/source.js';
import { optionalOf } from '../../apimachinery/cel/types.js';

export interface CompiledRule {
  readonly rule: ValidationRule;
  readonly checked?: CheckedExpr;
  readonly error?: string;
  readonly usesOldSelf: boolean;
  /** At most, once. */
  readonly cost: number;
  readonly message?: CheckedExpr;
  readonly messageError?: string;
  readonly messageCost: number;
}

export interface CompiledRules {
  readonly rules: readonly CompiledRule[];
  /** How often the node can stand in one object, if nothing bounds it. */
  readonly cardinality: number;
}

/** What a rule calls the type of self; never shown to be relied on. */
const SELF_TYPE = 'selfType';

const compiled = new WeakMap<JSONSchemaProps, CompiledRules | 'unseen'>();

/** undefined: CEL cannot see values of such a schema. `root`: of a whole resource. */
export function compiledRules(schema: JSONSchemaProps, root: boolean): CompiledRules | undefined {
  let found = compiled.get(schema);
  if (found === undefined) {
    const decl = declType(schema as CelSchema, SELF_TYPE, root);
    compiled.set(schema, (found = decl === undefined ? 'unseen' : compileAll(schema, decl)));
  }
  return found === 'unseen' ? undefined : found;
}

function compileAll(schema: JSONSchemaProps, decl: DeclType): CompiledRules {
  const rules = schema['x-kubernetes-validations'] ?? [];
  return { rules: rules.map((rule) => compileRule(rule, decl)), cardinality: Math.trunc(REQUEST_MAX / (decl.minSize + 1)) };
}

function compileRule(rule: ValidationRule, decl: DeclType): CompiledRule {
  const nothing = { rule, usesOldSelf: false, cost: 0, messageCost: 0 };
  if (rule.rule.trim() === '') return nothing;
  const { type } = decl;
  const env = baseEnv().with({ variables: { self: type, oldSelf: rule.optionalOldSelf === true ? optionalOf(type) : type }, structs: structsOf(decl) });
  const checked = attempt(() => compile(rule.rule, env));
  if (typeof checked === 'string') return { ...nothing, error: `compilation failed: ${checked}` };
  if (checked.type.kind !== 'bool') return { ...nothing, error: 'cel expression must evaluate to a bool' };
  const sizes = schemaSizes(decl);
  const made = { ...nothing, checked, usesOldSelf: [...checked.names.values()].includes('oldSelf'), cost: estimateCost(checked, sizes).max };
  if (!rule.messageExpression) return made;
  const message = attempt(() => compile(rule.messageExpression!, env));
  if (typeof message === 'string') return { ...made, messageError: `messageExpression compilation failed: ${message}` };
  if (message.type.kind !== 'string') return { ...made, messageError: 'messageExpression must evaluate to a string' };
  return { ...made, message, messageCost: estimateCost(message, sizes).max };
}

function attempt(compileIt: () => CheckedExpr): CheckedExpr | string {
  try {
    return compileIt();
  } catch (error) {
    if (error instanceof CelCompileError) return error.message; // it becomes a complaint about the definition
    throw error;
  }
}
