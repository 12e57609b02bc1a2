/** What "%d".format([…]) would complain of, where both the text and the list are written out (cel-go's ext/formatting.go). */
import type { CallExpr, Expr } from '../ast.js';
import type { CelIssue } from '../source.js';
import type { Type, TypeKind } from '../types.js';
import { CelError } from '../values.js';
import { clauseComplaint, parseFormat, type Clause } from './format.js';

const ANYTHING: readonly TypeKind[] = ['list', 'map', 'int', 'uint', 'double', 'bool', 'string', 'timestamp', 'bytes', 'duration', 'type', 'null'];
const TAKES: Readonly<Record<Clause['kind'], readonly TypeKind[]>> = {
  s: ANYTHING,
  d: ['int', 'uint'],
  f: ['double', 'string'],
  e: ['double', 'string'],
  b: ['int', 'uint', 'bool'],
  x: ['int', 'uint', 'string', 'bytes'],
  X: ['int', 'uint', 'string', 'bytes'],
  o: ['int', 'uint'],
};
const RUNTIME_NAMES: Readonly<Record<string, string>> = { timestamp: 'google.protobuf.Timestamp', duration: 'google.protobuf.Duration', null: 'null_type' };

export function formatIssue(call: CallExpr, typeOf: (expr: Expr) => Type): CelIssue | undefined {
  const [list] = call.args;
  if (call.fn !== 'format' || call.target?.kind !== 'const' || typeof call.target.value !== 'string' || call.args.length !== 1 || list?.kind !== 'list')
    return undefined;
  try {
    return clauseIssue(call, parseFormat(call.target.value), list.elements, typeOf);
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return { pos: call.pos, message: error.message };
  }
}

function clauseIssue({ pos }: CallExpr, parts: readonly (string | Clause)[], args: readonly Expr[], typeOf: (expr: Expr) => Type): CelIssue | undefined {
  const clauses = parts.filter((part) => typeof part !== 'string');
  for (const [at, clause] of clauses.entries()) {
    const arg = args[at];
    if (arg === undefined) return { pos, message: `index ${at} out of range` };
    const wrong = clause.kind === 's' ? withoutText(arg, typeOf) : fits(typeOf(arg), TAKES[clause.kind]) ? undefined : arg;
    if (wrong !== undefined) return { pos: wrong.pos, message: clauseComplaint(clause, runtimeName(typeOf(wrong))) };
  }
  return args.length > clauses.length
    ? { pos, message: `too many arguments supplied to string.format (expected ${clauses.length}, got ${args.length})` }
    : undefined;
}

const fits = ({ kind }: Type, kinds: readonly TypeKind[]): boolean => kind === 'dyn' || kinds.includes(kind);
const runtimeName = ({ kind, name }: Type): string => RUNTIME_NAMES[kind] ?? name;

/** What within a list or map that is written out has no text. */
function withoutText(expr: Expr, typeOf: (expr: Expr) => Type): Expr | undefined {
  if (!fits(typeOf(expr), ANYTHING)) return expr;
  const members = expr.kind === 'list' ? expr.elements : expr.kind === 'map' ? expr.entries.flatMap(({ key, value }) => [key, value]) : [];
  for (const member of members) {
    const wrong = withoutText(member, typeOf);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
