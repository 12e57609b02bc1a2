/** awk's grammar: a text into rules, as plain data. Throws SyntaxError. */
import { unescapeAnsi } from '../shell/words.js';

export type Expr =
  | { t: 'num'; v: number }
  | { t: 'str'; v: string }
  | { t: 'regex'; v: string }
  | { t: 'var'; name: string }
  | { t: 'field'; e: Expr }
  | { t: 'index'; name: string; key: Expr[] }
  | { t: 'in'; name: string; key: Expr[] }
  | { t: 'assign'; op: string; to: Expr; value: Expr }
  | { t: 'step'; to: Expr; by: number; before: boolean }
  | { t: 'unary'; op: string; e: Expr }
  | { t: 'cond'; cond: Expr; yes: Expr; no: Expr }
  | { t: 'binary'; op: string; a: Expr; b: Expr }
  | { t: 'call'; name: string; args: Expr[] };
export type Stmt =
  | { t: 'expr'; e: Expr }
  | { t: 'print'; args: Expr[] }
  | { t: 'printf'; args: Expr[] }
  | { t: 'if'; cond: Expr; yes: Stmt[]; no: Stmt[] }
  | { t: 'loop'; init?: Stmt; cond?: Expr; step?: Stmt; body: Stmt[]; first: boolean }
  | { t: 'forin'; name: string; array: string; body: Stmt[] }
  | { t: 'delete'; name: string; key?: Expr }
  | { t: 'stop'; how: 'next' | 'exit' | 'break' | 'continue'; code?: Expr };
export interface Rule {
  when: 'BEGIN' | 'END' | 'line';
  from?: Expr;
  to?: Expr;
  body?: Stmt[];
  active?: boolean;
}

const FUNCTIONS = new Set([
  'length',
  'substr',
  'index',
  'split',
  'sub',
  'gsub',
  'match',
  'toupper',
  'tolower',
  'sprintf',
  'int',
  'sqrt',
  'exp',
  'log',
  'sin',
  'cos',
]);
const TOKEN =
  /[ \t\r]*(?:#[^\n]*|\\\n)*[ \t]*(\n|"(?:\\[^]|[^"\\])*"|\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+|[A-Za-z_]\w*|\+\+|--|[-+*/%^]=|==|!=|<=|>=|&&|\|\||!~|[-+*/%^=<>!~?:,;$(){}[\]])/y;
const LEVELS: readonly (readonly string[])[] = [['||'], ['&&'], ['~', '!~'], ['<', '<=', '>', '>=', '==', '!='], [' '], ['+', '-'], ['*', '/', '%']];

export class AwkParser {
  readonly #text: string;
  #at = 0;
  #token = '';
  #next = 0;
  // Inside print's list ">" would mean a file.
  #noGreater = false;

  constructor(text: string) {
    this.#text = text;
    this.#advance();
  }

  rules(): Rule[] {
    const found: Rule[] = [];
    for (this.#newlines(); this.#token !== ''; this.#newlines()) found.push(this.#rule());
    return found;
  }

  #rule(): Rule {
    if (this.#token === 'BEGIN' || this.#token === 'END') {
      const when = this.#take() as 'BEGIN' | 'END';
      return { when, body: this.#block() };
    }
    if (this.#token === '{') return { when: 'line', body: this.#block() };
    const from = this.#expr();
    const to = this.#accept(',') ? this.#expr() : undefined;
    return { when: 'line', from, ...(to && { to }), ...(this.#token === '{' && { body: this.#block() }) };
  }

  #block(): Stmt[] {
    this.#expect('{');
    const body: Stmt[] = [];
    for (this.#newlines(); this.#token !== '}'; this.#newlines()) {
      if (this.#token === '') throw new SyntaxError('Unexpected end of string');
      body.push(...this.#statement());
    }
    this.#advance();
    return body;
  }

  #body(): Stmt[] {
    while (this.#token === '\n') this.#advance();
    if (this.#accept(';')) return [];
    return this.#statement();
  }

  #statement(): Stmt[] {
    if (this.#token === '{') return this.#block();
    const word = this.#token;
    switch (word) {
      case 'if':
        return [this.#if()];
      case 'while': {
        this.#advance();
        const cond = this.#parenthesized();
        return [{ t: 'loop', cond, body: this.#body(), first: false }];
      }
      case 'do': {
        this.#advance();
        const body = this.#body();
        this.#newlines();
        this.#expect('while');
        return [{ t: 'loop', cond: this.#parenthesized(), body, first: true }];
      }
      case 'for':
        return [this.#for()];
    }
    const simple = this.#simple();
    if (this.#token === ';' || this.#token === '\n') this.#advance();
    else if (this.#token !== '}' && this.#token !== '') throw new SyntaxError('Unexpected token');
    return [simple];
  }

  #if(): Stmt {
    this.#advance();
    const cond = this.#parenthesized();
    const then = this.#body();
    const [at, token, next] = [this.#at, this.#token, this.#next];
    this.#newlines();
    if (this.#token === 'else') {
      this.#advance();
      return { t: 'if', cond, yes: then, no: this.#body() };
    }
    [this.#at, this.#token, this.#next] = [at, token, next];
    return { t: 'if', cond, yes: then, no: [] };
  }

  #for(): Stmt {
    this.#advance();
    this.#expect('(');
    const inside = /[ \t]*([A-Za-z_]\w*)[ \t]+in[ \t]+([A-Za-z_]\w*)[ \t]*\)/y;
    inside.lastIndex = this.#at;
    const found = inside.exec(this.#text);
    if (found !== null) {
      this.#next = inside.lastIndex;
      this.#advance();
      return { t: 'forin', name: found[1]!, array: found[2]!, body: this.#body() };
    }
    const init = this.#token === ';' ? undefined : this.#simple();
    this.#expect(';');
    const cond = this.#token === ';' ? undefined : this.#expr();
    this.#expect(';');
    const step = this.#token === ')' ? undefined : this.#simple();
    this.#expect(')');
    return { t: 'loop', ...(init && { init }), ...(cond && { cond }), ...(step && { step }), body: this.#body(), first: false };
  }

  #simple(): Stmt {
    const word = this.#token;
    if (word === 'print' || word === 'printf') {
      this.#advance();
      this.#noGreater = true;
      const args = this.#ends() ? [] : this.#list();
      this.#noGreater = false;
      return { t: word, args };
    }
    if (word === 'next' || word === 'break' || word === 'continue' || word === 'exit') {
      this.#advance();
      return { t: 'stop', how: word, ...(word === 'exit' && !this.#ends() && { code: this.#expr() }) };
    }
    if (word === 'delete') {
      this.#advance();
      const name = this.#take();
      if (!this.#accept('[')) return { t: 'delete', name };
      const key = this.#expr();
      this.#expect(']');
      return { t: 'delete', name, key };
    }
    return { t: 'expr', e: this.#expr() };
  }

  #list(): Expr[] {
    const found = [this.#expr()];
    while (this.#accept(',')) found.push(this.#expr());
    return found;
  }

  #expr(): Expr {
    const left = this.#ternary();
    if (!/^(?:=|[-+*/%^]=)$/.test(this.#token)) return left;
    const op = this.#take();
    return { t: 'assign', op, to: left, value: this.#expr() };
  }

  #ternary(): Expr {
    const cond = this.#binary(0);
    if (!this.#accept('?')) return cond;
    const yes = this.#expr();
    this.#expect(':');
    return { t: 'cond', cond, yes, no: this.#expr() };
  }

  #binary(level: number): Expr {
    const ops = LEVELS[level];
    if (ops === undefined) return this.#unary();
    let a = this.#binary(level + 1);
    for (;;) {
      if (ops[0] === ' ') {
        if (!this.#begins()) return a;
        a = { t: 'binary', op: ' ', a, b: this.#binary(level + 1) };
        continue;
      }
      if (level === 2 && this.#token === 'in') {
        this.#advance();
        a = { t: 'in', name: this.#take(), key: [a] };
        continue;
      }
      if (!ops.includes(this.#token) || (this.#token === '>' && this.#noGreater)) return a;
      const op = this.#take();
      a = { t: 'binary', op, a, b: this.#binary(level + 1) };
    }
  }

  // Whether another operand follows, to be joined to the one before.
  #begins(): boolean {
    return /^(?:"|\d|\.\d|[A-Za-z_]|\$|\(|!$|-$|\+\+|--)/.test(this.#token) && this.#token !== 'in' && this.#token !== '-';
  }

  #unary(): Expr {
    if (this.#token === '!' || this.#token === '-' || this.#token === '+') {
      const op = this.#take();
      return { t: 'unary', op, e: this.#unary() };
    }
    if (this.#token === '++' || this.#token === '--') {
      const by = this.#take() === '++' ? 1 : -1;
      return { t: 'step', to: this.#primary(), by, before: true };
    }
    const value = this.#postfix();
    if (!this.#accept('^')) return value;
    return { t: 'binary', op: '^', a: value, b: this.#unary() };
  }

  #postfix(): Expr {
    const value = this.#primary();
    if (this.#token !== '++' && this.#token !== '--') return value;
    return { t: 'step', to: value, by: this.#take() === '++' ? 1 : -1, before: false };
  }

  #primary(): Expr {
    if (this.#token === '/' || this.#token === '/=') return this.#regex();
    const token = this.#take();
    if (token === '(') return this.#inParentheses();
    if (token === '$')
      return { t: 'field', e: this.#token === '(' || this.#token === '$' || this.#token === '++' || this.#token === '-' ? this.#unary() : this.#primary() };
    if (token.startsWith('"')) return { t: 'str', v: unescapeAnsi(token.slice(1, -1).replace(/\\\//g, '/')) };
    if (/^[\d.]/.test(token)) return { t: 'num', v: Number(token) };
    if (!/^[A-Za-z_]/.test(token)) throw new SyntaxError('Unexpected token');
    if (FUNCTIONS.has(token)) {
      if (!this.#accept('(')) return { t: 'call', name: token, args: [] };
      const before = this.#noGreater;
      this.#noGreater = false;
      const args = this.#token === ')' ? [] : this.#list();
      this.#noGreater = before;
      this.#expect(')');
      return { t: 'call', name: token, args };
    }
    if (!this.#accept('[')) return { t: 'var', name: token };
    const key = this.#list();
    this.#expect(']');
    return { t: 'index', name: token, key };
  }

  #inParentheses(): Expr {
    const before = this.#noGreater;
    this.#noGreater = false;
    const list = this.#list();
    this.#noGreater = before;
    this.#expect(')');
    if (list.length === 1) return list[0]!;
    this.#expect('in');
    return { t: 'in', name: this.#take(), key: list };
  }

  #regex(): Expr {
    const pattern = /((?:\\[^]|\[(?:\\[^]|[^\]])*\]|[^/\\\n])*)\//y;
    pattern.lastIndex = this.#at + 1;
    const found = pattern.exec(this.#text);
    if (found === null) throw new SyntaxError('Unexpected token');
    this.#next = pattern.lastIndex;
    this.#advance();
    return { t: 'regex', v: found[1]!.replace(/\\\//g, '/') };
  }

  #parenthesized(): Expr {
    this.#expect('(');
    const value = this.#expr();
    this.#expect(')');
    return value;
  }

  #ends(): boolean {
    return this.#token === '' || this.#token === ';' || this.#token === '\n' || this.#token === '}';
  }

  #newlines(): void {
    while (this.#token === '\n' || this.#token === ';') this.#advance();
  }

  #accept(token: string): boolean {
    if (this.#token !== token) return false;
    this.#advance();
    return true;
  }

  #expect(token: string): void {
    if (!this.#accept(token)) throw new SyntaxError(this.#token === '' ? 'Unexpected end of string' : 'Unexpected token');
  }

  #take(): string {
    const token = this.#token;
    if (token === '') throw new SyntaxError('Unexpected end of string');
    this.#advance();
    return token;
  }

  #advance(): void {
    TOKEN.lastIndex = this.#next;
    const found = TOKEN.exec(this.#text);
    if (found === null) {
      if (/\S/.test(this.#text.slice(this.#next).replace(/#[^\n]*/g, ''))) throw new SyntaxError('Unexpected token');
      this.#token = '';
      this.#at = this.#text.length;
      return;
    }
    this.#token = found[1]!;
    this.#at = TOKEN.lastIndex - this.#token.length;
    this.#next = TOKEN.lastIndex;
  }
}
