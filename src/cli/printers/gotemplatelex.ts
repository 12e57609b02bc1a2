/** Go's text/template, from text to tokens. A lexical error is a token of its own, met when the parser comes to it, as in Go. */
export interface Token {
  kind:
    | 'text'
    | 'open'
    | 'close'
    | 'space'
    | 'keyword'
    | 'identifier'
    | 'field'
    | 'variable'
    | 'string'
    | 'number'
    | 'bool'
    | 'nil'
    | 'eof'
    | 'error'
    | '.'
    | '('
    | ')'
    | '|'
    | ','
    | ':='
    | '=';
  value: string;
  at: number;
  line: number;
}

export class TemplateError extends Error {
  override name = 'TemplateError';
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

const KEYWORDS = new Set(['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'range', 'template', 'with']);

/** Every token to the end, or to the first error. */
export function lex(text: string): Token[] {
  return new Lexer(text).tokens;
}

class Lexer {
  readonly tokens: Token[] = [];
  readonly #text: string;
  #at = 0;
  #line = 1;
  #counted = 0;

  constructor(text: string) {
    this.#text = text;
    while (this.#outside());
  }

  #lineAt(at: number): number {
    for (; this.#counted < at; this.#counted++) if (this.#text[this.#counted] === '\n') this.#line++;
    return this.#line;
  }

  #push(kind: Token['kind'], value: string, at: number): void {
    this.tokens.push({ kind, value, at, line: this.#lineAt(at) });
  }

  #error(message: string, at = this.#at): false {
    this.#push('error', message, Math.max(at, this.#counted));
    return false;
  }

  /** False: no more tokens. */
  #outside(): boolean {
    const open = this.#text.indexOf('{{', this.#at);
    const end = open < 0 ? this.#text.length : open;
    const trimsLeft = open >= 0 && /^-[ \t\r\n]/.test(this.#text.slice(open + 2, open + 4));
    const text = this.#text.slice(this.#at, end);
    const shown = trimsLeft ? text.replace(/[ \t\r\n]+$/, '') : text;
    if (shown !== '') this.#push('text', shown, this.#at);
    if (open < 0) {
      this.#push('eof', '', this.#text.length);
      return false;
    }
    this.#at = open + 2 + (trimsLeft ? 2 : 0);
    if (this.#text.startsWith('/*', this.#at)) return this.#comment();
    this.#push('open', '{{', open);
    return this.#inside();
  }

  #comment(): boolean {
    const end = this.#text.indexOf('*/', this.#at);
    if (end < 0) return this.#error('unclosed comment');
    this.#at = end + 2;
    const close = /^([ \t\r\n]-)?\}\}/.exec(this.#text.slice(this.#at));
    if (close === null) return this.#error('comment ends before closing delimiter');
    this.#leave(close);
    return true;
  }

  #leave([all, trims]: RegExpExecArray): void {
    this.#at += all.length;
    if (trims !== undefined) this.#at += /^[ \t\r\n]*/.exec(this.#text.slice(this.#at))![0].length;
  }

  #inside(): boolean {
    let depth = 0;
    for (;;) {
      const rest = this.#text.slice(this.#at);
      const close = /^([ \t\r\n]-)?\}\}/.exec(rest);
      if (close !== null) {
        if (depth > 0) return this.#error('unclosed left paren');
        this.#push('close', '}}', this.#at);
        this.#leave(close);
        return true;
      }
      if (rest === '') return this.#error('unclosed action');
      const token = this.#token(rest);
      if (token === undefined) return false;
      if (token.kind === '(') depth++;
      if (token.kind === ')' && --depth < 0) return this.#error('unexpected right paren');
      this.#push(token.kind, token.value, this.#at);
      this.#at += token.value.length;
    }
  }

  /** undefined: an error, already told. */
  #token(rest: string): { kind: Token['kind']; value: string } | undefined {
    const take = (kind: Token['kind'], pattern: RegExp): { kind: Token['kind']; value: string } | undefined => {
      const match = pattern.exec(rest);
      return match === null ? undefined : { kind, value: match[0] };
    };
    const found =
      take('space', /^[ \t\r\n]+?(?=[ \t\r\n]-\}\})|^[ \t\r\n]+/) ??
      take(':=', /^:=/) ??
      take('=', /^=/) ??
      take('|', /^\|/) ??
      take(',', /^,/) ??
      take('(', /^\(/) ??
      take(')', /^\)/) ??
      take('string', /^"(\\[^\n]|[^"\\\n])*"/) ??
      take('string', /^`[^`]*`/) ??
      take('number', /^'(\\[^\n]|[^'\\\n])+'/) ??
      take('variable', /^\$[\p{L}\p{Nd}_]*/u) ??
      take('number', /^[+-]?\.?\d[\p{L}\p{Nd}_.]*([eE][+-]\d+)?/u) ??
      take('field', /^\.[\p{L}\p{Nd}_]+/u) ??
      take('.', /^\./) ??
      take('identifier', /^[\p{L}\p{Nd}_]+/u);
    if (found === undefined) {
      this.#error(wrong(rest));
      return undefined;
    }
    if (found.kind === 'identifier') return { ...found, kind: wordKind(found.value) };
    if (['field', 'variable', '.'].includes(found.kind) && !isEnd(rest.slice(found.value.length))) {
      this.#error(`bad character ${unicode(rest.slice(found.value.length))}`);
      return undefined;
    }
    return found;
  }
}

const isEnd = (rest: string): boolean => rest === '' || /^([ \t\r\n.,|:)(=]|\}\})/.test(rest);

function wordKind(word: string): Token['kind'] {
  if (KEYWORDS.has(word)) return 'keyword';
  if (word === 'true' || word === 'false') return 'bool';
  return word === 'nil' ? 'nil' : 'identifier';
}

function wrong(rest: string): string {
  if (rest.startsWith('"')) return 'unterminated quoted string';
  if (rest.startsWith('`')) return 'unterminated raw quoted string';
  if (rest.startsWith("'")) return 'unterminated character constant';
  if (rest.startsWith(':')) return 'expected :=';
  return `unrecognized character in action: ${unicode(rest)}`;
}

/** As Go's %#U. */
function unicode(text: string): string {
  const char = String.fromCodePoint(text.codePointAt(0)!);
  const code = text.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(char) ? `U+${code} '${char}'` : `U+${code}`;
}
