/**
 * Go's regular expressions (RE2) as JavaScript's. A pattern that Go refuses
 * throws a CelError in Go's words, as far as they are known.
 */
import { CelError } from './values.js';

const PATTERNS_MAX = 500;
const patterns = new Map<string, RegExp>();

export function goRegExp(pattern: string): RegExp {
  let found = patterns.get(pattern);
  if (found !== undefined) return found;
  if (patterns.size >= PATTERNS_MAX) patterns.clear();
  patterns.set(pattern, (found = compiled(pattern)));
  return found;
}

const POSIX: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z', alpha: 'A-Za-z', ascii: '\\x00-\\x7F', blank: '\\t ', cntrl: '\\x00-\\x1F\\x7F', digit: '0-9', graph: '!-~', lower: 'a-z',
  print: ' -~', punct: '!-\\/:-@\\[-`{-~', space: '\\t\\n\\v\\f\\r ', upper: 'A-Z', word: '0-9A-Za-z_', xdigit: '0-9A-Fa-f',
};

function compiled(pattern: string): RegExp {
  const refused = refusal(pattern);
  if (refused !== undefined) throw new CelError(`error parsing regexp: ${refused}`);
  const flags = /^\(\?([imsU]+)\)/.exec(pattern);
  const body = (flags === null ? pattern : pattern.slice(flags[0].length))
    .replaceAll(/\\A/g, '(?<![^])').replaceAll(/\\z/g, '(?![^])').replaceAll('(?P<', '(?<')
    .replaceAll(/\[:(\^?)(\w+):\]/g, (whole, _not, name: string) => POSIX[name] ?? whole)
    .replaceAll(/\\p([A-Z])(?![a-z{])/g, '\\p{$1}').replaceAll(/\\P([A-Z])(?![a-z{])/g, '\\P{$1}');
  for (const unicode of ['u', '']) {
    try {
      return new RegExp(unicode === '' ? body : strictly(body), `${flags?.[1]!.replace('U', '') ?? ''}${unicode}`);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error; // the other reading may do
    }
  }
  throw new CelError(`error parsing regexp: invalid or unsupported Perl syntax: \`${pattern}\``);
}

/** JavaScript's u flag knows no escapes that mean nothing: Go lets any punctuation be escaped. */
const strictly = (body: string): string => body.replaceAll(/\\([-_#%&,:;<=>@`~"'! ])/g, (_, char: string) => (char === '-' ? '\\x2d' : char));

/** What Go's parser complains of first: parentheses, brackets and repetitions that do not fit. */
function refusal(pattern: string): string | undefined {
  let depth = 0;
  let repeatable = false;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!;
    if (char === '\\') {
      if (at + 1 >= pattern.length) return 'trailing backslash at end of expression: ``';
      if (/[1-9CEFGHIJKLMNORTUVXYZegijklmouyc]/.test(pattern[at + 1]!)) return `invalid escape sequence: \`\\${pattern[at + 1]}\``;
      at++;
      repeatable = true;
    } else if (char === '[') {
      const end = classEnd(pattern, at);
      if (end === undefined) return `missing closing ]: \`${pattern.slice(at)}\``;
      at = end;
      repeatable = true;
    } else if (char === '(') {
      if (/^\(\?(?:<?[=!])/.test(pattern.slice(at))) return `invalid or unsupported Perl syntax: \`${pattern.slice(at, at + (pattern[at + 2] === '<' ? 3 : 3))}\``;
      const flags = /^\(\?[imsU-]+\)/.exec(pattern.slice(at));
      if (flags !== null) at += flags[0].length - 1;
      else depth++;
      repeatable = false;
    } else if (char === ')') {
      if (depth === 0) return `unexpected ): \`${pattern}\``;
      depth--;
      repeatable = true;
    } else if ('*+?'.includes(char)) {
      if (!repeatable) return `missing argument to repetition operator: \`${char}\``;
      if (pattern[at + 1] === '?') at++;
      const next = pattern[at + 1];
      if (next !== undefined && '*+?'.includes(next)) return `invalid nested repetition operator: \`${pattern.slice(at, at + 2)}\``;
    } else repeatable = char !== '|' && char !== '^';
  }
  return depth > 0 ? `missing closing ): \`${pattern}\`` : undefined;
}

/** Where a class that opens at `start` closes. */
function classEnd(pattern: string, start: number): number | undefined {
  let at = start + 1;
  if (pattern[at] === '^') at++;
  if (pattern[at] === ']') at++;
  for (; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++;
    else if (pattern.startsWith('[:', at) && pattern.includes(':]', at)) at = pattern.indexOf(':]', at) + 1;
    else if (pattern[at] === ']') return at;
  }
  return undefined;
}
