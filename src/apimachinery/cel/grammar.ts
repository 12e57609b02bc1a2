/**
 * CEL's grammar as a net of states, the way ANTLR holds it: what may come next
 * at any point, and where a parser has to decide. Only complaints need it; an
 * expression that is one is read by parse.ts.
 */
import type { TokenKind } from './lex.js';

export type StateKind = 'basic' | 'block' | 'starEntry' | 'loopBack' | 'stop';

export interface State {
  readonly id: number;
  readonly kind: StateKind;
  /** `precedence`: only where the rule was entered with no more than it. */
  readonly moves: { to: State; precedence?: number }[];
  token?: { kinds: ReadonlySet<TokenKind>; to: State };
  call?: { rule: string; precedence: number; to: State };
}

export type Node =
  | { type: 'token'; state: State }
  | { type: 'call'; state: State }
  | { type: 'seq'; nodes: readonly Node[] }
  /** Alternatives; an optional part has two, the second empty. */
  | { type: 'choice'; state: State; alternatives: readonly { start: State; node: Node }[] }
  | { type: 'loop'; entry: State; body: State; exit: State; node: Node; back: State; atLeastOnce: boolean };

export interface Rule {
  readonly start: State;
  readonly stop: State;
  readonly node: Node;
}

type Build = (from: State, to: State) => Node;

let count = 0;
const state = (kind: StateKind = 'basic'): State => ({ id: count++, kind, moves: [] });

const token =
  (...kinds: TokenKind[]): Build =>
  (from, to) => {
    from.token = { kinds: new Set(kinds), to };
    return { type: 'token', state: from };
  };

const call =
  (rule: string, precedence = 0): Build =>
  (from, to) => {
    from.call = { rule, precedence, to };
    return { type: 'call', state: from };
  };

const seq =
  (...parts: Build[]): Build =>
  (from, to) => {
    let at = from;
    const nodes = parts.map((part, index) => {
      const next = index === parts.length - 1 ? to : state();
      const node = part(at, next);
      at = next;
      return node;
    });
    if (parts.length === 0) from.moves.push({ to });
    return { type: 'seq', nodes };
  };

/** Each alternative with the precedence that it asks for, if it does. */
const choice =
  (...parts: (Build | [number, Build])[]): Build =>
  (from, to) => {
    const block = state('block');
    from.moves.push({ to: block });
    const alternatives = parts.map((part) => {
      const [precedence, build] = Array.isArray(part) ? part : [undefined, part];
      const start = state();
      block.moves.push({ to: start, ...(precedence === undefined ? {} : { precedence }) });
      const end = state();
      end.moves.push({ to });
      return { start, node: build(start, end) };
    });
    return { type: 'choice', state: block, alternatives };
  };

const optional = (part: Build): Build => choice(part, seq());

const star =
  (part: Build, precedence?: number): Build =>
  (from, to) => {
    const [entry, body, exit, back, end] = [state('starEntry'), state(), state(), state('loopBack'), state()];
    from.moves.push({ to: entry });
    entry.moves.push({ to: body, ...(precedence === undefined ? {} : { precedence }) }, { to: exit });
    exit.moves.push({ to });
    const node = part(body, end);
    end.moves.push({ to: back });
    back.moves.push({ to: entry });
    return { type: 'loop', entry, body, exit, node, back, atLeastOnce: false };
  };

const plus =
  (part: Build): Build =>
  (from, to) => {
    const [entry, exit, back, end] = [state('block'), state(), state('loopBack'), state()];
    from.moves.push({ to: entry });
    const body = state();
    entry.moves.push({ to: body });
    const node = part(body, end);
    end.moves.push({ to: back });
    back.moves.push({ to: entry }, { to: exit });
    exit.moves.push({ to });
    return { type: 'loop', entry, body: entry, exit, node, back, atLeastOnce: true };
  };

const list = (item: Build): Build => seq(item, star(seq(token(','), item)));
const pair = seq(call('optExpr'), token(':'), call('expr'));
const field = seq(call('optField'), token(':'), call('expr'));
const dot = optional(token('.'));

const RULES: Readonly<Record<string, Build>> = {
  start: seq(call('expr'), token('EOF')),
  expr: seq(call('conditionalOr'), optional(seq(token('?'), call('conditionalOr'), token(':'), call('expr')))),
  conditionalOr: seq(call('conditionalAnd'), star(seq(token('||'), call('conditionalAnd')))),
  conditionalAnd: seq(call('relation'), star(seq(token('&&'), call('relation')))),
  relation: seq(call('calc'), star(choice([1, seq(token('<', '<=', '>=', '>', '==', '!=', 'in'), call('relation', 2))]))),
  calc: seq(call('unary'), star(choice([2, seq(token('*', '/', '%'), call('calc', 3))], [1, seq(token('+', '-'), call('calc', 2))]))),
  unary: choice(call('member'), seq(plus(token('!')), call('member')), seq(plus(token('-')), call('member'))),
  member: seq(
    call('primary'),
    star(
      choice(
        [3, seq(token('.'), optional(token('?')), call('escapeIdent'))],
        [2, seq(token('.'), token('IDENTIFIER'), token('('), optional(call('exprList')), token(')'))],
        [1, seq(token('['), optional(token('?')), call('expr'), token(']'))],
      ),
    ),
  ),
  primary: choice(
    seq(dot, token('IDENTIFIER')),
    seq(dot, token('IDENTIFIER'), token('('), optional(call('exprList')), token(')')),
    seq(token('('), call('expr'), token(')')),
    seq(token('['), optional(call('listInit')), optional(token(',')), token(']')),
    seq(token('{'), optional(call('mapInitializerList')), optional(token(',')), token('}')),
    seq(
      dot,
      token('IDENTIFIER'),
      star(seq(token('.'), token('IDENTIFIER'))),
      token('{'),
      optional(call('fieldInitializerList')),
      optional(token(',')),
      token('}'),
    ),
    call('literal'),
  ),
  exprList: list(call('expr')),
  listInit: list(call('optExpr')),
  fieldInitializerList: list(field),
  optField: seq(optional(token('?')), call('escapeIdent')),
  mapInitializerList: list(pair),
  escapeIdent: choice(token('IDENTIFIER'), token('ESC_IDENTIFIER')),
  optExpr: seq(optional(token('?')), call('expr')),
  literal: choice(
    seq(optional(token('-')), token('NUM_INT')),
    token('NUM_UINT'),
    seq(optional(token('-')), token('NUM_FLOAT')),
    token('STRING'),
    token('BYTES'),
    token('true'),
    token('false'),
    token('null'),
  ),
};

function made(build: Build): Rule {
  const [start, stop] = [state(), state('stop')];
  return { start, stop, node: build(start, stop) };
}

export const GRAMMAR: Readonly<Record<string, Rule>> = Object.fromEntries(Object.entries(RULES).map(([name, build]) => [name, made(build)]));

/** Where each rule may be left to: what may follow it anywhere. */
export const FOLLOWS: ReadonlyMap<State, readonly State[]> = follows();

function follows(): Map<State, State[]> {
  const found = new Map<State, State[]>();
  const seen = new Set<State>();
  const visit = (at: State): void => {
    if (seen.has(at)) return;
    seen.add(at);
    if (at.call !== undefined) {
      const { stop } = GRAMMAR[at.call.rule]!;
      found.set(stop, [...(found.get(stop) ?? []), at.call.to]);
      visit(at.call.to);
    }
    if (at.token !== undefined) visit(at.token.to);
    for (const { to } of at.moves) visit(to);
  };
  for (const { start } of Object.values(GRAMMAR)) visit(start);
  return found;
}
