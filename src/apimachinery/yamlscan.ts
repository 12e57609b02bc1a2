/**
 * YAML 1.1 text into tokens, by libyaml's rules (the ones go-yaml v2 follows), so
 * that what is refused, and the words and line of the refusal, are kubectl's.
 */
import { Cursor, isBlank, isBlankOrEnd, isBreak, isBreakOrEnd, LINE, ORDINARY, YamlError, type Mark } from './yamlcursor.js';

export type TokenType =
  | 'streamEnd'
  | 'documentStart'
  | 'documentEnd'
  | 'directive'
  | 'blockSequence'
  | 'blockMapping'
  | 'blockEnd'
  | 'flowSequence'
  | 'flowSequenceEnd'
  | 'flowMapping'
  | 'flowMappingEnd'
  | 'blockEntry'
  | 'flowEntry'
  | 'key'
  | 'value'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'scalar';

export interface Token {
  type: TokenType;
  mark: Mark;
  text: string;
  isPlain: boolean;
}

interface SimpleKey {
  isPossible: boolean;
  isRequired: boolean;
  number: number;
  mark: Mark;
}
/** A key must end within this many characters of its beginning. */
const SIMPLE_KEY_MAX = 1024;
const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  '/': '/',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
};
const HEX_LENGTH: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

export class Scanner extends Cursor {
  #indent = -1;
  readonly #indents: number[] = [];
  #isKeyAllowed = true;
  readonly #keys: SimpleKey[] = [{ isPossible: false, isRequired: false, number: 0, mark: { line: 0, column: 0, at: 0 } }];
  readonly #queue: Token[] = [];
  #taken = 0;
  #isEnded = false;

  peek(): Token {
    this.#fill();
    return this.#queue[0] as Token;
  }
  next(): Token {
    const token = this.peek();
    if (token.type !== 'streamEnd') {
      this.#queue.shift();
      this.#taken++;
    }
    return token;
  }

  #fill(): void {
    for (;;) {
      if (this.#isEnded) return;
      if (this.#queue.length > 0) {
        this.#dropStaleKeys();
        if (!this.#keys.some(({ isPossible, number }) => isPossible && number === this.#taken)) return;
      }
      this.#fetch();
    }
  }

  #push(type: TokenType, mark: Mark, text = '', isPlain = false): void {
    this.#queue.push({ type, mark, text, isPlain });
  }
  #failKey({ mark }: SimpleKey): never {
    const line = this.line > 0 ? this.line + 1 : mark.line;
    throw new YamlError(`yaml: ${line > 0 ? `line ${line}: ` : ''}could not find expected ':'`);
  }

  #fetch(): void {
    this.#toNextToken();
    this.#dropStaleKeys();
    this.#unroll(this.column);
    const mark = this.mark();
    const char = this.peekChar();
    const next = this.peekChar(1);
    const isFlow = this.#keys.length > 1;
    if (char === undefined) return this.#fetchEnd();
    if (this.column === 0 && char === '%') return this.#fetchDirective(mark);
    if (this.#isDocumentIndicator()) return this.#fetchDocumentIndicator(mark, char === '-' ? 'documentStart' : 'documentEnd');
    if (char === '[' || char === '{') return this.#fetchFlowStart(mark, char === '[' ? 'flowSequence' : 'flowMapping');
    if (char === ']' || char === '}') return this.#fetchFlowEnd(mark, char === ']' ? 'flowSequenceEnd' : 'flowMappingEnd');
    if (char === ',') return this.#fetchFlowEntry(mark);
    if (char === '-' && isBlankOrEnd(next)) return this.#fetchBlockEntry(mark);
    if (char === '?' && (isFlow || isBlankOrEnd(next))) return this.#fetchKey(mark);
    if (char === ':' && (isFlow || isBlankOrEnd(next))) return this.#fetchValue(mark);
    if (char === '*' || char === '&') return this.#fetchAnchor(mark, char === '*' ? 'alias' : 'anchor');
    if (char === '!') return this.#fetchTag(mark);
    if ((char === '|' || char === '>') && !isFlow) return this.#fetchBlockScalar(mark, char === '|');
    if (char === "'" || char === '"') return this.#fetchQuoted(mark, char);
    if (!/[-?:,[\]{}#&*!|>'"%@`\s]/.test(char) || (char === '-' && !isBlank(next)) || (!isFlow && (char === '?' || char === ':')))
      return this.#fetchPlain(mark);
    return this.fail('found character that cannot start any token');
  }

  #toNextToken(): void {
    for (;;) {
      while (this.peekChar() === ' ' || (this.peekChar() === '\t' && (this.#keys.length > 1 || !this.#isKeyAllowed))) this.skip();
      if (this.peekChar() === '#') this.run(LINE);
      if (!isBreak(this.peekChar())) return;
      this.skipLine();
      if (this.#keys.length === 1) this.#isKeyAllowed = true;
    }
  }

  #dropStaleKeys(): void {
    for (const key of this.#keys) {
      if (!key.isPossible || (key.mark.line === this.line && this.at - key.mark.at <= SIMPLE_KEY_MAX)) continue;
      if (key.isRequired) this.#failKey(key);
      key.isPossible = false;
    }
  }
  #saveKey(): void {
    if (!this.#isKeyAllowed) return;
    this.#removeKey();
    const isRequired = this.#keys.length === 1 && this.#indent === this.column;
    this.#keys[this.#keys.length - 1] = { isPossible: true, isRequired, number: this.#taken + this.#queue.length, mark: this.mark() };
  }
  #removeKey(): void {
    const key = this.#keys.at(-1) as SimpleKey;
    if (key.isPossible && key.isRequired) this.#failKey(key);
    key.isPossible = false;
  }

  #roll(column: number, type: TokenType, mark: Mark, number?: number): void {
    if (this.#keys.length > 1 || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    this.#indent = column;
    const token: Token = { type, mark, text: '', isPlain: false };
    if (number === undefined) this.#queue.push(token);
    else this.#queue.splice(number - this.#taken, 0, token);
  }
  #unroll(column: number): void {
    if (this.#keys.length > 1) return;
    while (this.#indent > column) {
      this.#push('blockEnd', this.mark());
      this.#indent = this.#indents.pop() as number;
    }
  }

  #fetchEnd(): void {
    if (this.column !== 0) {
      this.column = 0;
      this.line++;
    }
    this.#unroll(-1);
    this.#removeKey();
    this.#isKeyAllowed = false;
    this.#push('streamEnd', this.mark());
    this.#isEnded = true;
  }
  #fetchDirective(mark: Mark): void {
    this.#unroll(-1);
    this.#removeKey();
    this.#isKeyAllowed = false;
    const start = this.at;
    this.run(LINE);
    this.#push('directive', mark, this.text.slice(start, this.at));
  }
  #isDocumentIndicator(): boolean {
    if (this.column !== 0) return false;
    const text = this.text.slice(this.at, this.at + 3);
    return (text === '---' || text === '...') && isBlankOrEnd(this.peekChar(3));
  }
  #fetchDocumentIndicator(mark: Mark, type: TokenType): void {
    this.#unroll(-1);
    this.#removeKey();
    this.#isKeyAllowed = false;
    this.skip(3);
    this.#push(type, mark);
  }
  #fetchFlowStart(mark: Mark, type: TokenType): void {
    this.#saveKey();
    this.#keys.push({ isPossible: false, isRequired: false, number: 0, mark });
    this.#isKeyAllowed = true;
    this.skip();
    this.#push(type, mark);
  }
  #fetchFlowEnd(mark: Mark, type: TokenType): void {
    this.#removeKey();
    if (this.#keys.length > 1) this.#keys.pop();
    this.#isKeyAllowed = false;
    this.skip();
    this.#push(type, mark);
  }
  #fetchFlowEntry(mark: Mark): void {
    this.#removeKey();
    this.#isKeyAllowed = true;
    this.skip();
    this.#push('flowEntry', mark);
  }
  #fetchBlockEntry(mark: Mark): void {
    if (this.#keys.length === 1) {
      if (!this.#isKeyAllowed) this.fail('block sequence entries are not allowed in this context');
      this.#roll(this.column, 'blockSequence', mark);
    }
    this.#removeKey();
    this.#isKeyAllowed = true;
    this.skip();
    this.#push('blockEntry', mark);
  }
  #fetchKey(mark: Mark): void {
    if (this.#keys.length === 1) {
      if (!this.#isKeyAllowed) this.fail('mapping keys are not allowed in this context');
      this.#roll(this.column, 'blockMapping', mark);
    }
    this.#removeKey();
    this.#isKeyAllowed = this.#keys.length === 1;
    this.skip();
    this.#push('key', mark);
  }
  #fetchValue(mark: Mark): void {
    const key = this.#keys.at(-1) as SimpleKey;
    if (key.isPossible) {
      this.#queue.splice(key.number - this.#taken, 0, { type: 'key', mark: key.mark, text: '', isPlain: false });
      this.#roll(key.mark.column, 'blockMapping', key.mark, key.number);
      key.isPossible = false;
      this.#isKeyAllowed = false;
    } else {
      if (this.#keys.length === 1) {
        if (!this.#isKeyAllowed) this.fail('mapping values are not allowed in this context');
        this.#roll(this.column, 'blockMapping', mark);
      }
      this.#isKeyAllowed = this.#keys.length === 1;
    }
    this.skip();
    this.#push('value', mark);
  }
  #fetchAnchor(mark: Mark, type: 'alias' | 'anchor'): void {
    this.#saveKey();
    this.#isKeyAllowed = false;
    this.skip();
    const start = this.at;
    while (/[A-Za-z0-9_-]/.test(this.peekChar() ?? '')) this.skip();
    const char = this.peekChar();
    if (this.at === start || !(isBlankOrEnd(char) || '?:,]}%@`'.includes(char as string))) this.fail('did not find expected alphabetic or numeric character');
    this.#push(type, mark, this.text.slice(start, this.at));
  }
  #fetchTag(mark: Mark): void {
    this.#saveKey();
    this.#isKeyAllowed = false;
    const start = this.at;
    if (this.peekChar(1) === '<') {
      while (this.peekChar() !== '>' && !isBlankOrEnd(this.peekChar())) this.skip();
      if (this.peekChar() !== '>') this.fail("did not find the expected '>'");
      this.skip();
    } else while (!isBlankOrEnd(this.peekChar()) && !(this.#keys.length > 1 && /[,[\]{}]/.test(this.peekChar() as string))) this.skip();
    if (!isBlankOrEnd(this.peekChar()) && this.#keys.length === 1) this.fail('did not find expected whitespace or line break');
    this.#push('tag', mark, this.text.slice(start, this.at));
  }

  #fetchBlockScalar(mark: Mark, isLiteral: boolean): void {
    this.#removeKey();
    this.#isKeyAllowed = true;
    this.skip();
    const { chomping, increment } = this.#blockHeader();
    const given = increment === 0 ? 0 : Math.max(this.#indent, 0) + increment;
    let { indent, breaks: trailing } = this.#blockBreaks(given);
    let text = '';
    let leading = '';
    let wasBlank = false;
    while (this.column === indent && this.peekChar() !== undefined) {
      const isBlankLine = isBlank(this.peekChar());
      if (!isLiteral && leading === '\n' && !wasBlank && !isBlankLine) text += trailing === '' ? ' ' : '';
      else text += leading;
      text += trailing;
      wasBlank = isBlankLine;
      const start = this.at;
      this.run(LINE);
      text += this.text.slice(start, this.at);
      leading = this.peekChar() === undefined ? '' : this.skipLine();
      ({ indent, breaks: trailing } = this.#blockBreaks(indent));
    }
    if (chomping !== '-') text += leading;
    if (chomping === '+') text += trailing;
    this.#push('scalar', mark, text);
  }

  #blockHeader(): { chomping: string; increment: number } {
    const match = /^(?:([-+])([0-9])?|([0-9])([-+])?)?/.exec(this.text.slice(this.at, this.at + 2)) as RegExpExecArray;
    const digit = match[2] ?? match[3];
    if (digit === '0') this.fail('found an indentation indicator equal to 0');
    this.skip(match[0].length);
    while (isBlank(this.peekChar())) this.skip();
    if (this.peekChar() === '#') this.run(LINE);
    if (!isBreakOrEnd(this.peekChar())) this.fail('did not find expected comment or line break');
    if (this.peekChar() !== undefined) this.skipLine();
    return { chomping: match[1] ?? match[4] ?? '', increment: Number(digit ?? 0) };
  }

  #blockBreaks(given: number): { indent: number; breaks: string } {
    let breaks = '';
    let deepest = 0;
    for (;;) {
      while ((given === 0 || this.column < given) && this.peekChar() === ' ') this.skip();
      deepest = Math.max(deepest, this.column);
      if ((given === 0 || this.column < given) && this.peekChar() === '\t') this.fail('found a tab character where an indentation space is expected');
      if (!isBreak(this.peekChar())) break;
      breaks += this.skipLine();
    }
    return { indent: given === 0 ? Math.max(deepest, this.#indent + 1, 1) : given, breaks };
  }

  #fetchQuoted(mark: Mark, quote: string): void {
    this.#saveKey();
    this.#isKeyAllowed = false;
    this.skip();
    let text = '';
    for (;;) {
      if (this.#isDocumentIndicator()) this.fail('found unexpected document indicator');
      if (this.peekChar() === undefined) this.#failAtEnd();
      let isFolded = false;
      while (!isBlankOrEnd(this.peekChar())) {
        text += this.run(ORDINARY);
        const char = this.peekChar();
        if (char === undefined || isBlankOrEnd(char)) break;
        if (char === quote && quote === "'" && this.peekChar(1) === "'") {
          text += "'";
          this.skip(2);
        } else if (char === quote) break;
        else if (char === '\\' && quote === '"' && isBreak(this.peekChar(1))) {
          this.skip();
          this.skipLine();
          isFolded = true;
          break;
        } else if (char === '\\' && quote === '"') text += this.#escape();
        else {
          text += char;
          this.skip();
        }
      }
      if (this.peekChar() === quote) break;
      text += this.#foldedSpace(isFolded).text;
    }
    this.skip();
    this.#push('scalar', mark, text);
  }
  #failAtEnd(): never {
    this.fail('found unexpected end of stream');
  }

  #escape(): string {
    const char = this.peekChar(1) ?? '';
    const short = ESCAPES[char];
    if (short !== undefined) {
      this.skip(2);
      return short;
    }
    const length = HEX_LENGTH[char];
    if (length === undefined) this.fail('found unknown escape character');
    const hex = this.text.slice(this.at + 2, this.at + 2 + length);
    if (hex.length < length || !/^[0-9a-fA-F]+$/.test(hex)) this.fail('did not find expected hexdecimal number');
    const code = Number.parseInt(hex, 16);
    if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) this.fail('found invalid Unicode character escape code');
    this.skip(2 + length);
    return String.fromCodePoint(code);
  }

  /** White space inside a scalar: a single line break folds to a space, more of them to one less. */
  #foldedSpace(isFolded: boolean, indent?: number): { text: string; hasBreak: boolean } {
    let blanks = '';
    let leading = '';
    let trailing = '';
    let hasBreak = isFolded;
    for (;;) {
      const char = this.peekChar();
      if (isBlank(char)) {
        if (indent !== undefined && hasBreak && this.column < indent && char === '\t') this.fail('found a tab character that violates indentation');
        if (!hasBreak) blanks += char;
        this.skip();
      } else if (isBreak(char)) {
        if (hasBreak) trailing += this.skipLine();
        else {
          leading = this.skipLine();
          hasBreak = true;
        }
      } else break;
    }
    if (!hasBreak) return { text: blanks, hasBreak };
    if (leading === '\n') return { text: trailing === '' ? ' ' : trailing, hasBreak };
    return { text: leading + trailing, hasBreak };
  }

  #fetchPlain(mark: Mark): void {
    this.#saveKey();
    this.#isKeyAllowed = false;
    const indent = this.#indent + 1;
    const isFlow = this.#keys.length > 1;
    let text = '';
    let space = '';
    let hasBreak = false;
    for (;;) {
      if (this.#isDocumentIndicator() || this.peekChar() === '#') break;
      const start = this.at;
      while (!isBlankOrEnd(this.peekChar())) {
        this.run(ORDINARY);
        const char = this.peekChar();
        if (isBlankOrEnd(char)) break;
        if (char === ':' && isBlankOrEnd(this.peekChar(1))) break;
        if (isFlow && (char === ',' || char === '?' || char === '[' || char === ']' || char === '{' || char === '}')) break;
        this.skip();
      }
      if (this.at > start) {
        text += space + this.text.slice(start, this.at);
        hasBreak = false;
      }
      if (!isBlank(this.peekChar()) && !isBreak(this.peekChar())) break;
      ({ text: space, hasBreak } = this.#foldedSpace(false, indent));
      if (!isFlow && this.column < indent) break;
    }
    this.#push('scalar', mark, text, true);
    if (hasBreak) this.#isKeyAllowed = true;
  }
}
