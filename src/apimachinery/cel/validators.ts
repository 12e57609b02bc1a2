/**
 * What cel-go's validators find once the types are known: durations, times and
 * patterns written out that cannot be read, lists and maps of mixed types, which
 * only format() may be given, and what format() cannot be given.
 */
import { regexpError } from '../goregexp.js';
import type { CallExpr, Expr } from './ast.js';
import type { CheckedExpr } from './check.js';
import { formatIssue } from './lib/formatcheck.js';
import { parseGoDuration, parseRfc3339 } from './lib/gotime.js';
import { CelCompileError, type CelIssue } from './source.js';
import { formatType, isDyn, sameType, unwrapOptional, type Type } from './types.js';

export function validateLiterals(checked: CheckedExpr): void {
  const issues: CelIssue[] = [];
  visit(checked, checked.expr, false, issues);
  if (issues.length > 0) throw new CelCompileError(checked.text, issues);
}

function visit(checked: CheckedExpr, expr: Expr, exempt: boolean, issues: CelIssue[]): void {
  switch (expr.kind) {
    case 'const':
    case 'ident':
      return;
    case 'select':
      return visit(checked, expr.operand, exempt, issues);
    case 'call': {
      literalArgument(expr, issues);
      const unfit = formatIssue(expr, (node) => checked.types.get(node)!);
      if (unfit !== undefined) issues.push(unfit);
      if (expr.target !== undefined) visit(checked, expr.target, exempt, issues);
      for (const arg of expr.args) visit(checked, arg, exempt || expr.fn === 'format', issues);
      return;
    }
    case 'list':
      if (!exempt)
        homogeneous(
          checked,
          expr.elements.map((node, at) => ({ node, optional: expr.optional.has(at) })),
          issues,
        );
      for (const element of expr.elements) visit(checked, element, exempt, issues);
      return;
    case 'map':
      if (!exempt) {
        homogeneous(
          checked,
          expr.entries.map(({ key }) => ({ node: key, optional: false })),
          issues,
        );
        homogeneous(
          checked,
          expr.entries.map(({ value, optional }) => ({ node: value, optional })),
          issues,
        );
      }
      for (const { key, value } of expr.entries) for (const node of [key, value]) visit(checked, node, exempt, issues);
      return;
    case 'struct':
      for (const { value } of expr.fields) visit(checked, value, exempt, issues);
      return;
    case 'comprehension':
      for (const node of [expr.range, expr.accuInit, expr.condition, expr.step, expr.result]) visit(checked, node, exempt, issues);
  }
}

const READERS: Readonly<Record<string, (text: string) => boolean>> = {
  duration: (text) => parseGoDuration(text) !== undefined,
  timestamp: (text) => parseRfc3339(text) !== undefined,
  matches: (text) => regexpError(text) === undefined,
};

function literalArgument({ fn, args }: CallExpr, issues: CelIssue[]): void {
  const [arg] = args;
  if (arg?.kind !== 'const' || typeof arg.value !== 'string' || !Object.hasOwn(READERS, fn) || READERS[fn]!(arg.value)) return;
  issues.push({ pos: arg.pos, message: `invalid ${fn} argument` });
}

function homogeneous({ types }: CheckedExpr, nodes: readonly { node: Expr; optional: boolean }[], issues: CelIssue[]): void {
  let first: Type | undefined;
  for (const { node, optional } of nodes) {
    const found = types.get(node)!;
    const type = optional ? unwrapOptional(found) : found;
    if (first === undefined) first = type;
    else if (!equivalent(first, type)) {
      issues.push({ pos: node.pos, message: `expected type '${formatType(first)}' but found '${formatType(type)}'` });
      return;
    }
  }
}

function equivalent(one: Type, other: Type): boolean {
  return (
    sameType(one, other) ||
    (isDyn(one) && isDyn(other)) ||
    (one.kind === other.kind &&
      one.params.length > 0 &&
      one.params.length === other.params.length &&
      one.name === other.name &&
      one.params.every((each, at) => equivalent(each, other.params[at]!)))
  );
}
