/**
 * Reads words: quotes, escapes, ${…}, $(…), $((…)) and backquotes. A scanner
 * knows nothing of commands; for the body of $(…) it asks who owns it.
 */
import type { Bytes } from '../bytes.js';
import type { Node, Part, Word } from './ast.js';

/** More input could make it whole. */
export class IncompleteError extends Error {
  override name = 'IncompleteError';
  readonly wanted: string;
  constructor(wanted: string) {
    super(`unterminated ${wanted}`);
    this.wanted = wanted;
  }
}
export class ShellSyntaxError extends Error {
  override name = 'ShellSyntaxError';
}

const BREAKS = ' \t\n;&|<>()';

export class Scanner {
  readonly src: Bytes;
  at: number;
  line = 1;
  /** Reads bash's words too. */
  bash = false;
  /** Parses a list up to ")" from `at`; set by the parser. */
  parseBody: (scanner: Scanner) => Node | null = () => null;

  constructor(src: Bytes, at: number) {
    this.src = src;
    this.at = at;
  }

  get char(): string {
    return this.src[this.at] ?? '';
  }

  /** Blanks, joined lines and comments. */
  skipBlanks(): void {
    for (;;) {
      const char = this.char;
      if (char === ' ' || char === '\t') this.at++;
      else if (char === '\\' && this.src[this.at + 1] === '\n') {
        this.at += 2;
        this.line++;
      } else if (char === '#') while (this.at < this.src.length && this.char !== '\n') this.at++;
      else return;
    }
  }

  /** A word, or undefined where none begins. */
  word(breaks = BREAKS): Word | undefined {
    const parts: Word = [];
    while (this.at < this.src.length && (!breaks.includes(this.char) || this.#isProcess())) this.#piece(parts, breaks);
    return parts.length === 0 ? undefined : parts;
  }

  // "<(" begins a word of bash's; everywhere else "<" ends one.
  #isProcess(): boolean {
    return this.bash && this.char === '<' && this.src[this.at + 1] === '(';
  }

  #piece(parts: Word, breaks: string): void {
    const char = this.char;
    if (this.#isProcess()) {
      this.at += 2;
      const body = this.parseBody(this);
      if (this.char !== ')') throw new IncompleteError('process substitution');
      this.at++;
      parts.push({ t: 'proc', body });
      return;
    }
    if (char === "'") parts.push({ t: 'lit', s: this.#until("'"), q: true });
    else if (char === '"') {
      this.at++;
      const inner = this.quoted('"');
      this.at++;
      parts.push(...(inner.length === 0 ? [{ t: 'lit' as const, s: '', q: true }] : inner));
    } else if (char === '\\') this.#escape(parts);
    else if (char === '$' || char === '`') this.#dollar(parts, false);
    else {
      const from = this.at;
      while (this.at < this.src.length && !breaks.includes(this.char) && !`'"\\$\``.includes(this.char)) this.at++;
      pushLiteral(parts, this.src.slice(from, this.at), false);
    }
  }

  #escape(parts: Word): void {
    const next = this.src[this.at + 1];
    if (next === undefined) throw new IncompleteError('escape');
    this.at += 2;
    if (next === '\n') this.line++;
    else parts.push({ t: 'lit', s: next, q: true });
  }

  #until(quote: string): Bytes {
    const end = this.src.indexOf(quote, this.at + 1);
    if (end < 0) throw new IncompleteError('quoted string');
    const text = this.src.slice(this.at + 1, end);
    this.line += text.split('\n').length - 1;
    this.at = end + 1;
    return text;
  }

  /** Text in which only $, ` and \ mean anything, up to `end` (not taken), or to the end of the text where that is ''. */
  quoted(end: string): Word {
    const parts: Word = [];
    while (this.at < this.src.length) {
      const char = this.char;
      if (char === end) return parts;
      if (char === '\\') {
        const next = this.src[this.at + 1] ?? '';
        this.at += 2;
        if (next === '\n') this.line++;
        else pushLiteral(parts, `$\`\\`.includes(next) || next === end ? next : `\\${next}`, true);
      } else if (char === '$' || char === '`') this.#dollar(parts, true);
      else {
        if (char === '\n') this.line++;
        pushLiteral(parts, char, true);
        this.at++;
      }
    }
    if (end !== '') throw new IncompleteError('quoted string');
    return parts;
  }

  #dollar(parts: Word, q: boolean): void {
    if (this.char === '`') {
      parts.push({ t: 'sub', body: this.#backquoted(q), ...(q && { q }) });
      return;
    }
    const next = this.src[this.at + 1] ?? '';
    if (next === '(') parts.push(this.#parenthesis(q));
    else if (next === '{') parts.push(this.#braces(q));
    else if (next === "'" && !q) {
      this.at++;
      parts.push({ t: 'lit', s: unescapeAnsi(this.#ansi()), q: true });
    } else if (/[A-Za-z_]/.test(next)) {
      const name = /[A-Za-z0-9_]+/y;
      name.lastIndex = this.at + 1;
      const found = name.exec(this.src)![0];
      this.at += 1 + found.length;
      parts.push({ t: 'var', name: found, ...(q && { q }) });
    } else if (/[0-9@*#?$!-]/.test(next)) {
      this.at += 2;
      parts.push({ t: 'var', name: next, ...(q && { q }) });
    } else {
      this.at++;
      pushLiteral(parts, '$', q);
    }
  }

  #ansi(): Bytes {
    let end = this.at + 1;
    while (end < this.src.length && this.src[end] !== "'") end += this.src[end] === '\\' ? 2 : 1;
    if (end >= this.src.length) throw new IncompleteError('quoted string');
    const text = this.src.slice(this.at + 1, end);
    this.at = end + 1;
    return text;
  }

  #parenthesis(q: boolean): Part {
    if (this.src[this.at + 2] === '(') {
      const end = this.arithmeticEnd(this.at + 3);
      if (end !== undefined) {
        const word = this.inner(this.src.slice(this.at + 3, end)).quoted('');
        this.at = end + 2;
        return { t: 'arith', word, ...(q && { q }) };
      }
    }
    this.at += 2;
    const body = this.parseBody(this);
    if (this.char !== ')') throw new IncompleteError('command substitution');
    this.at++;
    return { t: 'sub', body, ...(q && { q }) };
  }

  /** Another that reads as this one does. */
  inner(text: Bytes): Scanner {
    const inner = new Scanner(text, 0);
    inner.parseBody = this.parseBody;
    inner.bash = this.bash;
    return inner;
  }

  /** Where "))" closes what "((" opened; undefined where the brackets show it to be ( ( … ) ). */
  arithmeticEnd(from: number): number | undefined {
    let depth = 0;
    for (let at = from; at < this.src.length; at++) {
      if (this.src[at] === '(') depth++;
      else if (this.src[at] === ')' && depth > 0) depth--;
      else if (this.src[at] === ')') return this.src[at + 1] === ')' ? at : undefined;
    }
    throw new IncompleteError('arithmetic');
  }

  #backquoted(q: boolean): Node | null {
    let text = '';
    for (this.at++; ; this.at++) {
      if (this.at >= this.src.length) throw new IncompleteError('backquote');
      if (this.char === '`') break;
      const next = this.src[this.at + 1] ?? '';
      if (this.char === '\\' && (`$\`\\`.includes(next) || (q && next === '"'))) this.at++;
      text += this.char;
    }
    this.at++;
    return this.parseBody(this.inner(text));
  }

  #braces(q: boolean): Part {
    this.at += 2;
    const length = this.char === '#' && /[A-Za-z0-9_@*?$!-]/.test(this.src[this.at + 1] ?? '') && this.src[this.at + 1] !== '}';
    if (length) this.at++;
    const indirect = this.bash && !length && this.char === '!' && /[A-Za-z_]/.test(this.src[this.at + 1] ?? '');
    if (indirect) this.at++;
    const pattern = /[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-]/y;
    pattern.lastIndex = this.at;
    const name = pattern.exec(this.src)?.[0];
    if (name === undefined) throw new ShellSyntaxError('bad substitution');
    this.at += name.length;
    let index: Word | undefined;
    if (this.bash && this.char === '[') {
      this.at++;
      index = this.#untilBrace(q, ']');
      if (this.src[this.at] !== ']') throw new ShellSyntaxError('bad substitution');
      this.at++;
    }
    if (length) {
      this.#close();
      return { t: 'var', name, op: 'length', ...(index && { index }), ...(q && { q }) };
    }
    const part: Part & { t: 'var' } = { t: 'var', name, ...(index && { index }), ...(indirect && { indirect }), ...(q && { q }) };
    if (this.char === '}') {
      this.at++;
      return part;
    }
    if (this.char === ':' && '-=?+'.includes(this.src[this.at + 1] ?? ' ')) {
      part.colon = true;
      this.at++;
    }
    const op = this.bash ? /\^\^|,,|%%|##|\/\/|[-=?+%#/:^,]/y : /%%|##|\/\/|[-=?+%#/:]/y;
    op.lastIndex = this.at;
    const found = op.exec(this.src)?.[0];
    if (found === undefined) throw this.at >= this.src.length ? new IncompleteError('parameter') : new ShellSyntaxError('bad substitution');
    this.at += found.length;
    part.op = found;
    part.word = this.#untilBrace(q, found.startsWith('/') || found === ':' ? found[0]! : '');
    if (found.startsWith('/') && this.char === '/') part.more = this.#after(q);
    if (found === ':' && this.char === ':') part.more = this.#after(q);
    this.#close();
    return part;
  }

  #after(q: boolean): Word {
    this.at++;
    return this.#untilBrace(q, '');
  }

  #close(): void {
    if (this.char !== '}') throw this.at >= this.src.length ? new IncompleteError('parameter') : new ShellSyntaxError('bad substitution');
    this.at++;
  }

  #untilBrace(q: boolean, stop: string): Word {
    const parts: Word = [];
    while (this.char !== '}' && this.char !== stop) {
      if (this.at >= this.src.length) throw new IncompleteError('parameter');
      const char = this.char;
      if (char === '"') {
        this.at++;
        const inner = this.quoted('"');
        this.at++;
        parts.push(...(inner.length === 0 ? [{ t: 'lit' as const, s: '', q: true }] : inner));
      } else if (char === "'" && !q) parts.push({ t: 'lit', s: this.#until("'"), q: true });
      else if (char === '\\') this.#escape(parts);
      else if (char === '$' || char === '`') this.#dollar(parts, q);
      else {
        pushLiteral(parts, char, false);
        this.at++;
      }
    }
    return parts;
  }
}

function pushLiteral(parts: Word, s: Bytes, q: boolean): void {
  const last = parts.at(-1);
  if (last?.t === 'lit' && !!last.q === q) last.s += s;
  else parts.push({ t: 'lit', s, ...(q && { q }) });
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v', '\\': '\\', "'": "'", '"': '"', e: '\x1b' };

/** C's escapes, as in $'…' and printf: \n \t \xHH \0NNN. */
export function unescapeAnsi(text: Bytes): Bytes {
  return text.replace(/\\(x[0-9a-fA-F]{1,2}|0?[0-7]{1,3}|[^])/g, (whole, code: string) => {
    if (code[0] === 'x' && code.length > 1) return String.fromCharCode(parseInt(code.slice(1), 16));
    if (/^[0-7]/.test(code)) return String.fromCharCode(parseInt(code, 8) & 255);
    return ESCAPES[code] ?? whole;
  });
}
