/**
 * CEL's type checker: every node's type, which overloads a call may mean, and
 * every complaint, in cel-go's words and at its places.
 */
import { qualifiedName, type CallExpr, type ComprehensionExpr, type Expr, type ListExpr, type MapExpr, type SelectExpr, type StructExpr } from './ast.js';
import type { Env, FunctionDecl, Overload } from './env.js';
import { CelCompileError, type CelIssue } from './source.js';
import {
  assignable,
  BOOL,
  BYTES,
  DOUBLE,
  DYN,
  ERROR,
  formatArgs,
  formatType,
  INT,
  isDyn,
  isDynOrError,
  isOptional,
  listOf,
  mapOf,
  mostGeneral,
  NULL,
  optionalOf,
  param,
  sameType,
  STRING,
  substitute,
  UINT,
  unwrapOptional,
  type Substitutions,
  type Type,
} from './types.js';
import { CelUint, type Value } from './values.js';

export interface CheckedExpr {
  readonly text: string;
  readonly expr: Expr;
  readonly type: Type;
  readonly types: ReadonlyMap<Expr, Type>;
  /** Which overloads a call may mean. */
  readonly overloads: ReadonlyMap<Expr, readonly Overload[]>;
  /** Selections that are a qualified name, idents and namespaced calls by their full name. */
  readonly names: ReadonlyMap<Expr, string>;
}

/** Throws a CelCompileError. */
export function check(text: string, expr: Expr, env: Env): CheckedExpr {
  const checker = new Checker(env);
  checker.check(expr);
  if (checker.issues.length > 0) throw new CelCompileError(text, checker.issues);
  const types = new Map([...checker.types].map(([node, type]) => [node, substitute(checker.subs, type, true)]));
  return { text, expr, type: types.get(expr)!, types, overloads: checker.overloads, names: checker.names };
}

type Scope = ReadonlyMap<string, Type>;

class Checker {
  readonly #env: Env;
  readonly issues: CelIssue[] = [];
  readonly types = new Map<Expr, Type>();
  readonly overloads = new Map<Expr, readonly Overload[]>();
  readonly names = new Map<Expr, string>();
  subs: Substitutions = new Map();
  #scope: Scope = new Map();
  #free = 0;

  constructor(env: Env) {
    this.#env = env;
  }

  check(expr: Expr): Type {
    const type = this.#check(expr);
    this.types.set(expr, type);
    return type;
  }

  #check(expr: Expr): Type {
    switch (expr.kind) {
      case 'const':
        return constantType(expr.value);
      case 'ident':
        return this.#ident(expr.name, expr);
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return this.#list(expr);
      case 'map':
        return this.#map(expr);
      case 'struct':
        return this.#struct(expr);
      case 'comprehension':
        return this.#comprehension(expr);
    }
  }

  #complain(pos: number, message: string): Type {
    if (!this.issues.some((issue) => issue.pos === pos && issue.message === message)) this.issues.push({ pos, message });
    return ERROR;
  }

  #assignable(from: readonly Type[], to: readonly Type[]): boolean {
    const subs = assignable(this.subs, from, to);
    if (subs !== undefined) this.subs = subs;
    return subs !== undefined;
  }

  #fresh(): Type {
    return param(`_var${this.#free++}`);
  }

  #lookup(name: string): { name: string; type: Type } | undefined {
    const local = this.#scope.get(name);
    return local === undefined ? this.#env.ident(name) : { name, type: local };
  }

  #ident(name: string, expr: Expr): Type {
    const found = this.#lookup(name);
    if (found === undefined) return this.#undeclared(expr.pos, name);
    this.names.set(expr, found.name);
    return found.type;
  }

  #undeclared(pos: number, name: string): Type {
    return this.#complain(pos, `undeclared reference to '${name}' (in container '')`);
  }

  #select(expr: SelectExpr): Type {
    const name = qualifiedName(expr);
    const found = name === undefined ? undefined : this.#lookup(name);
    if (found !== undefined) {
      this.names.set(expr, found.name);
      return found.type;
    }
    const type = this.#field(expr, expr.operand, expr.field, false);
    return expr.testOnly ? BOOL : substitute(this.subs, type);
  }

  #field(expr: Expr, operand: Expr, field: string, optional: boolean): Type {
    const whole = substitute(this.subs, this.check(operand));
    const target = unwrapOptional(whole);
    const result = this.#fieldOf(expr.pos, target, field);
    return isOptional(whole) || optional ? optionalOf(result) : result;
  }

  #fieldOf(pos: number, target: Type, field: string): Type {
    switch (target.kind) {
      case 'map':
        return target.params[1]!;
      case 'struct': {
        const decl = this.#env.struct(target.name);
        if (decl === undefined) return this.#complain(pos, `unexpected failed resolution of '${target.name}'`);
        return decl.field(field) ?? this.#complain(pos, `undefined field '${field}'`);
      }
      case 'param':
        this.#assignable([DYN], [target]);
        return DYN;
      default:
        if (!isDynOrError(target)) this.#complain(pos, `type '${formatType(target)}' does not support field selection`);
        return DYN;
    }
  }

  #call(expr: CallExpr): Type {
    if (expr.fn === '_?._') return substitute(this.subs, this.#field(expr, expr.args[0]!, this.#constant(expr.args[1]!), true));
    const args = expr.args.map((arg) => this.check(arg));
    const { target } = expr;
    if (target === undefined) {
      const found = this.#env.function(expr.fn);
      return found === undefined ? this.#undeclared(expr.pos, expr.fn) : this.#resolve(expr, found, expr.args, args, false);
    }
    const prefix = qualifiedName(target);
    const named = prefix === undefined || this.#scope.has(prefix) ? undefined : this.#env.function(`${prefix}.${expr.fn}`);
    if (named !== undefined) {
      this.names.set(expr, named.name);
      return this.#resolve(expr, named, expr.args, args, false);
    }
    const receiver = this.check(target);
    const found = this.#env.function(expr.fn);
    return found === undefined ? this.#undeclared(expr.pos, expr.fn) : this.#resolve(expr, found, [target, ...expr.args], [receiver, ...args], true);
  }

  #constant(field: Expr): string {
    this.types.set(field, STRING);
    return field.kind === 'const' ? String(field.value) : '';
  }

  #resolve(expr: CallExpr, decl: FunctionDecl, nodes: readonly Expr[], args: readonly Type[], member: boolean): Type {
    if (decl.name === '_&&_' || decl.name === '_||_') return this.#logical(expr, decl, nodes, args);
    const matched: Overload[] = [];
    let result: Type | undefined;
    for (const overload of decl.overloads) {
      if (overload.member !== member) continue;
      const fresh = new Map(overload.typeParams.map((name) => [name, this.#fresh()]));
      if (
        !this.#assignable(
          args,
          overload.params.map((type) => substitute(fresh, type)),
        )
      )
        continue;
      matched.push(overload);
      const type = substitute(this.subs, substitute(fresh, overload.result));
      if (result === undefined) result = type;
      else if (!isDyn(result) && !sameType(type, result)) result = DYN;
    }
    this.overloads.set(expr, matched);
    if (result !== undefined) return result;
    const shown = formatArgs(
      args.map((type) => substitute(this.subs, type, true)),
      member,
    );
    return this.#complain(expr.pos, `found no matching overload for '${decl.name}' applied to '${shown}'`);
  }

  #logical(expr: CallExpr, decl: FunctionDecl, nodes: readonly Expr[], args: readonly Type[]): Type {
    this.overloads.set(expr, decl.overloads);
    let held = true;
    args.forEach((type, at) => {
      if (this.#assignable([type], [BOOL])) return;
      held = false;
      this.#mismatch(nodes[at]!.pos, BOOL, type);
    });
    return held ? BOOL : ERROR;
  }

  #mismatch(pos: number, expected: Type, actual: Type): Type {
    return this.#complain(pos, `expected type '${formatType(expected)}' but found '${formatType(actual)}'`);
  }

  /** That what stands together is mixed is for the validators to say: format() may be given it. */
  #join(previous: Type | undefined, current: Type): Type {
    if (previous === undefined) return current;
    return this.#assignable([previous], [current]) ? mostGeneral(previous, current) : DYN;
  }

  #unwrapped(expr: Expr, type: Type, optional: boolean): Type {
    if (!optional) return type;
    if (!isOptional(type) && !isDyn(type)) this.#mismatch(expr.pos, optionalOf(type), type);
    return unwrapOptional(type);
  }

  #list(expr: ListExpr): Type {
    let element: Type | undefined;
    expr.elements.forEach((one, at) => {
      element = this.#join(element, this.#unwrapped(one, this.check(one), expr.optional.has(at)));
    });
    return listOf(element ?? this.#fresh());
  }

  #map(expr: MapExpr): Type {
    let key: Type | undefined;
    let value: Type | undefined;
    for (const entry of expr.entries) {
      key = this.#join(key, this.check(entry.key));
      value = this.#join(value, this.#unwrapped(entry.value, this.check(entry.value), entry.optional));
    }
    return mapOf(key ?? this.#fresh(), value ?? this.#fresh());
  }

  #struct(expr: StructExpr): Type {
    const found = this.#lookup(expr.name);
    if (found === undefined) return this.#undeclared(expr.pos, expr.name);
    const type = this.#structType(expr, found.type);
    this.names.set(expr, found.name);
    for (const field of expr.fields) {
      const value = this.#unwrapped(field.value, this.check(field.value), field.optional);
      const wanted = type.kind === 'struct' ? this.#fieldOf(field.pos, type, field.name) : ERROR;
      if (!this.#assignable([wanted], [value]))
        this.#complain(field.pos, `expected type of field '${field.name}' is '${formatType(wanted)}' but provided type is '${formatType(value)}'`);
    }
    return type;
  }

  #structType(expr: StructExpr, type: Type): Type {
    if (type.kind === 'error') return ERROR;
    if (type.kind !== 'type') return this.#complain(expr.pos, `'${type.name}' is not a type`);
    const made = type.params[0]!;
    return made.kind === 'struct' ? made : this.#complain(expr.pos, `'${made.name}' is not a message type`);
  }

  #comprehension(expr: ComprehensionExpr): Type {
    const range = substitute(this.subs, this.check(expr.range));
    const accu = this.check(expr.accuInit);
    const [first, second] = this.#iterated(expr, range);
    const outer = this.#scope;
    const inner = new Map([...outer, [expr.accuVar, accu]]);
    this.#scope = new Map([...inner, [expr.iterVar, first], ...(expr.iterVar2 === undefined ? [] : [[expr.iterVar2, second] as const])]);
    this.#assert(expr.condition, BOOL);
    this.#assert(expr.step, accu);
    this.#scope = inner;
    const result = this.check(expr.result);
    this.#scope = outer;
    return substitute(this.subs, result);
  }

  /** The types of the loop's variables. */
  #iterated(expr: ComprehensionExpr, range: Type): readonly [Type, Type] {
    const two = expr.iterVar2 !== undefined;
    switch (range.kind) {
      case 'list':
        return two ? [INT, range.params[0]!] : [range.params[0]!, DYN];
      case 'map':
        return [range.params[0]!, range.params[1]!];
      case 'dyn':
      case 'any':
      case 'error':
      case 'param':
        this.#assignable([DYN], [range]);
        return [DYN, DYN];
      default:
        this.#complain(expr.range.pos, `expression of type '${formatType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`);
        return [ERROR, ERROR];
    }
  }

  #assert(expr: Expr, wanted: Type): void {
    const type = this.check(expr);
    if (!this.#assignable([wanted], [type])) this.#mismatch(expr.pos, wanted, type);
  }
}

function constantType(value: Value): Type {
  switch (typeof value) {
    case 'boolean':
      return BOOL;
    case 'bigint':
      return INT;
    case 'number':
      return DOUBLE;
    case 'string':
      return STRING;
    default:
      return value === null ? NULL : value instanceof CelUint ? UINT : BYTES;
  }
}
