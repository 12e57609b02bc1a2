/**
 * What may come next in the grammar: within one rule, with everything that is
 * being read around it, and, where one token does not decide, as many tokens on
 * as are needed.
 */
import { FOLLOWS, GRAMMAR, type State } from './grammar.js';
import type { TokenKind } from './lex.js';

/** A rule that is being read, and where the one above goes on after it. */
export interface Frame {
  readonly stop: State;
  readonly precedence: number;
  readonly returnTo: State | undefined;
  readonly above: Frame | undefined;
}

export type Next = ReadonlySet<TokenKind | 'epsilon'>;

const nexts = new Map<State, Next>();

/** Within the rule; 'epsilon' where its end can be reached. */
export function nextTokens(state: State): Next {
  let found = nexts.get(state);
  if (found === undefined) nexts.set(state, (found = look(state, () => 'epsilon')));
  return found;
}

function look(from: State, atStop: (stop: State) => 'epsilon' | readonly State[]): Next {
  const found = new Set<TokenKind | 'epsilon'>();
  const seen = new Set<State>();
  const visit = (state: State): void => {
    if (seen.has(state)) return;
    seen.add(state);
    if (state.kind === 'stop') {
      const after = atStop(state);
      if (after === 'epsilon') found.add('epsilon');
      else after.forEach(visit);
      return;
    }
    for (const kind of state.token?.kinds ?? []) found.add(kind);
    for (const { to } of state.moves) visit(to);
    if (state.call !== undefined) {
      const inner = nextTokens(GRAMMAR[state.call.rule]!.start);
      for (const kind of inner) if (kind !== 'epsilon') found.add(kind);
      if (inner.has('epsilon')) visit(state.call.to);
    }
  };
  visit(from);
  return found;
}

/** With everything that is being read around it. */
export function expectedAt(state: State, frame: Frame): Set<TokenKind> {
  const found = new Set<TokenKind>();
  let next = nextTokens(state);
  let at: Frame | undefined = frame;
  for (;;) {
    for (const kind of next) if (kind !== 'epsilon') found.add(kind);
    if (!next.has('epsilon')) return found;
    if (at?.returnTo === undefined) return found.add('EOF');
    next = nextTokens(at.returnTo);
    at = at.above;
  }
}

const decided = new Map<State, boolean>();

/** Whether one token always decides, whatever is around. */
export function isLL1(ways: readonly State[]): boolean {
  let found = decided.get(ways[0]!);
  if (found === undefined) decided.set(ways[0]!, (found = areDisjoint(ways)));
  return found;
}

function areDisjoint(ways: readonly State[]): boolean {
  const all = new Set<TokenKind | 'epsilon'>();
  for (const way of ways) {
    if (asksPrecedence(way)) return false;
    const next = look(way, (stop) => FOLLOWS.get(stop) ?? []);
    for (const kind of next) {
      if (all.has(kind)) return false;
      all.add(kind);
    }
  }
  return true;
}

/** A way that depends on how the rule was entered. */
function asksPrecedence(way: State, seen = new Set<State>()): boolean {
  if (seen.has(way)) return false;
  seen.add(way);
  return way.moves.some(({ to, precedence }) => precedence !== undefined || asksPrecedence(to, seen));
}

interface Config {
  readonly state: State;
  readonly frame: Frame | undefined;
  readonly way: number;
  /** It has left the rule in which the decision is. */
  readonly out: boolean;
}

const LOOKAHEAD_MAX = 2_000;

export type Prediction = { way: number; failed?: never } | { way?: never; failed: number };

/** Which way fits what comes, or how far ahead the token is at which none does. */
export function predict(ways: readonly State[], frame: Frame, kindAt: (ahead: number) => TokenKind): Prediction {
  return lookedAhead(ways, frame, kindAt, false) ?? lookedAhead(ways, frame, kindAt, true)!;
}

/**
 * ANTLR looks twice: at first it goes on while any place is reached by one way
 * alone; where there is none (undefined here) it begins anew, and then takes the
 * first way as soon as it is the least one everywhere.
 */
function lookedAhead(ways: readonly State[], frame: Frame, kindAt: (ahead: number) => TokenKind, exact: boolean): Prediction | undefined {
  const frames = new Frames();
  let configs = closure(
    ways.map((state, way) => ({ state, frame, way, out: false })),
    frame,
    frames,
  );
  for (let ahead = 0; ahead < LOOKAHEAD_MAX; ahead++) {
    const kind = kindAt(ahead);
    const reached = configs.flatMap(({ state, ...rest }) => (state.token?.kinds.has(kind) === true ? [{ ...rest, state: state.token.to }] : []));
    if (reached.length === 0) {
      const finished = configs.filter(({ out }) => out).map(({ way }) => way);
      return finished.length > 0 ? { way: Math.min(...finished) } : { failed: ahead };
    }
    configs = closure(reached, frame, frames);
    const least = leastWays(configs, exact ? ({ state, frame: at }) => `${state.id}/${frames.idOf(at)}` : ({ state }) => `${state.id}`);
    if (new Set(configs.map(({ way }) => way)).size === 1 || (exact && new Set(least.map(([way]) => way)).size === 1)) return { way: least[0]![0]! };
    if (!exact && least.every((found) => found.length > 1)) return undefined;
    if (kind === 'EOF') return { way: Math.min(...configs.map(({ way }) => way)) };
  }
  return { way: Math.min(...configs.map(({ way }) => way)) };
}

/** The ways to every place, the least first. */
function leastWays(configs: readonly Config[], placeOf: (config: Config) => string): number[][] {
  const found = new Map<string, Set<number>>();
  for (const config of configs) {
    const place = placeOf(config);
    found.set(place, (found.get(place) ?? new Set()).add(config.way));
  }
  return [...found.values()].map((ways) => [...ways].sort((a, b) => a - b));
}

/** Frames that look the same are the same. */
class Frames {
  readonly #ids = new Map<Frame, number>();
  readonly #made = new Map<string, Frame>();

  idOf(frame: Frame | undefined): number {
    if (frame === undefined) return -1;
    let id = this.#ids.get(frame);
    if (id === undefined) this.#ids.set(frame, (id = this.#ids.size));
    return id;
  }

  make(stop: State, precedence: number, returnTo: State, above: Frame | undefined): Frame {
    const key = `${stop.id}/${precedence}/${returnTo.id}/${this.idOf(above)}`;
    let frame = this.#made.get(key);
    if (frame === undefined) this.#made.set(key, (frame = { stop, precedence, returnTo, above }));
    return frame;
  }
}

/** Everywhere that can be reached without a token. */
function closure(start: readonly Config[], decision: Frame, frames: Frames): Config[] {
  const found: Config[] = [];
  const seen = new Set<string>();
  const work = [...start].reverse();
  for (let config = work.pop(); config !== undefined; config = work.pop()) {
    const { state, frame, way, out } = config;
    const key = `${state.id}/${frames.idOf(frame)}/${way}/${out}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (state.token !== undefined || (state.kind === 'stop' && frame?.returnTo === undefined)) found.push(config);
    if (state.kind === 'stop' && frame?.returnTo !== undefined) work.push({ state: frame.returnTo, frame: frame.above, way, out: out || frame === decision });
    for (const { to, precedence } of state.moves)
      if (precedence === undefined || precedence >= (frame?.precedence ?? 0)) work.push({ state: to, frame, way, out });
    if (state.call !== undefined) {
      const { rule, precedence, to } = state.call;
      const { start: first, stop } = GRAMMAR[rule]!;
      work.push({ state: first, frame: frames.make(stop, precedence, to, frame), way, out });
    }
  }
  return found;
}

const ORDER: readonly TokenKind[] = [
  'EOF',
  '==',
  '!=',
  'in',
  '<',
  '<=',
  '>=',
  '>',
  '&&',
  '||',
  '[',
  ']',
  '{',
  '}',
  '(',
  ')',
  '.',
  ',',
  '-',
  '!',
  '?',
  ':',
  '+',
  '*',
  '/',
  '%',
  'true',
  'false',
  'null',
  'NUM_FLOAT',
  'NUM_INT',
  'NUM_UINT',
  'STRING',
  'BYTES',
  'IDENTIFIER',
  'ESC_IDENTIFIER',
];

/** In the order of the lexer's rules; one alone stands without braces. */
export function shownTokens(kinds: ReadonlySet<TokenKind>): string {
  const shown = ORDER.filter((kind) => kinds.has(kind)).map((kind) => (kind === 'EOF' ? '<EOF>' : /^[A-Z]/.test(kind) ? kind : `'${kind}'`));
  return shown.length === 1 ? shown[0]! : `{${shown.join(', ')}}`;
}
