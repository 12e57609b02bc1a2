/**
 * Evaluates a checked expression, counting what it costs as Kubernetes does:
 * past the limit it stops with a CelCostError, whatever would catch an ordinary
 * failure.
 */
import { ACCUMULATOR, type CallExpr, type ComprehensionExpr, type Expr } from './ast.js';
import type { CheckedExpr } from './check.js';
import { callCost } from './runtimecost.js';
import { fits, typeNameOf } from './runtimetypes.js';
import { CelCostError, CelError, CelLiteralMap, CelMap, CelOptional, CelTypeValue, CelUint, equals, isList, showKey, type Value } from './values.js';

/** undefined: no such variable. */
export type Resolve = (name: string) => Value | undefined;

export interface Evaluated {
  /** A CelError: what went wrong. */
  readonly value: Value | CelError;
  readonly cost: number;
}

/** What one expression may cost. */
export const PER_CALL_LIMIT = 1_000_000;

const COST_EXCEEDED = 'operation cancelled: actual cost limit exceeded';
const LIST_COST = 10;
const MAP_COST = 30;
const STRUCT_COST = 40;

export function evaluate(checked: CheckedExpr, resolve: Resolve, limit = PER_CALL_LIMIT): Evaluated {
  const evaluator = new Evaluator(checked, resolve, limit);
  try {
    return { value: evaluator.eval(checked.expr), cost: evaluator.cost };
  } catch (error) {
    if (error instanceof CelCostError) return { value: new CelError(COST_EXCEEDED), cost: evaluator.cost };
    if (error instanceof CelError) return { value: error, cost: evaluator.cost };
    throw error;
  }
}

interface Frame {
  readonly names: Map<string, Value>;
  readonly outer: Frame | undefined;
}

/** A struct that an expression makes: Object{…}, JSONPatch{…}. */
export class CelStruct extends CelMap {
  override readonly struct: string;
  readonly fields: ReadonlyMap<string, Value>;
  constructor(name: string, fields: ReadonlyMap<string, Value>) {
    super();
    this.struct = name;
    this.fields = fields;
  }
  get(key: Value): Value | undefined {
    return typeof key === 'string' ? this.fields.get(key) : undefined;
  }
  keys(): Value[] {
    return [...this.fields.keys()];
  }
  get length(): number {
    return this.fields.size;
  }
}

class Evaluator {
  readonly #checked: CheckedExpr;
  readonly #resolve: Resolve;
  readonly #limit: number;
  cost = 0;
  #frame: Frame | undefined;
  /** Lists that a loop is still making: nobody else sees them, so they grow in place. */
  readonly #growing = new WeakSet<object>();

  constructor(checked: CheckedExpr, resolve: Resolve, limit: number) {
    this.#checked = checked;
    this.#resolve = resolve;
    this.#limit = limit;
  }

  #spend(cost: number): void {
    this.cost += cost;
    if (this.cost > this.#limit) throw new CelCostError(COST_EXCEEDED);
  }

  eval(expr: Expr): Value {
    switch (expr.kind) {
      case 'const':
        return expr.value;
      case 'ident':
        return this.#ident(expr.name, expr);
      case 'select': {
        const name = this.#checked.names.get(expr);
        if (name !== undefined) return this.#ident(name, expr);
        const operand = this.eval(expr.operand);
        if (expr.testOnly) return hasField(operand, expr.field);
        this.#spend(isChain(expr.operand) ? 1 : 2);
        return selectField(operand, expr.field);
      }
      case 'call':
        return this.#call(expr);
      case 'list':
        return this.#list(expr.elements, expr.optional);
      case 'map':
        return this.#map(expr);
      case 'struct':
        return this.#struct(expr);
      case 'comprehension':
        return this.#comprehension(expr);
    }
  }

  #ident(name: string, expr: Expr): Value {
    this.#spend(1);
    for (let frame = this.#frame; frame !== undefined; frame = frame.outer) {
      const found = frame.names.get(name);
      if ((found as unknown) instanceof Failure) throw (found as unknown as Failure).error;
      if (found !== undefined) return found;
    }
    const plain = this.#checked.names.get(expr) ?? name;
    const found = this.#resolve(plain);
    if (found !== undefined) return found;
    const type = this.#checked.types.get(expr);
    if (type?.kind === 'type') return new CelTypeValue(plain);
    throw new CelError(`no such attribute(s): ${plain}`);
  }

  #list(elements: readonly Expr[], optional: ReadonlySet<number>): Value {
    const list: Value[] = [];
    elements.forEach((element, at) => {
      const value = this.eval(element);
      if (!optional.has(at)) list.push(value);
      else if (value instanceof CelOptional && value.value !== undefined) list.push(value.value);
    });
    this.#spend(LIST_COST);
    return list;
  }

  #map(expr: Extract<Expr, { kind: 'map' }>): Value {
    const entries: [Value, Value][] = [];
    for (const entry of expr.entries) {
      const [key, value] = [this.eval(entry.key), this.eval(entry.value)];
      const kept = entry.optional && value instanceof CelOptional ? value.value : value;
      if (kept !== undefined) entries.push([key, kept]);
    }
    this.#spend(MAP_COST);
    return new CelLiteralMap(entries);
  }

  #struct(expr: Extract<Expr, { kind: 'struct' }>): Value {
    const fields = new Map<string, Value>();
    for (const field of expr.fields) {
      const value = this.eval(field.value);
      const kept = field.optional && value instanceof CelOptional ? value.value : value;
      if (kept !== undefined) fields.set(field.name, kept);
    }
    this.#spend(STRUCT_COST);
    return new CelStruct(this.#checked.names.get(expr) ?? expr.name, fields);
  }

  #call(expr: CallExpr): Value {
    switch (expr.fn) {
      case '_&&_':
        return this.#logical(expr, false);
      case '_||_':
        return this.#logical(expr, true);
      case '_?_:_': {
        const condition = this.eval(expr.args[0]!);
        if (typeof condition !== 'boolean') throw new CelError('no such overload');
        return this.eval(expr.args[condition ? 1 : 2]!);
      }
      case '@not_strictly_false':
        return this.#notStrictlyFalse(expr);
      case '_?._':
      case '_[?_]':
        return this.#optionalAccess(expr);
      case '_[_]': {
        const [operand, key] = [this.eval(expr.args[0]!), this.eval(expr.args[1]!)];
        this.#spend(isChain(expr.args[0]!) ? 1 : 2);
        return index(operand, key);
      }
      default:
        return this.#function(expr);
    }
  }

  /** As CEL does: the side that decides wins, even over a failure of the other. */
  #logical(expr: CallExpr, decisive: boolean): Value {
    const left = this.#attempt(expr.args[0]!);
    if (left === decisive) return decisive;
    const right = this.#attempt(expr.args[1]!);
    if (right === decisive) return decisive;
    for (const side of [left, right]) if (side instanceof CelError) throw side;
    if (typeof left !== 'boolean' || typeof right !== 'boolean') throw new CelError('no such overload');
    return !decisive;
  }

  #attempt(expr: Expr): Value | CelError {
    try {
      return this.eval(expr);
    } catch (error) {
      if (error instanceof CelError) return error; // the other side may still decide
      throw error;
    }
  }

  #notStrictlyFalse(expr: CallExpr): Value {
    const value = this.#attempt(expr.args[0]!);
    this.#spend(1);
    return value instanceof CelError || value !== false;
  }

  #optionalAccess(expr: CallExpr): Value {
    const [operand, key] = [this.eval(expr.args[0]!), this.eval(expr.args[1]!)];
    this.#spend(isChain(expr.args[0]!) ? 1 : 2);
    const target = operand instanceof CelOptional ? operand.value : operand;
    if (target === undefined) return CelOptional.none;
    const found = optionalIndex(target, key);
    return found === undefined ? CelOptional.none : CelOptional.of(found);
  }

  #function(expr: CallExpr): Value {
    const member = expr.target !== undefined && !this.#checked.names.has(expr);
    const nodes = member ? [expr.target!, ...expr.args] : expr.args;
    const args = nodes.map((node) => this.eval(node));
    const name = this.#checked.names.get(expr) ?? expr.fn;
    const grown = name === '_+_' ? this.#grow(nodes[0]!, args) : undefined;
    if (grown !== undefined) return grown;
    const overloads = this.#checked.overloads.get(expr) ?? [];
    const overload = overloads.find(({ params }) => params.length === args.length && params.every((type, at) => fits(type, args[at]!)));
    if (overload === undefined) throw noSuchOverload(name, args);
    const result = overload.call(...args);
    this.#spend(callCost(name, overload.id, args, result));
    return result;
  }

  #grow(node: Expr, [left, right]: readonly Value[]): Value | undefined {
    if (node.kind !== 'ident' || node.name !== ACCUMULATOR || !isList(left!) || !isList(right!) || !this.#growing.has(left)) return undefined;
    (left as Value[]).push(...right);
    this.#spend(1);
    return left;
  }

  #comprehension(expr: ComprehensionExpr): Value {
    const range = this.eval(expr.range);
    const init = this.eval(expr.accuInit);
    const keys = isList(range) ? range : range instanceof CelMap ? range.keys() : undefined;
    if (keys === undefined) throw new CelError('no such overload');
    const outer: Frame = { names: new Map([[expr.accuVar, init]]), outer: this.#frame };
    const inner: Frame = { names: new Map(), outer };
    if (isList(init) && expr.accuInit.kind === 'list') this.#growing.add(init);
    const before = this.#frame;
    try {
      this.#frame = inner;
      for (const [at, key] of keys.entries()) {
        this.#iterate(expr, inner.names, { range, key, at });
        if (this.eval(expr.condition) !== true) break;
        outer.names.set(expr.accuVar, this.#step(expr));
      }
      this.#frame = outer;
      return this.eval(expr.result);
    } finally {
      this.#growing.delete(init as object);
      this.#frame = before;
    }
  }

  #iterate({ iterVar, iterVar2 }: ComprehensionExpr, names: Map<string, Value>, { range, key, at }: { range: Value; key: Value; at: number }): void {
    if (iterVar2 === undefined) return void names.set(iterVar, key);
    names.set(iterVar, isList(range) ? BigInt(at) : key);
    names.set(iterVar2, isList(range) ? key : (range as CelMap).get(key)!);
  }

  /** A step of all() or exists() may fail, and a later one still decide. */
  #step(expr: ComprehensionExpr): Value {
    const { step } = expr;
    if (step.kind !== 'call' || (step.fn !== '_&&_' && step.fn !== '_||_')) return this.eval(step);
    const value = this.#attempt(step);
    return value instanceof CelError ? (new Failure(value) as unknown as Value) : value;
  }
}

/** What a loop accumulated was a failure, so far. */
class Failure {
  readonly error: CelError;
  constructor(error: CelError) {
    this.error = error;
  }
}

const isChain = (expr: Expr): boolean =>
  expr.kind === 'ident' ||
  (expr.kind === 'select' && !expr.testOnly) ||
  (expr.kind === 'call' && (expr.fn === '_[_]' || expr.fn === '_?._' || expr.fn === '_[?_]'));

function hasField(operand: Value, field: string): boolean {
  if (operand instanceof CelOptional) return operand.value !== undefined && hasField(operand.value, field);
  if (!(operand instanceof CelMap)) throw new CelError('no such overload');
  return operand.get(field) !== undefined;
}

function selectField(operand: Value, field: string): Value {
  if (operand instanceof CelOptional) {
    const found = operand.value === undefined ? undefined : optionalIndex(operand.value, field);
    return found === undefined ? CelOptional.none : CelOptional.of(found);
  }
  const found = operand instanceof CelMap ? operand.get(field) : undefined;
  if (found === undefined) throw new CelError(`no such key: ${field}`);
  return found;
}

export function index(operand: Value, key: Value): Value {
  if (operand instanceof CelOptional) {
    const found = operand.value === undefined ? undefined : optionalIndex(operand.value, key);
    return found === undefined ? CelOptional.none : CelOptional.of(found);
  }
  if (operand instanceof CelMap) {
    const found = operand.get(key);
    if (found === undefined) throw new CelError(`no such key: ${showKey(key)}`);
    return found;
  }
  if (!isList(operand)) throw new CelError('no such overload');
  const at = listIndex(key);
  if (at === undefined) throw new CelError(`unsupported index type '${typeNameOf(key)}' in list`);
  const found = operand[at];
  if (found === undefined) throw new CelError(`index out of bounds: ${showKey(key)}`);
  return found;
}

function listIndex(key: Value): number | undefined {
  if (typeof key === 'bigint') return Number(key);
  if (key instanceof CelUint) return Number(key.value);
  return typeof key === 'number' && Number.isInteger(key) ? key : undefined;
}

function optionalIndex(operand: Value, key: Value): Value | undefined {
  if (operand instanceof CelMap) return operand.get(key);
  if (isList(operand)) {
    const at = listIndex(key);
    return at === undefined ? undefined : operand[at];
  }
  throw new CelError(`no such key: ${showKey(key)}`);
}

const NUMBERS = ['int', 'uint', 'double'];
const TIMES = ['google.protobuf.Timestamp', 'google.protobuf.Duration'];
const ORDERED = ['bool', ...NUMBERS, 'string', 'bytes', ...TIMES];
/** Which types know which operator at all. */
const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  '_+_': [...NUMBERS, 'string', 'bytes', 'list', ...TIMES],
  '_-_': [...NUMBERS, ...TIMES],
  '_*_': NUMBERS,
  '_/_': NUMBERS,
  '_%_': ['int', 'uint'],
  '_<_': ORDERED,
  '_<=_': ORDERED,
  '_>_': ORDERED,
  '_>=_': ORDERED,
  '-_': ['int', 'double'],
  '!_': ['bool'],
  '@in': [],
};

/** As cel-go does: where the left side knows the operator, its right side is at fault, and the complaint is short. */
function noSuchOverload(name: string, args: readonly Value[]): CelError {
  const types = OPERATORS[name];
  if (types === undefined) return new CelError(`no such overload: ${name}(${args.map(typeNameOf).join(', ')})`);
  return new CelError(types.includes(typeNameOf(args[0]!)) || name === '@in' ? 'no such overload' : `no such overload: ${name}`);
}

/** Whether the value is among the list's, or the map's keys. */
export function contains(value: Value, container: Value): boolean {
  if (isList(container)) return container.some((item) => equals(item, value));
  return container instanceof CelMap && container.get(value) !== undefined;
}
