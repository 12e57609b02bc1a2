/**
 * Expressions of policies and webhooks, compiled: what each must evaluate to,
 * which variables it may speak of, and what is wrong with those that cannot be
 * compiled.
 */
import type { CheckedExpr } from '../../../apimachinery/cel/check.js';
import { compile } from '../../../apimachinery/cel/compile.js';
import { CelCompileError } from '../../../apimachinery/cel/source.js';
import { BOOL, DYN, formatType, listOf, NULL, sameType, STRING, struct, type Type } from '../../../apimachinery/cel/types.js';
import { invalid, type Causes } from '../../../apimachinery/fielderror.js';
import { admissionEnv } from './env.js';

export interface CompiledExpression {
  readonly text: string;
  readonly checked?: CheckedExpr;
  /** What is wrong with it. */
  readonly error?: string;
}

const WANTED = {
  bool: [BOOL],
  string: [STRING],
  annotation: [STRING, NULL],
  any: [],
  object: [struct('Object')],
  patch: [listOf(struct('JSONPatch'))],
} as const;
export type Wanted = keyof typeof WANTED;

/** What of one policy its expressions share. */
export class ExpressionScope {
  readonly #params: boolean;
  readonly #patches: boolean;
  readonly #variables: Map<string, Type> | undefined;

  constructor({ params, variables, patches = false }: { params: boolean; variables: boolean; patches?: boolean }) {
    this.#params = params;
    this.#patches = patches;
    this.#variables = variables ? new Map() : undefined;
  }

  compile(text: string, wanted: Wanted, { authorizer = true, composed = true }: { authorizer?: boolean; composed?: boolean } = {}): CompiledExpression {
    const env = admissionEnv({
      params: this.#params,
      authorizer,
      patches: this.#patches,
      ...(composed && this.#variables !== undefined ? { variables: new Map(this.#variables) } : {}),
    });
    try {
      const checked = compile(text, env);
      const error = typeError(checked.type, WANTED[wanted]);
      return error === undefined ? { text, checked } : { text, error };
    } catch (error) {
      if (error instanceof CelCompileError) return { text, error: `compilation failed: ${error.message}` }; // it becomes a complaint about the policy
      throw error;
    }
  }

  /** What follows may speak of it, even if it cannot be compiled. */
  addVariable(name: string, text: string): CompiledExpression {
    const compiled = this.compile(text, 'any');
    this.#variables?.set(name, compiled.checked === undefined ? DYN : fieldType(compiled.checked.type));
    return compiled;
  }
}

function typeError(type: Type, wanted: readonly Type[]): string | undefined {
  if (wanted.length === 0 || wanted.some((one) => sameType(one, type))) return undefined;
  const names = wanted.map((one) => (one.kind === 'null' ? 'null_type' : formatType(one)));
  return names.length === 1
    ? `must evaluate to ${names[0]} but got ${type.kind === 'null' ? 'null_type' : formatType(type)}`
    : `must evaluate to one of [${names.join(' ')}]`;
}

/** As Kubernetes does: a variable keeps its type only if it is simple, or a list or a map. */
export function fieldType(type: Type): Type {
  return ['struct', 'opaque', 'type', 'error', 'param'].includes(type.kind) ? DYN : { ...type, params: type.params.map(fieldType) };
}

export const expressionCauses = ({ error }: CompiledExpression, field: string, shown: string): Causes =>
  error === undefined ? [] : [invalid(field, shown, error)];
