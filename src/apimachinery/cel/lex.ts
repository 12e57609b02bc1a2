/**
 * The words of a CEL expression. What is no word is kept as an issue, with as
 * much text as cel-go's lexer would have read before it gave up.
 */
import type { CelIssue } from './source.js';

export type TokenKind =
  | 'EOF'
  | '=='
  | '!='
  | 'in'
  | '<'
  | '<='
  | '>='
  | '>'
  | '&&'
  | '||'
  | '['
  | ']'
  | '{'
  | '}'
  | '('
  | ')'
  | '.'
  | ','
  | '-'
  | '!'
  | '?'
  | ':'
  | '+'
  | '*'
  | '/'
  | '%'
  | 'true'
  | 'false'
  | 'null'
  | 'NUM_FLOAT'
  | 'NUM_INT'
  | 'NUM_UINT'
  | 'STRING'
  | 'BYTES'
  | 'IDENTIFIER'
  | 'ESC_IDENTIFIER';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly pos: number;
}

const SPACE = /(?:[\t \r\n\f]+|\/\/[^\n]*)/y;
const OPERATOR = /==|!=|<=|>=|<|>|&&|\|\||[[\]{}().,\-!?:+*/%]/y;
const FLOAT = /\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?/y;
const UINT = /(?:0x[0-9a-fA-F]+|\d+)[uU]/y;
const INT = /0x[0-9a-fA-F]+|\d+/y;
const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_]*/y;
const ESCAPED = /`[A-Za-z0-9_.\-/ ]+`/y;
const ESC = String.raw`\\(?:[abfnrtv"'\\?${'`'}]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2})`;
const PLAIN = `"""(?:${ESC}|[^\\\\])*?"""|'''(?:${ESC}|[^\\\\])*?'''|"(?:${ESC}|[^\\\\"\\n\\r])*"|'(?:${ESC}|[^\\\\'\\n\\r])*'`;
const RAW = `[rR](?:"""[^]*?"""|'''[^]*?'''|"[^"\\n\\r]*"|'[^'\\n\\r]*')`;
const STRING = new RegExp(`${RAW}|${PLAIN}`, 'y');
const BYTES = new RegExp(`[bB](?:${RAW}|${PLAIN})`, 'y');
const PARTIAL = String.raw`(?:\\(?:[xX][0-9a-fA-F]?|u[0-9a-fA-F]{0,3}|U[0-9a-fA-F]{0,7}|[0-3][0-7]?)?)?`;
const OPENED = new RegExp(`"(?:${ESC}|[^\\\\"\\n\\r])*${PARTIAL}|'(?:${ESC}|[^\\\\'\\n\\r])*${PARTIAL}|${'`'}[A-Za-z0-9_.\\-/ ]*`, 'y');

const LITERALS: readonly (readonly [TokenKind, RegExp])[] = [
  ['BYTES', BYTES],
  ['STRING', STRING],
  ['NUM_FLOAT', FLOAT],
  ['NUM_UINT', UINT],
  ['NUM_INT', INT],
  ['ESC_IDENTIFIER', ESCAPED],
];
const WORDS: readonly string[] = ['in', 'true', 'false', 'null'];

export function lex(text: string): { tokens: Token[]; issues: CelIssue[] } {
  const tokens: Token[] = [];
  const issues: CelIssue[] = [];
  let pos = 0;
  while (pos < text.length) {
    const space = match(SPACE, text, pos);
    if (space !== undefined) {
      pos += space.length;
      continue;
    }
    const token = tokenAt(text, pos);
    if (token === undefined) {
      const lost = unreadable(text, pos);
      issues.push({ pos, message: `Syntax error: token recognition error at: '${escaped(lost)}'` });
      pos += lost.length;
      continue;
    }
    tokens.push(token);
    pos += token.text.length;
  }
  tokens.push({ kind: 'EOF', text: '<EOF>', pos: text.length });
  return { tokens, issues };
}

function match(pattern: RegExp, text: string, pos: number): string | undefined {
  pattern.lastIndex = pos;
  return pattern.exec(text)?.[0];
}

function tokenAt(text: string, pos: number): Token | undefined {
  for (const [kind, pattern] of LITERALS) {
    const found = match(pattern, text, pos);
    if (found !== undefined) return { kind, text: found, pos };
  }
  const word = match(IDENTIFIER, text, pos);
  if (word !== undefined) return { kind: WORDS.includes(word) ? (word as TokenKind) : 'IDENTIFIER', text: word, pos };
  const operator = match(OPERATOR, text, pos);
  return operator === undefined ? undefined : { kind: operator as TokenKind, text: operator, pos };
}

/** What was read until nothing could follow, and the character that could not. */
function unreadable(text: string, pos: number): string {
  const opened = match(OPENED, text, pos);
  const read = opened ?? (/[=&|]/.test(text[pos]!) ? text[pos]! : '');
  const next = text.codePointAt(pos + read.length);
  return read + (next === undefined ? '' : String.fromCodePoint(next));
}

const escaped = (text: string): string => text.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
