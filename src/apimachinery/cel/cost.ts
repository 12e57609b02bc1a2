/**
 * What an expression may cost at most, before it ever runs: cel-go's estimate,
 * with Kubernetes' prices for its own functions and the sizes that a schema allows.
 */
import { ACCUMULATOR, type CallExpr, type ComprehensionExpr, type Expr } from './ast.js';
import type { CheckedExpr } from './check.js';
import { add, fixed, multiply, scale, UNBOUNDED, union, UNKNOWN, ZERO, type Range } from './estimate.js';
import { kubernetesEstimate } from './libcost.js';
import type { DeclType } from './schema.js';
import { isOptional, type Type } from './types.js';
import { codePointLength } from './values.js';
import { REGEX, TRAVERSAL } from './costunits.js';

/** A node as an estimate sees it. */
export interface CostNode {
  /** From a variable on; undefined: it is no part of a variable. */
  readonly path: readonly string[] | undefined;
  readonly type: Type;
  readonly expr: Expr | undefined;
  /** What is known of its size; undefined: nothing. */
  readonly size: Range | undefined;
}

export interface CallEstimate {
  readonly cost: Range;
  readonly size?: Range | undefined;
}

export type EstimateSize = (path: readonly string[] | undefined) => Range | undefined;

const LIST_COST = fixed(10);
const MAP_COST = fixed(30);
const STRUCT_COST = fixed(40);
const ONE = fixed(1);

/** The sizes of what a schema describes, the path's first part being the variable. */
export function schemaSizes(root: DeclType): EstimateSize {
  return (path) => {
    if (path === undefined || path.length === 0) return undefined;
    let node: DeclType | undefined = root;
    for (const name of path.slice(1)) {
      node = name === '@items' || name === '@values' ? node.element : name === '@keys' ? node.key : node.fields?.get(name);
      if (node === undefined) return undefined;
    }
    return { min: 0, max: node.maxElements };
  };
}

export function estimateCost(checked: CheckedExpr, sizes: EstimateSize = () => undefined): Range {
  return new Coster(checked, sizes).cost(checked.expr);
}

interface EntrySize {
  readonly key: Range;
  readonly value: Range;
}

interface Local {
  readonly path: readonly string[] | undefined;
  readonly size: Range | undefined;
  readonly entry: EntrySize | undefined;
}

class Coster {
  readonly #checked: CheckedExpr;
  readonly #estimateSize: EstimateSize;
  readonly #paths = new Map<Expr, readonly string[]>();
  readonly #sizes = new Map<Expr, Range>();
  readonly #entries = new Map<Expr, EntrySize>();
  #locals: ReadonlyMap<string, Local> = new Map();

  constructor(checked: CheckedExpr, estimateSize: EstimateSize) {
    this.#checked = checked;
    this.#estimateSize = estimateSize;
  }

  cost(expr: Expr): Range {
    switch (expr.kind) {
      case 'const':
        return ZERO;
      case 'ident':
        return this.#ident(expr, expr.name);
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return this.#list(expr);
      case 'map':
        return this.#map(expr);
      case 'struct':
        return add(...expr.fields.map(({ value }) => this.cost(value)), STRUCT_COST);
      case 'comprehension':
        return isBind(expr) ? this.#bind(expr) : this.#comprehension(expr);
    }
  }

  #type(expr: Expr): Type {
    return this.#checked.types.get(expr)!;
  }

  #path(expr: Expr): readonly string[] | undefined {
    const local = expr.kind === 'ident' ? this.#locals.get(expr.name) : undefined;
    return local === undefined ? this.#paths.get(expr) : local.path;
  }

  #below(expr: Expr, name: string): readonly string[] {
    return [...(this.#path(expr) ?? []), name];
  }

  #ident(expr: Expr, name: string): Range {
    const local = this.#locals.get(name);
    this.#paths.set(expr, local?.path ?? [name]);
    return ONE;
  }

  #select(expr: Extract<Expr, { kind: 'select' }>): Range {
    const name = this.#checked.names.get(expr);
    if (name !== undefined) return this.#ident(expr, name);
    const operand = this.cost(expr.operand);
    if (expr.testOnly) return operand;
    this.#paths.set(expr, this.#below(expr.operand, expr.field));
    return ['map', 'struct', 'param'].includes(this.#type(expr.operand).kind) ? add(operand, ONE) : operand;
  }

  #list(expr: Extract<Expr, { kind: 'list' }>): Range {
    const costs = expr.elements.map((element) => this.cost(element));
    this.#entries.set(expr, { key: ONE, value: unionOf(expr.elements.map((element) => this.size(element))) });
    return add(...costs, LIST_COST);
  }

  #map(expr: Extract<Expr, { kind: 'map' }>): Range {
    const costs = expr.entries.flatMap(({ key, value }) => [this.cost(key), this.cost(value)]);
    this.#entries.set(expr, { key: unionOf(expr.entries.map(({ key }) => this.size(key))), value: unionOf(expr.entries.map(({ value }) => this.size(value))) });
    return add(...costs, MAP_COST);
  }

  #call(expr: CallExpr): Range {
    if (expr.fn === 'dyn' && expr.target === undefined) {
      const cost = add(ONE, this.cost(expr.args[0]!));
      this.#copySizes(expr, expr.args[0]!);
      return cost;
    }
    const costs = expr.args.map((arg) => this.cost(arg));
    const args = expr.args.map((arg) => this.#node(arg));
    const overloads = this.#checked.overloads.get(expr) ?? [];
    if (expr.fn === '_?._') return add(...costs, ONE);
    if (overloads.length === 0) return ZERO;
    const member = expr.target !== undefined && !this.#checked.names.has(expr);
    const targetCost = member ? this.cost(expr.target!) : ZERO;
    const target = member ? this.#node(expr.target!) : undefined;
    const name = this.#checked.names.get(expr) ?? expr.fn;
    let cost: Range = { min: UNBOUNDED, max: 0 };
    let size: Range | undefined;
    for (const { id } of overloads) {
      const found = this.#functionCost(expr, { name, id, target, args, costs });
      cost = union(cost, found.cost);
      if (found.size !== undefined) size = size === undefined ? found.size : union(size, found.size);
      if (id === 'index_list' || id === 'index_map') {
        size = this.#entry(expr.args[0]!)?.value;
        this.#paths.set(expr, this.#below(expr.args[0]!, id === 'index_list' ? '@items' : '@values'));
      }
      size ??= this.#sizeOf(expr);
    }
    if (size !== undefined) this.#sizes.set(expr, size);
    return add(targetCost, cost);
  }

  #functionCost(
    expr: CallExpr,
    call: { name: string; id: string; target: CostNode | undefined; args: readonly CostNode[]; costs: readonly Range[] },
  ): CallEstimate {
    const { name, id, target, args, costs } = call;
    const own = kubernetesEstimate({ name, id, target, args }, this.#estimateSize);
    if (own !== undefined) return { cost: add(own.cost, ...costs), size: own.size };
    const sizeAt = (at: number): Range => args[at]!.size ?? UNKNOWN;
    switch (id) {
      case 'string_to_bytes':
        return { cost: add(scale(sizeAt(0), TRAVERSAL), ...costs), size: { min: sizeAt(0).min, max: Math.min(sizeAt(0).max * 4, UNBOUNDED) } };
      case 'bytes_to_string':
        return { cost: add(scale(sizeAt(0), TRAVERSAL), ...costs), size: { min: Math.trunc(sizeAt(0).min / 4), max: sizeAt(0).max } };
      case 'string_format':
        return { cost: add(scale(target?.size ?? UNKNOWN, TRAVERSAL), ...costs) };
      case 'starts_with_string':
      case 'ends_with_string':
        return { cost: add(scale(sizeAt(0), TRAVERSAL), ...costs) };
      case 'in_list':
        return { cost: add(scale(sizeAt(1), 1), ...costs) };
      case 'matches_string':
        return { cost: add(multiply(scale(add(target?.size ?? UNKNOWN, ONE), TRAVERSAL), scale(sizeAt(0), REGEX)), ...costs) };
      case 'contains_string':
        return { cost: add(multiply(scale(target?.size ?? UNKNOWN, TRAVERSAL), scale(sizeAt(0), TRAVERSAL)), ...costs) };
      case 'logical_and':
      case 'logical_or':
        return { cost: { min: costs[0]!.min, max: add(costs[0]!, costs[1]!).max } };
      case 'conditional':
        return this.#conditional(expr, args, costs);
      case 'add_string':
      case 'add_bytes':
      case 'add_list':
        return this.#addition(expr, id, args, costs);
      case 'equals':
      case 'not_equals':
        return comparison(sizeAt(0), sizeAt(1), costs);
      default:
        return /^(?:less|greater)(?:_equals)?_(?:string|bytes)$/.test(id) ? comparison(sizeAt(0), sizeAt(1), costs) : { cost: add(ONE, ...costs) };
    }
  }

  #conditional(expr: CallExpr, args: readonly CostNode[], costs: readonly Range[]): CallEstimate {
    const entry = unionEntries(this.#entry(expr.args[1]!), this.#entry(expr.args[2]!));
    if (entry !== undefined) this.#entries.set(expr, entry);
    return { cost: add(costs[0]!, union(costs[1]!, costs[2]!)), size: union(args[1]!.size ?? UNKNOWN, args[2]!.size ?? UNKNOWN) };
  }

  #addition(expr: CallExpr, id: string, args: readonly CostNode[], costs: readonly Range[]): CallEstimate {
    const size = add(args[0]!.size ?? UNKNOWN, args[1]!.size ?? UNKNOWN);
    const entry = unionEntries(this.#entry(expr.args[0]!), this.#entry(expr.args[1]!));
    if (entry !== undefined) this.#entries.set(expr, entry);
    return { cost: add(id === 'add_list' ? ONE : scale(size, TRAVERSAL), ...costs), size };
  }

  #comprehension(expr: ComprehensionExpr): Range {
    const before = add(this.cost(expr.range), this.cost(expr.accuInit));
    const outer = this.#locals;
    const accu: Local = { path: undefined, size: this.#sizeOf(expr.accuInit), entry: this.#entry(expr.accuInit) };
    const inner = new Map([...outer, [expr.accuVar, accu]]);
    this.#locals = new Map([...inner, ...this.#iterated(expr)]);
    const step = add(this.cost(expr.condition), this.cost(expr.step));
    this.#locals = inner;
    const result = this.cost(expr.result);
    this.#locals = outer;
    const count = this.size(expr.range);
    if (expr.accuInit.kind === 'const') this.#setSize(expr, this.#sizeOf(expr.accuInit));
    else if (expr.accuInit.kind === 'list' || expr.accuInit.kind === 'map') {
      this.#sizes.set(expr, count);
      const entry = this.#entry(expr.step);
      if (entry !== undefined) this.#entries.set(expr, entry);
    }
    return add(before, result, multiply(count, step));
  }

  #iterated({ range, iterVar, iterVar2 }: ComprehensionExpr): [string, Local][] {
    const { kind } = this.#type(range);
    const entry = this.#entry(range);
    const local = (name: string | undefined, size: Range | undefined): Local => ({
      path: name === undefined ? undefined : this.#below(range, name),
      size,
      entry,
    });
    const keys = local(kind === 'map' ? '@keys' : undefined, entry?.key ?? (kind === 'list' ? ONE : undefined));
    const values = local(kind === 'list' ? '@items' : kind === 'map' ? '@values' : undefined, entry?.value);
    if (iterVar2 !== undefined)
      return [
        [iterVar, keys],
        [iterVar2, values],
      ];
    return [[iterVar, kind === 'map' ? keys : values]];
  }

  #bind(expr: ComprehensionExpr): Range {
    const before = add(this.cost(expr.range), this.cost(expr.accuInit));
    const outer = this.#locals;
    this.#locals = new Map([
      ...outer,
      [expr.accuVar, { path: this.#path(expr.accuInit), size: this.#sizeOf(expr.accuInit), entry: this.#entry(expr.accuInit) }],
    ]);
    const result = this.cost(expr.result);
    this.#copySizes(expr, expr.result);
    this.#locals = outer;
    return add(before, result);
  }

  #copySizes(to: Expr, from: Expr): void {
    this.#setSize(to, this.#sizeOf(from));
    const entry = this.#entry(from);
    if (entry !== undefined) this.#entries.set(to, entry);
  }

  #setSize(expr: Expr, size: Range | undefined): void {
    if (size !== undefined) this.#sizes.set(expr, size);
  }

  #node(expr: Expr): CostNode {
    const path = this.#path(expr);
    return { path: path?.[0] === ACCUMULATOR ? undefined : path, type: this.#type(expr), expr, size: this.#sizeOf(expr) };
  }

  size(expr: Expr): Range {
    return this.#sizeOf(expr) ?? UNKNOWN;
  }

  #sizeOf(expr: Expr): Range | undefined {
    const known = this.#sizes.get(expr) ?? literalSize(expr);
    if (known !== undefined) return known;
    const estimated = this.#estimateSize(this.#path(expr));
    if (estimated !== undefined) {
      this.#sizes.set(expr, estimated);
      return estimated;
    }
    if (isScalar(this.#type(expr))) return ONE;
    return expr.kind === 'ident' ? this.#locals.get(expr.name)?.size : undefined;
  }

  #entry(expr: Expr): EntrySize | undefined {
    return this.#entries.get(expr) ?? (expr.kind === 'ident' ? this.#locals.get(expr.name)?.entry : undefined);
  }
}

const isBind = ({ range, condition, accuVar }: ComprehensionExpr): boolean =>
  range.kind === 'list' && range.elements.length === 0 && condition.kind === 'const' && condition.value === false && accuVar !== ACCUMULATOR;

const unionOf = (sizes: readonly Range[]): Range => (sizes.length === 0 ? ZERO : sizes.reduce(union));

function unionEntries(one: EntrySize | undefined, other: EntrySize | undefined): EntrySize | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return { key: union(one.key, other.key), value: union(one.value, other.value) };
}

function comparison(one: Range, other: Range, costs: readonly Range[]): CallEstimate {
  const max = Math.min(one.max, other.max);
  return { cost: add(scale({ min: max > 0 ? 1 : 0, max }, TRAVERSAL), ...costs) };
}

function literalSize(expr: Expr): Range | undefined {
  if (expr.kind === 'list') return fixed(expr.elements.length);
  if (expr.kind === 'map') return fixed(expr.entries.length);
  if (expr.kind !== 'const') return undefined;
  if (typeof expr.value === 'string') return fixed(codePointLength(expr.value));
  return fixed(expr.value instanceof Uint8Array ? expr.value.length : 1);
}

function isScalar(type: Type): boolean {
  if (isOptional(type)) return isScalar(type.params[0]!);
  return ['bool', 'double', 'duration', 'int', 'timestamp', 'uint'].includes(type.kind);
}
