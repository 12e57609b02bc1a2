/**
 * A place in a text of YAML, and steps over characters, line breaks and runs of
 * them; errors name the line, in go-yaml's words.
 */
export interface Mark {
  line: number;
  column: number;
  at: number;
}

/** The message is go-yaml's, "yaml: line 3: …". */
export class YamlError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'YamlError';
  }
}

/** Characters that mean nothing else in any scalar. */
export const ORDINARY = /[\w+/=.();@$^~<-]+/y;
export const LINE = /[^\n\r\u0085\u2028\u2029]+/y;

export const isBlank = (char: string | undefined): boolean => char === ' ' || char === '\t';
export const isBreak = (char: string | undefined): boolean => char === '\n' || char === '\r' || char === '\u0085' || char === '\u2028' || char === '\u2029';
export const isBreakOrEnd = (char: string | undefined): boolean => char === undefined || isBreak(char);
export const isBlankOrEnd = (char: string | undefined): boolean => char === undefined || isBlank(char) || isBreak(char);

export class Cursor {
  protected readonly text: string;
  protected at = 0;
  protected line = 0;
  protected column = 0;

  constructor(text: string) {
    // A NUL ends nothing here, but go-yaml's reader refuses it like other control characters.
    if (/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/.test(text)) throw new YamlError('yaml: control characters are not allowed');
    this.text = text.startsWith('\ufeff') ? text.slice(1) : text;
  }

  protected mark(): Mark {
    return { line: this.line, column: this.column, at: this.at };
  }
  protected peekChar(offset = 0): string | undefined {
    return this.text[this.at + offset];
  }
  protected skip(count = 1): void {
    this.at += count;
    this.column += count;
  }
  /** Skips what matches here, and returns it: at once what is one character after the other otherwise. */
  protected run(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.skip(found.length);
    return found;
  }
  protected skipLine(): string {
    const isPair = this.peekChar() === '\r' && this.peekChar(1) === '\n';
    const char = this.peekChar() as string;
    this.at += isPair ? 2 : 1;
    this.line++;
    this.column = 0;
    return char === '\u2028' || char === '\u2029' ? char : '\n';
  }
  protected fail(problem: string): never {
    throw new YamlError(this.line === 0 ? `yaml: ${problem}` : `yaml: line ${this.line + 1}: ${problem}`);
  }
}
