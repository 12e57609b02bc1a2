/**
 * CEL's grammar: text into a tree, macros expanded as they are met. A text that
 * is no expression throws a CelCompileError that says what ANTLR's parser, which
 * Kubernetes uses, would say of it.
 */
import type { Expr, MapEntry, StructField } from './ast.js';
import { lex, type Token, type TokenKind } from './lex.js';
import { bytesLiteral, doubleLiteral, intLiteral, stringLiteral, uintLiteral } from './literal.js';
import { expandMacro, MacroError } from './macros.js';
import { CelCompileError, type CelIssue } from './source.js';
import { syntaxIssues } from './syntaxerrors.js';
import type { Value } from './values.js';

const SIZE_MAX = 100_000;
const DEPTH_MAX = 250;
const RESERVED = new Set([
  'as',
  'break',
  'const',
  'continue',
  'else',
  'false',
  'for',
  'function',
  'if',
  'import',
  'in',
  'let',
  'loop',
  'package',
  'namespace',
  'null',
  'return',
  'true',
  'var',
  'void',
  'while',
]);
const RELATIONS: readonly TokenKind[] = ['<', '<=', '>=', '>', '==', '!=', 'in'];

/** The text does not follow the grammar; what exactly is wrong is found out anew. */
class SyntaxMiss extends Error {}

/** `bindings`: whether cel.bind is a macro there. */
export function parse(text: string, bindings = false): Expr {
  if ([...text].length > SIZE_MAX)
    throw new CelCompileError(text, [{ pos: undefined, message: `expression code point size exceeds limit: size: ${[...text].length}, limit ${SIZE_MAX}` }]);
  const { tokens, issues } = lex(text);
  if (issues.length > 0) throw new CelCompileError(text, [...issues, ...syntaxIssues(text, tokens)]);
  const parser = new Parser(tokens, bindings);
  try {
    const expr = parser.whole();
    if (parser.issues.length > 0) throw new CelCompileError(text, parser.issues);
    return expr;
  } catch (error) {
    if (!(error instanceof SyntaxMiss)) throw error;
    const found = syntaxIssues(text, tokens);
    throw new CelCompileError(text, found.length > 0 ? found : [{ pos: parser.pos, message: 'Syntax error: unexpected token' }]);
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #bindings: boolean;
  readonly issues: CelIssue[] = [];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], bindings: boolean) {
    this.#tokens = tokens;
    this.#bindings = bindings;
  }

  get pos(): number {
    return this.#token.pos;
  }

  get #token(): Token {
    return this.#tokens[this.#at]!;
  }

  #kindAt(ahead: number): TokenKind {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!.kind;
  }

  #next(): Token {
    const token = this.#token;
    if (token.kind !== 'EOF') this.#at++;
    return token;
  }

  #take(kind: TokenKind): Token | undefined {
    return this.#token.kind === kind ? this.#next() : undefined;
  }

  #expect(kind: TokenKind): Token {
    const token = this.#take(kind);
    if (token === undefined) throw new SyntaxMiss();
    return token;
  }

  whole(): Expr {
    const expr = this.#expr();
    this.#expect('EOF');
    return expr;
  }

  #expr(): Expr {
    if (++this.#depth > DEPTH_MAX) throw new CelCompileError('', [{ pos: undefined, message: `expression recursion limit exceeded: ${DEPTH_MAX}` }]);
    const condition = this.#logical('||', '_||_', () => this.#logical('&&', '_&&_', () => this.#relation()));
    const question = this.#take('?');
    this.#depth--;
    if (question === undefined) return condition;
    const then = this.#logical('||', '_||_', () => this.#logical('&&', '_&&_', () => this.#relation()));
    this.#expect(':');
    return call('_?_:_', question.pos, [condition, then, this.#expr()]);
  }

  /** As cel-go does: a chain of one operator becomes a balanced tree. */
  #logical(kind: TokenKind, fn: string, term: () => Expr): Expr {
    const terms = [term()];
    const ops: number[] = [];
    for (let op = this.#take(kind); op !== undefined; op = this.#take(kind)) {
      ops.push(op.pos);
      terms.push(term());
    }
    const balanced = (low: number, high: number): Expr => {
      const middle = Math.floor((low + high + 1) / 2);
      const left = middle === low ? terms[middle]! : balanced(low, middle - 1);
      const right = middle === high ? terms[middle + 1]! : balanced(middle + 1, high);
      return call(fn, ops[middle]!, [left, right]);
    };
    return ops.length === 0 ? terms[0]! : balanced(0, ops.length - 1);
  }

  #binary(kinds: readonly TokenKind[], operand: () => Expr): Expr {
    let left = operand();
    while (kinds.includes(this.#token.kind)) {
      const { kind, pos } = this.#next();
      left = call(kind === 'in' ? '@in' : `_${kind}_`, pos, [left, operand()]);
    }
    return left;
  }

  #relation(): Expr {
    return this.#binary(RELATIONS, () => this.#binary(['+', '-'], () => this.#binary(['*', '/', '%'], () => this.#unary())));
  }

  #unary(): Expr {
    const { kind, pos } = this.#token;
    if (kind !== '!' && kind !== '-') return this.#member();
    let count = 0;
    while (this.#kindAt(count) === kind) count++;
    const next = this.#kindAt(count);
    if (kind === '-' && count === 1 && (next === 'NUM_INT' || next === 'NUM_FLOAT')) return this.#member();
    this.#at += count;
    const operand = this.#member();
    return count % 2 === 0 ? operand : call(`${kind}_`, pos, [operand]);
  }

  #member(): Expr {
    let expr = this.#primary();
    for (;;) {
      const dot = this.#take('.');
      if (dot !== undefined) expr = this.#selected(expr, dot.pos);
      else {
        const bracket = this.#take('[');
        if (bracket === undefined) return expr;
        const optional = this.#take('?') !== undefined;
        const index = this.#expr();
        this.#expect(']');
        expr = call(optional ? '_[?_]' : '_[_]', bracket.pos, [expr, index]);
      }
    }
  }

  #selected(operand: Expr, pos: number): Expr {
    const optional = this.#take('?') !== undefined;
    const escaped = this.#take('ESC_IDENTIFIER');
    if (escaped === undefined && this.#token.kind !== 'IDENTIFIER') throw new SyntaxMiss();
    const name = escaped === undefined ? this.#next().text : escaped.text.slice(1, -1);
    if (optional) return call('_?._', pos, [operand, { kind: 'const', pos, value: name }]);
    const open = escaped === undefined ? this.#take('(') : undefined;
    if (open === undefined) return { kind: 'select', pos, operand, field: name, testOnly: false };
    return this.#called(name, open.pos, operand, this.#args());
  }

  #args(): Expr[] {
    const args: Expr[] = [];
    if (this.#take(')') !== undefined) return args;
    do args.push(this.#expr());
    while (this.#take(',') !== undefined);
    this.#expect(')');
    return args;
  }

  #called(fn: string, pos: number, target: Expr | undefined, args: readonly Expr[]): Expr {
    try {
      return expandMacro(fn, pos, target, args, this.#bindings) ?? { kind: 'call', pos, fn, target, args };
    } catch (error) {
      if (!(error instanceof MacroError)) throw error;
      this.issues.push({ pos: error.pos, message: error.message });
      return { kind: 'const', pos, value: null };
    }
  }

  #primary(): Expr {
    const { kind, pos, text } = this.#token;
    switch (kind) {
      case '(': {
        this.#next();
        const expr = this.#expr();
        this.#expect(')');
        return expr;
      }
      case '[':
        return this.#list();
      case '{':
        return this.#map();
      case '.':
      case 'IDENTIFIER':
        return this.#named();
      case '-':
        return this.#negative();
      case 'true':
      case 'false':
      case 'null':
        this.#next();
        return { kind: 'const', pos, value: kind === 'null' ? null : kind === 'true' };
      case 'NUM_INT':
      case 'NUM_UINT':
      case 'NUM_FLOAT':
      case 'STRING':
      case 'BYTES':
        this.#next();
        return this.#literal(kind, text, pos);
      default:
        throw new SyntaxMiss();
    }
  }

  #negative(): Expr {
    const { pos } = this.#next();
    const { kind, text } = this.#token;
    if (kind !== 'NUM_INT' && kind !== 'NUM_FLOAT') throw new SyntaxMiss();
    this.#next();
    return this.#literal(kind, `-${text}`, pos);
  }

  #literal(kind: 'NUM_INT' | 'NUM_UINT' | 'NUM_FLOAT' | 'STRING' | 'BYTES', text: string, pos: number): Expr {
    const [value, complaint] = literalOf(kind, text);
    if (value === undefined) this.issues.push({ pos, message: complaint });
    return { kind: 'const', pos, value: value ?? null };
  }

  /** A name, a call, or a message: Object.metadata{…}. */
  #named(): Expr {
    const { pos: start } = this.#token;
    const dot = this.#take('.') === undefined ? '' : '.';
    const message = this.#messageName();
    if (message !== undefined) return this.#message(dot + message);
    const { text, pos } = this.#expect('IDENTIFIER');
    const open = this.#take('(');
    if (RESERVED.has(text)) {
      this.issues.push({ pos: start, message: `reserved identifier: ${text}` });
      if (open !== undefined) this.#args();
      return { kind: 'const', pos, value: null };
    }
    if (open === undefined) return { kind: 'ident', pos, name: dot + text };
    return this.#called(dot + text, open.pos, undefined, this.#args());
  }

  /** undefined, with nothing taken, where no brace follows the names. */
  #messageName(): string | undefined {
    let ahead = 0;
    if (this.#kindAt(0) !== 'IDENTIFIER') return undefined;
    while (this.#kindAt(ahead + 1) === '.' && this.#kindAt(ahead + 2) === 'IDENTIFIER') ahead += 2;
    if (this.#kindAt(ahead + 1) !== '{') return undefined;
    const name = this.#tokens
      .slice(this.#at, this.#at + ahead + 1)
      .map(({ text }) => text)
      .join('');
    this.#at += ahead + 1;
    return name;
  }

  #message(name: string): Expr {
    const { pos } = this.#expect('{');
    const fields: StructField[] = [];
    if (this.#token.kind !== '}' && this.#token.kind !== ',') {
      do {
        if (fields.length > 0 && this.#kindAt(0) === '}') break;
        const optional = this.#take('?') !== undefined;
        const escaped = this.#take('ESC_IDENTIFIER');
        const field = escaped === undefined ? this.#expect('IDENTIFIER').text : escaped.text.slice(1, -1);
        const colon = this.#expect(':');
        fields.push({ pos: colon.pos, name: field, value: this.#expr(), optional });
      } while (this.#take(',') !== undefined);
    } else this.#take(',');
    this.#expect('}');
    return { kind: 'struct', pos, name, fields };
  }

  #list(): Expr {
    const { pos } = this.#next();
    const elements: Expr[] = [];
    const optional = new Set<number>();
    if (this.#token.kind !== ']' && this.#token.kind !== ',') {
      do {
        if (elements.length > 0 && this.#kindAt(0) === ']') break;
        if (this.#take('?') !== undefined) optional.add(elements.length);
        elements.push(this.#expr());
      } while (this.#take(',') !== undefined);
    } else this.#take(',');
    this.#expect(']');
    return { kind: 'list', pos, elements, optional };
  }

  #map(): Expr {
    const { pos } = this.#next();
    const entries: MapEntry[] = [];
    if (this.#token.kind !== '}' && this.#token.kind !== ',') {
      do {
        if (entries.length > 0 && this.#kindAt(0) === '}') break;
        const optional = this.#take('?') !== undefined;
        const key = this.#expr();
        const colon = this.#expect(':');
        entries.push({ pos: colon.pos, key, value: this.#expr(), optional });
      } while (this.#take(',') !== undefined);
    } else this.#take(',');
    this.#expect('}');
    return { kind: 'map', pos, entries };
  }
}

const call = (fn: string, pos: number, args: readonly Expr[]): Expr => ({ kind: 'call', pos, fn, target: undefined, args });

function literalOf(kind: 'NUM_INT' | 'NUM_UINT' | 'NUM_FLOAT' | 'STRING' | 'BYTES', text: string): [Value | undefined, string] {
  switch (kind) {
    case 'NUM_INT':
      return [intLiteral(text), 'invalid int literal'];
    case 'NUM_UINT':
      return [uintLiteral(text), 'invalid uint literal'];
    case 'NUM_FLOAT':
      return [doubleLiteral(text), 'invalid double literal'];
    case 'STRING':
      return [stringLiteral(text), 'unable to unescape string'];
    case 'BYTES':
      return [bytesLiteral(text), 'unable to unescape string'];
  }
}
