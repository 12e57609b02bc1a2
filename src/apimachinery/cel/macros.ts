/**
 * CEL's macros, and the two-variable and optional ones that Kubernetes has:
 * calls that become loops before anything is checked.
 */
import { ACCUMULATOR, type Expr } from './ast.js';
import type { Value } from './values.js';

export class MacroError extends Error {
  readonly pos: number;
  constructor(pos: number, message: string) {
    super(message);
    this.pos = pos;
  }
}

type Expand = (make: Maker, target: Expr, args: readonly Expr[]) => Expr;

/** Makes nodes that all stand where the macro was called. */
class Maker {
  readonly pos: number;
  constructor(pos: number) {
    this.pos = pos;
  }
  value(value: Value): Expr {
    return { kind: 'const', pos: this.pos, value };
  }
  ident(name: string): Expr {
    return { kind: 'ident', pos: this.pos, name };
  }
  get accu(): Expr {
    return this.ident(ACCUMULATOR);
  }
  call(fn: string, ...args: Expr[]): Expr {
    return { kind: 'call', pos: this.pos, fn, target: undefined, args };
  }
  member(fn: string, target: Expr): Expr {
    return { kind: 'call', pos: this.pos, fn, target, args: [] };
  }
  list(...elements: Expr[]): Expr {
    return { kind: 'list', pos: this.pos, elements, optional: new Set() };
  }
  loop(range: Expr, [iterVar, iterVar2]: readonly [string, string?], parts: { init: Expr; condition?: Expr; step: Expr; result?: Expr }): Expr {
    const { init, condition = this.value(true), step, result = this.accu } = parts;
    return { kind: 'comprehension', pos: this.pos, range, iterVar: iterVar!, iterVar2, accuVar: ACCUMULATOR, accuInit: init, condition, step, result };
  }
}

/** undefined: no macro. */
export function expandMacro(fn: string, pos: number, target: Expr | undefined, args: readonly Expr[], bindings: boolean): Expr | undefined {
  if (target === undefined) return fn === 'has' && args.length === 1 ? has(pos, args[0]!) : undefined;
  if (fn === 'bind' && args.length === 3) return bindings && target.kind === 'ident' && target.name === 'cel' ? bind(new Maker(pos), args) : undefined;
  return MACROS[`${fn}:${args.length}`]?.(new Maker(pos), target, args);
}

function has(pos: number, arg: Expr): Expr {
  if (arg.kind !== 'select' || arg.testOnly) throw new MacroError(arg.pos, 'invalid argument to has() macro');
  return { ...arg, pos, testOnly: true };
}

function nameOf(arg: Expr, complaint: string): string {
  if (arg.kind !== 'ident') throw new MacroError(arg.pos, complaint);
  if (arg.name === ACCUMULATOR || arg.name === '__result__') throw new MacroError(arg.pos, 'iteration variable overwrites accumulator variable');
  return arg.name;
}

const one = (args: readonly Expr[], complaint = 'argument must be a simple name'): readonly [string] => [nameOf(args[0]!, complaint)];

function two(args: readonly Expr[]): readonly [string, string] {
  const names = [nameOf(args[0]!, 'argument must be a simple name'), nameOf(args[1]!, 'argument must be a simple name')] as const;
  if (names[0] === names[1]) throw new MacroError(args[1]!.pos, `duplicate variable name: ${names[0]}`);
  return names;
}

type Vars = (args: readonly Expr[]) => readonly [string, string?];

const all =
  (vars: Vars): Expand =>
  (make, target, args) =>
    make.loop(target, vars(args), {
      init: make.value(true),
      condition: make.call('@not_strictly_false', make.accu),
      step: make.call('_&&_', make.accu, args.at(-1)!),
    });

const exists =
  (vars: Vars): Expand =>
  (make, target, args) =>
    make.loop(target, vars(args), {
      init: make.value(false),
      condition: make.call('@not_strictly_false', make.call('!_', make.accu)),
      step: make.call('_||_', make.accu, args.at(-1)!),
    });

const existsOne =
  (vars: Vars): Expand =>
  (make, target, args) =>
    make.loop(target, vars(args), {
      init: make.value(0n),
      step: make.call('_?_:_', args.at(-1)!, make.call('_+_', make.accu, make.value(1n)), make.accu),
      result: make.call('_==_', make.accu, make.value(1n)),
    });

/** Of the arguments after the variables, the last is what is collected, the one before it, if there is one, which. */
function collect(vars: Vars, count: number, init: (make: Maker) => Expr, add: (make: Maker, names: readonly [string, string?], value: Expr) => Expr): Expand {
  return (make, target, args) => {
    const names = vars(args);
    const step = add(make, names, args.at(-1)!);
    const filtered = args.length - count === 2 ? make.call('_?_:_', args.at(-2)!, step, make.accu) : step;
    return make.loop(target, names, { init: init(make), step: filtered });
  };
}

const appended = (make: Maker, _: unknown, value: Expr): Expr => make.call('_+_', make.accu, make.list(value));
const emptyMap = (make: Maker): Expr => ({ kind: 'map', pos: make.pos, entries: [] });
const emptyList = (make: Maker): Expr => make.list();
const oneOf: Vars = (args) => one(args, 'argument is not an identifier');
const map = collect(oneOf, 1, emptyList, appended);
const transformList = collect(two, 2, emptyList, appended);
const transformMap = collect(two, 2, emptyMap, (make, [key], value) => make.call('cel.@mapInsert', make.accu, make.ident(key!), value));
const transformMapEntry = collect(two, 2, emptyMap, (make, _, value) => make.call('cel.@mapInsert', make.accu, value));

const filter: Expand = (make, target, args) => {
  const names = oneOf(args);
  return make.loop(target, names, { init: make.list(), step: make.call('_?_:_', args[1]!, make.call('_+_', make.accu, make.list(args[0]!)), make.accu) });
};

/** A value under a name, in one expression: a loop that goes round never. */
function named(make: Maker, name: Expr, value: Expr, body: Expr, complaint: string): Expr {
  if (name.kind !== 'ident') throw new MacroError(name.pos, complaint);
  return {
    kind: 'comprehension',
    pos: make.pos,
    range: make.list(),
    iterVar: '#unused',
    iterVar2: undefined,
    accuVar: name.name,
    accuInit: value,
    condition: make.value(false),
    step: make.ident(name.name),
    result: body,
  };
}

const bind = (make: Maker, [name, value, body]: readonly Expr[]): Expr =>
  named(make, name!, value!, body!, 'cel.bind() variable names must be simple identifiers');

/** The value of an optional under a name, once. */
const bound =
  (macro: string): ((make: Maker, target: Expr, args: readonly Expr[]) => Expr) =>
  (make, target, args) =>
    named(make, args[0]!, make.member('value', target), args[1]!, `${macro}() variable name must be a simple identifier`);

const optMap: Expand = (make, target, args) =>
  make.call('_?_:_', make.member('hasValue', target), make.call('optional.of', bound('optMap')(make, target, args)), make.call('optional.none'));
const optFlatMap: Expand = (make, target, args) =>
  make.call('_?_:_', make.member('hasValue', target), bound('optFlatMap')(make, target, args), make.call('optional.none'));

/** The range under a name, sorted by what the expression makes of each item. */
const sortBy: Expand = (make, target, args) => {
  const [name, key] = [args[0]!, args[1]!];
  if (name.kind !== 'ident') throw new MacroError(name.pos, 'sortBy(var, ...) variable name must be a simple identifier');
  if (!['list', 'select', 'ident', 'comprehension', 'call'].includes(target.kind))
    throw new MacroError(target.pos, 'sortBy can only be applied to a list, identifier, comprehension, call or select expression');
  const held = make.ident('@__sortBy_input__');
  const keys = map(make, held, [name, key]);
  return {
    kind: 'comprehension',
    pos: make.pos,
    range: make.list(),
    iterVar: '#unused',
    iterVar2: undefined,
    accuVar: '@__sortBy_input__',
    accuInit: target,
    condition: make.value(false),
    step: held,
    result: { kind: 'call', pos: make.pos, fn: '@sortByAssociatedKeys', target: held, args: [keys] },
  };
};

const MACROS: Readonly<Record<string, Expand>> = {
  'all:2': all(one),
  'all:3': all(two),
  'exists:2': exists(one),
  'exists:3': exists(two),
  'exists_one:2': existsOne(one),
  'exists_one:3': existsOne(two),
  'existsOne:2': existsOne(one),
  'existsOne:3': existsOne(two),
  'map:2': map,
  'map:3': map,
  'filter:2': filter,
  'transformList:3': transformList,
  'transformList:4': transformList,
  'transformMap:3': transformMap,
  'transformMap:4': transformMap,
  'transformMapEntry:3': transformMapEntry,
  'transformMapEntry:4': transformMapEntry,
  'sortBy:2': sortBy,
  'optMap:2': optMap,
  'optFlatMap:2': optFlatMap,
};
