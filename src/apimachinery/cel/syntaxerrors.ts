/**
 * What exactly is wrong with an expression that does not follow the grammar:
 * the complaints of ANTLR's parser and its error strategy, which skips or
 * supplies a token where that helps and otherwise goes on at the next token that
 * may follow.
 */
import { GRAMMAR, type Node, type State } from './grammar.js';
import type { Token, TokenKind } from './lex.js';
import { expectedAt, isLL1, nextTokens, predict, shownTokens, type Frame } from './lookahead.js';
import type { CelIssue } from './source.js';

const ATTEMPTS_MAX = 30;
const ISSUES_MAX = 100;

export function syntaxIssues(text: string, tokens: readonly Token[]): CelIssue[] {
  const reader = new Reader(text, tokens);
  try {
    reader.rule('start', undefined, 0);
  } catch (error) {
    if (!(error instanceof GivenUp)) throw error;
  }
  return reader.issues;
}

/** Too much is wrong to go on. */
class GivenUp extends Error {}

/** The rule that is being read cannot be; the one above goes on after it. */
class Unreadable extends Error {
  readonly complaint: string;
  readonly token: Token;
  constructor(complaint: string, token: Token) {
    super(complaint);
    this.complaint = complaint;
    this.token = token;
  }
}

class Reader {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly issues: CelIssue[] = [];
  #at = 0;
  /** Nothing is told until a token was read as it should be. */
  #recovering = false;
  #attempts = 0;
  #lastError: { at: number; states: Set<State> } | undefined;
  #state: State = GRAMMAR.start!.start;

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  #token(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!;
  }

  #consume(): void {
    if (this.#at < this.#tokens.length - 1) this.#at++;
  }

  rule(name: string, above: Frame | undefined, precedence: number, returnTo?: State): void {
    const rule = GRAMMAR[name]!;
    const frame: Frame = { stop: rule.stop, precedence, returnTo, above };
    try {
      this.#read(rule.node, frame);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.#report(error.complaint, error.token);
      this.#recover(frame);
    }
  }

  #read(node: Node, frame: Frame): void {
    switch (node.type) {
      case 'token':
        this.#state = node.state;
        return this.#match(node.state, frame);
      case 'call': {
        this.#state = node.state;
        const { rule, precedence, to } = node.state.call!;
        return this.rule(rule, frame, precedence, to);
      }
      case 'seq':
        for (const each of node.nodes) this.#read(each, frame);
        return;
      case 'choice':
        return this.#choose(node, frame);
      case 'loop':
        return this.#loop(node, frame);
    }
  }

  #choose(node: Extract<Node, { type: 'choice' }>, frame: Frame): void {
    // As generated code has it: one alternative is no decision.
    if (node.alternatives.length === 1) return this.#read(node.alternatives[0]!.node, frame);
    this.#state = node.state;
    this.#sync(node.state, frame);
    const chosen = this.#decide(
      node.alternatives.map(({ start }) => start),
      frame,
    );
    this.#read(node.alternatives[chosen]!.node, frame);
  }

  #loop({ entry, body, exit, node, back, atLeastOnce }: Extract<Node, { type: 'loop' }>, frame: Frame): void {
    this.#state = entry;
    this.#sync(entry, frame);
    let first = atLeastOnce;
    while (first || this.#decide([body, exit], frame) === 0) {
      first = false;
      this.#read(node, frame);
      this.#state = back;
      this.#sync(back, frame);
    }
  }

  /** Which way to go; throws where none is. */
  #decide(ways: readonly State[], frame: Frame): number {
    if (isLL1(ways)) {
      const { kind } = this.#token();
      const chosen = ways.findIndex((way) => nextTokens(way).has(kind));
      if (chosen >= 0) return chosen;
      const through = ways.findIndex((way) => nextTokens(way).has('epsilon'));
      if (through >= 0) return through;
      // The last way of a loop or an optional part is to leave it be.
      if (ways.length === 2) return 1;
      throw new Unreadable(`no viable alternative at input ${quoted(this.#token().text)}`, this.#token());
    }
    const found = predict(ways, frame, (ahead) => this.#token(ahead).kind);
    if (found.way !== undefined) return found.way;
    throw new Unreadable(`no viable alternative at input ${quoted(this.#between(found.failed))}`, this.#token(found.failed));
  }

  /** The text from here to the token that many ahead, what is hidden between included. */
  #between(ahead: number): string {
    if (this.#token().kind === 'EOF') return '<EOF>';
    const tokens = this.#tokens.slice(this.#at, this.#at + ahead + 1);
    return tokens
      .map(({ text, pos, kind }, at) => {
        const next = tokens[at + 1];
        const gap = next === undefined ? '' : (/^\s*/.exec(this.#text.slice(pos + text.length, next.pos))?.[0] ?? '');
        return kind === 'EOF' ? '' : text + gap;
      })
      .join('');
  }

  #match(state: State, frame: Frame): void {
    if (state.token!.kinds.has(this.#token().kind)) {
      this.#matched();
      this.#consume();
      return;
    }
    this.#attempt();
    if (this.#deleteOne(state, frame)) return this.#consume();
    if (expectedAt(state.token!.to, frame).has(this.#token().kind)) {
      this.#report(`missing ${shownTokens(expectedAt(state, frame))} at ${quoted(this.#token().text)}`, this.#token());
      return;
    }
    throw this.#mismatch(state, frame);
  }

  #matched(): void {
    this.#recovering = false;
    this.#lastError = undefined;
  }

  #mismatch(state: State, frame: Frame): Unreadable {
    return new Unreadable(`mismatched input ${quoted(this.#token().text)} expecting ${shownTokens(expectedAt(state, frame))}`, this.#token());
  }

  /** Whether leaving out the next token would make what follows fit. */
  #deleteOne(state: State, frame: Frame): boolean {
    if (!expectedAt(state, frame).has(this.#token(1).kind) || this.#token().kind === 'EOF') return false;
    this.#report(`extraneous input ${quoted(this.#token().text)} expecting ${shownTokens(expectedAt(state, frame))}`, this.#token());
    this.#consume();
    this.#matched();
    return true;
  }

  #sync(state: State, frame: Frame): void {
    if (this.#recovering) return;
    const next = nextTokens(state);
    if (next.has('epsilon') || next.has(this.#token().kind)) return;
    if (state.kind === 'loopBack') {
      this.#report(`extraneous input ${quoted(this.#token().text)} expecting ${shownTokens(expectedAt(state, frame))}`, this.#token());
      this.#consumeUntil(new Set([...expectedAt(state, frame), ...recoverySet(frame)]));
      return;
    }
    if (!this.#deleteOne(state, frame)) throw this.#mismatch(state, frame);
  }

  #report(message: string, { pos }: Token): void {
    if (this.#recovering) return;
    this.#recovering = true;
    if (this.issues.length >= ISSUES_MAX) throw new GivenUp();
    this.issues.push({ pos, message: `Syntax error: ${reservedWord(message)}` });
  }

  #attempt(): void {
    if (++this.#attempts < ATTEMPTS_MAX) return;
    this.issues.push({ pos: this.#token().pos, message: `Syntax error: error recovery attempt limit exceeded: ${ATTEMPTS_MAX}` });
    throw new GivenUp();
  }

  #recover(frame: Frame): void {
    this.#attempt();
    // Twice at one place: something must be skipped, or it would never end.
    if (this.#lastError?.at === this.#at && this.#lastError.states.has(this.#state)) this.#consume();
    this.#lastError = { at: this.#at, states: new Set([...(this.#lastError?.states ?? []), this.#state]) };
    this.#consumeUntil(recoverySet(frame));
  }

  #consumeUntil(kinds: ReadonlySet<TokenKind>): void {
    while (this.#token().kind !== 'EOF' && !kinds.has(this.#token().kind)) this.#consume();
  }
}

/** All that may follow any of the rules that are being read. */
function recoverySet(frame: Frame): Set<TokenKind> {
  const found = new Set<TokenKind>();
  for (let at: Frame | undefined = frame; at?.returnTo !== undefined; at = at.above)
    for (const kind of nextTokens(at.returnTo)) if (kind !== 'epsilon') found.add(kind);
  return found;
}

const quoted = (text: string): string => `'${text.replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`;

/** As cel-go does: a reserved word after a dot is told of as it was before there were optional fields. */
const reservedWord = (message: string): string =>
  message.replace(/no viable alternative at input '.(true|false|null)'/, "mismatched input '$1' expecting IDENTIFIER");
